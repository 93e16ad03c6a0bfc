//! `mercato stream`: all of the shop's topics, live.

use clap::Args;
use mercato::Generation;
use mercato::config::args::{GenerateArgs, bound_by};
use mercato::config::{Program, RunSpec, did_you_mean};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::logging;
use mercato::shop::shop::{ShopConfig, Topic};
use mercato::units::{Clock, Factor, ValueError};

use crate::PROGRAM;
use crate::scenario::ScenarioArgs;

/// Generate all topics of one shop live, to standard output, files or Kafka.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Stream {
    /// Topics to generate, separated by commas [default: all topics of the shop]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    topics: Option<Vec<String>>,

    /// Multiply all rates by this factor, above 0 and up to 1000
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = bound_by(multiplier))]
    rate_multiplier: Option<Factor>,

    #[command(flatten)]
    scenario: ScenarioArgs,

    #[command(flatten)]
    common: GenerateArgs,
}

const EXAMPLES: &str = "\
Examples:
  mercato stream                                      live, each line with its topic and key
  mercato stream --duration 2 --rate-multiplier 1.5 --kafka
  mercato stream --seed 42 --duration 24 --clock fast -o shop/ --format csv.gz
  mercato stream --topics transactions --backfill 24 -b broker:9092
  mercato stream --topics product-updates --cdc upsert --kafka -t products

On standard output or in one file, records of several topics are {\"topic\":…,\"key\":…,\"value\":…} lines, and records
of a single topic are written as they are. A directory gets one file per topic; Kafka gets each topic separately.
A run that starts now begins with sessions that are under way, as if the shop had been open for an hour (--warm-up).
A bare number for --duration, --backfill or --warm-up is in hours. --count and --rate refer to sessions; neither
affects product updates, whose rate is `price_updates` in the section [shop.catalogue].";

fn multiplier(text: &str) -> Result<Factor, ValueError> {
    match text.parse::<Factor>() {
        Ok(factor) if factor.millionths() > 0 => Ok(factor),
        Err(error) if !error.is_out_of_range() => Err(error),
        _ => Err(ValueError::out_of_range("factor", text, "0.000001", Factor::MAX)),
    }
}

impl Stream {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let program = Program { command: &["mercato", "stream"], ..PROGRAM };
        let mut generation = Generation::<ShopConfig>::prepare(program, &self.common, Clock::Wall)?;
        let Generation { run, stream: config, own_flags, layers, .. } = &mut generation;
        if let Some(topics) = &self.topics {
            own_flags.extend(["--topics".to_owned(), topics.join(",")]);
            run.topics = Some(
                topics
                    .iter()
                    .map(|topic| known("--topics", topic, config))
                    .collect::<Result<_, _>>()?,
            );
        }
        warn_of_none(run, config);
        if let Some(factor) = self.rate_multiplier {
            own_flags.extend(["--rate-multiplier".to_owned(), factor.to_string()]);
            config.rate_multiplier *= factor.millionths() as f64 / 1e6;
        }
        self.scenario.apply(layers, config, run, own_flags)?;
        Ok(generation.carry_out()?)
    }
}

/// Warns of a run of chargebacks that ends before the first can come.
fn warn_of_none(run: &RunSpec, config: &ShopConfig) {
    let chargebacks = Topic::CHARGEBACKS.of(config);
    let is_alone = run.topics.as_deref().is_some_and(|topics| *topics == [chargebacks]);
    let Some(duration) = run.duration.as_ref().filter(|_| is_alone) else { return };
    let earliest = config.fraud.chargebacks.earliest;
    if duration.value < earliest.micros() {
        logging::warn(&format!(
            "there will be no records of {chargebacks}: transactions are charged back after {earliest} \
             at the earliest; give a longer --duration"
        ));
    }
}

/// The topic of this name, with hyphens and underscores alike.
pub(crate) fn known(flag: &str, name: &str, config: &ShopConfig) -> Result<String, Failure> {
    let topics = config.topics();
    Ok(topics[position(flag, name, &topics)?].to_owned())
}

/// The place of the topic of this name among `topics`, with hyphens and underscores alike.
pub(crate) fn position(flag: &str, name: &str, topics: &[&str]) -> Result<usize, Failure> {
    let plain = |text: &str| text.trim().replace('_', "-");
    let found = topics.iter().position(|topic| plain(topic) == plain(name));
    found.ok_or_else(|| {
        let reason = format!("{flag}: unknown topic `{name}`; {}", did_you_mean(name, topics));
        Failure::new(Exit::Usage, reason)
    })
}
