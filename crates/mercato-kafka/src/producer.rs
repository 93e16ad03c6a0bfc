//! The sink that sends to Kafka: every record accepted is acknowledged or counted as failed, none
//! is forgotten.
//!
//! One shared producer with a thread for its delivery reports is the fastest way through
//! librdkafka, 0.9 to 1.6 microseconds a record, of which the generating thread pays about half.
//! Partitions are chosen here, which saves 10 to 20 % and puts keys where Java clients put them;
//! the number of partitions is read once, at the start, so that a key keeps its partition for the
//! whole run.
//!
//! A full queue holds the generator back, on the same record, so a key's order is kept.
//! The end of a run is a sequence of types: running, draining, done.

mod advice;
mod exactly_once;
mod headers;
mod offsets;
mod options;
mod prefix;
mod reports;
mod restart;
mod silence;
mod state;
mod target;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use mercato_encode::Batch;
use mercato_sinks::{Delivery, DeliveryView, SafePoint, Sink, SinkError};
use rdkafka::ClientConfig;
use rdkafka::error::RDKafkaErrorCode as Code;

use crate::clock::{Deadline, pause};
use crate::config::ProducerConfig;
use advice::Loss;
pub use exactly_once::{ExactlyOnceSink, Progress, RunInstance};
pub use headers::RecordHeaders;
pub use mercato_draw::partition_of;
pub use options::{
    DEFAULT_DRAIN_TIMEOUT, DEFAULT_INTERRUPTED_DRAIN_TIMEOUT, KafkaOptions, RecordTimestamp,
};
pub use reports::{Delivered, DeliveryObserver};
use reports::{DeliveryHandle, Reports, is_purged};
use restart::{Mends, Offered};
use silence::Watch;
use state::{Running, Settled, Watchdog};
pub use target::Target;
use target::{clients, targets};

