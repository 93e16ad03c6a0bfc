//! `mercato truth`: the expected results of windowed aggregations, and the final table.

#[cfg_attr(not(feature = "parquet"), path = "no_columns.rs")]
mod columns;
mod output;
mod place;
mod queries;
mod question;
mod watch;

use std::ops::ControlFlow;
use std::path::PathBuf;

use clap::Args;
use mercato::config::args::{ConfigArgs, LogArgs, RunArgs};
use mercato::config::env::now_micros;
use mercato::config::{Layers, RunDefaults, RunSpec};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::session::{Plan, check_output};
use mercato::runtime::summary::Identity;
use mercato::shop::shop::ShopConfig;
use mercato::sinks::write_whole;
use mercato::units::Clock;
use mercato::{BuiltIn, PreparedQueries, PreparedTable, StreamError, TableOf};

use self::output::{Answers, columns_of};
use self::place::{AnswerFile, Place, RunName, Target};
use self::queries::Named;
use self::question::QuestionArgs;
use self::watch::Watch;
use crate::scenario::ScenarioArgs;
use crate::stream::known;
use crate::{identity, layers};

/// Compute the expected results of windowed aggregations, or the final table of changes, from the
/// run's identity alone.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Truth {
    /// Stream whose results are computed
    #[arg(long, value_name = "STREAM", value_parser = mercato::NAMES)]
    stream: String,

    /// Topic of the shop to aggregate, such as transactions
    #[arg(long, value_name = "TOPIC", required_if_eq("stream", "shop"))]
    topic: Option<String>,

    #[command(flatten)]
    scenario: ScenarioArgs,

    #[command(flatten)]
    question: QuestionArgs,

    /// Answer the queries of a TOML file in one pass: each [[query]] has a name, and window, offset,
    /// zone, by, agg and where as the flags have them
    #[arg(long, value_name = "FILE", conflicts_with_all = ["window", "by", "agg", "filter"])]
    queries: Option<PathBuf>,

    /// Compute the final table instead: the last row of each key, without deleted rows; for topics
    /// that --cdc writes changes of
    #[arg(long, conflicts_with_all = ["window", "by", "agg", "queries"])]
    table: bool,

    /// Compute the last record of each key instead, which is what a compacted topic keeps
    #[arg(long, conflicts_with_all = ["window", "by", "agg", "queries", "table"])]
    latest: bool,

    #[command(flatten)]
    run: RunArgs,
    /// Write to this file, .ndjson, .csv, .parquet or .slt, or to a directory with a file for each
    /// query, instead of standard output
    #[arg(short, long, value_name = "PATH", value_parser = place::target)]
    output: Option<Target>,

    /// Format of the answers [default: by the extension of --output, or ndjson]
    #[arg(long, value_enum, value_name = "FORMAT")]
    format: Option<AnswerFile>,

    /// Write the identity of the run and the queries to this file as one JSON object
    #[arg(long, value_name = "PATH")]
    identity_json: Option<PathBuf>,

    /// Replace the files if they exist
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    log: LogArgs,
}

const EXAMPLE: &str = "\
Examples:
  mercato truth --stream sales --seed 42 --start 2025-11-09T00:00:00Z --duration 1h \\
      --window 1m --by status --agg 'count,sum(total)'
  mercato truth --stream shop --topic transactions --seed 42 --start 2025-11-09T00:00:00Z --duration 1h \\
      --window 1m --by device_info.device_type --agg 'count,sum(total_amount)'
  mercato truth --stream shop --topic user-events --seed 42 --start 2025-11-09T00:00:00Z --duration 1h \\
      --window session:5m --by user_id --agg 'count,last(event_type)' --where 'duration_seconds > 2'
  mercato truth --stream shop --topic transactions --seed 42 --start 2025-11-09T00:00:00Z --duration 24h \\
      --queries queries.toml -o answers/ --format parquet
  mercato truth --stream sales --seed 42 --start 2025-11-09T00:00:00Z --duration 1h --table
  mercato truth --stream shop --topic product-updates --seed 42 --start 2025-11-09T00:00:00Z --duration 24h \\
      --table -o products.csv";

