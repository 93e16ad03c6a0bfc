//! A session: one run of one stream from settings to summary, the same for every program.
//!
//! The program says which stream, and how its records are told of; everything else comes from the
//! settings.

mod contents;
mod destination;
mod files;
mod narrator;
mod plan;
mod report;
#[cfg(feature = "kafka")]
mod retention;
mod timetable;

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use mercato_engine::{Format, Run};
use mercato_sinks::OutputPath;
use tracing::info;

use crate::exit::{Exit, Failure};
use crate::metrics::{self, Metrics, Registry};
use crate::progress::{Progress, Stretch};
use crate::run::{Drive, Ending, Interrupt, Ledger, Observer, RunError, WallClock};
use crate::signals;
use crate::summary::{Identity, Wording, hint};
pub use contents::Packing;
use destination::Destination;
#[cfg(feature = "kafka")]
use mercato_config::KafkaSettings;
use mercato_config::{Effective, Layers, OnLag, OutputSettings, RunSpec};
use mercato_units::Clock;
use narrator::Narrator;
pub use narrator::{Describe, Narration};
pub use plan::{Plan, effective};
pub use timetable::Timetable;

/// What a program calls its stream, and how it tells of its records.
#[derive(Debug, Clone, Copy)]
pub struct Title {
    /// The program's name.
    pub program: &'static str,
    /// The stream's name.
    pub stream: &'static str,
    /// Version of the tables and laws behind the records.
    pub data_version: u32,
    /// What the stream calls its entities, for the statistics at the end.
    pub wording: Wording,
    /// How each record that goes to Kafka is told of; nothing for a stream that keeps silent.
    pub narrate: Option<Narration>,
}

/// Everything a run is carried out with.
#[derive(Debug)]
pub struct Session<'a> {
    /// What the program calls its stream.
    pub title: Title,
    /// The layers the settings came from.
    pub layers: &'a Layers,
    /// Which run, and which part of it.
    pub run: RunSpec,
    /// Where records go besides Kafka.
    pub output: OutputSettings,
    /// The file that gets a copy of the log; no output may be called so.
    pub log_file: Option<PathBuf>,
    /// The connection to Kafka, if records go there.
    #[cfg(feature = "kafka")]
    pub kafka: Option<KafkaSettings>,
    /// What determines the records besides seed and origin.
    pub effective: Effective,
    /// The program's own flags, for the command that repeats the run.
    pub own_flags: Vec<String>,
}

