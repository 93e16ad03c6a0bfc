//! The flags of `order-gen`.

use clap::{Parser, ValueEnum};
use mercato::config::args::{GenerateArgs, bound};
use mercato::runtime::shell::Shell;
use mercato::units::Delay;

/// Orders of an online shop, live through their lifecycle, to standard output, files and Kafka
#[derive(Debug, Parser)]
#[command(version, max_term_width = 100, after_help = EXAMPLES)]
#[command(args_conflicts_with_subcommands = true, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Which orders: `sales` go through a lifecycle, a record for every change; `orders` are one
    /// compact record each
    #[arg(long, value_enum, default_value_t = StreamName::Sales)]
    pub(crate) stream: StreamName,

    /// Shortest time between two orders, in seconds or with a unit [default: 1; 2 for `orders`]
    #[arg(long, value_name = "D", allow_negative_numbers = true, value_parser = bound::<Delay>(), conflicts_with = "rate")]
    pub(crate) min_delay: Option<Delay>,

    /// Longest time between two orders, in seconds or with a unit [default: 6; 4 for `orders`]
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
    /// Orders with a lifecycle, topic ecommerce-sales, key `order_id`; 5 minutes unless told
    /// otherwise
    Sales,
    /// Compact orders for stream processing lessons, topic orders, key `customerId`; no end unless
    /// told otherwise
    Orders,
}

const EXAMPLES: &str = "\
Examples:
  order-gen                                        live orders on standard output for 5 minutes
  order-gen --seed 42 --count 100000 --clock fast -o orders.ndjson.zst
  order-gen --kafka --rate 1000/s --duration 10m   to localhost:9092, at exactly 1,000 orders a second
  order-gen --kafka --backfill 1d                  a day of history at full speed, then live
  order-gen --stream orders -b broker:9092 -t orders --command-config client.properties

A run is a function of seed, start and settings: the command in its summary makes the same records again.
A bare number for --duration and --backfill counts minutes.";