impl Truth {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let layers = layers(&self.config, &self.log)?;
        let stream = BuiltIn::configured(&self.stream, &layers)?;
        let mut stream = stream.ok_or_else(|| Failure::new(Exit::Usage, "unknown stream"))?;
        let defaults =
            RunDefaults { duration: stream.row().default_duration, clock: Clock::Fast, warm_up: 0 };
        let mut settings = RunSpec::resolve(&self.run, &layers, &defaults, now_micros())?;
        self.narrow(&layers, &mut stream, &mut settings)?;
        require_end(&settings)?;
        identity::require(&settings, "")?;
        let questions = match (&self.queries, self.question.question()) {
            (Some(path), _) => queries::read(path)?,
            (None, question) => {
                question.into_iter().map(|question| Named { name: None, question }).collect()
            }
        };
        let (place, format) = place::place(self.output.as_ref(), self.format, questions.len())?;
        let names = questions.iter().map(|named| named.name.as_deref());
        let files = place.files(names, format);
        self.check_files(&files, &layers)?;
        stream.set_settings(&settings)?;
        let config = stream.effective(&settings)?;
        let (name, version) = (stream.row().name, mercato::DATA_VERSION);
        let asked = Asked {
            identity: Identity::new("mercato", name, version, &settings, config),
            questions,
            place,
            format,
        };
        let plan = Plan::of_settings(&settings)?;
        let located = |error: StreamError| Failure::from(error).located(&layers);
        let done = if self.table || self.latest {
            let of = if self.table { TableOf::Changes } else { TableOf::Records };
            let prepared = stream.table(&plan, of).map_err(located)?;
            asked.table(&prepared, &settings)
        } else {
            let ask =
                |fields: &[_]| asked.questions.iter().map(|named| named.query(fields)).collect();
            let prepared = stream.queries(&plan, &ask).map_err(located)?;
            asked.answer(&prepared, &settings)
        };
        match (done, &self.identity_json) {
            // A reader who has gone needs no more of it.
            (Err(failure), _) if failure.exit == Exit::Done => Ok(Exit::Done),
            (Ok(Exit::Done), Some(path)) => {
                write_whole(path, asked.sidecar(&settings).as_bytes())?;
                Ok(Exit::Done)
            }
            (done, _) => done,
        }
    }
}

impl Truth {
    /// Refuses files that must not be replaced, and two outputs under one name.
    fn check_files(&self, files: &[PathBuf], layers: &Layers) -> Result<(), Failure> {
        let sidecar = self.identity_json.as_ref();
        if let Some(path) = sidecar.filter(|path| files.contains(path)) {
            let reason = format!("--output and --identity-json both name {}", path.display());
            return Err(Failure::new(Exit::Usage, reason).advise("use a separate file for each"));
        }
        let flags = files.iter().map(|path| ("--output", path));
        for (flag, path) in flags.chain(sidecar.map(|path| ("--identity-json", path))) {
            let read = layers.read_files().chain(self.queries.as_deref());
            check_output(flag, path, read, self.force)?;
        }
        Ok(())
    }
}

/// Refuses a run without an end, which has no final answer.
fn require_end(settings: &RunSpec) -> Result<(), Failure> {
    if settings.count.is_some() || settings.duration.is_some() || settings.to.is_some() {
        return Ok(());
    }
    let failure = Failure::new(Exit::Usage, "the run never ends, so it has no final answer");
    Err(failure.advise("give --count, --duration or --to"))
}

/// The questions about a run, and the destination of their answers.
struct Asked {
    identity: Identity,
    questions: Vec<Named>,
    place: Place,
    format: AnswerFile,
}

impl Asked {
    fn answer(&self, prepared: &PreparedQueries, settings: &RunSpec) -> Result<Exit, Failure> {
        let names = self.questions.iter().map(|named| named.name.clone());
        let columns = columns_of(names, prepared.queries());
        let run = RunName { brief: self.identity.brief(), shard: settings.range().shard };
        let mut answers = Answers::open(columns, &self.place, self.format, &run)?;
        let watch = Watch::start(settings)?;
        let mut failed = None;
        prepared.answer(
            |query, window| match answers.window(query, window) {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            },
            |records, reached| watch.going(records, reached),
        )?;
        match failed {
            Some(failure) => Err(failure),
            None if watch.is_stopped() => Ok(Exit::Stopped),
            None => answers.finish().map(|()| Exit::Done),
        }
    }

    fn table(&self, prepared: &PreparedTable, settings: &RunSpec) -> Result<Exit, Failure> {
        let is_possible = matches!(self.format, AnswerFile::Ndjson | AnswerFile::Csv);
        if !is_possible || matches!(self.place, Place::Folder(_)) {
            return Err(Failure::new(Exit::Usage, "a table is written as one .ndjson or .csv"));
        }
        let watch = Watch::start(settings)?;
        match prepared.answer(|records, reached| watch.going(records, reached))? {
            Some(table) => output::table(&table, &self.place, self.format).map(|()| Exit::Done),
            None => Ok(Exit::Stopped),
        }
    }

    /// The identity of the run, the part of it that the answers are about, and what was asked.
    fn sidecar(&self, settings: &RunSpec) -> String {
        let queries: Vec<serde_json::Value> = self.questions.iter().map(Named::told).collect();
        let told = serde_json::json!({
            "identity": self.identity,
            "part": settings.range(),
            "queries": queries,
        });
        format!("{told:#}\n")
    }
}

impl Truth {
    /// Applies the flags of the shop: topic and scenarios.
    fn narrow(
        &self,
        layers: &Layers,
        stream: &mut BuiltIn,
        settings: &mut RunSpec,
    ) -> Result<(), Failure> {
        if let Some(topic) = &self.topic {
            let name = stream.row().name;
            let Some(config) = stream.config_mut::<ShopConfig>() else {
                let reason = format!(
                    "--topic applies to the stream shop only; {name} has a single topic: omit --topic"
                );
                return Err(Failure::new(Exit::Usage, reason));
            };
            settings.topics = Some(vec![known("--topic", topic, config)?]);
        }
        self.scenario.apply_to(stream, layers, settings)
    }
}
