//! The sink that carries the protocol out with librdkafka.

mod ending;
mod sink;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mercato_sinks::SinkError;
use rdkafka::error::RDKafkaErrorCode as Code;

use super::counts::{Counts, Placed};
use super::held::Held;
use super::machine::{Action, Event, Machine, Reason};
use super::patience::Patience;
use super::progress::{Extent, Progress, ProgressTopic, unfit};
use super::transaction::{Fault, Transactional};
use super::{BEGIN_LIMIT, RunInstance};
use crate::clock::{Deadline, Stopwatch, pause};
use crate::config::{KafkaConfig, ProducerConfig};
use crate::producer::offsets::Offsets;
use crate::producer::reports::Reports;
use crate::producer::silence::Watch;
use crate::producer::target::{Target, partitions, targets};
use crate::producer::{KafkaOptions, restart};

/// Time limit of one look at the progress record.
const LOOK: Duration = Duration::from_secs(5);

/// Time during which an error that may be a fence is given another instance to announce itself.
const ANNOUNCEMENT: Duration = Duration::from_secs(3);

/// New producers in a row without a commit, after which the run fails unless a broker is away.
const MOST_IN_A_ROW: u32 = 20;

/// Longest wait before a new producer.
const WAIT_AT_MOST: Duration = Duration::from_secs(1);

/// A sink whose records are read by `read_committed` consumers exactly once, whatever is killed.
///
/// It commits when the run says so ([`mercato_sinks::Sink::commit`]), and holds the records of the open transaction
/// until then.
pub struct ExactlyOnceSink {
    machine: Machine,
    producer: Option<Transactional>,
    config: ProducerConfig,
    progress: ProgressTopic,
    targets: Vec<Target>,
    options: KafkaOptions,
    held: Held,
    /// What the run stores with the next commit.
    state: Vec<u8>,
    /// The progress that was found at the beginning.
    found: Option<Progress>,
    /// The instance that the last known progress record is of.
    writer: Option<String>,
    counts: Arc<Counts>,
    watch: Arc<Watch>,
    offsets: Arc<Offsets>,
    placed: Option<Arc<Placed>>,
    /// Since when nothing has been committed although it should; none while all is well.
    trouble: Option<Stopwatch>,
    /// True if the producer has not been used yet.
    is_fresh: bool,
    /// True once the run has handed over everything.
    is_last: bool,
    /// New producers since the last commit.
    in_a_row: u32,
    /// Why records that were taken are not committed, at the end of a run that another has not taken
    /// over.
    lost: Option<Code>,
}

impl ExactlyOnceSink {
    /// Fences every earlier instance of `run`, and reads how far it came.
    ///
    /// The progress topic is created if it is missing.
    /// Errors: [`SinkError::Unfit`] if it cannot keep a position, or the broker has no transactions;
    /// [`SinkError::Connect`] and [`SinkError::MissingTopic`] as for any sink.
    pub fn open<T: AsRef<str>>(
        config: &KafkaConfig,
        topics: &[T],
        mut options: KafkaOptions,
        run: RunInstance,
    ) -> Result<Self, SinkError> {
        run.check()?;
        let name = run.topic();
        let transactional = config.transactional(&run.transactional_id());
        let producer = transactional.map_err(|error| unfit(&name, error.to_string()))?;
        let progress = ProgressTopic::new(config, run)?;
        progress.ensure(config, options.connect_timeout)?;
        let placed = options
            .observer
            .take()
            .map(|observer| Arc::new(Placed { observer, records: Mutex::default() }));
        let watch = Arc::new(Watch::new(&producer));
        let mut sink = Self {
            machine: Machine::new(),
            producer: None,
            config: producer,
            progress,
            targets: Vec::new(),
            options,
            held: Held::default(),
            state: Vec::new(),
            found: None,
            writer: None,
            counts: Arc::default(),
            watch,
            offsets: Arc::default(),
            placed,
            trouble: Some(Stopwatch::start()),
            is_fresh: false,
            is_last: false,
            in_a_row: 0,
            lost: None,
        };
        sink.renew()?;
        sink.is_fresh = true;
        sink.targets = sink.find(topics)?;
        sink.offsets.expect(partitions(&sink.targets));
        sink.carry_out(Action::Open)?;
        sink.restore_turns()?;
        Ok(sink)
    }

