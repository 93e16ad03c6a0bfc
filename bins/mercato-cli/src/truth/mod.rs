//! `mercato truth`: the expected results of windowed aggregations, and the final table.

mod lines;
mod question;

use std::ops::ControlFlow;

use clap::Args;
use mercato::config::args::{ConfigArgs, LogArgs, RunArgs};
use mercato::config::env::now_micros;
use mercato::config::{Layers, RunDefaults, RunSpec};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::session::{Plan, check_output};
use mercato::shop::shop::ShopConfig;
use mercato::sinks::OutputPath;
use mercato::truth::answer::Query;
use mercato::units::Clock;
use mercato::{BuiltIn, StreamError};

use self::lines::Lines;
use self::question::QuestionArgs;
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

    /// Compute the final table instead: the last row of each key, without deleted rows; for topics
    /// that --cdc writes changes of
    #[arg(long, conflicts_with_all = ["window", "by", "agg"])]
    table: bool,

    #[command(flatten)]
    run: RunArgs,
    /// Write to this file, .ndjson or .csv, instead of standard output
    #[arg(short, long, value_name = "PATH", value_parser = output_path)]
    output: Option<OutputPath>,

    /// Replace the file if it exists
    #[arg(long, requires = "output")]
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
  mercato truth --stream sales --seed 42 --start 2025-11-09T00:00:00Z --duration 1h --table
  mercato truth --stream shop --topic product-updates --seed 42 --start 2025-11-09T00:00:00Z --duration 24h \\
      --table -o products.csv";

fn output_path(text: &str) -> Result<OutputPath, String> {
    OutputPath::parse(text).map_err(|error| error.to_string())
}

impl Truth {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let layers = layers(&self.config, &self.log)?;
        let stream = BuiltIn::configured(&self.stream, &layers)?;
        let mut stream = stream.ok_or_else(|| Failure::new(Exit::Usage, "unknown stream"))?;
        let defaults =
            RunDefaults { duration: stream.row().default_duration, clock: Clock::Fast, warm_up: 0 };
        let mut settings = RunSpec::resolve(&self.run, &layers, &defaults, now_micros())?;
        self.narrow(&layers, &mut stream, &mut settings)?;
        if settings.count.is_none() && settings.duration.is_none() && settings.to.is_none() {
            let failure =
                Failure::new(Exit::Usage, "the run never ends, so it has no final answer");
            return Err(failure.advise("give --count, --duration or --to"));
        }
        identity::require(&settings, "")?;
        if let Some(path) = self.output.as_ref().and_then(OutputPath::path) {
            check_output("--output", path, layers.read_files(), self.force)?;
        }
        stream.set_settings(&settings)?;
        let plan = Plan::of_settings(&settings)?;
        let located = |error: StreamError| Failure::from(error).located(&layers);
        let question = self.question.question().filter(|_| !self.table);
        let Some(question) = question else {
            let table = stream.table(&plan).map_err(located)?;
            return Lines::open(self.output.as_ref())?.table(&table);
        };
        let prepared = stream
            .queries(&plan, &|fields| Ok(vec![Query::new(fields, &question)?]))
            .map_err(located)?;
        let mut lines = Lines::open(self.output.as_ref())?;
        let columns = prepared.queries()[0].columns();
        lines.begin(&columns);
        let mut failed = None;
        prepared.answer(
            |_, window| {
                failed = lines.window(window, &columns).err();
                if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            },
            |_, _| ControlFlow::Continue(()),
        )?;
        lines.end(failed)
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