/// A sink that sends each record to its topic, keyed, acknowledged and counted.
///
/// A producer that librdkafka gives up for good is replaced by a new one, which is sent everything
/// that was not acknowledged, in the order it was accepted. What the old one had on its way may
/// have arrived, so across such an error records are delivered at least once; otherwise, with
/// idempotence, exactly once.
///
/// Dropping it without `finish` waits up to five seconds for outstanding reports and logs what it
/// gives up.
pub struct KafkaSink {
    /// None only while one producer is replaced by another, and when none could be made.
    running: Option<Running>,
    reports: Arc<Reports>,
    config: ProducerConfig,
    /// One for each compression.
    clients: Vec<ClientConfig>,
    targets: Vec<Target>,
    options: KafkaOptions,
    watchdog: Watchdog,
    mends: Mends,
    given_up: bool,
    /// The last value with what is put before it.
    framed: Vec<u8>,
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
        let reports = Arc::new(Reports::new(
            options.observer.take(),
            Arc::new(Watch::new(config)),
            Arc::default(),
        ));
        let (clients, numbers) = clients(config, &options.compression);
        let running = restart::start(config, &clients, &reports)?;
        let deadline = Deadline::after(options.connect_timeout);
        let targets = targets(&running, config, topics, &numbers, deadline)?;
        reports.offsets.expect(target::partitions(&targets));
        reports.errors.works();
        let (watchdog, config) = (Watchdog::new(&reports), config.clone());
        let mends = Mends::default();
        Ok(Self {
            running: Some(running),
            reports,
            config,
            clients,
            targets,
            options,
            watchdog,
            mends,
            given_up: false,
            framed: Vec::new(),
        })
    }

    /// The topics with their partitions, in the order given.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The addresses, as the user gave them.
    pub fn address(&self) -> &str {
        self.config.address()
    }

    /// Sends one record, after what its topic has before its values.
    fn send(&mut self, batch: &Batch, index: usize) -> Result<(), SinkError> {
        let topic = usize::from(batch.spans()[index].stamp.topic);
        let prefix = self.options.value_prefixes.get(topic).map_or(&[][..], Vec::as_slice);
        if prefix.is_empty() {
            return self.send_value(batch, index, batch.value(index));
        }
        let mut framed = std::mem::take(&mut self.framed);
        framed.clear();
        framed.extend_from_slice(prefix);
        framed.extend_from_slice(batch.value(index));
        let sent = self.send_value(batch, index, &framed);
        self.framed = framed;
        sent
    }

    /// Sends one record with this value; waits while the queue is full.
    fn send_value(&mut self, batch: &Batch, index: usize, value: &[u8]) -> Result<(), SinkError> {
        let topic = usize::from(batch.spans()[index].stamp.topic);
        let partition = self.targets[topic].partition(batch.key(index));
        let bytes = value.len();
        loop {
            // Counted before it is handed over, so that its report cannot come first.
            let sequence = self.reports.accept(bytes);
            let outcome = self.offer(&self.offered(batch, index, value, partition, sequence));
            if matches!(outcome, Offer::Taken) {
                return Ok(());
            }
            self.reports.take_back(bytes);
            match outcome {
                Offer::InVain(code) => {
                    self.given_up = true;
                    return Err(self.undelivered(code));
                }
                _ => self.restart()?,
            }
        }
    }

    fn offered<'a>(
        &'a self,
        batch: &'a Batch,
        index: usize,
        value: &'a [u8],
        partition: u32,
        sequence: u64,
    ) -> Offered<'a> {
        let stamp = &batch.spans()[index].stamp;
        let timestamp = stamp.event_time.div_euclid(1000);
        let target = &self.targets[usize::from(stamp.topic)];
        Offered {
            client: target.client,
            topic: &target.topic,
            partition: partition as i32,
            key: Some(batch.key(index)).filter(|key| !key.is_empty()),
            value,
            headers: self.options.headers.of(stamp.coordinates),
            handle: DeliveryHandle {
                sequence,
                place: self.targets[usize::from(stamp.topic)].place(partition),
                timestamp: (self.options.record_timestamp == RecordTimestamp::Event)
                    .then_some(timestamp),
            },
        }
    }

    /// Offers a record until the client takes it, refuses it for good, or cannot go on.
    fn offer(&self, offered: &Offered<'_>) -> Offer {
        let mut record = offered.record();
        let mut full: Option<Watchdog> = None;
        loop {
            let Some(running) = self.running.as_ref().filter(|_| !self.reports.is_broken()) else {
                return Offer::Broken;
            };
            let Err((error, same)) = running.producer(offered.client).send(record) else {
                return Offer::Taken;
            };
            match error.rdkafka_error_code().unwrap_or(Code::InvalidArgument) {
                Code::QueueFull => {}
                Code::Fatal => {
                    self.reports.break_for_good();
                    return Offer::Broken;
                }
                code => {
                    self.reports.fail(code, same.topic, offered.handle.sequence);
                    return Offer::Taken;
                }
            }
            let watchdog = full.get_or_insert_with(|| Watchdog::new(&self.reports));
            let waited = watchdog.without_progress(&self.reports);
            watchdog.mention(&self.reports, "the queue is full; waiting for the broker");
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
        if let Some(failure) = self.reports.lost_topic() {
            self.given_up = true;
            let delivery = self.reports.delivery();
            let failed = delivery.failed + delivery.in_flight();
            let loss = Loss { failed, complete: self.reports.complete() };
            let place = format!("{} on {}", failure.topic, self.address());
            return Err(advice::undelivered(&place, loss, failure.code, ""));
        }
        if self.reports.delivery().in_flight() == 0 {
            self.watchdog = Watchdog::new(&self.reports);
        }
        if self.options.max_outage.is_none() {
            return Ok(());
        }
        let waited = self.watchdog.without_progress(&self.reports);
        let Some(code) = self.end_of_patience(waited) else { return Ok(()) };
        self.given_up = true;
        Err(self.undelivered(code))
    }

    fn is_interrupted(&self) -> bool {
        self.options.interrupt.as_ref().is_some_and(|interrupt| interrupt.load(Ordering::Relaxed))
    }

    /// Returns the error of a run that ends now, with the undelivered records.
    fn undelivered(&self, code: Code) -> SinkError {
        let delivery = self.reports.delivery();
        let failed = delivery.failed + delivery.in_flight();
        // What is on its way may still be lost: nobody knows yet from where on.
        let complete = if delivery.in_flight() == 0 { self.reports.complete() } else { 0 };
        advice::undelivered(self.address(), Loss { failed, complete }, code, "")
    }

    /// Waits until every record is settled or waiting is in vain; replaces producers that cannot go
    /// on.
    fn settle(&mut self) -> Result<(), SinkError> {
        let mut watchdog = Watchdog::new(&self.reports);
        while let Some(running) = &self.running {
            // An interactive user counts from the request to stop; an outage counts from its
            // beginning.
            let mut outage = self.watchdog;
            let settled = running.settle(&mut || {
                let waited = watchdog.without_progress(&self.reports);
                self.given_up
                    || self.drain_limit().is_some_and(|limit| waited >= limit)
                    || self
                        .options
                        .max_outage
                        .is_some_and(|limit| outage.without_progress(&self.reports) >= limit)
            });
            self.watchdog = outage;
            if settled != Settled::Broken {
                return Ok(());
            }
            if let Err(error) = self.restart()
                && self.running.is_none()
            {
                return Err(error);
            }
        }
        Ok(())
    }

    /// Returns the time limit for draining without a delivery report.
    fn drain_limit(&self) -> Option<Duration> {
        let options = &self.options;
        if self.is_interrupted() {
            Some(options.interrupted_drain_timeout)
        } else {
            options.drain_timeout
        }
    }

    /// Why the records were lost of which `first` says what the client said first.
    fn reason(&self, first: Code) -> Code {
        match self.reports.refusal() {
            Some(refusal) if is_purged(first) || first == refusal => refusal,
            _ if self.reports.lost_topic().is_some() => first,
            _ if self.given_up && !self.is_interrupted() => Code::AllBrokersDown,
            _ => first,
        }
    }
}

/// The outcome of an offer.
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

    /// Hands nothing on, for librdkafka sends what it has after `linger.ms` by itself; replaces a
    /// broken producer.
    fn flush(&mut self) -> Result<(), SinkError> {
        if self.reports.is_broken() {
            self.restart()?;
        }
        self.check_outage()
    }

    fn delivery(&self) -> Delivery {
        self.reports.delivery()
    }

    fn view(&self) -> Option<DeliveryView> {
        let (reports, watch) = (Arc::clone(&self.reports), Arc::clone(&self.reports.watch));
        let view = DeliveryView::new(move || reports.delivery());
        Some(view.with_silence(move || watch.is_silent()))
    }

    fn safe_point(&mut self) -> Result<SafePoint, SinkError> {
        self.flush()?;
        Ok(SafePoint::records(self.reports.acknowledged_in_order()))
    }

    fn finish(mut self: Box<Self>) -> Result<Delivery, SinkError> {
        self.settle()?;
        let Some(running) = self.running.take() else { return Err(self.undelivered(Code::Fatal)) };
        let done = running.drain().end();
        let Some(failure) = done.first_failure else { return Ok(done.delivery) };
        let address = self.address();
        let place = match failure.topic.as_str() {
            "" => address.to_owned(),
            topic => format!("{topic} on {address}"),
        };
        let loss = Loss { failed: done.delivery.failed, complete: self.reports.complete() };
        Err(advice::undelivered(&place, loss, self.reason(failure.code), ""))
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
