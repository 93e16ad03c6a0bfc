//! `mercato verify`: what is there against the run it should be.

use std::io;
use std::path::PathBuf;

use clap::Args;
use mercato::BuiltIn;
use mercato::encode::csv;
use mercato::engine::{Format, Run};
use mercato::kafka::{ReadError, ReadOptions, Record, TopicReader};
use mercato::runtime::args::{ConfigArgs, KafkaArgs, LogArgs, RunArgs};
use mercato::runtime::config::{KafkaSettings, Layers, RunDefaults, RunSettings};
use mercato::runtime::env::now_micros;
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::session::Plan;
use mercato::runtime::summary::Summary;
use mercato::runtime::text::Clock;
use mercato::sinks::{Format as FileFormat, OutputPath};
use mercato::truth::{Actual, Found, Layout, Lines, LinesError, Report, Verifier, VerifyError};

use crate::{identity, layers, print};

/// Compares a file or a topic with the run it should be.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The stream: sales or orders
    #[arg(value_name = "STREAM", value_parser = BuiltIn::NAMES)]
    stream: String,

    /// The file, also .gz or .zst; - for standard input; none for a topic
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// The summary that the run left behind with --summary-json; without it the run's own flags say which run it was
    #[arg(long = "run", value_name = "SUMMARY", conflicts_with_all = ["seed", "start", "count", "duration", "rate"])]
    summary: Option<PathBuf>,

    /// Show the report as one JSON object
    #[arg(long)]
    json: bool,

    /// Differences that are shown in full
    #[arg(long, value_name = "N", default_value_t = Verifier::DIFFERENCES)]
    differences: usize,

    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    log: LogArgs,
}

impl Verify {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let layers = layers(&self.config, &self.log)?;
        let kafka = self.source(&layers)?;
        let (stream, plan) = self.plan(&layers)?;
        let report = match &kafka {
            Some(kafka) => self.topic(&stream.run(&plan, Format::Json)?, kafka)?,
            None => self.lines(&stream.run(&plan, self.format())?)?,
        };
        print(&if self.json { serde_json::to_string(&report).map_err(unexpected)? } else { report.to_string() })?;
        Ok(if report.is_clean() { Exit::Done } else { Exit::Difference })
    }

    /// The connection to Kafka, unless a file is to be read.
    fn source(&self, layers: &Layers) -> Result<Option<KafkaSettings>, Failure> {
        if self.file.is_some() {
            return Ok(None);
        }
        let kafka = KafkaSettings::resolve(&self.kafka, layers)?;
        if kafka.is_none() && self.kafka.topic.is_none() {
            let reason = "name what is to be verified: a FILE, - for standard input, or a topic with --kafka or -b";
            return Err(Failure::new(Exit::Usage, reason));
        }
        let local = || KafkaSettings::connection(&self.kafka.connection, layers);
        let mut settings = kafka.map_or_else(local, Ok)?;
        if settings.topic.is_none() {
            let flag = |topic| mercato::runtime::config::Setting::default(topic);
            settings.topic = self.kafka.topic.clone().map(flag);
        }
        Ok(Some(settings))
    }

    /// The stream and the run, from the summary or from flags and files.
    fn plan(&self, layers: &Layers) -> Result<(BuiltIn, Plan), Failure> {
        if let Some(path) = &self.summary {
            return self.recorded(path);
        }
        let stream = BuiltIn::configured(&self.stream, layers)?;
        let mut stream = stream.ok_or_else(|| Failure::new(Exit::Usage, "there is no such stream"))?;
        let defaults = RunDefaults { duration: stream.default_duration(), clock: Clock::Fast };
        let settings = RunSettings::resolve(&self.run, layers, &defaults, now_micros())?;
        identity::require(&self.run, &settings, ", or --run with the run's summary")?;
        stream.set_settings(&settings);
        Ok((stream, Plan::of_settings(&settings)?))
    }

    fn recorded(&self, path: &std::path::Path) -> Result<(BuiltIn, Plan), Failure> {
        let summary = Summary::read(path)?;
        if summary.identity.data_version != mercato::DATA_VERSION {
            let (its, ours) = (summary.identity.data_version, mercato::DATA_VERSION);
            let reason = format!("{} is of data version {its}, and this program makes {ours}", path.display());
            return Err(Failure::new(Exit::Config, reason).advise("verify with the program that made the run"));
        }
        let stream = BuiltIn::of_summary(&summary)?.filter(|stream| stream.name() == self.stream);
        let other = || {
            let reason = format!("{} is of the stream {}", path.display(), summary.identity.stream);
            Failure::new(Exit::Usage, reason).advise(format!("not of {}", self.stream))
        };
        Ok((stream.ok_or_else(other)?, Plan::of_summary(&summary)?))
    }

    /// What the file's name says of its records.
    fn format(&self) -> Format {
        let format = self.file.as_ref().and_then(|path| OutputPath::parse(path).ok()).map(|path| path.format());
        if format == Some(FileFormat::Csv) { Format::Csv } else { Format::Json }
    }

    fn verifier<'a>(&self, run: &'a Run) -> Verifier<'a> {
        let verifier = Verifier::new(run).differences(self.differences);
        if run.format() == Format::Json {
            return verifier;
        }
        let mut header = Vec::new();
        csv::header(&mut header, run.columns(0));
        verifier.header(header)
    }

    fn lines(&self, run: &Run) -> Result<Report, Failure> {
        let mut lines = match &self.file {
            Some(path) if path.as_os_str() != "-" => Lines::open(path),
            _ => Lines::new("standard input", io::stdin()),
        }
        .map_err(unreadable)?;
        self.verifier(run).verify(&mut lines).map_err(|error| match error {
            VerifyError::Actual(error) => unreadable(error),
            other => Failure::new(Exit::Usage, other),
        })
    }

    fn topic(&self, run: &Run, kafka: &KafkaSettings) -> Result<Report, Failure> {
        let own = run.topics().first().cloned().unwrap_or_default();
        let topic = kafka.topic.as_ref().map_or(own, |topic| topic.value.to_string());
        let reader = TopicReader::open(&kafka.client("mercato"), &topic, &ReadOptions::default()).map_err(unread)?;
        let mut records = TopicRecords { reader, record: Record::default() };
        self.verifier(run).verify(&mut records).map_err(|error| match error {
            VerifyError::Actual(error) => unread(error),
            other => Failure::new(Exit::Usage, other),
        })
    }
}

/// A topic as the verifier reads it.
struct TopicRecords {
    reader: TopicReader,
    record: Record,
}

impl Actual for TopicRecords {
    type Error = ReadError;

    fn layout(&self) -> Layout {
        Layout::Partitions(self.reader.partitions())
    }

    fn next(&mut self, partition: u32) -> Result<Option<Found<'_>>, ReadError> {
        let found = self.reader.next_into(partition, &mut self.record)?;
        let Record { key, value, offset, .. } = &self.record;
        Ok(found.then(|| Found { key, value, position: *offset as u64 }))
    }
}

fn unexpected(error: serde_json::Error) -> Failure {
    Failure::new(Exit::Unexpected, error)
}

fn unreadable(error: LinesError) -> Failure {
    Failure::new(Exit::File, error)
}

fn unread(error: ReadError) -> Failure {
    let exit = if matches!(error, ReadError::Config { .. }) { Exit::Config } else { Exit::Connect };
    Failure::new(exit, error)
}
