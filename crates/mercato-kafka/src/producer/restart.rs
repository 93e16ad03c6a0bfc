//! A new producer in the place of one that librdkafka has given up.
//!
//! Everything that was not acknowledged comes back from the old one with its delivery reports, and
//! goes to the new one in the order in which it was accepted: no copy of it is kept meanwhile, so
//! the memory bound holds.
//! The broker may have taken some of it before; that the new producer cannot know, so it may arrive
//! twice.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use mercato_sinks::SinkError;
use rdkafka::ClientConfig;
use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::message::OwnedHeaders;
use rdkafka::producer::{BaseProducer, BaseRecord};

use super::reports::{Context, DeliveryHandle, Reports, Requeued};
use super::state::Running;
use super::target::Target;
use super::{KafkaSink, Offer};
use crate::clock::pause;
use crate::config::ProducerConfig;
use crate::connect::ReachError;

/// New producers in a row that may end in a fatal error before one record is acknowledged.
const MOST_FATAL: u32 = 8;

/// Increment and maximum of the back-off before each new producer.
const WAIT_MORE: Duration = Duration::from_millis(100);
const WAIT_AT_MOST: Duration = Duration::from_secs(1);

/// New producers in a row, none of which has delivered anything.
#[derive(Debug, Default)]
pub(super) struct Mends {
    in_a_row: u32,
    fatal: u32,
    /// Records that were acknowledged before.
    acknowledged: u64,
}

impl Mends {
    /// Records another restart and returns its back-off.
    fn begin(&mut self, reports: &Reports) -> Duration {
        let acknowledged = reports.delivery().acknowledged;
        if acknowledged > self.acknowledged {
            *self = Self { acknowledged, ..Self::default() };
        }
        let wait = (WAIT_MORE * self.in_a_row).min(WAIT_AT_MOST);
        self.in_a_row += 1;
        self.fatal += u32::from(reports.is_fatal());
        wait
    }
}

/// A record as the client takes it.
pub(super) struct Offered<'a> {
    /// The number of the producer that sends the topic's records.
    pub(super) client: usize,
    pub(super) topic: &'a str,
    pub(super) partition: i32,
    pub(super) key: Option<&'a [u8]>,
    pub(super) value: &'a [u8],
    pub(super) headers: Option<OwnedHeaders>,
    pub(super) handle: DeliveryHandle,
}

impl<'a> Offered<'a> {
    fn of(returned: &'a Requeued, targets: &[Target]) -> Self {
        let Requeued { handle, topic, partition, key, value, headers, code: _ } = returned;
        let (partition, key, headers) = (*partition, key.as_deref(), headers.clone());
        let target = targets.iter().find(|target| *target.topic == **topic);
        let client = target.map_or(0, |target| target.client);
        Self { client, topic, partition, key, value, headers, handle: *handle }
    }

    pub(super) fn record(&self) -> BaseRecord<'a, [u8], [u8], Box<DeliveryHandle>> {
        let record = BaseRecord::with_opaque_to(self.topic, Box::new(self.handle));
        let mut record = record.partition(self.partition);
        // A record without a value is a tombstone.
        if !self.value.is_empty() {
            record = record.payload(self.value);
        }
        if let Some(key) = self.key {
            record = record.key(key);
        }
        if let Some(headers) = &self.headers {
            record = record.headers(headers.clone());
        }
        if let Some(timestamp) = self.handle.timestamp {
            record = record.timestamp(timestamp);
        }
        record
    }
}

/// A producer of each of `clients`, which have the addresses of `config`; all count into `reports`.
pub(super) fn start(
    config: &ProducerConfig,
    clients: &[ClientConfig],
    reports: &Arc<Reports>,
) -> Result<Running, ReachError> {
    let failed = |advice: &str, source: Box<dyn Error + Send + Sync>| ReachError::Unreachable {
        address: config.address().to_owned(),
        advice: advice.to_owned(),
        source,
    };
    let create = |client: &ClientConfig| client.create_with_context(Context(Arc::clone(reports)));
    let producers: Vec<BaseProducer<Context>> =
        (clients.iter().map(create).collect::<Result<_, _>>()).map_err(|error| {
            failed("cannot create the client; check the properties", error.into())
        })?;
    Running::start(producers, reports).map_err(|error| {
        failed("cannot start a thread; check the limits of this user", error.into())
    })
}

impl KafkaSink {
    /// Replaces the producer, and sends again what the old one gave back; as often as it takes.
    ///
    /// Errors: nothing has been delivered for longer than anyone wants to wait, or one producer
    /// after the other dies.
    pub(super) fn restart(&mut self) -> Result<(), SinkError> {
        let mut pending: VecDeque<Requeued> = VecDeque::new();
        loop {
            pause(self.mends.begin(&self.reports));
            if let Some(old) = self.running.take() {
                old.retire();
            }
            let mut all = self.reports.take_returned();
            all.extend(pending.drain(..));
            all.sort_unstable_by_key(|record| record.handle.sequence);
            pending = all.into();
            if self.mends.fatal > MOST_FATAL {
                return Err(self.lost(pending, Code::Fatal));
            }
            if self.mends.in_a_row.is_power_of_two() {
                tracing::warn!(
                    target: "mercato_kafka",
                    records = pending.len(),
                    "the client failed; a new one continues and resends unacknowledged records"
                );
            }
            self.reports.restarted();
            self.running = Some(start(&self.config, &self.clients, &self.reports)?);
            let offer = self.send_again(&mut pending);
            let waited = self.watchdog.without_progress(&self.reports);
            match offer {
                None => return Ok(()),
                Some(Offer::InVain(code)) => return Err(self.lost(pending, code)),
                Some(_) => {
                    if let Some(code) = self.end_of_patience(waited) {
                        return Err(self.lost(pending, code));
                    }
                }
            }
        }
    }

    /// Sends records in order; leaves those that were not taken, and says why.
    fn send_again(&mut self, pending: &mut VecDeque<Requeued>) -> Option<Offer> {
        while let Some(record) = pending.front() {
            match self.offer(&Offered::of(record, &self.targets)) {
                Offer::Taken => drop(pending.pop_front()),
                failed => return Some(failed),
            }
        }
        None
    }

    /// Counts what can be sent no more.
    fn lost(&mut self, pending: VecDeque<Requeued>, code: Code) -> SinkError {
        self.given_up = true;
        for record in pending {
            self.reports.fail(code, &record.topic, record.handle.sequence);
        }
        self.undelivered(code)
    }
}
