//! A session: one run of one stream from settings to summary, the same for every program.
//!
//! The program chooses the stream and the logging of its records; everything else comes from the
//! settings.

mod contents;
mod destination;
mod disorder;
mod error;
mod files;
mod plan;
mod record_log;
mod rehearsal;
mod report;
mod resume;
mod tables;
mod timetable;

use std::path::{Path, PathBuf};

use mercato_config::{Effective, KafkaSettings, Layers, OnLag, OutputSettings, RunSpec};
use mercato_engine::{Extent, Format, Run};
use mercato_sinks::{FileFormat, OutputPath, Sink};
use mercato_units::Clock;
use tracing::{debug, info};

use crate::clock::WallClock;
use crate::exit::Exit;
use crate::logging;
use crate::metrics::{self, Metrics, Registry};
use crate::progress::{Progress, Stretch};
use crate::run::{Drive, Ending, Interrupt, Ledger, Outcome, RunError, Transactions};
use crate::signals;
use crate::summary::{End, Identity, SummaryStyle, hint};
pub use contents::{Packing, encoding};
use destination::Destinations;
pub use error::SessionError;
pub use files::check_output;
pub use plan::{Plan, PlanError, effective, shape};
pub use record_log::{Describe, RecordLog};
pub use rehearsal::rehearse;
use report::Journal;
pub use resume::Resumed;
use resume::StateLock;
pub use timetable::Timetable;

/// Microseconds of wall time after which a paced run commits, unless its settings say otherwise.
const DEFAULT_COMMIT_MICROS: i64 = 1_000_000;

/// The most that they can say, because brokers give up transactions that take long.
const MOST_COMMIT_MICROS: i64 = 10_000_000;

/// Finds the earlier run that the settings of a program go on with.
///
/// Fails where its state cannot be read.
pub fn resumed(
    title: &StreamInfo,
    output: &OutputSettings,
    kafka: Option<&KafkaSettings>,
    run: &RunSpec,
) -> Result<Option<Resumed>, SessionError> {
    let kafka = kafka.filter(|kafka| kafka.is_exactly_once());
    match kafka.filter(|_| output.state.is_none() && output.resume.is_none()) {
        Some(kafka) => destination::resumed(kafka, title, run.shard.value),
        None => Ok(Resumed::read(output)?),
    }
}

/// The name of a program's stream, and how its records are logged.
#[derive(Debug, Clone, Copy)]
pub struct StreamInfo {
    /// The program's name.
    pub program: &'static str,
    /// The stream's name.
    pub stream: &'static str,
    /// Version of the tables and laws behind the records.
    pub data_version: u32,
    /// The stream's terms for its entities, for the final statistics.
    pub wording: SummaryStyle,
    /// Logging of each record sent to Kafka; `None` for no logging.
    pub narrate: Option<RecordLog>,
}

/// Everything a run is carried out with.
#[derive(Debug)]
pub struct Session<'a> {
    /// The program's name of its stream.
    pub title: StreamInfo,
    /// The layers the settings came from.
    pub layers: &'a Layers,
    /// The run and the part of it to emit.
    pub run: RunSpec,
    /// Destinations of the records besides Kafka.
    pub output: OutputSettings,
    /// The file that gets a copy of the log; no output may be called so.
    pub log_file: Option<PathBuf>,
    /// The connection to Kafka, if records go there.
    pub kafka: Option<KafkaSettings>,
    /// The configuration that determines the records besides seed and origin.
    pub effective: Effective,
    /// The program's own flags, for the command that repeats the run.
    pub own_flags: Vec<String>,
    /// Lines to log once the destination is open.
    pub opening: Option<String>,
    /// The earlier run that this one goes on with.
    pub resumed: Option<Resumed>,
}

