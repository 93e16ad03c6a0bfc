//! `mercato`: a local Kafka broker, topics, and the proof that what arrived is what should have.

mod broker;
mod health;
mod identity;
mod presets;
mod topics;
mod truth;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};
use mercato::BuiltIn;
use mercato::runtime::args::{ConfigArgs, LogArgs};
use mercato::runtime::config::{Layers, LogSettings, Program};
use mercato::runtime::env::Environment;
use mercato::runtime::exit::{self, Exit, Failure};
use mercato::runtime::logging;
use mercato::runtime::shell::Shell;
use mercato::runtime::text::Unit;

/// What the layers of settings need to know of this program.
const PROGRAM: Program = Program {
    command: &["mercato"],
    bare_duration: Unit::Hour,
    variables: &[("kafka.bootstrap_servers", "CNFL_KAFKA_BROKER")],
    sections: &BuiltIn::NAMES,
};

/// A local Kafka broker, topics, and the proof that what arrived is what should have
#[derive(Debug, Parser)]
#[command(version, name = "mercato", max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a real Apache Kafka on this machine, without Docker
    #[command(subcommand)]
    Broker(broker::Broker),
    /// Say whether a run could begin: connect, log in, look at topics; exits with 4 and what to do if not
    Health(health::Health),
    /// List, create and describe topics
    #[command(subcommand)]
    Topics(topics::Topics),
    /// Compute what a consumer with tumbling windows must arrive at
    Truth(truth::Truth),
    /// Compare a file or a topic with the run it should be; exits with 6 where they differ
    Verify(verify::Verify),
    #[command(flatten)]
    Shell(Shell),
}

const EXAMPLES: &str = "\
Examples:
  mercato broker start
  mercato topics create ecommerce-sales --partitions 6
  order-gen --kafka --duration 1h --clock fast --summary-json run.json
  mercato verify sales --kafka --run run.json
  mercato verify sales orders.ndjson.zst --run run.json";

fn main() -> ExitCode {
    exit::main(|| match Cli::parse().command {
        Command::Broker(command) => command.run(),
        Command::Health(command) => command.run(),
        Command::Topics(command) => command.run(),
        Command::Truth(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Shell(command) => command.run(Cli::command()),
    })
}

/// The layers of settings, with logging begun as they say.
fn layers(config: &ConfigArgs, log: &LogArgs) -> Result<Layers, Failure> {
    let layers = Layers::load(PROGRAM, &config.config, Environment::capture()?)?;
    logging::init(&LogSettings::resolve(log, &layers)?)?;
    Ok(layers)
}

/// Prints lines to standard output; a reader that has gone ends the program quietly.
fn print(text: &str) -> Result<Exit, Failure> {
    use std::io::{ErrorKind, Write};

    match writeln!(std::io::stdout().lock(), "{text}") {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::new(Exit::File, error)),
        _ => Ok(Exit::Done),
    }
}
