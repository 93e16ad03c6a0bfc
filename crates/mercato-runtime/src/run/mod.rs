//! The run loop: batches from the pipeline, through the valve, into the sink.

mod checkpoints;
mod clock;
mod lag;
mod lateness;
mod ledger;
mod pipeline;
mod valve;

use std::ops::Range;

use mercato_encode::{Batch, Stamp};
use mercato_engine::{Cursor, EngineError, Run};
use mercato_sinks::{Delivery, Sink, SinkError};

use crate::config::OnLag;
use crate::counts::Counts;
use crate::metrics::Metrics;

use checkpoints::Checkpoints;
pub use clock::{Interrupt, WallClock};
use lag::{LagKeeper, News, Verdict};
pub use lateness::Lateness;
pub use ledger::Ledger;
use pipeline::{Pipeline, Portion};
use valve::Release;
pub use valve::{Pace, Valve};

/// How often the metrics are brought up to date while nothing is due, in microseconds.
const SHOWN_EVERY: i64 = 500_000;

/// Sees records as they leave, for narration on stderr.
pub trait Observer {
    /// The records `range` of `batch` are about to be handed to the sink at wall time `now`, in microseconds.
    fn releasing(&mut self, batch: &Batch, range: &Range<usize>, now: i64);
}

/// How a run is carried out; nothing in here changes a byte of it.
#[derive(Debug)]
pub struct Drive {
    /// Threads that draw and render.
    pub threads: usize,
    /// How event time and the wall clock belong together.
    pub pace: Pace,
    /// Goes on behind this cursor instead of at the beginning.
    pub resume: Option<Cursor>,
    /// The clock by which records are paced.
    pub clock: WallClock,
    /// Ends the run from outside.
    pub interrupt: Interrupt,
    /// Takes a line for each record changed on purpose, or not sent because it was too late.
    pub ledger: Option<Ledger>,
    /// What is done when records leave later than planned; shedding is the one thing here that leaves records out.
    pub on_lag: OnLag,
    /// Microseconds of lateness beyond which the run counts as behind.
    pub lag_bound: i64,
    /// Shows what the run is doing.
    pub metrics: Option<Metrics>,
}

/// Why a run came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Everything that was asked for has left.
    Complete,
    /// A signal asked for the end; everything released until then has been delivered.
    Interrupted,
    /// Whoever read the output wanted no more.
    ReaderGone,
}

/// What a run did.
#[derive(Debug)]
pub struct Outcome {
    /// Why it ended.
    pub ending: Ending,
    /// What has left.
    pub counts: Counts,
    /// What became of it.
    pub delivery: Delivery,
    /// How late it left, for a paced run.
    pub lateness: Option<Lateness>,
    /// Where to go on; none before the first record.
    pub cursor: Option<Cursor>,
    /// The event time the run had reached when it ended, in microseconds since the Unix epoch; none on the clock `fast`.
    pub event_time: Option<i64>,
    /// Wall time in microseconds.
    pub elapsed_micros: i64,
}

/// Why a run could not be carried out; everything that left before is counted in `outcome`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The run's parameters contradict each other.
    #[error("the run cannot be planned")]
    Plan(#[from] EngineError),
    /// Records could not go where they should.
    #[error("the run stopped after {} records", outcome.counts.records())]
    Sink {
        /// What had left by then.
        outcome: Box<Outcome>,
        /// What the sink said.
        source: SinkError,
    },
    /// A stream broke the run off.
    #[error("the run stopped after {} records", outcome.counts.records())]
    Stream {
        /// What had left by then.
        outcome: Box<Outcome>,
        /// What the engine said.
        source: EngineError,
    },
}

/// Why records stop passing before the run's end.
enum Stop {
    Sink(SinkError),
    Stream(EngineError),
}

impl From<SinkError> for Stop {
    fn from(error: SinkError) -> Self {
        Self::Sink(error)
    }
}

