//! Why numbers make no fraud.

use super::Anomaly;

/// A share or rate that is not possible.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FraudError {
    /// The share of an anomaly is no share.
    #[error("the share {share} of {} is out of range (0 to 1)", anomaly.name())]
    Share {
        /// The anomaly whose share is out of range.
        anomaly: Anomaly,
        /// The share as given.
        share: f64,
    },
    /// Shares that do not make up the whole.
    #[error("the shares sum to {sum}, but must sum to 1")]
    Sum {
        /// Their sum.
        sum: f64,
    },
    /// A rate of the detector is no share.
    #[error("the rate {rate} is out of range (0 to 1)")]
    Rate {
        /// The rate as given.
        rate: f64,
    },
}
