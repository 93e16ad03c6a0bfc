//! Places in a run: the order of records, and the place from which a run goes on.

use mercato_encode::{Coordinates, Stamp};
use serde::{Deserialize, Serialize};

use crate::SubstreamStart;

/// The place of a record in the one order that all records of a run have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Release time in microseconds since the Unix epoch.
    pub release_time: i64,
    /// Event time in microseconds since the Unix epoch, after the release time only where a record
    /// is ahead of its time on purpose.
    pub event_time: i64,
    /// Orders the records of one microsecond.
    pub coordinates: Coordinates,
}

impl Key {
    /// A place before every record.
    pub(crate) const FIRST: Self = Self {
        release_time: i64::MIN,
        event_time: i64::MIN,
        coordinates: Coordinates { rank: 0, substream: 0, block: 0, position: 0, step: 0, copy: 0 },
    };

    /// A place after every record before `at`.
    pub(crate) fn last_before(at: i64) -> Self {
        let coordinates = Coordinates {
            rank: u8::MAX,
            substream: u8::MAX,
            block: u64::MAX,
            position: u16::MAX,
            step: u16::MAX,
            copy: u8::MAX,
        };
        // The event time of a record may be later than its release.
        Self { release_time: at.saturating_sub(1), event_time: i64::MAX, coordinates }
    }

    /// The place of a record that is released at its event time.
    pub(crate) fn on_time(at: i64, coordinates: Coordinates) -> Self {
        Self { release_time: at, event_time: at, coordinates }
    }
}

impl From<&Stamp> for Key {
    fn from(stamp: &Stamp) -> Self {
        let Stamp { release_time, event_time, coordinates, .. } = *stamp;
        Self { release_time, event_time, coordinates }
    }
}

/// Progress of a run: the last record that left, and where each process begins that can still reach
/// past it.
///
/// A run that is resumed from a cursor goes on with the next record, as if it had never stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    /// Release time of the last record that left.
    at: i64,
    /// Its event time, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    event_time: Option<i64>,
    rank: u8,
    #[serde(alias = "lane")]
    substream: u8,
    block: u64,
    position: u16,
    step: u16,
    /// 1 where the record is the duplicate of another.
    #[serde(default, skip_serializing_if = "is_zero")]
    copy: u8,
    #[serde(alias = "lanes")]
    substreams: Vec<SubstreamStart>,
    /// Records emitted up to here, for runs that end by their number.
    #[serde(default)]
    records: u64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(copy: &u8) -> bool {
    *copy == 0
}

impl Cursor {
    /// The cursor after the record `stamp`, found in output whose look-back begins at `substreams`.
    pub fn after(stamp: &Stamp, substreams: &[SubstreamStart]) -> Self {
        let Coordinates { rank, substream, block, position, step, copy } = stamp.coordinates;
        Self {
            at: stamp.release_time,
            event_time: (stamp.event_time != stamp.release_time).then_some(stamp.event_time),
            rank,
            substream,
            block,
            position,
            step,
            copy,
            substreams: substreams.to_vec(),
            records: 0,
        }
    }

    /// The same cursor of a run that has emitted so many records; one that ends by their number
    /// ([`crate::Extent::records`]) must know it.
    #[must_use]
    pub fn with_records(mut self, records: u64) -> Self {
        self.records = records;
        self
    }

    /// Records that the run has emitted.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// The last record that left.
    pub fn key(&self) -> Key {
        let Self { at, event_time, rank, substream, block, position, step, copy, .. } = *self;
        let coordinates = Coordinates { rank, substream, block, position, step, copy };
        Key { release_time: at, event_time: event_time.unwrap_or(at), coordinates }
    }

    /// The starts of the arrival processes, in the order of the run's substreams.
    pub(crate) fn substreams(&self) -> &[SubstreamStart] {
        &self.substreams
    }
}
