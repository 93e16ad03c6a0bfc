//! Which shard an owner belongs to.

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
    pub const MAX_COUNT: u32 = 1024;

    /// Shard `index` of `count`, counted from 0; refuses one that does not exist.
    pub fn new(index: u32, count: u32) -> Result<Self, EngineError> {
        if index >= count || count > Self::MAX_COUNT {
            return Err(EngineError::Shard { index, count, max: Self::MAX_COUNT });
        }
        Ok(Self { index, count })
    }

    /// Which of the shards it is, from 0.
    pub fn index(self) -> u32 {
        self.index
    }

    /// Whether this is the shard to which folds belong: the first.
    pub(crate) fn is_first(self) -> bool {
        self.index() == 0
    }

    /// Whether this is all there is.
    pub fn is_whole(self) -> bool {
        self.count == 1
    }

    /// Whether `owner` belongs to this shard.
    ///
    /// By the hash with which Kafka's Java clients place keys, so that with as many partitions as
    /// shards each shard writes one partition.
    pub fn owns(self, owner: &[u8]) -> bool {
        partition_of(owner, self.count) == self.index
    }
}
