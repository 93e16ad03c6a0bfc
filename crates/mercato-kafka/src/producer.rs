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
mod mend;
mod reports;
mod state;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use mercato_encode::Batch;
use mercato_sinks::{Delivery, DeliveryView, Sink, SinkError};
use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::producer::Producer;

use crate::clock::{Deadline, pause};
use crate::config::ProducerConfig;
use crate::connect::{DEFAULT_CONNECT_TIMEOUT, Line, ReachError};
use advice::Loss;
use mend::Offered;
pub use mercato_draw::partition_of;
pub use reports::{Delivered, DeliveryObserver, Monitor};
use reports::{Reports, Ticket};
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
    /// How long a broker may be away before the sink fails; `None`, the default, waits for ever.
    pub max_outage: Option<Duration>,
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
            max_outage: None,
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
            .field("max_outage", &self.max_outage)
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
/// A producer that librdkafka gives up for good is replaced by a new one, which is sent everything that was not
/// acknowledged, in the order it was accepted. What the old one had on its way may have arrived, so across such an
/// error records are delivered at least once; otherwise, with idempotence, exactly once.
///
/// Dropping it without `finish` waits up to five seconds for outstanding reports and logs what it gives up.
pub struct KafkaSink {
    /// None only while one producer is replaced by another, and when none could be made.
    running: Option<Running>,
    reports: Arc<Reports>,
    config: ProducerConfig,
    targets: Vec<Target>,
    options: KafkaOptions,
    patience: Patience,
    given_up: bool,
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
        let reports = Arc::new(Reports::new(options.observer.take()));
        let running = mend::start(config, &reports)?;
        let targets = targets(&running, config, topics, Deadline::after(options.connect_timeout))?;
        reports.trouble.works();
        let (patience, config) = (Patience::new(&reports), config.clone());
        Ok(Self { running: Some(running), reports, config, targets, options, patience, given_up: false })
    }

    /// The topics with their partitions, in the order given.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The addresses, as the user gave them.
    pub fn address(&self) -> &str {
        self.config.address()
    }

    /// A view of the counters that outlives the sink.
    pub fn monitor(&self) -> Monitor {
        Monitor(Arc::clone(&self.reports))
    }

    /// Sends one record; waits while the queue is full.
    fn send(&mut self, batch: &Batch, index: usize) -> Result<(), SinkError> {
        let topic = usize::from(batch.spans()[index].stamp.topic);
        let partition = self.targets[topic].partition(batch.key(index));
        let bytes = batch.value(index).len();
        loop {
            // Counted before it is handed over, so that its report cannot come first.
            let sequence = self.reports.accept(bytes);
            let outcome = self.offer(&self.offered(batch, index, partition, sequence));
            if matches!(outcome, Offer::Taken) {
                return Ok(());
            }
            self.reports.take_back(bytes);
            match outcome {
                Offer::InVain(code) => {
                    self.given_up = true;
                    return Err(self.undelivered(code));
                }
                _ => self.mend()?,
            }
        }
    }

    fn offered<'a>(&'a self, batch: &'a Batch, index: usize, partition: u32, sequence: u64) -> Offered<'a> {
        let stamp = &batch.spans()[index].stamp;
        let timestamp = stamp.event_time.div_euclid(1000);
        Offered {
            topic: &self.targets[usize::from(stamp.topic)].topic,
            partition: partition as i32,
            key: Some(batch.key(index)).filter(|key| !key.is_empty()),
            value: batch.value(index),
            ticket: Ticket {
                sequence,
                timestamp: (self.options.record_timestamp == RecordTimestamp::Event).then_some(timestamp),
            },
        }
    }

    /// Offers a record until the client takes it, refuses it for good, or cannot go on.
    fn offer(&self, offered: &Offered<'_>) -> Offer {
        let mut record = offered.record();
        let mut full: Option<Patience> = None;
        loop {
            let Some(running) = self.running.as_ref().filter(|_| !self.reports.is_broken()) else {
                return Offer::Broken;
            };
            let Err((error, same)) = running.producer().send(record) else { return Offer::Taken };
            match error.rdkafka_error_code().unwrap_or(Code::InvalidArgument) {
                Code::QueueFull => {}
                Code::Fatal => {
                    self.reports.break_off();
                    return Offer::Broken;
                }
                code => {
                    self.reports.fail(code, same.topic, offered.ticket.sequence);
                    return Offer::Taken;
                }
            }
            let patience = full.get_or_insert_with(|| Patience::new(&self.reports));
            let waited = patience.without_progress(&self.reports);
            patience.mention(&self.reports, "the queue is full; generating waits for the broker");
            if let Some(code) = self.end_of_patience(waited) {
                return Offer::InVain(code);
            }
            // Short while the broker is only slower than we are, long while it is away.
            pause((waited / 4).clamp(Duration::from_micros(100), Duration::from_millis(5)));
            record = same;
        }
    }

    /// Why waiting any longer is in vain, after `waited` without a delivery report.
    fn end_of_patience(&self, waited: Duration) -> Option<Code> {
        if self.is_interrupted() && waited >= self.options.interrupted_drain_timeout {
            return Some(Code::QueueFull);
        }
        self.options.max_outage.is_some_and(|limit| waited >= limit).then_some(Code::AllBrokersDown)
    }

    /// Ends the run when nothing has been delivered for longer than an outage may last.
    fn check_outage(&mut self) -> Result<(), SinkError> {
        if self.options.max_outage.is_none() {
            return Ok(());
        }
        if self.reports.delivery().in_flight() == 0 {
            self.patience = Patience::new(&self.reports);
        }
        let waited = self.patience.without_progress(&self.reports);
        let Some(code) = self.end_of_patience(waited) else { return Ok(()) };
        self.given_up = true;
        Err(self.undelivered(code))
    }

    fn is_interrupted(&self) -> bool {
        self.options.interrupt.as_ref().is_some_and(|interrupt| interrupt.load(Ordering::Relaxed))
    }

    /// What is lost if the run ends now.
    fn undelivered(&self, code: Code) -> SinkError {
        let delivery = self.reports.delivery();
        let failed = delivery.failed + delivery.in_flight();
        // What is on its way may still be lost: nobody knows yet from where on.
        let complete = if delivery.in_flight() == 0 { self.reports.complete() } else { 0 };
        advice::undelivered(self.address(), Loss { failed, complete }, code, "")
    }

    /// How long the end may take without a delivery report.
    fn drain_limit(&self) -> Option<Duration> {
        let options = &self.options;
        let limit = if self.is_interrupted() { Some(options.interrupted_drain_timeout) } else { options.drain_timeout };
        match (limit, options.max_outage) {
            _ if self.given_up => Some(Duration::ZERO),
            (Some(limit), Some(outage)) => Some(limit.min(outage)),
            (limit, outage) => limit.or(outage),
        }
    }
}