    /// The topics with their partitions, in the order given.
    pub fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// The progress of an earlier instance, which has ended.
    pub fn found(&self) -> Option<&Progress> {
        self.found.as_ref()
    }

    fn find<T: AsRef<str>>(&self, topics: &[T]) -> Result<Vec<Target>, SinkError> {
        let Some(producer) = &self.producer else { return Ok(Vec::new()) };
        let deadline = Deadline::after(self.options.connect_timeout);
        let found = targets(producer.running(), &self.config, topics, &[], deadline)?;
        producer.running().reports().errors.works();
        Ok(found)
    }

    /// Goes on with the partitions of records without keys where the run was.
    fn restore_turns(&mut self) -> Result<(), SinkError> {
        let Some(found) = &self.found else { return Ok(()) };
        if found.topics.len() != self.targets.len() {
            let (was, is) = (found.topics.len(), self.targets.len());
            let problem = format!("the run sent to {was} topics, and now to {is}");
            return Err(unfit(&self.progress.run.topic(), problem));
        }
        for (target, (partitions, next)) in self.targets.iter_mut().zip(&found.topics) {
            if target.partitions != *partitions {
                let problem = format!(
                    "the run began with {partitions} partitions of topic {}, which has {} now, so keys would \
                     move: begin another run with --run-name",
                    target.topic, target.partitions
                );
                return Err(unfit(&self.progress.run.topic(), problem));
            }
            target.next = *next;
        }
        Ok(())
    }

    /// Carries out what the machine says, until the run goes on.
    fn handle(&mut self, event: Event) -> Result<(), SinkError> {
        let action = self.machine.next(event);
        self.carry_out(action)
    }

    fn carry_out(&mut self, action: Action) -> Result<(), SinkError> {
        if action == Action::Proceed {
            return Ok(());
        }
        let watch = Arc::clone(&self.watch);
        watch.calling(|| self.carry_out_all(action))
    }

    fn carry_out_all(&mut self, mut action: Action) -> Result<(), SinkError> {
        loop {
            let outcome = match action {
                Action::Proceed => return Ok(()),
                Action::Forget => {
                    self.forget();
                    return Ok(());
                }
                Action::Stop(reason) => return Err(self.stopped(reason, None)),
                Action::Open => self.open_producer()?,
                Action::Read => self.read()?,
                Action::Look => self.look()?,
                Action::Resend => self.send().map(|()| Event::Resent),
                Action::Commit => self.commit_now().map(|()| Event::Committed),
            };
            if outcome.is_ok() {
                self.watch.answered();
            }
            let event = match outcome {
                Ok(event) => event,
                Err(Fault::InVain) => return Err(self.in_vain()),
                Err(Fault::Lost(code)) => {
                    self.machine.next(Event::Lost);
                    return Err(self.stopped(Reason::Lost, Some(code)));
                }
                Err(Fault::Failed(why)) => {
                    self.note_trouble(&why);
                    Event::Failed
                }
            };
            action = self.machine.next(event);
        }
    }

    fn note_trouble(&mut self, why: &str) {
        tracing::debug!(target: "mercato_kafka", "the transaction failed: {why}");
        self.trouble.get_or_insert_with(Stopwatch::start);
    }

    /// Makes a producer, unless there is a fresh one, and fences every earlier one.
    fn open_producer(&mut self) -> Result<Result<Event, Fault>, SinkError> {
        if !std::mem::take(&mut self.is_fresh) {
            self.pause_before_another()?;
            self.renew()?;
        }
        let waiting = self.patience();
        let Some(producer) = &self.producer else { return Ok(Err(Fault::InVain)) };
        Ok(producer.initialize(&mut || waiting.is_over()).map(|()| Event::Opened))
    }

    /// Retires the producer and makes another, which has nothing yet.
    fn renew(&mut self) -> Result<(), SinkError> {
        if let Some(old) = self.producer.take() {
            old.retire();
        }
        self.held.sent = 0;
        let observer = self.placed.as_ref().map(|placed| {
            placed.lock().clear();
            placed.keeper(self.progress.run.topic())
        });
        let reports =
            Arc::new(Reports::new(observer, Arc::clone(&self.watch), Arc::clone(&self.offsets)));
        let client = std::slice::from_ref(&self.config.client);
        let running = restart::start(&self.config, client, &reports)?;
        self.producer = Some(Transactional::new(running));
        Ok(())
    }

