//! Telling of single records on stderr while they come no faster than a person reads.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mercato_encode::Batch;
use tracing::info;

use crate::logging;
use crate::run::Observer;

/// Records a second that a person can still follow.
const READABLE_PER_SECOND: u64 = 10;

const SECOND: i64 = 1_000_000;

/// Says what was sent and, once the broker has said so, where it was delivered.
#[derive(Debug, Clone)]
pub(super) struct Narrator {
    narrate: fn(&[u8]) -> Option<String>,
    /// Records that have been told of and not been delivered yet, by their number.
    told: Arc<Mutex<BTreeSet<u64>>>,
    next: u64,
    second: i64,
    in_second: u64,
    silent: bool,
}

impl Narrator {
    pub(super) fn new(narrate: Option<fn(&[u8]) -> Option<String>>) -> Option<Self> {
        let narrate = narrate?;
        Some(Self { narrate, told: Arc::default(), next: 0, second: i64::MIN, in_second: 0, silent: false })
    }

    /// What the Kafka sink calls for each delivered record.
    #[cfg(feature = "kafka")]
    pub(super) fn deliveries(&self) -> mercato_kafka::producer::DeliveryObserver {
        let told = Arc::clone(&self.told);
        Box::new(move |delivered| {
            if lock(&told).remove(&delivered.sequence) {
                info!(target: logging::PLAIN, "  ✓ Delivered to partition {} at offset {}", delivered.partition, delivered.offset);
            }
        })
    }

    /// Whether one more record at `now` can be followed.
    fn is_readable(&mut self, now: i64) -> bool {
        if now >= self.second.saturating_add(SECOND) {
            self.silent = self.silent && self.in_second > READABLE_PER_SECOND;
            (self.second, self.in_second) = (now, 0);
        }
        self.in_second += 1;
        if self.in_second > READABLE_PER_SECOND && !self.silent {
            self.silent = true;
            info!("records come faster than can be read: they are told of again when they slow down");
        }
        !self.silent
    }
}

fn lock(told: &Mutex<BTreeSet<u64>>) -> MutexGuard<'_, BTreeSet<u64>> {
    told.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Observer for Narrator {
    fn releasing(&mut self, batch: &Batch, range: &Range<usize>, now: i64) {
        for index in range.clone() {
            let sequence = self.next;
            self.next += 1;
            if !self.is_readable(now) {
                continue;
            }
            if let Some(text) = (self.narrate)(batch.value(index)) {
                info!(target: logging::PLAIN, "Sent {text}");
                lock(&self.told).insert(sequence);
            }
        }
    }
}