/// What became of an offer.
enum Offer {
    Taken,
    /// The producer cannot go on.
    Broken,
    /// Nothing moves, and nobody wants to wait any longer.
    InVain(Code),
}

impl Sink for KafkaSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        self.check_outage()?;
        range.into_iter().try_for_each(|index| self.send(batch, index))
    }

    /// Hands nothing on, for librdkafka sends what it has after `linger.ms` by itself; replaces a broken producer.
    fn flush(&mut self) -> Result<(), SinkError> {
        if self.reports.is_broken() {
            self.mend()?;
        }
        self.check_outage()
    }

    fn delivery(&self) -> Delivery {
        self.reports.delivery()
    }

    fn view(&self) -> Option<DeliveryView> {
        let reports = Arc::clone(&self.reports);
        Some(DeliveryView::new(move || reports.delivery()))
    }

    fn finish(mut self: Box<Self>) -> Result<Delivery, SinkError> {
        while let Some(running) = self.running.as_ref() {
            if running.settle(&|| self.drain_limit()) || !self.reports.is_broken() || self.given_up {
                break;
            }
            self.mend()?;
        }
        let limit = self.drain_limit();
        let Some(running) = self.running.take() else { return Err(self.undelivered(Code::Fatal)) };
        let done = running.drain().wait(&|| limit.map(|_| Duration::ZERO));
        let Some(failure) = done.first_failure else { return Ok(done.delivery) };
        let address = self.address();
        let place = match failure.topic.as_str() {
            "" => address.to_owned(),
            topic => format!("{topic} on {address}"),
        };
        let outage = self.given_up && !self.is_interrupted();
        let code = if outage { Code::AllBrokersDown } else { failure.code };
        let loss = Loss { failed: done.delivery.failed, complete: self.reports.complete() };
        Err(advice::undelivered(&place, loss, code, ""))
    }
}

impl fmt::Debug for KafkaSink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("KafkaSink")
            .field("address", &self.address())
            .field("targets", &self.targets)
            .field("delivery", &self.delivery())
            .finish_non_exhaustive()
    }
}

/// Finds the partitions of each topic.
fn targets<T: AsRef<str>>(
    running: &Running,
    config: &ProducerConfig,
    topics: &[T],
    deadline: Deadline,
) -> Result<Vec<Target>, ReachError> {
    let trouble = &running.reports().trouble;
    let (address, properties) = (config.address(), &config.client);
    let line = Line { client: running.producer().client(), trouble, serve: &|| (), address, properties };
    let find = |topic: &T| {
        let topic = topic.as_ref();
        Ok(Target { topic: topic.into(), partitions: line.partitions(topic, deadline)?, next: 0 })
    };
    topics.iter().map(find).collect()
}
