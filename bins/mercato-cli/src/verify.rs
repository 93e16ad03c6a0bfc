//! `mercato verify`: compares recorded output with the run that produced it.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use mercato::BuiltIn;
use mercato::config::args::{ConfigArgs, KafkaArgs, LogArgs, RunArgs};
use mercato::config::env::now_micros;
use mercato::config::{KafkaSettings, Layers, RunDefaults, RunSpec, did_you_mean};
use mercato::encode::csv;
use mercato::engine::{Format, Run, Shard};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::progress::ReadingProgress;
use mercato::runtime::session::Plan;
use mercato::runtime::summary::Summary;
use mercato::truth::{Hints, Lines, LinesError, Meter, Payloads, Report, Verifier};
use mercato::units::Clock;

use crate::places::{Part, Source, in_folder};
use crate::reading::ReadingArgs;
use crate::result::ResultArgs;
use crate::rules::RulesArgs;
use crate::scenario::ScenarioArgs;
use crate::{failures, files, identity, kafka, known, layers, print};

/// Compare a file or a topic with the run that produced it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Verify {
    /// Stream to verify
    #[arg(value_name = "STREAM", required_unless_present_any = ["rules", "result"])]
    stream: Option<String>,

    /// File to verify (any format that is written, also .gz or .zst), - for standard input, or a
    /// directory with a file or dt= directories for each topic; omit it to read topics.
    /// If the run has several topics, --topic selects one
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,

    /// Summary of the run, written by --summary-json; without it, identify the run by its own flags
    #[arg(long = "run", value_name = "SUMMARY", conflicts_with_all = ["seed", "start", "count", "duration", "from", "to", "backfill", "warm_up", "rate", "shard", "drain", "faults", "asked"])]
    summary: Option<PathBuf>,

    /// Print the report as one JSON object
    #[arg(long)]
    json: bool,

    /// Read topics as consumers with this isolation.level do; `read_uncommitted` also shows records
    /// of aborted transactions
    #[arg(long, value_name = "LEVEL", default_value = "read_committed", conflicts_with_all = ["file", "rules"])]
    isolation: Isolation,

    /// Number of differences to show in full
    #[arg(long, value_name = "N", default_value_t = Verifier::DIFFERENCES)]
    differences: usize,

    #[command(flatten)]
    reading: ReadingArgs,
    #[command(flatten)]
    rules: RulesArgs,
    #[command(flatten)]
    result: ResultArgs,
    #[command(flatten)]
    scenario: ScenarioArgs,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    kafka: KafkaArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    log: LogArgs,
}

/// The records of a topic that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Isolation {
    /// Those that are committed, or were sent without a transaction.
    #[value(name = "read_committed")]
    ReadCommitted,
    /// All.
    #[value(name = "read_uncommitted")]
    ReadUncommitted,
}

const EXAMPLES: &str = "\
Examples:
  mercato verify sales sales.ndjson.zst --run run.json
  mercato verify shop shop/ --run run.json
  mercato verify shop history/ --run run.json
  mercato verify sales --kafka --run run.json
  order-gen --seed 42 --start 2026-11-20T10:00:00Z --count 9 --clock fast | \\
      mercato verify sales - --seed 42 --start 2026-11-20T10:00:00Z --count 9
  mercato verify --rules history/
  mercato verify --rules anybodys.csv.gz --type transactions --json
  mercato verify --rules --topic transactions -b localhost:9092
  mercato verify --rules history/ --config shop.toml
  mercato verify --result revenue.csv --answer answer.ndjson --column 'sum(total)=revenue'
  mercato verify --result kafka:revenue --answer answer.ndjson --mode upsert --within 2m

--rules checks schema, references, chronology, geography and business logic of any data in the format of the shop's
topics; it exits with code 6 if a rule is violated. With --config it also knows the users, products, places and other values
of that shop.";