impl Session<'_> {
    /// The encoding that the output's ending, or else the format, asks for.
    pub fn format(&self) -> Format {
        contents::encoding(self.output.encoding())
    }

    /// Carries out `run`, and reports on stderr and in the summary; returns [`Exit::Stopped`] if it
    /// was stopped before its end.
    pub fn carry_out(self, run: &Run) -> Result<Exit, SessionError> {
        let destinations = Destinations::of(&self);
        let run = &destinations.renamed(run)?;
        let identity = self.identity();
        if let Some(resumed) = &self.resumed {
            resumed.check(&identity, &self.run.range(), &destinations.names(run))?;
            if resumed.is_complete() {
                info!("the run of {} is complete: nothing is left to do", resumed.path().display());
                return Ok(Exit::Done);
            }
        }
        if let Some(places) = destinations.complete(run)? {
            info!("the run is complete in {places}: nothing is left to do");
            return Ok(Exit::Done);
        }
        self.check_files(destinations.files(run))?;
        destinations.check(run)?;
        let state = self.output.state.as_ref().map(|state| &state.value);
        let _lock = state.map(|state| StateLock::take(state)).transpose()?;
        self.resumed.as_ref().map_or(Ok(()), Resumed::check_unchanged)?;
        let interrupt = Interrupt::default();
        signals::listen(interrupt.clone(), "flushing records already sent")
            .map_err(SessionError::Signals)?;
        let metrics = self.metrics(run)?;
        let sink = destinations.open(run, &interrupt)?;
        let names = destinations.names(run);
        let resumed = self.taken_over(&*sink, &identity, &names)?;
        if resumed.as_ref().is_some_and(Resumed::is_complete) {
            info!("another instance has just completed the run: nothing is left to do");
            sink.finish()?;
            return Ok(Exit::Done);
        }
        info!("{}", hint(&identity, self.run.start.value, &names));
        if let Some(opening) = &self.opening {
            logging::say(opening);
        }
        self.log_plan(run);
        metrics.ready();
        let mut observer = destinations.observer();
        let clock = WallClock::start();
        let is_silent = observer.is_some() || destinations.on_terminal();
        let progress = if is_silent { None } else { self.progress(&metrics, run, clock) };
        let drive = self.drive(clock, interrupt, metrics, &destinations, resumed.as_ref())?;
        let mut journal = Journal::new(&self, run, &identity, &names);
        let reporter = if journal.is_wanted() { Some(&mut journal as _) } else { None };
        let observer = observer.as_deref_mut().map(|looks_on| looks_on as _);
        let (outcome, failure) = ended(drive.run_reported(run, sink, observer, reporter))?;
        drop(progress);
        let end = if failure.is_some() { End::Failed } else { report::end(&self, run, &outcome) };
        let summary = report::summary(&self, identity, run, &outcome, names, end);
        if outcome.ending != Ending::ReaderGone {
            report::tell(&summary, self.title.wording, self.output.encoding().is_columnar());
        }
        for path in report::paths(&self.output) {
            summary.write(path)?;
        }
        failure.map_or_else(|| exit_of(run, &outcome), Err)
    }

    /// Logs for -v how the run is carried out.
    fn log_plan(&self, run: &Run) {
        let RunSpec { clock, threads, shard, on_lag, .. } = &self.run;
        debug!(
            "clock {}, {} threads, shard {}, on lag {}; topics {}; kinds of records: {}",
            clock.value,
            threads.value,
            shard.value,
            on_lag.value.name(),
            run.topics().join(", "),
            run.kinds().join(", ")
        );
    }

    fn drive(
        &self,
        clock: WallClock,
        interrupt: Interrupt,
        metrics: Metrics,
        destinations: &Destinations<'_>,
        resumed: Option<&Resumed>,
    ) -> Result<Drive, SessionError> {
        let ledger = self.ledger()?;
        Ok(Drive {
            clock,
            interrupt,
            ledger: ledger.map(|ledger| ledger.with_positions(destinations.positions())),
            on_lag: self.run.on_lag.value,
            lag_bound: self.run.lag_bound.value,
            metrics: Some(metrics),
            resume: resumed.map_or(Ok(None), Resumed::cursor)?,
            transactions: self.transactions(),
            goes_on: self.output.state.is_some(),
            ..Drive::new(self.run.threads.value as usize, self.run.clock.value.into())
        })
    }

    /// The earlier run that is resumed, as `sink` has stored it where it stores such: another
    /// instance may have come further since this one has looked.
    fn taken_over(
        &self,
        sink: &dyn Sink,
        identity: &Identity,
        names: &[String],
    ) -> Result<Option<Resumed>, SessionError> {
        let Some(state) = sink.stored() else { return Ok(self.resumed.clone()) };
        let place = self.resumed.as_ref().map_or(Path::new("the progress topic"), Resumed::path);
        let resumed = Resumed::stored(state, place.to_owned())?;
        resumed.check(identity, &self.run.range(), names)?;
        Ok(Some(resumed))
    }

    /// The size of transactions, if records are delivered exactly once.
    fn transactions(&self) -> Option<Transactions> {
        let kafka = self.kafka.as_ref().filter(|kafka| kafka.is_exactly_once())?;
        let time = kafka.transaction_time.as_ref().map(|time| time.value);
        let wall = time.map_or(DEFAULT_COMMIT_MICROS, |time| time.min(MOST_COMMIT_MICROS));
        Some(Transactions {
            records: kafka.transaction_records.value,
            event_micros: time,
            wall_micros: (self.run.clock.value != Clock::Fast).then_some(wall),
        })
    }

    /// The run's metrics, shown to Prometheus where an address is given.
    fn metrics(&self, run: &Run) -> Result<Metrics, SessionError> {
        let registry = Registry::default();
        let metrics =
            registry.register(self.title.stream, run.topics(), &self.run.shard.value.to_string());
        if let Some(address) = &self.output.metrics_listen {
            let bound = metrics::listen(&address.value, registry)?;
            info!("metrics at http://{bound}/metrics");
        }
        Ok(metrics)
    }

    /// The progress line, unless nobody wants to hear of anything.
    fn progress(&self, metrics: &Metrics, run: &Run, clock: WallClock) -> Option<Progress> {
        let stretch = Stretch::of(run, self.kafka.is_some());
        let wanted = tracing::enabled!(tracing::Level::INFO);
        wanted.then(|| Progress::start(metrics.clone(), stretch, clock))?
    }

    fn identity(&self) -> Identity {
        let StreamInfo { program, stream, data_version, .. } = self.title;
        Identity::new(program, stream, data_version, &self.run, self.effective.clone())
    }

    /// What files of `form` hold, with the run named in them.
    fn packing(&self, run: &Run, form: FileFormat) -> Result<Packing, SessionError> {
        let are_malformed = self.run.disorder.malformed.millionths() > 0;
        let packing = Packing::of(run, form, are_malformed)?;
        Ok(packing.with_run(&self.identity().brief(), self.run.shard.value))
    }

    fn ledger(&self) -> Result<Option<Ledger>, SessionError> {
        let Some(path) = self.ledger_path() else {
            if self.changes_records() {
                let run = if self.can_be_resumed() {
                    "the same run with -o null: --ledger FILE"
                } else {
                    "--ledger FILE"
                };
                info!("{run} lists the records deliberately changed or not sent");
            }
            return Ok(None);
        };
        info!("records deliberately changed or not sent are listed in {}", path.display());
        Ok(Some(Ledger::create(&path)?))
    }

    /// Returns true if a record may be changed or omitted on purpose.
    fn changes_records(&self) -> bool {
        self.run.on_lag.value == OnLag::Shed || self.run.disorder.changes_records()
    }

    /// Returns true if the run keeps what it needs to be resumed, which a ledger cannot be.
    fn can_be_resumed(&self) -> bool {
        let OutputSettings { state, resume, .. } = &self.output;
        state.is_some() || resume.is_some() || self.transactions().is_some()
    }

    /// Returns the path of the ledger: the given one, or the default if records may be changed.
    fn ledger_path(&self) -> Option<PathBuf> {
        let given = self.run.disorder.ledger.clone();
        given.or_else(|| {
            (self.changes_records() && !self.can_be_resumed()).then(|| self.default_ledger())?
        })
    }

    /// Beside the output, or in the working folder of a run to Kafka alone; a run to stdout or
    /// `null:` leaves no file that nobody asked for.
    fn default_ledger(&self) -> Option<PathBuf> {
        let output = self.output.output.as_ref().map(|output| &output.value);
        let path = output.and_then(OutputPath::path);
        if let (Some(folder), true) = (path, output.is_some_and(OutputPath::is_folder)) {
            return Some(folder.join("faults.ndjson"));
        }
        let beside = path.map(|path| path.as_os_str().to_owned());
        let mut name = beside.or_else(|| self.kafka.as_ref().map(|_| "mercato".into()))?;
        name.push(".faults.ndjson");
        Some(name.into())
    }
}

