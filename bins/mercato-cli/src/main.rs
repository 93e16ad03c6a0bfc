//! `mercato`: a local Kafka broker, topics, and the proof that what arrived is what should have.

mod cli;
mod config;
mod failures;
mod files;
mod generate;
mod global;
mod historical;
mod identity;
mod known;
// In a build without Kafka the commands of the module of the same name say so.
#[cfg_attr(not(feature = "kafka"), path = "no_kafka.rs")]
mod kafka;
mod places;
mod reading;
mod result;
mod rules;
mod scenario;
mod scenarios;
mod schema;
mod stats;
mod stream;
mod text_output;
mod truth;
mod verify;

use std::fmt::Display;
use std::process::ExitCode;

use cli::{Command, parsed, program};
use mercato::config::args::{ConfigArgs, LogArgs};
use mercato::config::env::Environment;
use mercato::config::{Layers, LogSettings, Program};
use mercato::runtime::exit::{self, Exit, Failure};
use mercato::runtime::logging;
use mercato::sinks::SinkError;
use mercato::units::Unit;
use serde::Serialize;

/// Properties of this program for the configuration layers.
const PROGRAM: Program = Program {
    command: &["mercato"],
    bare_duration: Unit::Hours,
    variables: &[("kafka.bootstrap_servers", "CNFL_KAFKA_BROKER")],
    sections: &mercato::SECTIONS,
};

fn main() -> ExitCode {
    exit::main(|| match parsed()?.command {
        Command::Broker(command) => command.run(),
        Command::Config(command) => command.run(),
        Command::Generate(command) => command.run(),
        Command::Health(command) => command.run(),
        Command::Historical(command) => command.run(),
        Command::Registry(command) => command.run(),
        Command::Scenarios(command) => command.run(),
        Command::Schema(command) => command.run(),
        Command::Stats(command) => command.run(),
        Command::Stream(command) => command.run(),
        Command::Topics(command) => command.run(),
        Command::Truth(command) => command.run(),
        Command::Verify(command) => command.run(),
        Command::Shell(command) => command.run(program()),
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
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(SinkError::file("write", "standard output", 0, 0, error).into())
        }
        _ => Ok(Exit::Done),
    }
}

/// Prints a report for people or, if `json`, as one JSON object.
fn print_report(report: &(impl Serialize + Display), json: bool) -> Result<Exit, Failure> {
    if !json {
        return print(&report.to_string());
    }
    let told = serde_json::to_string(report);
    print(&told.map_err(|error| Failure::new(Exit::Unexpected, error))?)
}
