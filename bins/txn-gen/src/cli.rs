//! The flags of `txn-gen`.

use clap::Parser;
use mercato::config::args::GenerateArgs;
use mercato::runtime::shell::Shell;

/// Transactions of an online shop by the clocks of its customers, to standard output, files and
/// Kafka
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Make every hour as busy as another: no business hours, peaks, weekends and nights
    #[arg(long)]
    pub(crate) flat: bool,

    #[command(flatten)]
    pub(crate) common: GenerateArgs,

    #[command(subcommand)]
    pub(crate) shell: Option<Shell>,
}

const EXAMPLES: &str = "\
Examples:
  txn-gen                                          1000 an hour, as busy as customers are, on standard output
  txn-gen --seed 42 --count 1000000 --clock fast -o transactions.ndjson.zst
  txn-gen --kafka --rate 500 --duration 3600 -t my_transactions
  txn-gen --kafka --backfill 7d                    a week of history at full speed, then live
  GENERATION_RATE=2000 DURATION=1800 KAFKA_BOOTSTRAP_SERVERS=localhost:9092 txn-gen

A run is a function of seed, start and settings: the command in its summary makes the same records again.
A bare number for --duration and --backfill counts seconds.
Business hours, peaks and nights are those of each customer's time zone; --rate is the rate where their factor is 1.
It is read from GENERATION_RATE too, and --duration from DURATION.
To Kafka, compression.type is snappy and linger.ms is 10 unless files, variables or -X say otherwise.";
