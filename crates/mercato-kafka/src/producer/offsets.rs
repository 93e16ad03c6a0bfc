//! The offsets at which records arrive: a topic that begins anew has lost what it had acknowledged.
//!
//! Where brokers create topics on demand, a topic that is deleted in mid-run is there again at once, and
//! nothing fails.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicI64, Ordering};

/// The last offset of each partition of a run; partitions are numbered through, topic after topic.
#[derive(Debug, Default)]
pub(crate) struct Offsets(OnceLock<Vec<AtomicI64>>);

impl Offsets {
    /// Begins to watch so many partitions.
    pub(super) fn expect(&self, partitions: u32) {
        self.0.get_or_init(|| (0..partitions).map(|_| AtomicI64::new(-1)).collect());
    }

    /// Takes note of a record in the partition of this number; false if its offset is not after those
    /// of the records before it.
    ///
    /// An offset is negative where the broker had the record already, or tells none.
    pub(super) fn advance(&self, partition: u32, offset: i64) -> bool {
        let last = self.0.get().and_then(|all| all.get(partition as usize));
        // The reports of one partition come one after the other.
        let Some(last) = last.filter(|_| offset >= 0) else { return true };
        last.swap(offset, Ordering::Relaxed) < offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_that_begins_anew_is_noticed() {
        let offsets = Offsets::default();
        assert!(offsets.advance(0, 7), "nothing is known yet");
        offsets.expect(2);
        for (partition, offset, follows) in [
            (0, 0, true),
            (1, 40, true),
            (0, 5, true),
            (0, -1, true),
            (1, 41, true),
            (0, 0, false),
            (0, 1, true),
            (1, 41, false),
            (9, 0, true),
        ] {
            assert_eq!(offsets.advance(partition, offset), follows, "{partition} {offset}");
        }
    }
}
