//! The flags of `txn-gen`.

use clap::Parser;
use mercato::config::args::GenerateArgs;
use mercato::runtime::shell::Shell;

/// Generate transactions of an online shop at its customers' local times, to standard output, files
/// or Kafka
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Generate at a constant rate: no business hours, peaks, weekends or nights
    #[arg(long)]
    pub(crate) flat: bool,

    #[command(flatten)]
    pub(crate) common: GenerateArgs,

    #[command(subcommand)]
    pub(crate) shell: Option<Shell>,
}

const EXAMPLES: &str = "\
Examples:
  txn-gen                                          1000 per hour, following the customers' day, to standard output
  txn-gen --seed 42 --count 1000000 --clock fast -o transactions.ndjson.zst
  txn-gen --kafka --rate 500 --duration 3600 -t my_transactions
  txn-gen --kafka --backfill 7d                    a week of history at full speed, then live
  GENERATION_RATE=2000 DURATION=1800 KAFKA_BOOTSTRAP_SERVERS=localhost:9092 txn-gen

Seed, start and settings determine a run: the command in its summary reproduces the same records.
A bare number for --duration or --backfill is in seconds.
Business hours, peaks and nights follow each customer's time zone; --rate is the rate in hours whose multiplier is 1.
GENERATION_RATE also sets --rate, and DURATION sets --duration.
The Kafka producer uses compression.type=snappy and linger.ms=10 unless files, variables or -X override them.";
