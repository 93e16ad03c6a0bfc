//! Counts of the records of a run, and where those of the open transaction are.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mercato_sinks::Delivery;

use crate::producer::reports::{Delivered, DeliveryObserver};

/// Counters that other threads read.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) accepted: AtomicU64,
    pub(super) committed: AtomicU64,
    pub(super) bytes: AtomicU64,
    /// 1 once nothing more is committed.
    pub(super) ended: AtomicU64,
}

impl Counts {
    pub(super) fn delivery(&self) -> Delivery {
        let acknowledged = self.committed.load(Ordering::Acquire);
        let accepted = self.accepted.load(Ordering::Acquire);
        let failed = self.ended.load(Ordering::Acquire) * (accepted - acknowledged);
        Delivery { accepted, acknowledged, failed, bytes: self.bytes.load(Ordering::Relaxed) }
    }
}

/// Where the records of the open transaction are, for an observer who hears of them once they are
/// committed.
pub(super) struct Placed {
    pub(super) observer: DeliveryObserver,
    pub(super) records: Mutex<Vec<(String, i32, i64, u64)>>,
}

impl Placed {
    /// An observer for one producer, which keeps what it hears.
    pub(super) fn keeper(self: &Arc<Self>, progress: String) -> DeliveryObserver {
        let placed = Arc::clone(self);
        Box::new(move |record: Delivered<'_>| {
            if record.topic != progress {
                let entry =
                    (record.topic.to_owned(), record.partition, record.offset, record.sequence);
                placed.lock().push(entry);
            }
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Vec<(String, i32, i64, u64)>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells of the records of a transaction before which `before` records were committed.
    pub(super) fn tell(&self, before: u64) {
        let mut records = std::mem::take(&mut *self.lock());
        records.sort_unstable_by_key(|(_, _, _, sequence)| *sequence);
        for (sequence, (topic, partition, offset, _)) in (before..).zip(records) {
            (self.observer)(Delivered { topic: &topic, partition, offset, sequence });
        }
    }
}