    /// Waits longer from one producer to the next, and says so now and then.
    fn pause_before_another(&mut self) -> Result<(), SinkError> {
        self.in_a_row += 1;
        if self.in_a_row > MOST_IN_A_ROW {
            return Err(self.undelivered(Code::Fatal));
        }
        if self.in_a_row.is_power_of_two() {
            tracing::warn!(
                target: "mercato_kafka",
                records = self.held.len(),
                "the transaction failed; a new client continues after the last commit"
            );
        }
        pause((Duration::from_millis(100) * (self.in_a_row - 1)).min(WAIT_AT_MOST));
        Ok(())
    }

    /// Reads the final position of every earlier instance.
    fn read(&mut self) -> Result<Result<Event, Fault>, SinkError> {
        let waiting = self.patience();
        let found = loop {
            match self.progress.last(Extent::Whole, Deadline::after(LOOK)) {
                Ok(found) => break found,
                Err(error @ SinkError::Unfit { .. }) => return Err(error),
                Err(_) if !waiting.is_over() => pause(Duration::from_millis(100)),
                Err(error) => return Err(error),
            }
        };
        self.writer = found.as_ref().map(|found| found.instance.clone());
        let position = found.as_ref().map_or(0, |found| found.records);
        if !self.machine.has_begun() {
            self.found = found;
            self.trouble = None;
        }
        Ok(Ok(Event::Found(position)))
    }

    /// Finds out whether another instance has committed since this one did.
    fn look(&mut self) -> Result<Result<Event, Fault>, SinkError> {
        if !self.machine.has_begun() {
            return Ok(Ok(Event::Alone));
        }
        // What fails may be fenced, and whoever fences announces itself a little later.
        let (announcement, waiting) = (Stopwatch::start(), self.patience());
        loop {
            match self.progress.last(Extent::Now, Deadline::after(LOOK)) {
                Ok(last) => {
                    let last = last.map(|last| last.instance);
                    let is_own =
                        last == self.writer || last.as_ref() == Some(&self.progress.run.instance);
                    if !is_own {
                        self.writer = last;
                        return Ok(Ok(Event::Overtaken));
                    }
                    if announcement.elapsed() >= ANNOUNCEMENT {
                        return Ok(Ok(Event::Alone));
                    }
                }
                Err(error @ SinkError::Unfit { .. }) => return Err(error),
                Err(_) => {}
            }
            if waiting.is_over() {
                return Ok(Err(Fault::InVain));
            }
            pause(Duration::from_millis(100));
        }
    }

    /// Sends what the producer does not have.
    fn send(&mut self) -> Result<(), Fault> {
        let waiting = self.patience();
        let Some(producer) = &mut self.producer else { return Err(Fault::InVain) };
        let (held, headers) = (&mut self.held, &self.options.headers);
        producer.send(held, &self.targets, headers, &mut || waiting.is_over())
    }

    fn commit_now(&mut self) -> Result<(), Fault> {
        let waiting = self.patience();
        let Some(producer) = &mut self.producer else { return Err(Fault::InVain) };
        let run = &self.progress.run;
        let headers = Progress::headers(self.machine.taken(), &run.instance, &self.targets);
        let (topic, key) = (run.topic(), format!("{}/{}", run.name, run.shard));
        let progress = (key.as_str(), self.state.as_slice());
        producer.commit(&topic, run.shard, progress, headers, &mut || waiting.is_over())
    }

    /// What is held is committed.
    fn forget(&mut self) {
        let before = self.counts.committed.load(Ordering::Acquire);
        self.counts.committed.fetch_add(self.held.len() as u64, Ordering::AcqRel);
        self.held.clear();
        self.writer = Some(self.progress.run.instance.clone());
        self.trouble = None;
        self.in_a_row = 0;
        if let Some(placed) = &self.placed {
            placed.tell(before);
        }
    }

    /// The time that the run waits for a broker now.
    fn patience(&self) -> Patience {
        let KafkaOptions { drain_timeout, max_outage, interrupted_drain_timeout, .. } =
            self.options;
        let limit = match self.machine.has_begun() {
            false => Some(BEGIN_LIMIT),
            true if self.is_last => drain_timeout.into_iter().chain(max_outage).min(),
            true => max_outage,
        };
        Patience {
            since: self.trouble.unwrap_or_else(Stopwatch::start),
            limit,
            interrupt: self.options.interrupt.clone(),
            interrupted: interrupted_drain_timeout,
        }
    }
}