impl From<EngineError> for Stop {
    fn from(error: EngineError) -> Self {
        Self::Stream(error)
    }
}

impl Drive {
    /// How far behind its plan a run may be before [`OnLag`] matters, unless told otherwise: a second.
    pub const LAG_BOUND_MICROS: i64 = 1_000_000;

    /// A run from its beginning on so many threads, by a clock that starts now; nothing shed, recorded or shown.
    pub fn new(threads: usize, pace: Pace) -> Self {
        Self {
            threads,
            pace,
            resume: None,
            clock: WallClock::start(),
            interrupt: Interrupt::default(),
            ledger: None,
            on_lag: OnLag::CatchUp,
            lag_bound: Self::LAG_BOUND_MICROS,
            metrics: None,
        }
    }

    /// Carries `run` out into `sink`, with `observer` looking on.
    ///
    /// The sink is finished in any case; a sink that fails ends the run with what it said first.
    pub fn run<'a>(
        mut self,
        run: &'a Run,
        sink: Box<dyn Sink>,
        observer: Option<&'a mut dyn Observer>,
    ) -> Result<Outcome, RunError> {
        let planner = match &self.resume {
            Some(cursor) => run.resume(cursor)?,
            None => run.planner()?,
        };
        let started = self.clock.now();
        // A paced run makes its batches on another thread, so that drawing delays no record.
        let mut pipeline = if self.threads <= 1 && self.pace == Pace::Fast {
            Pipeline::inline(planner)
        } else {
            Pipeline::threads(planner, self.threads.max(1))
        };
        // The first batch is there before the clock of a scaled run starts to tick.
        let first = pipeline.next();
        let ready = self.clock.now();
        let event_start = run.extent().from.unwrap_or(run.world().origin);
        let valve = Valve::new(self.pace, event_start, ready);
        if let Some(metrics) = &self.metrics {
            metrics.begin(self.clock, sink.view());
        }
        let flow = Flow {
            valve,
            clock: self.clock,
            interrupt: self.interrupt.clone(),
            ledger: self.ledger.take(),
            topics: run.topics(),
            counts: Counts::new(run.topics().len(), run.kinds().len()),
            lateness: if valve.is_paced() { Lateness::since(ready) } else { None },
            checkpoints: Checkpoints::new(self.resume.clone()),
            lag: LagKeeper::new(self.on_lag, self.lag_bound),
            emitted_before: self.resume.as_ref().map_or(0, Cursor::records),
            cursor: self.resume.take(),
            metrics: self.metrics.take(),
            sink,
            observer,
        };
        flow.run(run, pipeline, first, started)
    }
}

/// The state of a run between pipeline and sink.
struct Flow<'a> {
    valve: Valve,
    clock: WallClock,
    interrupt: Interrupt,
    ledger: Option<Ledger>,
    topics: &'a [String],
    counts: Counts,
    lateness: Option<Lateness>,
    cursor: Option<Cursor>,
    /// Records that the run had emitted when it was taken up.
    emitted_before: u64,
    checkpoints: Checkpoints,
    lag: LagKeeper,
    metrics: Option<Metrics>,
    sink: Box<dyn Sink>,
    observer: Option<&'a mut dyn Observer>,
}

