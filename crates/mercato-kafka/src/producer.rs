//! The sink that sends to Kafka: every record accepted is acknowledged or counted as failed, none is forgotten.
//!
//! One shared producer with a thread for its delivery reports is the fastest way through librdkafka,
//! 0.9 to 1.6 microseconds a record, of which the generating thread pays about half.
//! Partitions are chosen here, which saves 10 to 20 % and puts keys where Java clients put them;
//! the number of partitions is read once, at the start, so that a key keeps its partition for the whole run.
//!
//! A full queue holds the generator back, on the same record, so a key's order is kept.
//! How a run ends is written in types: running, draining, done.

mod advice;
mod reports;
mod state;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mercato_encode::Batch;
use mercato_sinks::{Delivery, Sink, SinkError};
use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::clock::{Deadline, pause};
use crate::config::ProducerConfig;
use crate::connect::{DEFAULT_CONNECT_TIMEOUT, Line, ReachError};
pub use mercato_draw::partition_of;
use reports::Reports;
pub use reports::{Delivered, DeliveryObserver, Monitor};
use state::{Patience, Running};

/// How long the end of a run waits for a broker that is away, counted from the last delivery report.
pub const DEFAULT_DRAIN_TIMEOUT: Duration = Duration::from_secs(300);

/// The same once the user has asked to stop: he is watching, and can ask again.
pub const DEFAULT_INTERRUPTED_DRAIN_TIMEOUT: Duration = Duration::from_secs(15);

/// What Kafka's `CreateTime` of a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RecordTimestamp {
    /// The record's event time, cut to milliseconds.
    #[default]
    Event,
    /// The moment it is handed to the client.
    Wall,
}

/// How a [`KafkaSink`] behaves.
pub struct KafkaOptions {
    /// What `CreateTime` holds; event time by default.
    pub record_timestamp: RecordTimestamp,
    /// Time to reach the cluster and every topic; [`DEFAULT_CONNECT_TIMEOUT`] by default.
    pub connect_timeout: Duration,
    /// How long `finish` waits without a single delivery report before it gives up; `None` waits for ever.
    ///
    /// [`DEFAULT_DRAIN_TIMEOUT`] by default.
    pub drain_timeout: Option<Duration>,
    /// The same once `interrupt` is set; also ends a write that a full queue holds back.
    ///
    /// [`DEFAULT_INTERRUPTED_DRAIN_TIMEOUT`] by default.
    pub interrupted_drain_timeout: Duration,
    /// Set by the caller when the user asks to stop; nobody by default.
    pub interrupt: Option<Arc<AtomicBool>>,
    /// Sees every delivered record; nobody by default, which costs nothing.
    pub observer: Option<DeliveryObserver>,
}

impl Default for KafkaOptions {
    fn default() -> Self {
        Self {
            record_timestamp: RecordTimestamp::default(),
            connect_timeout: DEFAULT_CONNECT_TIMEOUT,
            drain_timeout: Some(DEFAULT_DRAIN_TIMEOUT),
            interrupted_drain_timeout: DEFAULT_INTERRUPTED_DRAIN_TIMEOUT,
            interrupt: None,
            observer: None,
        }
    }
}

impl fmt::Debug for KafkaOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KafkaOptions")
            .field("record_timestamp", &self.record_timestamp)
            .field("connect_timeout", &self.connect_timeout)
            .field("drain_timeout", &self.drain_timeout)
            .field("interrupted_drain_timeout", &self.interrupted_drain_timeout)
            .field("interrupt", &self.interrupt)
            .field("observer", &self.observer.is_some())
            .finish()
    }
}

/// A topic as it was when the sink was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Name.
    pub topic: Box<str>,
    /// Number of partitions, at least 1.
    pub partitions: u32,
    /// Where the next record without a key goes.
    next: u32,
}

impl Target {
    /// The partition of a record with `key`; records without a key take turns.
    fn partition(&mut self, key: &[u8]) -> u32 {
        if !key.is_empty() {
            return partition_of(key, self.partitions);
        }
        let partition = self.next;
        self.next = (self.next + 1) % self.partitions;
        partition
    }
}

/// A sink that sends each record to its topic, keyed, acknowledged and counted.
///
/// Dropping it without `finish` waits up to five seconds for outstanding reports and logs what it gives up.
pub struct KafkaSink {
    running: Running,
    targets: Vec<Target>,
    address: String,
    options: KafkaOptions,
}

impl KafkaSink {
    /// Connects, and finds the partitions of `topics`; a span's topic is an index into them.
    ///
    /// Where brokers create topics on demand a missing one is created by this, and waited for.
    /// Errors: [`SinkError::Connect`] when no broker lets us in, [`SinkError::MissingTopic`].
    pub fn open<T: AsRef<str>>(
        config: &ProducerConfig,
        topics: &[T],
        mut options: KafkaOptions,
    ) -> Result<Self, SinkError> {
        let reports = Reports::new(options.observer.take());
        let address = config.address().to_owned();
        let failed = |advice: &str, source: Box<dyn std::error::Error + Send + Sync>| ReachError::Unreachable {
            address: address.clone(),
            advice: advice.to_owned(),
            source,
        };
        let producer: BaseProducer<Reports> = (config.client.create_with_context(reports))
            .map_err(|error| failed("the client could not be made; check the properties", error.into()))?;
        let running = Running::start(producer)
            .map_err(|error| failed("no thread could be started; check the limits of this user", error.into()))?;
        let targets = targets(&running, &address, topics, Deadline::after(options.connect_timeout))?;
        running.reports().trouble.works();
        Ok(Self { running, targets, address, options })
    }

