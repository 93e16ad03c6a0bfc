//! The actual records: those of a file or a topic, pulled one at a time.

use mercato_draw::partition_of;

/// A record that was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found<'a> {
    /// Its key; empty where there is none, and where keys are not kept.
    pub key: &'a [u8],
    /// Its value, without a line feed.
    pub value: &'a [u8],
    /// The number of its line or of itself, counted from 1, or its offset.
    pub position: u64,
}

/// The layout of records where they were found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One sequence of lines that hold values and no keys.
    Lines,
    /// One sequence of values that have neither lines nor keys, such as those of an Avro file.
    Records,
    /// The partitions of a topic, this many, each a sequence of keys and values with offsets.
    ///
    /// A key belongs into the partition where Kafka's Java clients put it.
    Partitions(u32),
}

impl Layout {
    /// Number of sequences.
    pub(crate) fn partitions(self) -> u32 {
        match self {
            Self::Lines | Self::Records => 1,
            Self::Partitions(count) => count.max(1),
        }
    }

    /// Returns true if records are found with their keys.
    pub(crate) fn has_keys(self) -> bool {
        matches!(self, Self::Partitions(_))
    }

    /// The partition into which `key` belongs.
    #[inline]
    pub(crate) fn partition_of(self, key: &[u8]) -> u32 {
        match self.partitions() {
            1 => 0,
            count => partition_of(key, count),
        }
    }
}

/// Records that are to be compared with a run, pulled on demand.
///
/// Partitions advance at different speeds: each is asked for its next record when the run says
/// that one should be there.
pub trait Actual {
    /// Why a record cannot be read.
    type Error;

    /// The layout of the records; the same at every call.
    fn layout(&self) -> Layout;

    /// The next record of `partition`, none at its end.
    fn next(&mut self, partition: u32) -> Result<Option<Found<'_>>, Self::Error>;
}
