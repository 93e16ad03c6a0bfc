//! One producer with a transactional id: its calls, and what their errors mean.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::OwnedHeaders;
use rdkafka::producer::{BaseRecord, Producer, PurgeConfig};

use super::held::Held;
use crate::clock::pause;
use crate::producer::headers::RecordHeaders;
use crate::producer::reports::{DeliveryHandle, Reports};
use crate::producer::restart::Offered;
use crate::producer::state::Running;
use crate::producer::target::Target;

/// Time limit of one call, after which patience is asked.
const SLICE: Duration = Duration::from_secs(1);

/// The outcome of a call that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    /// The producer is of no more use, and what the call has effected is unknown.
    Failed(String),
    /// The broker refuses for good.
    Lost(Code),
    /// Nobody wants to wait any longer.
    InVain,
}

impl Fault {
    fn of(error: &KafkaError) -> Self {
        match error.rdkafka_error_code() {
            Some(code) if is_refusal(code) => Self::Lost(code),
            _ => Self::Failed(error.to_string()),
        }
    }
}

/// Returns whether a broker answers so however often it is asked.
fn is_refusal(code: Code) -> bool {
    matches!(
        code,
        Code::UnsupportedFeature
            | Code::UnsupportedVersion
            | Code::InvalidTransactionTimeout
            | Code::TransactionalIdAuthorizationFailed
            | Code::TopicAuthorizationFailed
            | Code::ClusterAuthorizationFailed
            | Code::Authentication
            | Code::SaslAuthenticationFailed
            | Code::MessageSizeTooLarge
            | Code::InvalidTimestamp
            | Code::InvalidRecord
            | Code::UnknownTopicOrPartition
            | Code::UnknownTopic
            | Code::UnknownPartition
    )
}

/// A producer, and whether a transaction of it is open.
pub(super) struct Transactional {
    running: Running,
    reports: Arc<Reports>,
    is_open: bool,
}

impl Transactional {
    pub(super) fn new(running: Running) -> Self {
        let reports = Arc::clone(running.reports());
        Self { running, reports, is_open: false }
    }

    pub(super) fn running(&self) -> &Running {
        &self.running
    }

    /// Fences every earlier producer of the same id, and waits until its transaction has ended.
    pub(super) fn initialize(&self, in_vain: &mut dyn FnMut() -> bool) -> Result<(), Fault> {
        call(in_vain, || self.running.producer(0).init_transactions(SLICE))
    }

    /// Sends what it does not have yet of `held`; waits while its queue is full.
    pub(super) fn send(
        &mut self,
        held: &mut Held,
        targets: &[Target],
        headers: &RecordHeaders,
        in_vain: &mut dyn FnMut() -> bool,
    ) -> Result<(), Fault> {
        self.check()?;
        self.begin()?;
        while let Some(record) = held.next() {
            let target = &targets[record.topic];
            let place = target.place(record.partition);
            let handle = DeliveryHandle { sequence: 0, place, timestamp: record.timestamp };
            let offered = Offered {
                client: 0,
                topic: &target.topic,
                partition: record.partition as i32,
                key: held.key(record),
                value: held.value(record),
                headers: headers.of(record.coordinates),
                handle,
            };
            self.offer(offered, in_vain)?;
            held.sent += 1;
        }
        Ok(())
    }

    /// Sends the progress record, and commits once every record is acknowledged.
    pub(super) fn commit(
        &mut self,
        topic: &str,
        partition: u32,
        (key, state): (&str, &[u8]),
        headers: OwnedHeaders,
        in_vain: &mut dyn FnMut() -> bool,
    ) -> Result<(), Fault> {
        self.check()?;
        self.begin()?;
        let progress = Offered {
            client: 0,
            topic,
            partition: partition as i32,
            key: Some(key.as_bytes()),
            value: state,
            headers: Some(headers),
            // Its partition is none of those of the run.
            handle: DeliveryHandle { sequence: 0, place: u32::MAX, timestamp: None },
        };
        self.offer(progress, in_vain)?;
        self.settle(in_vain)?;
        // With nothing in flight the call returns with the coordinator's answer; with anything it
        // would take its whole time limit.
        call(in_vain, || self.running.producer(0).commit_transaction(SLICE))?;
        self.is_open = false;
        Ok(())
    }

    fn begin(&mut self) -> Result<(), Fault> {
        if !self.is_open {
            self.running.producer(0).begin_transaction().map_err(|error| Fault::of(&error))?;
            self.is_open = true;
        }
        Ok(())
    }

    fn offer(
        &self,
        mut offered: Offered<'_>,
        in_vain: &mut dyn FnMut() -> bool,
    ) -> Result<(), Fault> {
        // Counted before it is handed over, so that its report cannot come first.
        offered.handle.sequence = self.reports.accept(0);
        let mut record: BaseRecord<'_, [u8], [u8], _> = offered.record();
        loop {
            let Err((error, same)) = self.running.producer(0).send(record) else { return Ok(()) };
            let is_full = error.rdkafka_error_code() == Some(Code::QueueFull);
            let outcome = match self.check() {
                Ok(()) if is_full && in_vain() => Err(Fault::InVain),
                Ok(()) if is_full => Ok(()),
                Ok(()) => Err(Fault::of(&error)),
                failed => failed,
            };
            if let Err(fault) = outcome {
                self.reports.take_back(0);
                return Err(fault);
            }
            pause(Duration::from_micros(200));
            record = same;
        }
    }

    /// Waits until every record is acknowledged, sending at once what lingers.
    fn settle(&self, in_vain: &mut dyn FnMut() -> bool) -> Result<(), Fault> {
        let mut step = Duration::from_micros(50);
        while self.reports.delivery().in_flight() > 0 {
            self.check()?;
            // The time limit is that of a look, during which the client sends without lingering.
            let _ = self.running.producer(0).flush(Duration::ZERO);
            if in_vain() {
                return Err(Fault::InVain);
            }
            pause(step);
            step = (step * 2).min(Duration::from_millis(2));
        }
        self.check()
    }

    /// Fails if a record was refused, or the producer cannot go on.
    fn check(&self) -> Result<(), Fault> {
        if let Some(failure) = self.reports.first_failure() {
            return Err(Fault::Lost(failure.code));
        }
        if self.reports.is_broken() {
            let code = self.reports.refusal();
            let why = code.map_or_else(|| "the client gave up".to_owned(), |code| code.to_string());
            return Err(Fault::Failed(why));
        }
        Ok(())
    }

    /// Ends the producer without a trace: its open transaction is aborted if the broker can be
    /// reached, and by the next instance otherwise.
    pub(super) fn abort(self) {
        if self.is_open {
            self.reports.break_off();
            self.running.producer(0).purge(PurgeConfig::default().queue().inflight());
            if let Err(error) = self.running.producer(0).abort_transaction(SLICE * 2) {
                tracing::debug!(target: "mercato_kafka", "the transaction was not aborted: {error}");
            }
        }
        self.running.retire();
    }

    /// Ends a producer that has been fenced or has failed.
    pub(super) fn retire(self) {
        self.running.retire();
    }
}

/// Calls until it succeeds, fails, or waiting is in vain.
fn call(
    in_vain: &mut dyn FnMut() -> bool,
    call: impl Fn() -> Result<(), KafkaError>,
) -> Result<(), Fault> {
    loop {
        let error = match call() {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        let passes = matches!(&error, KafkaError::Transaction(said) if said.is_retriable());
        if !passes {
            return Err(Fault::of(&error));
        }
        if in_vain() {
            return Err(Fault::InVain);
        }
        pause(Duration::from_millis(20));
    }
}
