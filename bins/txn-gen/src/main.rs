//! Transactions of an online shop by the clocks of its customers, to standard output, files and Kafka.

mod cli;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use cli::Cli;
use mercato::runtime::config::{KafkaSettings, Layers, LogSettings, OutputSettings, Program, RunDefaults, RunSettings};
use mercato::runtime::env::{Environment, now_micros};
use mercato::runtime::exit::{self, Exit, Failure};
use mercato::runtime::logging;
use mercato::runtime::session::{Plan, Session, Title};
use mercato::runtime::text::{Clock, Property, Unit};
use mercato::{BuiltIn, DATA_VERSION};

/// What the layers of settings need to know of this program.
const PROGRAM: Program = Program {
    command: &["txn-gen"],
    bare_duration: Unit::Second,
    variables: &[("run.rate", "GENERATION_RATE"), ("run.duration", "DURATION")],
    sections: &BuiltIn::NAMES,
};

/// The documented properties of the producer that are not the house's own.
const PROPERTIES: [(&str, &str); 2] = [("compression.type", "snappy"), ("linger.ms", "10")];

fn main() -> ExitCode {
    exit::main(|| {
        let cli = Cli::parse();
        cli.shell.as_ref().map_or_else(|| generate(&cli), |shell| shell.run(Cli::command()))
    })
}

fn generate(cli: &Cli) -> Result<Exit, Failure> {
    let layers = Layers::load(PROGRAM, &cli.config.config, Environment::capture()?)?;
    logging::init(&LogSettings::resolve(&cli.log, &layers)?)?;
    let stream = BuiltIn::configured("transactions", &layers)?;
    let mut stream = stream.ok_or_else(|| Failure::new(Exit::Unexpected, "the stream has no module"))?;
    let defaults = RunDefaults { duration: stream.default_duration(), clock: Clock::Wall };
    let run = RunSettings::resolve(&cli.run, &layers, &defaults, now_micros())?;
    stream.set_settings(&run);
    if let BuiltIn::Transactions(transactions) = &mut stream {
        transactions.flat |= cli.flat;
    }

    let session = Session {
        title: Title {
            program: "txn-gen",
            stream: stream.name(),
            data_version: DATA_VERSION,
            wording: stream.wording(),
            narrate: stream.narrate(),
        },
        layers: &layers,
        output: OutputSettings::resolve(&cli.output, &layers)?,
        kafka: KafkaSettings::resolve(&cli.kafka, &layers)?.map(with_properties),
        effective: stream.effective(&run)?,
        own_flags: cli.flat.then(|| "--flat".to_owned()).into_iter().collect(),
        run,
    };
    let run = stream.run(&Plan::of_settings(&session.run)?, session.format())?;
    session.carry_out(&run)
}

/// Puts the documented properties before the user's own, so that his win.
fn with_properties(mut kafka: KafkaSettings) -> KafkaSettings {
    let documented = PROPERTIES.map(|(name, value)| Property { name: name.to_owned(), value: value.to_owned() });
    kafka.properties.splice(..0, documented);
    kafka
}