impl Flow<'_> {
    fn run(
        mut self,
        run: &Run,
        mut pipeline: Pipeline,
        first: Result<Option<Portion>, EngineError>,
        started: i64,
    ) -> Result<Outcome, RunError> {
        let (passed, broken) = match self.pass_all(&mut pipeline, first) {
            Ok(ending) => (Ok(ending), None),
            Err(Stop::Sink(error)) => (Err(error), None),
            Err(Stop::Stream(error)) => (Ok(Ending::Interrupted), Some(error)),
        };
        let event_time = self.valve.event_time(self.clock.now());
        // The threads end before the sink is finished, which may take long: nothing needs them any more.
        drop(pipeline);
        let Self { clock, counts, lateness, cursor, checkpoints, sink, ledger, .. } = self;
        let accepted = sink.delivery();
        let failed = broken.is_some() || matches!(&passed, Err(error) if !matches!(error, SinkError::Closed));
        let finished = if failed { sink.abandon() } else { sink.finish() };
        // What was changed on purpose is named whatever became of the rest.
        let listed = ledger.map_or(Ok(()), Ledger::finish);
        let finished = finished.and_then(|delivery| listed.map(|()| delivery));
        let outcome = |ending, delivery, cursor| Outcome {
            ending,
            counts,
            delivery,
            lateness,
            cursor,
            event_time,
            elapsed_micros: clock.now() - started,
        };
        if let Some(source) = broken {
            let delivery = finished.unwrap_or(accepted);
            return Err(RunError::Stream { outcome: Box::new(outcome(Ending::Interrupted, delivery, cursor)), source });
        }
        match (passed, finished) {
            (Ok(ending), Ok(delivery)) => Ok(outcome(ending, delivery, cursor)),
            (Err(SinkError::Closed), Ok(delivery)) => Ok(outcome(Ending::ReaderGone, delivery, cursor)),
            (Ok(_) | Err(SinkError::Closed), Err(SinkError::Closed)) => {
                Ok(outcome(Ending::ReaderGone, accepted, cursor))
            }
            // Another sink than the one whose reader has gone has lost something: that is what counts.
            (Err(SinkError::Closed), Err(source)) => {
                let outcome = outcome(Ending::ReaderGone, accepted, cursor);
                Err(RunError::Sink { outcome: Box::new(outcome), source })
            }
            (passed, finished) => {
                let (source, delivery) = settled(passed, finished, accepted);
                let cursor = match &source {
                    SinkError::Undelivered { complete, .. } => checkpoints.behind(run, *complete)?,
                    _ => cursor,
                };
                Err(RunError::Sink { outcome: Box::new(outcome(Ending::Interrupted, delivery, cursor)), source })
            }
        }
    }

    fn pass_all(
        &mut self,
        pipeline: &mut Pipeline,
        first: Result<Option<Portion>, EngineError>,
    ) -> Result<Ending, Stop> {
        let mut next = first?;
        while let Some(portion) = next {
            if !self.pass(&portion)? {
                return Ok(Ending::Interrupted);
            }
            pipeline.recycle(portion.batch);
            next = pipeline.next()?;
        }
        Ok(Ending::Complete)
    }

    /// Passes one batch through the valve; false when the run shall end before all of it has left.
    fn pass(&mut self, portion: &Portion) -> Result<bool, SinkError> {
        let spans = portion.batch.spans();
        let mut next = 0;
        while next < spans.len() {
            if self.interrupt.is_raised() {
                return Ok(false);
            }
            let now = if self.valve.is_paced() { self.clock.now() } else { i64::MAX };
            match self.valve.release(&spans[next..], now) {
                Release::Records(count) => {
                    let shed = self.keep_up(portion, next..next + count, now)?;
                    if shed < count {
                        self.let_go(portion, next + shed..next + count, now)?;
                    }
                    next += count;
                }
                Release::WaitUntil(due) => {
                    tell(self.lag.on_time().news);
                    self.sink.flush()?;
                    if let Some(metrics) = &self.metrics {
                        metrics.on_time();
                        metrics.delivered(self.sink.delivery());
                    }
                    // Not much longer than a person waits for a number to change.
                    self.interrupt.wait_until(&self.clock, due.min(now.saturating_add(SHOWN_EVERY)));
                }
            }
        }
        Ok(true)
    }

    /// Handles records that are too late; how many of them, from the first on, must not leave.
    fn keep_up(&mut self, portion: &Portion, range: Range<usize>, now: i64) -> Result<usize, SinkError> {
        if !self.valve.is_paced() {
            return Ok(0);
        }
        let Verdict { shed, shift, news } = self.lag.judge(&self.valve, &portion.batch.spans()[range.clone()], now);
        tell(news);
        self.valve.shift(shift);
        let skipped = range.start..range.start + shed;
        if let Some(last) = portion.batch.spans()[skipped.clone()].last() {
            if let Some(ledger) = &mut self.ledger {
                ledger.add_shed(&portion.batch, &skipped, self.topics)?;
            }
            self.counts.shed += shed as u64;
            self.cursor = Some(self.cursor_after(&last.stamp, portion));
        }
        Ok(shed)
    }

    /// The cursor behind a record that has just been counted.
    fn cursor_after(&self, stamp: &Stamp, portion: &Portion) -> Cursor {
        let emitted = self.emitted_before + self.counts.records() + self.counts.shed;
        Cursor::after(stamp, &portion.lookback).with_records(emitted)
    }

    fn let_go(&mut self, portion: &Portion, range: Range<usize>, now: i64) -> Result<(), SinkError> {
        let batch = &portion.batch;
        if let Some(observer) = &mut self.observer {
            observer.releasing(batch, &range, now);
        }
        if let Some(metrics) = self.metrics.as_ref().filter(|_| self.valve.is_paced()) {
            let due = |index: usize| self.valve.due(batch.spans()[index].stamp.release_time);
            metrics.leaving(range.len() as u64, due(range.start), due(range.end - 1));
        }
        self.sink.write(batch, range.clone())?;
        if let Some(ledger) = &mut self.ledger {
            ledger.add(batch, &range, self.topics)?;
        }
        self.counts.add(batch, &range);
        if let Some(lateness) = &mut self.lateness {
            lateness.add(&self.valve, batch, &range, now, self.metrics.as_ref());
        }
        if let Some(last) = batch.spans()[range].last() {
            self.cursor = Some(self.cursor_after(&last.stamp, portion));
            // Shed records count here and not in the sink: such a run is taken up a little early, never too late.
            self.checkpoints.pass(self.counts.records() + self.counts.shed, self.cursor.as_ref());
            if let Some(metrics) = &self.metrics {
                metrics.left(&self.counts, last.stamp.event_time);
                metrics.delivered(self.sink.delivery());
            }
        }
        Ok(())
    }
}