/// Returns whether `run` has an end of its own: a number of arrivals or records, or a time.
fn has_end(run: &Run) -> bool {
    let Extent { arrivals, records, until, to, .. } = run.extent();
    arrivals.is_some() || records.is_some() || until.is_some() || to.is_some()
}

/// The exit of a run whose destinations have taken everything.
fn exit_of(run: &Run, outcome: &Outcome) -> Result<Exit, SessionError> {
    match outcome.counts.all_rejected() {
        0 if outcome.ending == Ending::Interrupted && has_end(run) => Ok(Exit::Stopped),
        0 => Ok(Exit::Done),
        records => Err(SessionError::Rejected { records }),
    }
}

/// The outcome of a run that began, with the reason if it did not reach its end.
fn ended(
    result: Result<Outcome, RunError>,
) -> Result<(Outcome, Option<SessionError>), SessionError> {
    match result {
        Ok(outcome) => Ok((outcome, None)),
        Err(RunError::Sink { outcome, source }) => Ok((*outcome, Some(source.into()))),
        Err(RunError::Stream { outcome, source }) => {
            Ok((*outcome, Some(SessionError::Stream(source))))
        }
        Err(RunError::Plan(source)) => Err(SessionError::Plan(source)),
        Err(RunError::Threads(source)) => Err(SessionError::Threads(source)),
    }
}

impl From<Clock> for crate::run::Pace {
    fn from(clock: Clock) -> Self {
        match clock {
            Clock::Wall => Self::Wall,
            Clock::Fast => Self::Fast,
            Clock::Paced { event, wall } => Self::Scaled { numerator: event, denominator: wall },
        }
    }
}
