//! Where in a run one is: the order of records, and the place from which to go on.

use mercato_encode::{Coordinates, Stamp};
use serde::{Deserialize, Serialize};

use crate::LaneStart;

/// The place of a record in the one order that all records of a run have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// Event time in microseconds since the Unix epoch.
    pub at: i64,
    /// Orders the records of one microsecond.
    pub coordinates: Coordinates,
}

impl Key {
    /// A place before every record.
    pub(crate) const FIRST: Self = Self {
        at: i64::MIN,
        coordinates: Coordinates { rank: 0, lane: 0, block: 0, position: 0, step: 0 },
    };

    /// A place behind every record before `at`.
    pub(crate) fn last_before(at: i64) -> Self {
        let coordinates = Coordinates {
            rank: u8::MAX,
            lane: u8::MAX,
            block: u64::MAX,
            position: u16::MAX,
            step: u16::MAX,
        };
        Self { at: at.saturating_sub(1), coordinates }
    }
}

impl From<&Stamp> for Key {
    fn from(stamp: &Stamp) -> Self {
        Self { at: stamp.event_time, coordinates: stamp.coordinates }
    }
}

/// How far a run is: the last record that left, and where each process begins that can still reach
/// past it.
///
/// A run that is resumed from a cursor goes on with the next record, as if it had never stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cursor {
    at: i64,
    rank: u8,
    lane: u8,
    block: u64,
    position: u16,
    step: u16,
    lanes: Vec<LaneStart>,
    /// Records emitted up to here, for runs that end by their number.
    #[serde(default)]
    records: u64,
}

impl Cursor {
    /// The cursor behind the record `stamp`, found in output whose look-back begins at `lanes`.
    pub fn after(stamp: &Stamp, lanes: &[LaneStart]) -> Self {
        let Coordinates { rank, lane, block, position, step } = stamp.coordinates;
        Self {
            at: stamp.event_time,
            rank,
            lane,
            block,
            position,
            step,
            lanes: lanes.to_vec(),
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
        let Self { at, rank, lane, block, position, step, .. } = *self;
        Key { at, coordinates: Coordinates { rank, lane, block, position, step } }
    }

    /// Where the arrival processes begin, in the order of the run's lanes.
    pub(crate) fn lanes(&self) -> &[LaneStart] {
        &self.lanes
    }
}
