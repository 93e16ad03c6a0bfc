//! The command line of event-gen.

use clap::Parser;
use mercato::config::args::{GenerateArgs, bound};
use mercato::runtime::shell::Shell;

use crate::pace::Interval;

/// User events of an online shop, live: to standard output, files and Kafka
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Time from one event to the next, in seconds or with a unit [default: 3.0] [env:
    /// `PRODUCER_INTERVAL`]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = bound::<Interval>(), conflicts_with = "rate")]
    pub(crate) interval: Option<Interval>,

    #[command(flatten)]
    pub(crate) common: GenerateArgs,

    #[command(subcommand)]
    pub(crate) shell: Option<Shell>,
}

const EXAMPLES: &str = "\
Examples:
  event-gen                                        an event every three seconds on standard output
  event-gen --kafka --interval 0.5                 two a second to localhost:9092, topic user-events
  event-gen --seed 42 --count 1000000 --clock fast -o events.ndjson.zst
  event-gen -b broker:9092 --rate 1000/s --backfill 1h --config events.toml

Event types, their weights, ranges and further fields of metadata are configuration: section [events].
A run is a function of seed, start and settings: the command in its summary makes the same records again.
A bare number for --duration and --backfill counts seconds.";
