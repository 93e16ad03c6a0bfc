//! The findings: counts, and the first differences in full.

use std::fmt;

use mercato_encode::Coordinates;
use mercato_engine::Key;
use mercato_schema::Timestamp;
use mercato_units::enumerated;
use serde::Serialize;

use crate::records::Layout;

enumerated! {
    /// The fault of a record.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
    #[serde(rename_all = "snake_case")]
    pub enum Kind {
        /// It should be there and is not.
        Missing,
        /// It is there once more than it should be.
        Doubled,
        /// It stands on the wrong side of another record of its key.
        OutOfOrder,
        /// Something else stands where it should be: its bytes or its key are not what they should be.
        Altered,
        /// It is in another partition than the one its key belongs to.
        Misplaced,
        /// It is none of the run's records.
        Unexpected,
    }
}

impl Kind {
    /// The kind in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Doubled => "doubled",
            Self::OutOfOrder => "out of order",
            Self::Altered => "altered",
            Self::Misplaced => "misplaced",
            Self::Unexpected => "unexpected",
        }
    }
}

/// The numbers of records that are there and of those that are not as they should be.
///
/// `expected` = `matching` + `missing` + `out_of_order` + `altered` + `misplaced`, and
/// `actual` = `matching` + `doubled` + `out_of_order` + `altered` + `misplaced` + `unexpected`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Records of the run; a header that is not there, or is another, counts as one.
    pub expected: u64,
    /// Records that were found.
    pub actual: u64,
    /// Records that are as they should be.
    pub matching: u64,
    /// Those of the matching records that changed places with records of other keys: no difference.
    pub moved: u64,
    /// See [`Kind::Missing`].
    pub missing: u64,
    /// See [`Kind::Doubled`].
    pub doubled: u64,
    /// See [`Kind::OutOfOrder`]: the fewest records, or nearly, that would have to be moved.
    pub out_of_order: u64,
    /// See [`Kind::Altered`].
    pub altered: u64,
    /// See [`Kind::Misplaced`].
    pub misplaced: u64,
    /// See [`Kind::Unexpected`].
    pub unexpected: u64,
}

impl Counts {
    /// Number of differences of one kind.
    pub fn of(&self, kind: Kind) -> u64 {
        match kind {
            Kind::Missing => self.missing,
            Kind::Doubled => self.doubled,
            Kind::OutOfOrder => self.out_of_order,
            Kind::Altered => self.altered,
            Kind::Misplaced => self.misplaced,
            Kind::Unexpected => self.unexpected,
        }
    }

    /// Number of differences of all kinds.
    pub fn differences(&self) -> u64 {
        Kind::ALL.into_iter().map(|kind| self.of(kind)).sum()
    }
}

/// The origin of a record in the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// Event time in microseconds since the Unix epoch.
    pub event_time_micros: i64,
    /// Causal rank of the stream.
    pub rank: u8,
    /// Index of the arrival process of the stream.
    pub substream: u8,
    /// Index of the block of arrivals.
    pub block: u64,
    /// Position of the arrival in its block.
    pub position: u16,
    /// Step of the arrival's trace.
    pub step: u16,
    /// 1 for the duplicate of the record, 0 for the record itself.
    #[serde(skip_serializing_if = "is_original")]
    pub copy: u8,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_original(copy: &u8) -> bool {
    *copy == 0
}

impl From<Key> for Origin {
    fn from(key: Key) -> Self {
        let Coordinates { rank, substream, block, position, step, copy } = key.coordinates;
        Self { event_time_micros: key.event_time, rank, substream, block, position, step, copy }
    }
}

/// The place where a record was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Place {
    /// In a file.
    Line {
        /// Number of the line, counted from 1.
        line: u64,
    },
    /// In a file whose records are no lines, such as one of Avro.
    Record {
        /// Number of the record, counted from 1.
        record: u64,
    },
    /// In a topic.
    Offset {
        /// Its partition.
        partition: u32,
        /// Its offset there.
        offset: u64,
    },
}

impl Place {
    pub(super) fn new(layout: Layout, partition: u32, position: u64) -> Self {
        match layout {
            Layout::Lines => Self::Line { line: position },
            Layout::Records => Self::Record { record: position },
            Layout::Partitions(_) => Self::Offset { partition, offset: position },
        }
    }
}

/// One difference in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The fault.
    pub kind: Kind,
    /// The key that the record should have, or else the one it was found with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The record of the run: what is missing, or what the one that was found is or should be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// The place where the record was found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// The partition into which a misplaced record belongs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub belongs_to_partition: Option<u32>,
    /// An excerpt of the record that should be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// An excerpt of the record that is there, if it was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actual: Option<String>,
}

/// The outcome of a comparison.
///
/// [`Display`](fmt::Display) is for people, [`Serialize`] for programs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Counts over all that was compared.
    #[serde(flatten)]
    pub counts: Counts,
    /// True if everything was compared; not so when there were more differences than the verifier
    /// has patience for.
    pub complete: bool,
    /// The first differences, in the order of the run within each partition.
    pub differences: Vec<Difference>,
}

impl Report {
    /// Returns true if the actual records are the expected ones.
    pub fn is_clean(&self) -> bool {
        self.complete && self.counts.differences() == 0
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Counts { expected, actual, matching, moved, .. } = self.counts;
        let all = self.counts.differences();
        write!(f, "{expected} records expected, {actual} found, {matching} matching: ")?;
        match all {
            0 => write!(f, "no difference")?,
            1 => write!(f, "1 difference")?,
            _ => write!(f, "{all} differences")?,
        }
        if !self.complete {
            write!(
                f,
                "\ngiven up here: too much differs; is it this run, with this seed, start and window?"
            )?;
        }
        for kind in Kind::ALL.into_iter().filter(|kind| self.counts.of(*kind) > 0) {
            write!(f, "\n  {:<12}  {}", kind.name(), self.counts.of(kind))?;
        }
        if moved > 0 {
            write!(
                f,
                "\n{moved} of the matching records changed places with records of other keys"
            )?;
        }
        for difference in &self.differences {
            write!(f, "\n{difference}")?;
        }
        let more = all.saturating_sub(self.differences.len() as u64);
        if more > 0 && !self.differences.is_empty() {
            write!(f, "\nand {more} more")?;
        }
        Ok(())
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind.name())?;
        match self.place {
            Some(Place::Line { line }) => write!(f, " at line {line}")?,
            Some(Place::Record { record }) => write!(f, " at record {record}")?,
            Some(Place::Offset { partition, offset }) => {
                write!(f, " at partition {partition} offset {offset}")?;
            }
            None => {}
        }
        if let Some(partition) = self.belongs_to_partition {
            write!(f, ", belongs to partition {partition}")?;
        }
        if let Some(key) = &self.key {
            write!(f, ", key {key}")?;
        }
        match self.origin {
            Some(origin) => write!(f, ": {origin}")?,
            None if self.expected.is_some() => write!(f, ": the header")?,
            None => {}
        }
        for (side, text) in [("expected", &self.expected), ("found", &self.actual)] {
            if let Some(text) = text {
                write!(f, "\n    {side:<8}  {text}")?;
            }
        }
        Ok(())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { event_time_micros, rank, substream, block, position, step, copy } = self;
        let time = Timestamp::from_micros(*event_time_micros);
        write!(
            f,
            "event time {time}, rank {rank}, substream {substream}, block {block}, position {position}, step {step}"
        )?;
        if *copy > 0 { f.write_str(", duplicate") } else { Ok(()) }
    }
}
