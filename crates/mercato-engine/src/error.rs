//! Why a run cannot be planned.

use crate::Burst;

/// Parameters that make no run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Delays that are negative, crossed, all zero or too long.
    #[error(
        "delays from {min_micros} to {max_micros} microseconds are not possible: 0 <= min <= max, and 1 <= max <= {}",
        crate::Delays::MAX_MICROS
    )]
    Delays {
        /// Shortest delay as given.
        min_micros: i64,
        /// Longest delay as given.
        max_micros: i64,
    },
    /// A rate that is zero or too high.
    #[error("a rate of {millionths_per_hour} millionths an hour is not possible: 1 to {max} are")]
    Rate {
        /// Rate as given.
        millionths_per_hour: u64,
        /// Highest allowed rate.
        max: u64,
    },
    /// A burst that ends before it begins, or whose factor is too high.
    #[error(
        "the burst from {} to {} microseconds by {} millionths is not possible: from < to, factor at most {}",
        burst.from, burst.to, burst.factor_millionths, crate::Schedule::MAX_FACTOR_MILLIONTHS
    )]
    Burst {
        /// The burst as given.
        burst: Burst,
    },
    /// Two bursts at once.
    #[error("the burst from {} to {} overlaps the one from {} to {}", first.from, first.to, second.from, second.to)]
    Overlap {
        /// The earlier burst.
        first: Burst,
        /// The later burst.
        second: Burst,
    },
    /// A shard that does not exist.
    #[error("shard {index}/{count} does not exist: the index runs from 0 to {} and the count from 1 to {max}", count.saturating_sub(1))]
    Shard {
        /// Index as given.
        index: u32,
        /// Number of shards as given.
        count: u32,
        /// Largest number of shards.
        max: u32,
    },
    /// A window that ends before it begins.
    #[error("the window ends at {to} before it begins at {from} (microseconds since 1970)")]
    Window {
        /// First microsecond as given.
        from: i64,
        /// End as given.
        to: i64,
    },
    /// A cursor that belongs to another run.
    #[error("the cursor has {found} lanes where the run has {expected}: it belongs to another run")]
    Cursor {
        /// Lanes of the cursor.
        found: usize,
        /// Lanes of the run.
        expected: usize,
    },
}
