//! The records from the first on that are all acknowledged.
//!
//! Partitions are acknowledged independently, so the number of acknowledgements says nothing about
//! which records they are of. Records are counted in chunks of consecutive numbers, and the prefix
//! ends before the first chunk that is not full.

use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

/// Records of a chunk.
const CHUNK: u64 = 256;
/// Chunks that are counted at once: 16 million records, more than a client ever has in flight.
const RING: u64 = 1 << 16;

/// Acknowledgements by chunk.
pub(crate) struct Prefix {
    counts: Box<[AtomicU16]>,
    /// The first chunk that is not full; advanced by one thread at a time.
    first: AtomicU64,
    advancing: Mutex<()>,
}

impl Default for Prefix {
    fn default() -> Self {
        let counts = (0..RING).map(|_| AtomicU16::new(0)).collect();
        Self { counts, first: AtomicU64::new(0), advancing: Mutex::new(()) }
    }
}

impl Prefix {
    /// Counts the record of this number, from 0, as acknowledged; each number once.
    pub(crate) fn acknowledge(&self, sequence: u64) {
        let chunk = sequence / CHUNK;
        if u64::from(self.count(chunk).fetch_add(1, Ordering::AcqRel)) + 1 < CHUNK {
            return;
        }
        let _guard = self.advancing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut first = self.first.load(Ordering::Acquire);
        while u64::from(self.count(first).load(Ordering::Acquire)) == CHUNK {
            self.count(first).store(0, Ordering::Release);
            first += 1;
        }
        self.first.store(first, Ordering::Release);
    }

    /// The first so many records are all acknowledged, and perhaps up to a chunk more.
    pub(crate) fn records(&self) -> u64 {
        self.first.load(Ordering::Acquire) * CHUNK
    }

    fn count(&self, chunk: u64) -> &AtomicU16 {
        &self.counts[(chunk % RING) as usize]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_prefix_ends_before_the_first_gap(
            partitions in 1_u64..9,
            records in 1_u64..20_000,
            late in 0_u64..9,
        ) {
            let prefix = Prefix::default();
            // Each partition in order, but one after the other; of one, nothing comes from the
            // middle on.
            let gap = |sequence: u64| sequence % partitions == late && sequence >= records / 2;
            for partition in 0..partitions {
                let own = (partition..records).step_by(partitions as usize);
                own.filter(|sequence| !gap(*sequence)).for_each(|number| prefix.acknowledge(number));
            }
            let complete = (0..records).find(|number| gap(*number)).unwrap_or(records);
            let known = prefix.records();
            prop_assert!(known <= complete && complete - known < CHUNK, "{known} of {complete}");
        }
    }

    #[test]
    fn the_ring_is_used_again() {
        let prefix = Prefix::default();
        let records = RING * CHUNK + 5 * CHUNK;
        (0..records).for_each(|number| prefix.acknowledge(number));
        assert_eq!(prefix.records(), records);
    }
}
