//! The life of a producer as types: running, draining, done.
//!
//! librdkafka throws away what is queued when a producer is dropped.
//! Here the way to the end leads through [`Draining`], which looks at every delivery report;
//! a producer that is dropped on another way waits for a while and says what it had to give up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use mercato_sinks::Delivery;
use rdkafka::error::RDKafkaErrorCode as Code;
use rdkafka::producer::{BaseProducer, Producer, PurgeConfig};

use super::reports::{Context, Failure, Reports};
use crate::clock::{Deadline, Stopwatch, pause};

/// Time limit of one poll of the report thread, and of its shutdown.
const POLL: Duration = Duration::from_millis(20);

/// Time that a dropped producer waits for reports before it gives up.
const DROP_PATIENCE: Duration = Duration::from_secs(5);

/// Time limit for the reports of purged records.
const PURGE_LIMIT: Duration = Duration::from_secs(2);

/// Interval at which a wait is logged.
const MENTION: Duration = Duration::from_secs(10);

/// One producer or several with the same reports, and the threads that read them.
struct Clients {
    producers: Vec<Arc<BaseProducer<Context>>>,
    reports: Arc<Reports>,
    stop: Arc<AtomicBool>,
    pollers: Vec<JoinHandle<()>>,
}

impl Clients {
    fn reports(&self) -> &Arc<Reports> {
        &self.reports
    }

    /// Waits until every accepted record is settled, waiting is `in_vain`, or a producer cannot go
    /// on.
    fn settle(&self, in_vain: &mut dyn FnMut() -> bool) -> Settled {
        let mut watchdog = Watchdog::new(self.reports());
        let mut step = Duration::from_micros(100);
        while self.reports().delivery().in_flight() > 0 {
            if in_vain() {
                return Settled::InVain;
            }
            if self.reports().is_broken() {
                return Settled::Broken;
            }
            watchdog.mention(self.reports(), "waiting for the broker to acknowledge");
            pause(step);
            step = (step * 2).min(Duration::from_millis(5));
        }
        Settled::All
    }

    /// Makes the clients give back what they still have.
    fn purge(&self) {
        for producer in &self.producers {
            producer.purge(PurgeConfig::default().queue().inflight());
        }
        let deadline = Deadline::after(PURGE_LIMIT);
        while self.reports().outstanding() > 0 && !deadline.passed() {
            pause(Duration::from_millis(1));
        }
    }

    /// Gives up what is not settled, and counts it as failed.
    fn give_up(&self) {
        self.purge();
        for record in self.reports().take_returned() {
            self.reports().fail(record.code, &record.topic, record.handle.sequence);
        }
        // What is not even reported as purged is counted all the same: each record is settled once.
        for _ in 0..self.reports().delivery().in_flight() {
            self.reports().fail(Code::PurgeInflight, "", 0);
        }
    }

    /// Ends the threads that read reports.
    fn stop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for poller in self.pollers.drain(..) {
            // A thread that panicked has said so.
            drop(poller.join());
        }
    }
}

impl Drop for Clients {
    fn drop(&mut self) {
        if self.pollers.is_empty() {
            return;
        }
        let mut watchdog = Watchdog::new(self.reports());
        let mut in_vain = || watchdog.without_progress(self.reports()) >= DROP_PATIENCE;
        if self.settle(&mut in_vain) != Settled::All {
            let lost = self.reports().delivery().in_flight();
            tracing::error!(target: "mercato_kafka", lost, "records were abandoned: the producer was dropped before it finished");
            self.give_up();
        }
        self.stop();
    }
}

/// The outcome of waiting for delivery reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settled {
    /// Every accepted record is settled.
    All,
    /// Nobody wants to wait any longer.
    InVain,
    /// The producer cannot go on.
    Broken,
}

/// Producers that take records.
pub(super) struct Running(Clients);

impl Running {
    /// Starts the threads that read delivery reports; the producers have `reports` as their context.
    pub(super) fn start(
        producers: Vec<BaseProducer<Context>>,
        reports: &Arc<Reports>,
    ) -> std::io::Result<Self> {
        let producers = producers.into_iter().map(Arc::new).collect();
        let (reports, stop) = (Arc::clone(reports), Arc::new(AtomicBool::new(false)));
        let mut clients = Clients { producers, reports, stop, pollers: Vec::new() };
        // Each of them looks at the same silence.
        let lookers = clients.producers.len() as u32;
        for producer in &clients.producers {
            let (shared, stopped) = (Arc::clone(producer), Arc::clone(&clients.stop));
            let read_reports = move || {
                let reports = &shared.context().0;
                while !stopped.load(Ordering::Relaxed) {
                    let since = Stopwatch::start();
                    shared.poll(POLL);
                    let records = reports.delivery().in_flight();
                    let passed = since.elapsed() / lookers;
                    reports.watch.look(records, passed, reports.errors.is_down());
                }
            };
            let thread = thread::Builder::new().name("kafka-reports".to_owned());
            clients.pollers.push(thread.spawn(read_reports)?);
        }
        Ok(Self(clients))
    }

    /// The producer with this number, of those it was started with.
    pub(super) fn producer(&self, number: usize) -> &BaseProducer<Context> {
        &self.0.producers[number]
    }

    pub(super) fn reports(&self) -> &Arc<Reports> {
        self.0.reports()
    }

    /// Waits until everything is settled, waiting is `in_vain`, or the producer cannot go on.
    pub(super) fn settle(&self, in_vain: &mut dyn FnMut() -> bool) -> Settled {
        self.0.settle(in_vain)
    }

    /// Ends producers of which one cannot go on; what they had is with their reports, to be sent
    /// again.
    pub(super) fn retire(mut self) {
        self.reports().break_off();
        self.0.purge();
        self.0.stop();
    }

    /// Ends the taking of records.
    pub(super) fn drain(self) -> Draining {
        Draining(self.0)
    }
}

/// Producers that take no more records.
pub(super) struct Draining(Clients);

impl Draining {
    /// Gives up what is not settled by now.
    pub(super) fn end(self) -> Done {
        if self.0.settle(&mut || true) != Settled::All {
            self.0.give_up();
        }
        let reports = self.0.reports();
        Done { delivery: reports.delivery(), first_failure: reports.first_failure().cloned() }
    }
}

/// The final delivery counts: nothing is in flight.
pub(super) struct Done {
    pub(super) delivery: Delivery,
    pub(super) first_failure: Option<Failure>,
}

/// Measures the time without progress.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watchdog {
    settled: u64,
    since: Stopwatch,
    mentioned: Stopwatch,
}

impl Watchdog {
    pub(super) fn new(reports: &Reports) -> Self {
        Self {
            settled: reports.settled(),
            since: Stopwatch::start(),
            mentioned: Stopwatch::start(),
        }
    }

    /// Time since the last delivery report.
    pub(super) fn without_progress(&mut self, reports: &Reports) -> Duration {
        let settled = reports.settled();
        if settled != self.settled {
            self.settled = settled;
            self.since = Stopwatch::start();
        }
        self.since.elapsed()
    }

    /// Says now and then what is being waited for.
    pub(super) fn mention(&mut self, reports: &Reports, what: &str) {
        if self.mentioned.elapsed() >= MENTION {
            self.mentioned = Stopwatch::start();
            tracing::warn!(target: "mercato_kafka", records = reports.delivery().in_flight(), "{what}");
        }
    }
}
