//! Counting: every record that was accepted is settled by exactly one delivery report.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use mercato_sinks::Delivery;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::ProducerContext;

use crate::connect::{Trouble, route_log};

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

/// Called once for each delivered record, in order within a partition, on the thread that reads the reports.
///
/// It must be quick and must not panic: the reports behind it wait.
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
    failed: AtomicU64,
    fatal: AtomicBool,
    first_failure: OnceLock<Failure>,
    observer: Option<DeliveryObserver>,
    pub(crate) trouble: Trouble,
}

impl Reports {
    pub(crate) fn new(observer: Option<DeliveryObserver>) -> Self {
        Self { observer, ..Self::default() }
    }

    /// Counts a record before it is handed to librdkafka, so that its report cannot come first; gives its number.
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
    pub(crate) fn fail(&self, code: Code, topic: &str) {
        // Says it at the 1st, 2nd, 4th, ... failure: a broken topic must not flood the log.
        let count = self.failed.fetch_add(1, Ordering::Release) + 1;
        if code == Code::Fatal {
            self.fatal.store(true, Ordering::Relaxed);
        }
        if count.is_power_of_two() {
            tracing::error!(target: "mercato_kafka", topic, failed = count, "a record cannot be delivered: {code}");
        }
        self.first_failure.get_or_init(|| Failure { code, topic: topic.to_owned() });
    }

    /// What has become of the records so far; never more settled than accepted.
    pub(crate) fn delivery(&self) -> Delivery {
        let acknowledged = self.acknowledged.load(Ordering::Acquire);
        let failed = self.failed.load(Ordering::Acquire);
        let accepted = self.accepted.load(Ordering::Relaxed);
        Delivery { accepted, acknowledged, failed, bytes: self.bytes.load(Ordering::Relaxed) }
    }

    /// Records whose fate is known.
    pub(crate) fn settled(&self) -> u64 {
        self.acknowledged.load(Ordering::Acquire) + self.failed.load(Ordering::Acquire)
    }

    pub(crate) fn first_failure(&self) -> Option<&Failure> {
        self.first_failure.get()
    }

    /// Whether the producer is dead and must be made anew.
    pub(crate) fn is_fatal(&self) -> bool {
        self.fatal.load(Ordering::Relaxed)
    }
}

impl ClientContext for Reports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, message: &str) {
        route_log(level, facility, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() == Some(Code::Fatal) {
            self.fatal.store(true, Ordering::Relaxed);
        }
        self.trouble.note(&error, reason);
    }

    fn stats_raw(&self, _: &[u8]) {}
}

impl ProducerContext for Reports {
    /// The record's number; a plain integer, so that nothing is allocated for it.
    type DeliveryOpaque = usize;

    fn delivery(&self, result: &DeliveryResult<'_>, sequence: usize) {
        match result {
            Ok(message) => {
                if let Some(observer) = &self.observer {
                    let (topic, partition) = (message.topic(), message.partition());
                    observer(Delivered { topic, partition, offset: message.offset(), sequence: sequence as u64 });
                }
                self.acknowledged.fetch_add(1, Ordering::Release);
                if self.trouble.is_down() {
                    self.trouble.works();
                }
            }
            Err((error, message)) => {
                self.fail(error.rdkafka_error_code().unwrap_or(Code::Fail), message.topic());
            }
        }
    }
}

/// A view of a sink's counters from any thread, also after the sink is finished.
#[derive(Clone)]
pub struct Monitor(pub(super) Arc<Reports>);

impl Monitor {
    /// What has become of the records so far.
    pub fn delivery(&self) -> Delivery {
        self.0.delivery()
    }

    /// Whether no broker can be reached at the moment.
    pub fn is_down(&self) -> bool {
        self.0.trouble.is_down()
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Monitor").field(&self.delivery()).finish()
    }
}
