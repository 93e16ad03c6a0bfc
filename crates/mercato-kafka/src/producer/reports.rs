//! Counting: every record that was accepted is settled by exactly one delivery report.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use mercato_sinks::Delivery;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::{BorrowedHeaders, BorrowedMessage, DeliveryResult, Message, OwnedHeaders};
use rdkafka::producer::ProducerContext;

use super::offsets::Offsets;
use super::prefix::Prefix;
use super::silence::Watch;
use crate::connect::{ErrorLog, route_log};

/// One delivered record, as a [`DeliveryObserver`] sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivered<'a> {
    /// Topic it went to.
    pub topic: &'a str,
    /// Partition it went to.
    pub partition: i32,
    /// Its offset there; -1 when the broker had it already and only the acknowledgement was lost.
    pub offset: i64,
    /// Its number among all records the sink accepted, from 0.
    pub sequence: u64,
}

/// Called once for each delivered record, in order within a partition, on the thread that reads the
/// reports.
///
/// It must be quick and must not panic: the reports after it wait.
pub type DeliveryObserver = Box<dyn Fn(Delivered<'_>) + Send + Sync>;

/// The first record that will never arrive.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) code: Code,
    pub(crate) topic: String,
}

/// The counters of one producer, and the context its callbacks arrive at.
#[derive(Default)]
pub(crate) struct Reports {
    accepted: AtomicU64,
    bytes: AtomicU64,
    acknowledged: AtomicU64,
    prefix: Prefix,
    failed: AtomicU64,
    /// Lowest number of a failed record, and one more, so that 0 is none.
    first_lost: AtomicU64,
    broken: AtomicBool,
    /// True if it was broken by an error that librdkafka calls fatal.
    fatal: AtomicBool,
    returned: Mutex<Vec<Requeued>>,
    /// Why a record was given back last, and how many were acknowledged by then.
    refusal: Mutex<Option<(Code, u64)>>,
    first_failure: OnceLock<Failure>,
    observer: Option<DeliveryObserver>,
    pub(crate) errors: ErrorLog,
    pub(crate) watch: Arc<Watch>,
    pub(crate) offsets: Arc<Offsets>,
}

impl Reports {
    pub(crate) fn new(
        observer: Option<DeliveryObserver>,
        watch: Arc<Watch>,
        offsets: Arc<Offsets>,
    ) -> Self {
        Self { observer, watch, offsets, ..Self::default() }
    }

    /// Counts a record before it is handed to librdkafka, so that its report cannot come first;
    /// gives its number.
    pub(crate) fn accept(&self, bytes: usize) -> u64 {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        self.accepted.fetch_add(1, Ordering::Relaxed)
    }

    /// Takes the last `accept` back: the record stays with the caller.
    pub(crate) fn take_back(&self, bytes: usize) {
        self.bytes.fetch_sub(bytes as u64, Ordering::Relaxed);
        self.accepted.fetch_sub(1, Ordering::Relaxed);
    }

    /// Counts a record that will never arrive.
    pub(crate) fn fail(&self, code: Code, topic: &str, sequence: u64) {
        // Says it at the 1st, 2nd, 4th, ... failure: a broken topic must not flood the log.
        let before = self.failed.load(Ordering::Relaxed);
        if (before + 1).is_power_of_two() {
            tracing::error!(target: "mercato_kafka", topic, failed = before + 1, "cannot deliver a record: {code}");
        }
        self.first_failure.get_or_init(|| Failure { code, topic: topic.to_owned() });
        let lowest =
            |known: u64| Some(if known == 0 { sequence + 1 } else { known.min(sequence + 1) });
        // The update always succeeds.
        let _ = self.first_lost.fetch_update(Ordering::Relaxed, Ordering::Relaxed, lowest);
        // Last, so that whoever sees the count sees all the rest.
        self.failed.fetch_add(1, Ordering::Release);
    }

