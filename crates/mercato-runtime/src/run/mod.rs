//! The run loop: batches from the pipeline, through the pacer, into the sink.

mod checkpoints;
mod cutter;
mod debug_log;
mod driver;
mod interrupt;
mod keeper;
mod lag;
mod ledger;
mod pacer;
mod pipeline;
mod positions;
mod settlement;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod toy;

use std::io;
use std::ops::Range;

use mercato_encode::Batch;
use mercato_engine::{Cursor, EngineError, Run};
use mercato_sinks::{Delivery, SafePoint, Sink, SinkError};

use crate::clock::WallClock;
use crate::counts::Counts;
pub use crate::lateness::Lateness;
use crate::metrics::Metrics;
use mercato_config::OnLag;

use checkpoints::Checkpoints;
use cutter::Cutter;
pub use cutter::Transactions;
use debug_log::DebugLog;
use driver::Driver;
pub use interrupt::Interrupt;
use keeper::Keeper;
pub use keeper::Reporter;
use lag::LagKeeper;
pub use ledger::Ledger;
pub use pacer::{Pace, Pacer};
use pipeline::Pipeline;
pub use positions::{Position, Positions};

/// Sees records as they leave, to log them on stderr.
pub trait Observer {
    /// The records `range` of `batch` are about to be handed to the sink at wall time `now`, in
    /// microseconds.
    fn releasing(&mut self, batch: &Batch, range: &Range<usize>, now: i64);
}

/// Options for driving a run; none of them changes a byte.
#[derive(Debug)]
pub struct Drive {
    /// Threads that draw and render.
    pub threads: usize,
    /// The relation between event time and wall-clock time.
    pub pace: Pace,
    /// Goes on after this cursor instead of at the beginning.
    pub resume: Option<Cursor>,
    /// The clock by which records are paced.
    pub clock: WallClock,
    /// Ends the run from outside.
    pub interrupt: Interrupt,
    /// Takes a line for each record changed on purpose, or not sent because it was too late.
    pub ledger: Option<Ledger>,
    /// Action when records fall behind schedule; shedding is the only option that omits records.
    pub on_lag: OnLag,
    /// Microseconds of lateness beyond which the run counts as behind.
    pub lag_bound: i64,
    /// Shows what the run is doing.
    pub metrics: Option<Metrics>,
    /// Size of the transactions of a sink that has them; none for other sinks. The reporter says what
    /// is stored with each.
    pub transactions: Option<Transactions>,
    /// True if a stopped run will be resumed: then no file gets its name before the run is complete.
    pub goes_on: bool,
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

/// The outcome of a run.
#[derive(Debug)]
pub struct Outcome {
    /// Why it ended.
    pub ending: Ending,
    /// Counts of the records sent.
    pub counts: Counts,
    /// Delivery counts.
    pub delivery: Delivery,
    /// Lateness of the records of a paced run.
    pub lateness: Option<Lateness>,
    /// Lateness of the same records when they were acknowledged, where that is later than a write.
    pub acknowledged: Option<Lateness>,
    /// Cursor from which to resume; `None` before the first record.
    pub cursor: Option<Cursor>,
    /// The event time the run had reached when it ended, in microseconds since the Unix epoch; none
    /// on the clock `fast`.
    pub event_time: Option<i64>,
    /// Wall time of the last hand-over of records to the sink, in microseconds since the Unix epoch.
    pub last_sent: Option<i64>,
    /// What is safe at the destination when the run is resumed from `cursor`; `None` without a
    /// reporter.
    pub safe: Option<SafePoint>,
    /// Wall time in microseconds.
    pub elapsed_micros: i64,
}

/// Why a run could not be carried out; everything that left before is counted in `outcome`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The run's parameters contradict each other.
    #[error("cannot plan the run")]
    Plan(#[from] EngineError),
    /// The system refuses threads.
    #[error("cannot start the threads of the run")]
    Threads(#[source] io::Error),
    /// Records could not go where they should.
    #[error("the run stopped after {} records", outcome.counts.records())]
    Sink {
        /// The outcome until then.
        outcome: Box<Outcome>,
        /// The sink's error.
        source: SinkError,
    },
    /// A stream broke the run off.
    #[error("the run stopped after {} records", outcome.counts.records())]
    Stream {
        /// The outcome until then.
        outcome: Box<Outcome>,
        /// The engine's error.
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
    /// Default lag above which [`OnLag`] applies: one second.
    pub const LAG_BOUND_MICROS: i64 = 1_000_000;

    /// A run from its beginning on so many threads, by a clock that starts now; nothing shed,
    /// recorded or shown.
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
            transactions: None,
            goes_on: false,
        }
    }

    /// Carries `run` out into `sink`, with `observer` looking on.
    ///
    /// The sink is finished in any case; a sink that fails ends the run with what it said first.
    pub fn run<'a>(
        self,
        run: &'a Run,
        sink: Box<dyn Sink>,
        observer: Option<&'a mut dyn Observer>,
    ) -> Result<Outcome, RunError> {
        self.run_reported(run, sink, observer, None)
    }

    /// The same, reporting progress to `reporter` with the first records and then every few seconds.
    pub fn run_reported<'a>(
        mut self,
        run: &'a Run,
        sink: Box<dyn Sink>,
        observer: Option<&'a mut dyn Observer>,
        reporter: Option<&'a mut dyn Reporter>,
    ) -> Result<Outcome, RunError> {
        let planner = match &self.resume {
            Some(cursor) => run.resume(cursor)?,
            None => run.planner()?,
        };
        let started = self.clock.now();
        // A paced run makes its batches on other threads, so that drawing delays no record.
        let mut pipeline = match self.pace {
            Pace::Fast if self.threads <= 1 => Pipeline::inline(planner),
            Pace::Fast => Pipeline::shared(planner, self.threads).map_err(RunError::Threads)?,
            Pace::Wall | Pace::Scaled { .. } => {
                Pipeline::beside(planner, self.threads.max(1)).map_err(RunError::Threads)?
            }
        };
        // The first batch is there before the clock of a scaled run starts to tick.
        let first = pipeline.next(&self.interrupt);
        let ready = self.clock.now();
        let resumed = self.resume.as_ref().map(|cursor| cursor.key().release_time);
        let event_start = resumed.or(run.extent().from).unwrap_or(run.world().origin);
        let pacer = Pacer::new(self.pace, event_start, ready);
        if let Some(metrics) = &self.metrics {
            metrics.begin(self.clock, sink.view(), pacer.is_paced().then_some(ready));
        }
        let driver = Driver {
            pacer,
            clock: self.clock,
            interrupt: self.interrupt.clone(),
            ledger: self.ledger.take(),
            topics: run.topics(),
            counts: Counts::new(run.topics().len(), run.kinds().len()),
            lateness: if pacer.is_paced() { Lateness::since(ready) } else { None },
            checkpoints: Checkpoints::new(self.resume.clone()),
            keeper: Keeper::new(reporter, self.resume.clone(), started),
            cutter: self.transactions.map(Cutter::new),
            goes_on: self.goes_on,
            lag: LagKeeper::new(self.on_lag, self.lag_bound),
            emitted_before: self.resume.as_ref().map_or(0, Cursor::records),
            cursor: self.resume.take(),
            last_sent: None,
            metrics: self.metrics.take(),
            debug: DebugLog::wanted(run.kinds()),
            sink,
            observer,
        };
        driver.run(run, pipeline, first, started)
    }
}