impl Verify {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        if let Some(result) = &self.result.result {
            let (layers, most) = (layers(&self.config, &self.log)?, self.differences);
            return self.result.run(result, &layers, &self.kafka, &self.reading, most, self.json);
        }
        if self.rules.rules {
            let layers = layers(&self.config, &self.log)?;
            let kafka = if self.stream.is_none() { self.source(&layers)? } else { None };
            let path = self.stream.as_deref();
            // Only who names a configuration says that the records should be of its shop.
            let is_configured = !self.config.config.is_empty();
            let known = is_configured.then(|| known::of_shop(&layers)).transpose()?;
            return self.rules.run(path, kafka.as_ref(), known, &self.reading, self.json);
        }
        self.rules.refuse_alone()?;
        if !mercato::NAMES.contains(&self.stream()) {
            let reason = format!(
                "unknown stream `{}`; {}",
                self.stream(),
                did_you_mean(self.stream(), &mercato::NAMES)
            );
            return Err(Failure::new(Exit::Usage, reason));
        }
        let layers = layers(&self.config, &self.log)?;
        let kafka = self.source(&layers)?;
        let (stream, plan) = self.plan(&layers)?;
        let run = stream.run(&plan, Format::Json)?;
        let parts = self.parts(&run, plan.shard, kafka.as_ref())?;
        let is_csv = parts.iter().any(|part| part.source.is_csv(&self.reading));
        let run = if is_csv { stream.run(&plan, Format::Csv)? } else { run };
        let verified =
            |part: &Part| Ok((part.name.clone(), self.verify(&run, part, kafka.as_ref())?));
        let reports: Vec<(String, Report)> =
            parts.iter().map(verified).collect::<Result<_, Failure>>()?;
        let is_empty = |report: &Report| (report.counts.expected, report.counts.actual) == (0, 0);
        if reports.iter().all(|(_, report)| is_empty(report)) && !self.reading.allow_empty {
            return Err(files::nothing("the run"));
        }
        print(&self.told(&reports)?)?;
        let clean = reports.iter().all(|(_, report)| report.is_clean());
        Ok(if clean { Exit::Done } else { Exit::Difference })
    }

    /// The reports as text or JSON; of several each with what it is about.
    fn told(&self, reports: &[(String, Report)]) -> Result<String, Failure> {
        let unexpected = |error: serde_json::Error| Failure::new(Exit::Unexpected, error);
        match reports {
            [(_, report)] if self.json => serde_json::to_string(report).map_err(unexpected),
            [(_, report)] => Ok(report.to_string()),
            several if self.json => {
                let entry = |(name, report): &(String, Report)| {
                    Ok((name.clone(), serde_json::to_value(report)?))
                };
                let table = several.iter().map(entry).collect::<Result<serde_json::Map<_, _>, _>>();
                table.map(|table| serde_json::Value::Object(table).to_string()).map_err(unexpected)
            }
            several => {
                let lines = several.iter().map(|(name, report)| format!("{name}: {report}"));
                Ok(lines.collect::<Vec<_>>().join("\n"))
            }
        }
    }

    fn stream(&self) -> &str {
        self.stream.as_deref().unwrap_or_default()
    }

    /// The connection to Kafka, unless a file is to be read.
    fn source(&self, layers: &Layers) -> Result<Option<KafkaSettings>, Failure> {
        if self.file.is_some() {
            return Ok(None);
        }
        let kafka = KafkaSettings::resolve(&self.kafka, layers)?;
        if kafka.is_none() && self.kafka.topic.is_none() {
            let reason = "nothing to verify: give a FILE, - for standard input, or a topic with --kafka or -b";
            return Err(Failure::new(Exit::Usage, reason));
        }
        let local = || KafkaSettings::assumed(&self.kafka, layers);
        self.reading.check_topic()?;
        Ok(Some(kafka.map_or_else(local, Ok)?))
    }

    /// The stream and the run, from the summary or from flags and files.
    fn plan(&self, layers: &Layers) -> Result<(BuiltIn, Plan), Failure> {
        if let Some(path) = &self.summary {
            return self.recorded(path);
        }
        let stream = BuiltIn::configured(self.stream(), layers)?;
        let mut stream = stream.ok_or_else(|| Failure::new(Exit::Usage, "unknown stream"))?;
        let defaults =
            RunDefaults { duration: stream.row().default_duration, clock: Clock::Fast, warm_up: 0 };
        let mut settings = RunSpec::resolve(&self.run, layers, &defaults, now_micros())?;
        self.scenario.apply_to(&mut stream, layers, &mut settings)?;
        identity::require(&settings, ", or --run with the run's summary")?;
        if settings.count.is_none() && settings.duration.is_none() && settings.to.is_none() {
            let failure = Failure::new(
                Exit::Usage,
                "the run never ends, so missing records cannot be determined",
            );
            return Err(
                failure.advise("give --count, --duration or --to, or --run with the run's summary")
            );
        }
        stream.set_settings(&settings)?;
        Ok((stream, Plan::of_settings(&settings)?))
    }

    fn recorded(&self, path: &std::path::Path) -> Result<(BuiltIn, Plan), Failure> {
        let summary = Summary::read(path)?;
        if summary.identity.data_version != mercato::DATA_VERSION {
            let (its, ours) = (summary.identity.data_version, mercato::DATA_VERSION);
            let reason = format!(
                "{} has data version {its}, but this program generates version {ours}",
                path.display()
            );
            return Err(Failure::new(Exit::Config, reason)
                .advise("verify with the program version that generated the run"));
        }
        let stream =
            BuiltIn::of_summary(&summary)?.filter(|stream| stream.row().name == self.stream());
        let other = || {
            let reason =
                format!("{} describes a run of {}", path.display(), summary.identity.stream);
            let advice = format!(
                "use it to verify {}, or give a summary of {}",
                summary.identity.stream,
                self.stream()
            );
            Failure::new(Exit::Usage, reason).advise(advice)
        };
        Ok((stream.ok_or_else(other)?, Plan::of_summary(&summary)?))
    }

    /// The topic to which the run of the summary sent its records, if it was a single one.
    fn sent_to(&self) -> Result<Option<String>, Failure> {
        let Some(path) = &self.summary else { return Ok(None) };
        let mut topics = Summary::read(path)?.counts.topics.into_keys();
        Ok(topics.next().filter(|_| topics.next().is_none()))
    }

    /// Returns the parts to compare: a single source, or one per topic.
    fn parts(
        &self,
        run: &Run,
        shard: Shard,
        kafka: Option<&KafkaSettings>,
    ) -> Result<Vec<Part>, Failure> {
        let named =
            kafka.and_then(|kafka| kafka.topic.as_ref()).map(|topic| topic.value.to_string());
        let named = named.or_else(|| self.kafka.topic.as_ref().map(ToString::to_string));
        let sent_to = if kafka.is_some() && named.is_none() { self.sent_to()? } else { None };
        let part = |topic, name: &str, source| Part { topic, name: name.to_owned(), source };
        let [_, _, ..] = run.topics() else {
            let own = run.topics().first().cloned().unwrap_or_default();
            // In Kafka a topic may have any name; beside a file it says which records are meant.
            if let Some(name) = named.as_ref().filter(|name| kafka.is_none() && **name != own) {
                let reason = format!("the run has no topic `{name}`; its only topic is {own}");
                return Err(Failure::new(Exit::Usage, reason).advise("omit --topic"));
            }
            let source = match (kafka, &self.file) {
                (Some(_), _) => Source::Topic(named.or(sent_to).unwrap_or_else(|| own.clone())),
                (None, Some(folder)) if folder.is_dir() => in_folder(folder, &own, shard)?,
                (None, file) => Source::file(file.as_ref()),
            };
            return Ok(vec![part(None, &own, source)]);
        };
        let known: Vec<&str> = run.topics().iter().map(String::as_str).collect();
        if let Some(name) = named.as_ref().filter(|name| !known.contains(&name.as_str())) {
            let reason = format!("the run has no topic `{name}`; {}", did_you_mean(name, &known));
            return Err(Failure::new(Exit::Usage, reason));
        }
        let wanted = (0..)
            .zip(run.topics())
            .filter(|(_, topic)| named.as_ref().is_none_or(|name| name == *topic));
        let folder = self.file.as_deref().filter(|path| path.is_dir());
        match (kafka, folder) {
            (Some(_), _) => Ok(wanted
                .map(|(index, topic)| part(Some(index), topic, Source::Topic(topic.clone())))
                .collect()),
            (None, Some(folder)) => {
                let of_file = |(index, topic): (u16, &String)| {
                    Ok(part(Some(index), topic, in_folder(folder, topic, shard)?))
                };
                wanted.map(of_file).collect()
            }
            (None, None) => {
                let source = Source::file(self.file.as_ref());
                let topic = match named {
                    Some(_) => wanted.map(|(index, _)| index).next(),
                    None => self.only_topic(&known, &source)?,
                };
                Ok(vec![part(topic, "", source)])
            }
        }
    }

    /// The topic of a file that can hold only one, which its name says; none for a file of
    /// envelopes.
    fn only_topic(&self, known: &[&str], source: &Source) -> Result<Option<u16>, Failure> {
        let path = if let Source::File(path) = source { Some(&**path) } else { None };
        if !self.reading.is_of_one_topic(path) {
            return Ok(None);
        }
        let name = path.map(files::topic_of).unwrap_or_default();
        let found = (0..).zip(known).find(|(_, topic)| **topic == name);
        found.map(|(index, _)| Some(index)).ok_or_else(|| {
            let what =
                path.map_or_else(|| "standard input".to_owned(), |path| path.display().to_string());
            let reason =
                format!("{what} holds records of one topic, but the run has {}", known.join(", "));
            Failure::new(Exit::Usage, reason).advise("choose one with --topic")
        })
    }

    fn verify(
        &self,
        run: &Run,
        part: &Part,
        kafka: Option<&KafkaSettings>,
    ) -> Result<Report, Failure> {
        let mut verifier = Verifier::new(run).differences(self.differences);
        match part.topic {
            Some(topic) => verifier = verifier.topic(topic),
            None if run.topics().len() > 1 => verifier = verifier.enveloped(),
            None => {}
        }
        if run.format() == Format::Csv {
            let mut header = Vec::new();
            csv::header(&mut header, run.columns(part.topic.unwrap_or_default()));
            verifier = verifier.header(header);
        }
        let is_csv = run.format() == Format::Csv;
        let is_enveloped = part.topic.is_none() && run.topics().len() > 1;
        let compare = |lines: Result<Lines, LinesError>| {
            let lines = lines.map_err(unreadable)?;
            let lines = if is_csv { lines.rows() } else { lines };
            let mut records = Payloads::new(lines, is_enveloped);
            verifier.verify(&mut records).map_err(|error| failures::of_verifying(error, unreadable))
        };
        let meter = Meter::default();
        let layout = run.layout(part.topic.unwrap_or_default());
        let known = layout.filter(|_| !is_enveloped).map(|layout| layout.description());
        let hints = Hints::of(known).stored_as(self.reading.form());
        match (&part.source, kafka) {
            (Source::Topic(topic), Some(settings)) => {
                let records = kafka::Records::new(settings, topic, known, &self.reading)?;
                let uncommitted = self.isolation == Isolation::ReadUncommitted;
                kafka::verify(&verifier, settings, records, uncommitted)
            }
            (Source::File(path), _) => {
                let _progress = files::progress(&meter, [path]);
                compare(Lines::open_known(path, &meter, &hints))
            }
            (Source::Days { files, rows }, _) => {
                let _progress = files::progress(&meter, files);
                let (name, files) = (part.name.as_str(), files.clone());
                compare(Lines::of_known_files(name, files, *rows, &meter, &hints))
            }
            _ => {
                let _progress = ReadingProgress::start(meter.counter(), None);
                compare(Lines::new_known("standard input", meter.count(io::stdin()), &hints))
            }
        }
    }
}

fn unreadable(error: LinesError) -> Failure {
    Failure::new(Exit::File, error)
}