    /// Keeps a record that the client gave back, to be sent again.
    fn take_in(&self, returned: Requeued) {
        self.broken.store(true, Ordering::Release);
        if !is_purged(returned.code) {
            let acknowledged = self.acknowledged.load(Ordering::Relaxed);
            *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) =
                Some((returned.code, acknowledged));
        }
        self.lock_returned().push(returned);
    }

    /// Why records have been given back since the last one was acknowledged.
    pub(crate) fn refusal(&self) -> Option<Code> {
        let refusal = *self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
        let (code, acknowledged) = refusal?;
        (acknowledged == self.acknowledged.load(Ordering::Relaxed)).then_some(code)
    }

    fn lock_returned(&self) -> std::sync::MutexGuard<'_, Vec<Requeued>> {
        self.returned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The records that were given back, in the order in which they were accepted.
    pub(crate) fn take_returned(&self) -> Vec<Requeued> {
        let mut returned = std::mem::take(&mut *self.lock_returned());
        returned.sort_unstable_by_key(|record| record.handle.sequence);
        returned
    }

    /// Records that neither are settled nor were given back: the client still has them.
    pub(crate) fn outstanding(&self) -> u64 {
        let returned = self.lock_returned().len() as u64;
        self.delivery().in_flight().saturating_sub(returned)
    }

    /// Records from the first on of which none is lost; all that were accepted when nothing is.
    pub(crate) fn complete(&self) -> u64 {
        match self.first_lost.load(Ordering::Relaxed) {
            0 => self.accepted.load(Ordering::Relaxed),
            lost => lost - 1,
        }
    }

    /// The first so many records are all acknowledged, and perhaps a few more.
    pub(crate) fn acknowledged_in_order(&self) -> u64 {
        let delivery = self.delivery();
        if delivery.acknowledged == delivery.accepted {
            return delivery.accepted;
        }
        self.prefix.records().min(self.complete())
    }

    /// Returns the delivery counts so far; never more settled than accepted.
    pub(crate) fn delivery(&self) -> Delivery {
        let settled =
            || (self.acknowledged.load(Ordering::Acquire), self.failed.load(Ordering::Acquire));
        let (mut acknowledged, mut failed) = settled();
        loop {
            let accepted = self.accepted.load(Ordering::Acquire);
            let bytes = self.bytes.load(Ordering::Acquire);
            let now = settled();
            // A thread that was held up between the two would see records in flight that are not.
            if now == (acknowledged, failed) {
                return Delivery { accepted, acknowledged, failed, bytes };
            }
            (acknowledged, failed) = now;
        }
    }

    /// Records whose fate is known.
    pub(crate) fn settled(&self) -> u64 {
        self.acknowledged.load(Ordering::Acquire) + self.failed.load(Ordering::Acquire)
    }

    pub(crate) fn first_failure(&self) -> Option<&Failure> {
        self.first_failure.get()
    }

    /// The first failure, if it is that a topic is gone: nothing that follows can arrive.
    pub(crate) fn lost_topic(&self) -> Option<&Failure> {
        let is_gone = |failure: &&Failure| {
            matches!(
                failure.code,
                Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition
            )
        };
        self.first_failure().filter(is_gone)
    }

    /// Counts a record as lost whose topic has begun anew, with everything before it.
    fn begin_anew(&self, topic: &str, offset: i64) {
        if self.first_failure().is_none() {
            tracing::error!(
                target: "mercato_kafka",
                "topic {topic} goes on at offset {offset}, before records that it had acknowledged: they are gone, because \
                 it was deleted and created again, or because a broker without them now leads the partition"
            );
        }
        self.fail(Code::UnknownTopicOrPartition, topic, 0);
    }

    /// Returns whether the producer can no longer be used, and a new one must take its records
    /// over.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// Says that the producer is of no more use, so that what it gives back is kept.
    pub(crate) fn break_off(&self) {
        self.broken.store(true, Ordering::Release);
    }

    /// Says the same because of an error that no producer with the same state survives.
    pub(crate) fn break_for_good(&self) {
        self.fatal.store(true, Ordering::Release);
        self.break_off();
    }

    /// Returns whether it was an error of that kind.
    pub(crate) fn is_fatal(&self) -> bool {
        self.fatal.load(Ordering::Acquire)
    }

    /// Says that another producer has taken over.
    pub(crate) fn restarted(&self) {
        self.fatal.store(false, Ordering::Release);
        self.broken.store(false, Ordering::Release);
    }
}

/// Data sent along with a record and returned with its report.
///
/// It is allocated for each record, 3 % of what sending one costs: one word has no room for both,
/// and librdkafka does not tell the time of a record that failed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeliveryHandle {
    pub(crate) sequence: u64,
    /// Number of its partition among those of all topics of the run.
    pub(crate) place: u32,
    /// Milliseconds for `CreateTime`; none for the moment of sending.
    pub(crate) timestamp: Option<i64>,
}

/// A record that the client gave back undelivered, with everything it needs to be sent again.
#[derive(Debug)]
pub(crate) struct Requeued {
    pub(crate) code: Code,
    pub(crate) handle: DeliveryHandle,
    pub(crate) topic: String,
    pub(crate) partition: i32,
    pub(crate) key: Option<Vec<u8>>,
    pub(crate) value: Vec<u8>,
    pub(crate) headers: Option<OwnedHeaders>,
}

