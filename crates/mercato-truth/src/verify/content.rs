//! What makes two records the same: their bytes, as numbers.

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// A record's value and, where records are found with keys, its key.
///
/// Two records that differ have the same content with a probability of 2^-128;
/// records that stand where they should are compared byte by byte and need none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Content {
    /// Hash of the value.
    pub(super) value: u128,
    /// [`key_hash`], or 0 where keys are unknown.
    pub(super) identity: u64,
}

impl Content {
    pub(super) fn new(value: &[u8], identity: u64) -> Self {
        Self { value: xxh3_128(value), identity }
    }

    /// The least and the greatest content with this one's value.
    pub(super) fn any_key(self) -> (Self, Self) {
        (Self { identity: 0, ..self }, Self { identity: u64::MAX, ..self })
    }
}

/// A number that stands for a key.
pub(super) fn key_hash(key: &[u8]) -> u64 {
    xxh3_64(key)
}
