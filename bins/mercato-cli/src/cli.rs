//! The command line of `mercato`.

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use mercato::runtime::exit::Failure;
use mercato::runtime::shell::Shell;

use crate::{
    config, generate, global, historical, kafka, scenarios, schema, stats, stream, truth, verify,
};

/// Generate, deliver and verify the event streams of an online shop
#[derive(Debug, Parser)]
#[command(version, name = "mercato", max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a local Apache Kafka broker without Docker
    #[command(subcommand, after_help = kafka::BROKER_EXAMPLES, hide = kafka::HIDDEN)]
    Broker(kafka::Broker),
    /// Create, inspect and validate configuration files, or print their JSON Schema
    Config(Box<config::Config>),
    /// Generate the first records of one of the shop's topics
    Generate(Box<generate::Generate>),
    /// Check connection, login and topics; exit with code 4 and say what to do if a run could not
    /// start
    #[command(hide = kafka::HIDDEN)]
    Health(kafka::Health),
    /// Generate whole days of history: one directory per topic, with one subdirectory per day
    Historical(Box<historical::Historical>),
    /// Run a local schema registry without Docker
    #[command(subcommand, after_help = kafka::REGISTRY_EXAMPLES, hide = kafka::HIDDEN)]
    Registry(kafka::Registry),
    /// List the shop's scenarios and what each one sets
    Scenarios(scenarios::Scenarios),
    /// Print the schema of a stream's records for another tool: JSON Schema, Avro, SQL and others
    Schema(schema::Schema),
    /// Describe the configured shop, or summarize files of records
    Stats(stats::Stats),
    /// Generate all topics of one shop live, to standard output, files or Kafka
    Stream(Box<stream::Stream>),
    /// List, create, describe and delete topics
    #[command(subcommand, after_help = kafka::TOPICS_EXAMPLES, hide = kafka::HIDDEN)]
    Topics(kafka::Topics),
    /// Compute the expected results of windowed aggregations, or the final table of changes
    Truth(Box<truth::Truth>),
    /// Compare a file or a topic with the run that produced it; exit with code 6 if they differ
    Verify(Box<verify::Verify>),
    #[command(flatten)]
    Shell(Shell),
}

const EXAMPLES: &str = "\
Examples:
  mercato generate --type transactions --count 1000
  mercato stream --duration 2 --kafka
  mercato stream --scenario peak_traffic --duration 2
  mercato historical --days 30 -o history
  mercato broker start
  mercato registry start
  mercato topics create ecommerce-sales --partitions 6
  order-gen --kafka --duration 1h --clock fast --summary-json run.json
  mercato verify sales --kafka --run run.json
  mercato verify sales orders.ndjson.zst --run run.json

Flags of logging and --config may stand before or after the command: mercato -v generate, mercato generate -v.";

/// Builds the command line, with the help of some flags adapted to each command.
pub(crate) fn program() -> clap::Command {
    let help = |name: &'static str, help: &'static str| {
        move |command: clap::Command| command.mut_arg(name, |argument| argument.help(help))
    };
    let records =
        "Stop after this many records [default: 1000, unless something else ends the run]";
    let sessions = "Stop after this many session arrivals";
    let at_once = "Pace: `fast` (no waiting), `wall` (event time is wall time; past records are sent at once), or a factor such as \
                   1x or 60x [default: fast]";
    let program = Cli::command().mut_subcommand("generate", help("count", records));
    let program = program.mut_subcommand("generate", help("clock", at_once));
    let program = program.mut_subcommand("stream", help("count", sessions));
    let program = program.mut_subcommand("historical", historical::adapted);
    let program = program.mut_subcommand("truth", |command| hidden(hidden(command, &PACE), &SHAPE));
    program.mut_subcommand("verify", |command| hidden(hidden(command, &PACE), &SENDING))
}

/// Flags of pacing and threads: commands that only refer to a run accept and ignore them, so that
/// the command of a run can be pasted.
const PACE: [&str; 4] = ["clock", "threads", "on_lag", "lag_bound"];
/// Flags of what is written, accepted for the same reason.
const SHAPE: [&str; 3] = ["key", "timestamp_format", "cdc"];
/// Flags of delivery, accepted for the same reason.
const SENDING: [&str; 8] = [
    "record_timestamp",
    "record_headers",
    "header",
    "max_outage",
    "delivery",
    "transaction_records",
    "transaction_time",
    "run_name",
];

fn hidden(command: clap::Command, names: &[&'static str]) -> clap::Command {
    names
        .iter()
        .fold(command, |command, name| command.mut_arg(name, |argument| argument.hide(true)))
}

pub(crate) fn parsed() -> Result<Cli, Failure> {
    let program = program();
    let words = global::moved(std::env::args_os(), &program);
    Cli::from_arg_matches(&program.get_matches_from(words)).map_err(|error| error.exit())
}