impl Requeued {
    fn of(message: &BorrowedMessage<'_>, handle: DeliveryHandle, code: Code) -> Self {
        Self {
            code,
            handle,
            topic: message.topic().to_owned(),
            partition: message.partition(),
            key: message.key().map(<[u8]>::to_vec),
            value: message.payload().unwrap_or_default().to_vec(),
            headers: message.headers().map(BorrowedHeaders::detach),
        }
    }
}

/// Receives the callbacks of one producer; the counters outlive it.
#[derive(Clone)]
pub(crate) struct Context(pub(crate) Arc<Reports>);

impl ClientContext for Context {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        match (facility, more_partitions(message)) {
            ("PARTCNT", Some((topic, was, is))) => tracing::warn!(
                target: "mercato_kafka",
                "topic {topic} has {is} partitions now: this run keeps to the {was} with which it began, so its keys stay \
                 where they are; other producers, and this command when it is started again, place keys by all {is}"
            ),
            ("PARTCNT", None) => {}
            _ => route_log(level, facility, message),
        }
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() == Some(Code::Fatal) {
            self.0.break_for_good();
        }
        self.0.errors.note(&error, reason);
    }

    fn stats_raw(&self, _: &[u8]) {}
}

impl ProducerContext for Context {
    type DeliveryOpaque = Box<DeliveryHandle>;

    fn delivery(&self, result: &DeliveryResult<'_>, handle: Box<DeliveryHandle>) {
        let (reports, sequence) = (&self.0, handle.sequence);
        match result {
            Ok(message) => {
                if let Some(observer) = &reports.observer {
                    let (topic, partition) = (message.topic(), message.partition());
                    observer(Delivered { topic, partition, offset: message.offset(), sequence });
                }
                reports.watch.answered();
                if !reports.offsets.advance(handle.place, message.offset()) {
                    return reports.begin_anew(message.topic(), message.offset());
                }
                reports.prefix.acknowledge(sequence);
                reports.acknowledged.fetch_add(1, Ordering::Release);
                if reports.errors.is_down() {
                    reports.errors.works();
                }
            }
            Err((error, message)) => {
                let code = error.rdkafka_error_code().unwrap_or(Code::Fail);
                // With a fatal error librdkafka purges what waits by itself, and may report that
                // before the error.
                if is_passing(code) || is_purged(code) {
                    reports.take_in(Requeued::of(message, *handle, code));
                } else {
                    reports.fail(code, message.topic(), sequence);
                }
            }
        }
    }
}

/// Topic, old and new number of partitions, where librdkafka says that a topic has got more of them.
///
/// That a topic is gone is said by its records.
fn more_partitions(message: &str) -> Option<(&str, u32, u32)> {
    let (_, told) = message.split_once("Topic ")?;
    let (topic, change) = told.split_once(" partition count changed from ")?;
    let (was, is) = change.split_once(" to ")?;
    let (was, is) = (was.trim().parse().ok()?, is.trim().parse().ok()?);
    (0 < was && was < is).then_some((topic, was, is))
}

/// Returns whether the record was taken back from the queue: by the program itself, or by a client
/// that has given itself up.
pub(crate) fn is_purged(code: Code) -> bool {
    matches!(code, Code::PurgeQueue | Code::PurgeInflight)
}

/// Returns whether a record that failed so can succeed when it is sent again.
///
/// With an unlimited `message.timeout.ms` this needs a producer that has given itself up, or few
/// `retries`.
fn is_passing(code: Code) -> bool {
    matches!(
        code,
        Code::Fatal
            | Code::BrokerTransportFailure
            | Code::MessageTimedOut
            | Code::OperationTimedOut
            | Code::RequestTimedOut
            | Code::NetworkException
            | Code::LeaderNotAvailable
            | Code::NotLeaderForPartition
            | Code::NotEnoughReplicas
            | Code::NotEnoughReplicasAfterAppend
            | Code::OutOfOrderSequenceNumber
            | Code::UnknownProducerId
            | Code::InvalidProducerEpoch
            | Code::InvalidProducerIdMapping
            | Code::InvalidTransactionalState
            | Code::ProducerFenced
            | Code::Fenced
            | Code::TransactionCoordinatorFenced
            | Code::ConcurrentTransactions
            | Code::KafkaStorageError
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_more_partitions_are_told_of() {
        let told = |from: u32, to: u32| {
            format!("[thrd:main]: Topic my-sales partition count changed from {from} to {to}")
        };
        assert_eq!(more_partitions(&told(3, 5)), Some(("my-sales", 3, 5)));
        assert_eq!(more_partitions(&told(0, 3)), None);
        assert_eq!(more_partitions(&told(3, 0)), None);
        assert_eq!(more_partitions("anything else"), None);
    }
}
