//! The command line of `mercato`.

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use mercato::runtime::exit::Failure;
use mercato::runtime::shell::Shell;

use crate::{config, generate, historical, kafka, scenarios, stats, stream, truth, verify};

/// Event streams of an online shop: made, sent and proved
#[derive(Debug, Parser)]
#[command(version, name = "mercato", max_term_width = 100, after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a real Apache Kafka on this machine, without Docker
    #[command(subcommand, after_help = kafka::BROKER_EXAMPLES, hide = kafka::HIDDEN)]
    Broker(kafka::Broker),
    /// Files of settings: one to begin with, what they come to, whether they are right, their
    /// schema
    #[command(subcommand, after_help = config::EXAMPLES)]
    Config(config::Config),
    /// Make the first records of one of the shop's topics
    Generate(Box<generate::Generate>),
    /// Say whether a run could begin: connect, log in, look at topics; exits with 4 and what to do
    /// if not
    #[command(hide = kafka::HIDDEN)]
    Health(kafka::Health),
    /// Make days of history of one shop: a folder for each topic, in it one for each day
    Historical(Box<historical::Historical>),
    /// List the scenarios that the shop knows, and what each sets
    Scenarios(scenarios::Scenarios),
    /// Show what a world contains, or what files hold
    Stats(stats::Stats),
    /// Make all topics of one shop, live: to standard output, files and Kafka
    Stream(Box<stream::Stream>),
    /// List, create and describe topics
    #[command(subcommand, after_help = kafka::TOPICS_EXAMPLES, hide = kafka::HIDDEN)]
    Topics(kafka::Topics),
    /// Compute what a consumer with tumbling windows must arrive at
    Truth(truth::Truth),
    /// Compare a file or a topic with the run it should be; exits with 6 where they differ
    Verify(verify::Verify),
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
  mercato topics create ecommerce-sales --partitions 6
  order-gen --kafka --duration 1h --clock fast --summary-json run.json
  mercato verify sales --kafka --run run.json
  mercato verify sales orders.ndjson.zst --run run.json";

/// The command line, with words that mean something else in some commands explained as they are
/// meant there.
pub(crate) fn program() -> clap::Command {
    let help = |name: &'static str, help: &'static str| {
        move |command: clap::Command| command.mut_arg(name, |argument| argument.help(help))
    };
    let records = "End with this many records [default: 1000, unless something else ends the run]";
    let sessions = "End with the arrival of this many sessions";
    let at_once = "`fast` (no waiting), `wall` (event time is wall time, the past is due at once), or a pace such as \
                   1x or 60x [default: fast]";
    let program = Cli::command().mut_subcommand("generate", help("count", records));
    let program = program.mut_subcommand("generate", help("clock", at_once));
    let program = program.mut_subcommand("stream", help("count", sessions));
    let program = program.mut_subcommand("historical", historical::adapted);
    let program = program.mut_subcommand("truth", |command| hidden(command, &PACE));
    program.mut_subcommand("verify", |command| hidden(hidden(command, &PACE), &SENDING))
}

/// Flags that say when records leave, and by which threads: they are taken where a run is only
/// spoken of, so that the command of a run can be pasted, but change nothing there.
const PACE: [&str; 4] = ["clock", "threads", "on_lag", "lag_bound"];
/// Flags of sending, for the same reason.
const SENDING: [&str; 2] = ["record_timestamp", "max_outage"];

fn hidden(command: clap::Command, names: &[&'static str]) -> clap::Command {
    names
        .iter()
        .fold(command, |command, name| command.mut_arg(name, |argument| argument.hide(true)))
}

pub(crate) fn parsed() -> Result<Cli, Failure> {
    Cli::from_arg_matches(&program().get_matches()).map_err(|error| error.exit())
}
