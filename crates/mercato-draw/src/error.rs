//! Why a sampler cannot be built.

/// A sampler's parameters make no distribution.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DrawError {
    /// The lower bound lies above the upper one.
    #[error("the minimum {low} is above the maximum {high}")]
    BoundsCrossed {
        /// Lower bound as given.
        low: i64,
        /// Upper bound as given.
        high: i64,
    },
    /// There is nothing to choose from.
    #[error("the weights sum to zero; at least one must be positive")]
    NoWeight,
    /// The weights cannot be added up.
    #[error("the weights sum to more than {max}")]
    WeightTooLarge {
        /// Largest allowed sum.
        max: u64,
    },
    /// A permutation needs something to permute.
    #[error("the size {size} of a permutation is out of range (1 to {max})")]
    Domain {
        /// Size as given.
        size: u64,
        /// Largest allowed size.
        max: u64,
    },
    /// A share outside 0 to 1.
    #[error("the probability {numerator}/{denominator} is not between 0 and 1")]
    Probability {
        /// Numerator as given.
        numerator: u64,
        /// Denominator as given.
        denominator: u64,
    },
}
