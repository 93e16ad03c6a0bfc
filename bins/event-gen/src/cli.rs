//! The command line of event-gen.

use clap::Parser;
use mercato::config::args::{GenerateArgs, bound};
use mercato::runtime::shell::Shell;

use crate::pace::Interval;

/// Generate live user events of an online shop to standard output, files or Kafka
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Interval between events, in seconds or with a unit [default: 3.0] [env:
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
  event-gen                                        one event every three seconds to standard output
  event-gen --kafka --interval 0.5                 two per second to localhost:9092, topic user-events
  event-gen --seed 42 --count 1000000 --clock fast -o events.ndjson.zst
  event-gen -b broker:9092 --rate 1000/s --backfill 1h --config events.toml

Configure event types, their weights, value ranges and extra metadata fields in the section [events].
Seed, start and settings determine a run: the command in its summary reproduces the same records.
A bare number for --duration or --backfill is in seconds.
The Kafka producer uses compression.type=gzip, linger.ms=10 and batch.size=16384 unless files, variables or -X override them.";
