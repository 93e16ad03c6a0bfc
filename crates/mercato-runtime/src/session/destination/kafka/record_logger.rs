//! Telling of single records on stderr while they come no faster than a person reads.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use mercato_encode::Batch;
use mercato_kafka::producer::{Delivered, DeliveryObserver};
use tracing::info;

use crate::logging;
use crate::run::Observer;
use crate::session::RecordLog;

/// Records a second that a person can still follow.
const READABLE_PER_SECOND: u64 = 10;

const SECOND: i64 = 1_000_000;

/// Says what was sent and, once the broker has said so, where it was delivered.
#[derive(Debug, Clone)]
pub(super) struct RecordLogger {
    record_log: RecordLog,
    /// Records that have been sent and not been delivered yet, by their number,
    /// each with the text that waits until it is.
    sent: Arc<Mutex<BTreeMap<u64, Option<String>>>>,
    next: u64,
    second: i64,
    in_second: u64,
    silent: bool,
}

impl RecordLogger {
    pub(super) fn new(record_log: RecordLog) -> Self {
        Self {
            record_log,
            sent: Arc::default(),
            next: 0,
            second: i64::MIN,
            in_second: 0,
            silent: false,
        }
    }

    /// Returns the callback of the Kafka sink for each delivered record.
    pub(super) fn deliveries(&self) -> DeliveryObserver {
        let sent = Arc::clone(&self.sent);
        Box::new(move |delivered| {
            let Some(waiting) = lock(&sent).remove(&delivered.sequence) else { return };
            let Delivered { partition, offset, .. } = delivered;
            if let Some(text) = waiting {
                info!("{text}, Partition: {partition}, Offset: {offset}");
            } else {
                info!(target: logging::PLAIN, "  ✓ Delivered to partition {partition} at offset {offset}");
            }
        })
    }

    /// Tells of a record, now or when it will be delivered.
    fn tell(&self, sequence: u64, value: &[u8]) {
        let waiting = match self.record_log {
            RecordLog::Sending(describe) => describe(value).map(|text| {
                info!(target: logging::PLAIN, "Sent {text}");
                None
            }),
            RecordLog::Delivery(describe) => describe(value).map(Some),
        };
        if let Some(waiting) = waiting {
            lock(&self.sent).insert(sequence, waiting);
        }
    }

    /// Returns whether one more record at `now` can be followed.
    fn is_readable(&mut self, now: i64) -> bool {
        if now >= self.second.saturating_add(SECOND) {
            self.silent = self.silent && self.in_second > READABLE_PER_SECOND;
            (self.second, self.in_second) = (now, 0);
        }
        self.in_second += 1;
        if self.in_second > READABLE_PER_SECOND && !self.silent {
            self.silent = true;
            info!(
                "too many records to log individually; per-record logging resumes when the rate drops"
            );
        }
        !self.silent
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Observer for RecordLogger {
    fn releasing(&mut self, batch: &Batch, range: &Range<usize>, now: i64) {
        for index in range.clone() {
            let sequence = self.next;
            self.next += 1;
            if self.is_readable(now) {
                self.tell(sequence, batch.value(index));
            }
        }
    }
}
