//! Why a week cannot be built.

/// Factors that make no week.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TemporalError {
    /// No hour of the week has any activity.
    #[error("every hour of the week has the factor 0; at least one must be above 0")]
    NeverBusy,
    /// The wrong number of factors.
    #[error("{what}: expected {expected} factors, found {found}")]
    Count {
        /// The purpose of the factors.
        what: &'static str,
        /// Number of factors it takes.
        expected: usize,
        /// Number of factors given.
        found: usize,
    },
}
