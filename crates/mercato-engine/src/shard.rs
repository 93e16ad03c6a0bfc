//! Shards: equal parts of all owners.

use mercato_draw::partition_of;

use crate::EngineError;

/// One of `count` equal parts of all owners.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    index: u32,
    count: u32,
}

impl Shard {
    /// Every owner.
    pub const WHOLE: Self = Self { index: 0, count: 1 };

    /// The largest number of shards; every shard walks the whole process, so more than eight seldom
    /// help.
    pub const MAX_COUNT: u32 = mercato_units::Shard::MAX_COUNT;

    /// Shard `index` of `count`, counted from 0; refuses one that does not exist.
    pub fn new(index: u32, count: u32) -> Result<Self, EngineError> {
        if index >= count || count > Self::MAX_COUNT {
            return Err(EngineError::Shard { index, count, max: Self::MAX_COUNT });
        }
        Ok(Self { index, count })
    }

    /// The index of the shard, from 0.
    pub fn index(self) -> u32 {
        self.index
    }

    /// Returns true for the shard to which folds belong: the first.
    pub(crate) fn is_first(self) -> bool {
        self.index() == 0
    }

    /// Returns true if this is the only shard.
    pub fn is_whole(self) -> bool {
        self.count == 1
    }

    /// Returns true if `owner` belongs to this shard.
    ///
    /// By the hash with which Kafka's Java clients place keys, so that with as many partitions as
    /// shards each shard writes one partition.
    pub fn owns(self, owner: &[u8]) -> bool {
        partition_of(owner, self.count) == self.index
    }
}
