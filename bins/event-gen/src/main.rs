//! User events of an online shop, live, to standard output, files and Kafka.

mod banner;
mod cli;
mod pace;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use cli::Cli;
use mercato::runtime::config::{KafkaSettings, Layers, LogSettings, OutputSettings, Program, RunDefaults, RunSettings};
use mercato::runtime::env::{Environment, now_micros};
use mercato::runtime::exit::{self, Exit, Failure};
use mercato::runtime::logging;
use mercato::runtime::session::{Plan, Session, Title};
use mercato::runtime::text::{Clock, Unit};
use mercato::{BuiltIn, DATA_VERSION};

/// What the layers of settings need to know of this program.
const PROGRAM: Program =
    Program { command: &["event-gen"], bare_duration: Unit::Second, variables: &[], sections: &BuiltIn::NAMES };

fn main() -> ExitCode {
    exit::main(|| {
        let cli = Cli::parse();
        cli.shell.as_ref().map_or_else(|| generate(&cli), |shell| shell.run(Cli::command()))
    })
}

fn generate(cli: &Cli) -> Result<Exit, Failure> {
    let layers = Layers::load(PROGRAM, &cli.config.config, Environment::capture()?)?;
    logging::init(&LogSettings::resolve(&cli.log, &layers)?)?;
    let stream = BuiltIn::configured("events", &layers)?;
    let mut stream = stream.ok_or_else(|| Failure::new(Exit::Unexpected, "the stream has no module"))?;
    let defaults = RunDefaults { duration: stream.default_duration(), clock: Clock::Wall };
    let mut run = RunSettings::resolve(&cli.run, &layers, &defaults, now_micros())?;
    let interval = pace::settle(cli.interval, &layers, &mut run, &mut stream)?;

    let session = Session {
        title: Title {
            program: "event-gen",
            stream: stream.name(),
            data_version: DATA_VERSION,
            wording: stream.wording(),
            narrate: stream.narrate(),
        },
        layers: &layers,
        output: OutputSettings::resolve(&cli.output, &layers)?,
        kafka: KafkaSettings::resolve(&cli.kafka, &layers)?,
        effective: stream.effective(&run)?,
        own_flags: interval.map_or_else(Vec::new, |interval| vec!["--interval".to_owned(), interval.to_string()]),
        run,
    };
    let run = stream.run(&Plan::of_settings(&session.run)?, session.format())?;
    if let BuiltIn::Events(events) = &stream {
        logging::say(&banner::banner(session.kafka.as_ref(), &session.output, events));
    }
    session.carry_out(&run)
}