impl Session<'_> {
    /// The encoding that the output's ending, or else the format, asks for.
    pub fn format(&self) -> Format {
        match self.output.encoding() {
            mercato_sinks::Format::Csv => Format::Csv,
            // Columns are made of the JSON lines.
            mercato_sinks::Format::Json | mercato_sinks::Format::Parquet => Format::Json,
        }
    }

    /// Carries `run` out, and tells of it on stderr and in the summary.
    pub fn carry_out(self, run: &Run) -> Result<Exit, Failure> {
        self.check_files(run)?;
        let interrupt = Interrupt::default();
        signals::listen(interrupt.clone())
            .map_err(|error| Failure::new(Exit::Unexpected, error))?;
        let identity = self.identity();
        let run = &self.named(run)?;
        let metrics = self.metrics(run)?;
        let narrator = Narrator::new(self.title.narrate.filter(|_| self.is_narrated()));
        let destination = Destination::open(&self, run, &interrupt, narrator.as_ref())?;
        info!("{}", hint(&identity, &destination.names));
        metrics.ready();
        let clock = WallClock::start();
        let progress = self.progress(&metrics, run, clock);
        let drive = Drive {
            threads: self.run.threads.value as usize,
            pace: self.run.clock.value.into(),
            resume: None,
            clock,
            interrupt,
            ledger: self.ledger()?,
            on_lag: self.run.on_lag.value,
            lag_bound: self.run.lag_bound.value,
            metrics: Some(metrics),
        };
        let Destination { names, topics, sink } = destination;
        let mut observer = narrator.filter(|_| self.is_narrated());
        let looking_on = observer.as_mut().map(|narrator| -> &mut dyn Observer { narrator });
        let (outcome, failure) = match drive.run(run, sink, looking_on) {
            Ok(outcome) => (outcome, None),
            Err(RunError::Sink { outcome, source }) => (*outcome, Some(source.into())),
            Err(RunError::Stream { outcome, source }) => {
                (*outcome, Some(Failure::new(Exit::Unexpected, source)))
            }
            Err(error @ RunError::Plan(_)) => return Err(Failure::new(Exit::Usage, error)),
        };
        drop(progress);
        let summary =
            report::summary(&self, identity, run, &outcome, names, &topics, failure.is_some());
        if outcome.ending != Ending::ReaderGone {
            report::tell(&summary, self.title.wording);
        }
        if let Some(path) = &self.output.summary_json {
            summary.write(&path.value)?;
        }
        match (failure, outcome.counts.all_rejected()) {
            (Some(failure), _) => Err(failure),
            (None, 0) => Ok(Exit::Done),
            (None, rejected) => {
                let error =
                    format!("{rejected} records were not sent because the stream broke them");
                Err(Failure::new(Exit::Undelivered, error)
                    .advise("the log shows the first of each kind"))
            }
        }
    }

    /// The run with its topic called what it is called in Kafka; refuses one name for several
    /// topics.
    fn named(&self, run: &Run) -> Result<Run, Failure> {
        #[cfg(feature = "kafka")]
        if let Some(topic) = self.kafka.as_ref().and_then(|kafka| kafka.topic.as_ref()) {
            if let several @ [_, _, ..] = run.topics() {
                let reason = format!(
                    "one name for the records of {}: choose one of them",
                    several.join(", ")
                );
                return Err(mercato_config::ConfigError::wrong(
                    &topic.origin,
                    "kafka.topic",
                    &reason,
                )
                .into());
            }
            return Ok(run.clone().with_only_topic(topic.value.to_string()));
        }
        Ok(run.clone())
    }

    /// The run's metrics, shown to Prometheus where an address is given.
    fn metrics(&self, run: &Run) -> Result<Metrics, Failure> {
        let registry = Registry::default();
        let metrics =
            registry.register(self.title.stream, run.topics(), &self.run.shard.value.to_string());
        if let Some(address) = &self.output.metrics_listen {
            let bound = metrics::listen(&address.value, registry);
            let bound = bound.map_err(|error| Failure::new(Exit::Usage, error))?;
            info!("metrics at http://{bound}/metrics");
        }
        Ok(metrics)
    }

    /// The progress line, unless records are printed to the same terminal or nobody wants to hear
    /// of anything.
    fn progress(&self, metrics: &Metrics, run: &Run, clock: WallClock) -> Option<Progress> {
        let printed = self.output.to_stdout(self.to_kafka()) && io::stdout().is_terminal();
        let extent = run.extent();
        let stretch = Stretch {
            from: extent.from.unwrap_or(run.world().origin),
            to: extent.until.into_iter().chain(extent.to).min(),
            arrivals: extent.arrivals,
            records: extent.records,
        };
        let wanted = !printed && tracing::enabled!(tracing::Level::INFO) && !self.is_narrated();
        wanted.then(|| Progress::start(metrics.clone(), stretch, clock))?
    }

    fn to_kafka(&self) -> bool {
        #[cfg(feature = "kafka")]
        return self.kafka.is_some();
        #[cfg(not(feature = "kafka"))]
        return false;
    }

    fn identity(&self) -> Identity {
        let Title { program, stream, data_version, .. } = self.title;
        Identity::new(program, stream, data_version, &self.run, self.effective.clone())
    }

    /// Records are told of where they go to Kafka and come no faster than a person reads.
    fn is_narrated(&self) -> bool {
        #[cfg(feature = "kafka")]
        return self.kafka.is_some() && self.run.clock.value != Clock::Fast;
        #[cfg(not(feature = "kafka"))]
        return false;
    }

    fn ledger(&self) -> Result<Option<Ledger>, Failure> {
        let Some(path) = self.ledger_path() else { return Ok(None) };
        info!("records changed on purpose or not sent are named in {}", path.display());
        Ok(Some(Ledger::create(&path)?))
    }

    /// Where changed and unsent records are named; nothing if there can be none, unless a name was
    /// given.
    fn ledger_path(&self) -> Option<PathBuf> {
        let sheds = self.run.on_lag.value == OnLag::Shed;
        let needed = sheds || self.run.disorder.malformed.millionths() > 0;
        self.run.disorder.ledger.clone().or_else(|| needed.then(|| self.default_ledger()))
    }

    /// Beside the output, or in the working folder.
    fn default_ledger(&self) -> PathBuf {
        let output = self.output.output.as_ref().map(|output| &output.value);
        let path = output.and_then(OutputPath::path);
        if let (Some(folder), true) = (path, output.is_some_and(OutputPath::is_folder)) {
            return folder.join("faults.ndjson");
        }
        let mut name = path.map_or_else(|| "mercato".into(), |path| path.as_os_str().to_owned());
        name.push(".faults.ndjson");
        name.into()
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
