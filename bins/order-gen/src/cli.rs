//! The flags of `order-gen`.

use clap::{Parser, ValueEnum};
use mercato::config::args::{GenerateArgs, bound};
use mercato::runtime::shell::Shell;
use mercato::units::Delay;

/// Generate live orders of an online shop and their lifecycle to standard output, files or Kafka
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Stream to generate: `sales` follows each order through its lifecycle, one record per change;
    /// `orders` emits one compact record per order
    #[arg(long, value_enum, default_value_t = StreamName::Sales)]
    pub(crate) stream: StreamName,

    /// Minimum time between orders, in seconds or with a unit [default: 1; 2 for `orders`]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = bound::<Delay>(), conflicts_with = "rate")]
    pub(crate) min_delay: Option<Delay>,

    /// Maximum time between orders, in seconds or with a unit [default: 6; 4 for `orders`]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = bound::<Delay>(), conflicts_with = "rate")]
    pub(crate) max_delay: Option<Delay>,

    #[command(flatten)]
    pub(crate) common: GenerateArgs,

    #[command(subcommand)]
    pub(crate) shell: Option<Shell>,
}

/// The streams that `order-gen` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum StreamName {
    /// Orders with a lifecycle: topic ecommerce-sales, key `order_id`, 5 minutes by default
    Sales,
    /// Compact orders for stream processing lessons: topic orders, key `customerId`, unlimited by
    /// default
    Orders,
}

const EXAMPLES: &str = "\
Examples:
  order-gen                                        live orders to standard output for 5 minutes
  order-gen --seed 42 --count 100000 --clock fast -o orders.ndjson.zst
  order-gen --kafka --rate 1000/s --duration 10m   to localhost:9092, at exactly 1,000 orders per second
  order-gen --kafka --backfill 1d                  a day of history at full speed, then live
  order-gen --kafka --delivery exactly-once        in transactions: the same command goes on after a kill
  order-gen --cdc debezium --kafka -t orders-cdc   each order's row before and after every change
  order-gen --stream orders -b broker:9092 -t orders --command-config client.properties

Seed, start and settings determine a run: the command in its summary reproduces the same records.
A bare number for --duration or --backfill is in minutes.";