    /// The topics with their partitions, in the order given.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The addresses, as the user gave them.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A view of the counters that outlives the sink.
    pub fn monitor(&self) -> Monitor {
        Monitor(Arc::clone(self.running.reports()))
    }

    /// Sends one record; waits while the queue is full.
    fn send(&mut self, batch: &Batch, index: usize) -> Result<(), SinkError> {
        let stamp = &batch.spans()[index].stamp;
        let (key, value) = (batch.key(index), batch.value(index));
        let topic = usize::from(stamp.topic);
        let partition = self.targets[topic].partition(key);

        let sequence = self.running.reports().accept(value.len());
        let mut record = BaseRecord::with_opaque_to(&self.targets[topic].topic, sequence as usize)
            .payload(value)
            .partition(partition as i32);
        if !key.is_empty() {
            record = record.key(key);
        }
        if self.options.record_timestamp == RecordTimestamp::Event {
            record = record.timestamp(stamp.event_time.div_euclid(1000));
        }
        self.offer(record, value.len())
    }

    /// Offers a record until librdkafka takes it or refuses it for good.
    fn offer(&self, mut record: BaseRecord<'_, [u8], [u8], usize>, bytes: usize) -> Result<(), SinkError> {
        let reports = self.running.reports();
        let mut full: Option<Patience> = None;
        while let Err((error, same)) = self.running.producer().send(record) {
            if error.rdkafka_error_code() != Some(Code::QueueFull) {
                reports.fail(error.rdkafka_error_code().unwrap_or(Code::InvalidArgument), same.topic);
                return self.check_alive();
            }
            let patience = full.get_or_insert_with(|| Patience::new(reports));
            if !self.wait_for_room(patience) {
                reports.take_back(bytes);
                return self.check_alive().and_then(|()| Err(self.undelivered(Code::QueueFull, "")));
            }
            record = same;
        }
        Ok(())
    }

    /// Waits a little for delivery reports to make room; false when waiting longer is in vain.
    fn wait_for_room(&self, patience: &mut Patience) -> bool {
        let reports = self.running.reports();
        let waited = patience.without_progress(reports);
        let given_up = self.is_interrupted() && waited >= self.options.interrupted_drain_timeout;
        if reports.is_fatal() || given_up {
            return false;
        }
        patience.mention(reports, "the queue is full; generating waits for the broker");
        // Short while the broker is only slower than we are, long while it is away.
        pause((waited / 4).clamp(Duration::from_micros(100), Duration::from_millis(5)));
        true
    }

    fn is_interrupted(&self) -> bool {
        self.options.interrupt.as_ref().is_some_and(|interrupt| interrupt.load(Ordering::Relaxed))
    }

    /// An error when librdkafka has given up this producer for good.
    fn check_alive(&self) -> Result<(), SinkError> {
        if !self.running.reports().is_fatal() {
            return Ok(());
        }
        match self.running.producer().client().fatal_error() {
            None => Ok(()),
            Some((code, reason)) => Err(self.undelivered(code, &reason)),
        }
    }

    /// What is lost if the run ends now.
    fn undelivered(&self, code: Code, reason: &str) -> SinkError {
        let delivery = self.running.reports().delivery();
        advice::undelivered(&self.address, delivery.failed + delivery.in_flight(), code, reason)
    }
}

impl Sink for KafkaSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        self.check_alive()?;
        range.into_iter().try_for_each(|index| self.send(batch, index))
    }

    /// Nothing to do: librdkafka sends what it has after `linger.ms` by itself.
    fn flush(&mut self) -> Result<(), SinkError> {
        self.check_alive()
    }

    fn delivery(&self) -> Delivery {
        self.running.reports().delivery()
    }

    fn finish(self: Box<Self>) -> Result<Delivery, SinkError> {
        let Self { running, address, options, .. } = *self;
        let limit = || match &options.interrupt {
            Some(interrupt) if interrupt.load(Ordering::Relaxed) => Some(options.interrupted_drain_timeout),
            _ => options.drain_timeout,
        };
        let done = running.drain().wait(&limit);
        match done.first_failure {
            None => Ok(done.delivery),
            Some(failure) => {
                let place = if failure.topic.is_empty() { address } else { format!("{} on {address}", failure.topic) };
                Err(advice::undelivered(&place, done.delivery.failed, failure.code, ""))
            }
        }
    }
}

impl fmt::Debug for KafkaSink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KafkaSink")
            .field("address", &self.address)
            .field("targets", &self.targets)
            .field("delivery", &self.delivery())
            .finish_non_exhaustive()
    }
}

/// Finds the partitions of each topic.
fn targets<T: AsRef<str>>(
    running: &Running,
    address: &str,
    topics: &[T],
    deadline: Deadline,
) -> Result<Vec<Target>, ReachError> {
    let trouble = &running.reports().trouble;
    let line = Line { client: running.producer().client(), trouble, serve: &|| (), address };
    let find = |topic: &T| {
        let topic = topic.as_ref();
        Ok(Target { topic: topic.into(), partitions: line.partitions(topic, deadline)?, next: 0 })
    };
    topics.iter().map(find).collect()
}