/// The error that ends a run, and what became of its records.
///
/// Of two the sink's last word goes first: only at its end it knows what is lost.
fn settled(
    passed: Result<Ending, SinkError>,
    finished: Result<Delivery, SinkError>,
    accepted: Delivery,
) -> (SinkError, Delivery) {
    match (passed, finished) {
        (_, Err(last @ SinkError::Undelivered { failed, .. })) => {
            let acknowledged = accepted.accepted.saturating_sub(failed);
            (last, Delivery { acknowledged, failed, ..accepted })
        }
        (Err(SinkError::Undelivered { destination, advice, source, .. }), Ok(delivery)) => {
            // The broker came back while the run was ending: nothing is lost, but the run is cut short.
            let complete = delivery.accepted;
            (SinkError::Undelivered { destination, failed: 0, complete, advice, source }, delivery)
        }
        (Err(first), Ok(delivery)) => (first, delivery),
        (Err(first), Err(_)) | (Ok(_), Err(first)) => (first, accepted),
        (Ok(_), Ok(delivery)) => (SinkError::Closed, delivery),
    }
}

/// Says that the run has fallen behind, or keeps its plan again.
fn tell(news: Option<News>) {
    let seconds = |micros: i64| micros as f64 / 1e6;
    match news {
        None => {}
        Some(News::Behind(lag)) => tracing::warn!("records leave {:.1} s later than planned", seconds(lag)),
        Some(News::CaughtUp(worst)) => {
            tracing::warn!("the plan is kept again; records were up to {:.1} s late", seconds(worst));
        }
    }
}
