//! Why a run cannot be planned, or cannot go on.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::burst::Burst;

/// Parameters that make no run, and streams that break one off.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Delays that are negative, crossed, all zero or too long.
    #[error(
        "delays from {min_micros} to {max_micros} microseconds are invalid: expected 0 <= min <= max and 1 <= max <= {limit}"
    )]
    Delays {
        /// Shortest delay as given.
        min_micros: i64,
        /// Longest delay as given.
        max_micros: i64,
        /// Longest allowed delay.
        limit: i64,
    },
    /// A rate that is zero or too high.
    #[error("a rate of {millionths_per_hour} millionths per hour is out of range (1 to {max})")]
    Rate {
        /// Rate as given.
        millionths_per_hour: u64,
        /// Highest allowed rate.
        max: u64,
    },
    /// A burst that ends before it begins, or whose factor is too high.
    #[error(
        "the burst from {} to {} microseconds by {} millionths is invalid: expected from < to and a factor of at most {}",
        burst.from, burst.to, burst.factor_millionths, max
    )]
    Burst {
        /// The burst as given.
        burst: Burst,
        /// Highest allowed factor.
        max: u64,
    },
    /// A factor on arrivals that is too high.
    #[error("a factor of {factor_millionths} millionths is out of range (0 to {max})")]
    Factor {
        /// Factor as given.
        factor_millionths: u64,
        /// Highest allowed factor.
        max: u64,
    },
    /// Two bursts at once.
    #[error("the burst from {} to {} overlaps the one from {} to {}", first.from, first.to, second.from, second.to)]
    Overlap {
        /// The earlier burst.
        first: Burst,
        /// The later burst.
        second: Burst,
    },
    /// A window that ends before it begins.
    #[error("the window ends at {to} before it starts at {from} (microseconds since 1970)")]
    Window {
        /// First microsecond as given.
        from: i64,
        /// End as given.
        to: i64,
    },
    /// A topic that no stream of the run has.
    #[error("unknown topic \"{name}\": expected one of {known}")]
    Topic {
        /// The name as given.
        name: String,
        /// The names of all topics.
        known: String,
    },
    /// Two streams that cannot be in one run.
    #[error(
        "the streams \"{first}\" and \"{second}\" have the same rank or purpose: each stream of a run needs its own"
    )]
    Twins {
        /// The stream that was added before.
        first: &'static str,
        /// The stream that was added after.
        second: &'static str,
    },
    /// Two streams that write to one topic, but not the same columns.
    #[error(
        "the stream `{stream}` writes to the topic \"{topic}\" with the columns {found}, but another stream has {expected}: \
         give it a topic of its own"
    )]
    Columns {
        /// The topic.
        topic: String,
        /// The stream that was added after.
        stream: &'static str,
        /// Its columns.
        found: String,
        /// Those of the stream before.
        expected: String,
    },
    /// A key that is no single value of the records of a topic.
    #[error("the records of \"{topic}\" have no field `{key}` that could be their key")]
    Key {
        /// The topic.
        topic: String,
        /// The path of the key.
        key: String,
        /// The fields of its records that could be a key.
        known: Vec<String>,
    },
    /// Changes of rows are wanted of records that are no rows.
    #[error(
        "no change events of \"{topic}\": its records are events, not rows of a table that change"
    )]
    NotRows {
        /// The topic.
        topic: String,
    },
    /// Changes of rows are wanted together with what cannot be had with them.
    #[error("no change events of \"{topic}\": {reason}")]
    Changes {
        /// The topic.
        topic: String,
        /// The reason.
        reason: &'static str,
    },
    /// A layout that does not fit its description, or that of another stream.
    #[error("the records of `{stream}` cannot be written: {reason}")]
    Layout {
        /// The stream or fold.
        stream: &'static str,
        /// The declaration that is wrong.
        reason: String,
    },
    /// A fold that cannot be in a run.
    #[error("invalid fold \"{fold}\": {reason}")]
    Fold {
        /// The fold's name.
        fold: &'static str,
        /// The value that is wrong, and what is allowed.
        reason: String,
    },
    /// A deviation of records that cannot be drawn.
    #[error("invalid disorder: {reason}")]
    Deviation {
        /// The value that is wrong.
        reason: String,
    },
    /// A cursor that belongs to another run.
    #[error(
        "the cursor has {found} substreams, but the run has {expected}: it belongs to another run"
    )]
    Cursor {
        /// Substreams of the cursor.
        found: usize,
        /// Substreams of the run.
        expected: usize,
    },
    /// A kind of record without a topic.
    #[error(
        "the stream `{stream}` sends records of kind `{kind}` to a topic that is not among its {topics}"
    )]
    Kind {
        /// The stream's name.
        stream: &'static str,
        /// The kind's name.
        kind: String,
        /// Number of the stream's topics.
        topics: usize,
    },
    /// A stream's own code panicked.
    #[error("the stream `{stream}` panicked: {message}")]
    Panicked {
        /// The stream's name.
        stream: &'static str,
        /// The message of the panic.
        message: String,
    },
}

/// Calls a stream's code; a panic in it becomes an error that names the stream.
pub(crate) fn guarded<T>(
    stream: impl FnOnce() -> &'static str,
    call: impl FnOnce() -> T,
) -> Result<T, EngineError> {
    // What a panic leaves half done is working memory, which nobody reads after an error.
    catch_unwind(AssertUnwindSafe(call))
        .map_err(|panic| EngineError::Panicked { stream: stream(), message: message_of(&*panic) })
}

fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a message").to_owned()
}
