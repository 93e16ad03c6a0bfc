//! The part of a run that is evaluated.

use crate::Key;

/// The part of a run that is evaluated.
///
/// Arrivals are bounded by their event time, records by their release time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// The run ends with this arrival, counted from 1 over all substreams of the streams that are
    /// not [beside](crate::RunBuilder::beside) others; none: it does not end by count.
    pub arrivals: Option<u64>,
    /// The run ends before this time, in microseconds since the Unix epoch: later arrivals take no
    /// part, and later releases neither unless drained; none: it does not end by time.
    pub until: Option<i64>,
    /// Entities that have arrived go on to the release of their last record after the end.
    pub drain: bool,
    /// Only records released from this time on are emitted; none: from the origin.
    pub from: Option<i64>,
    /// Only records released before this time are emitted; none: to the end.
    pub to: Option<i64>,
    /// The run ends with this record, counted from 1 over those that are emitted; none: it does not
    /// end by records.
    ///
    /// Shards of such a run do not make up the whole: each ends with a record of its own.
    pub records: Option<u64>,
    /// No record after this one is emitted, as when a run was interrupted there; none: to the end.
    pub last: Option<Key>,
}
