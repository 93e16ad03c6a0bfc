//! Generate transactions of an online shop at its customers' local times, to standard output, files
//! or Kafka.

mod cli;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use cli::Cli;
use mercato::config::Program;
use mercato::runtime::exit::{self, Exit, Failure};
use mercato::shop::transactions::TransactionsConfig;
use mercato::units::{Clock, Unit};
use mercato::{Generation, SECTIONS};

/// Properties of this program for the configuration layers.
const PROGRAM: Program = Program {
    command: &["txn-gen"],
    bare_duration: Unit::Seconds,
    variables: &[("run.rate", "GENERATION_RATE"), ("run.duration", "DURATION")],
    sections: &SECTIONS,
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
    let mut generation =
        Generation::<TransactionsConfig>::prepare(PROGRAM, &cli.common, Clock::Wall)?;
    if cli.flat {
        generation.stream.flat = true;
        generation.own_flags.push("--flat".to_owned());
    }
    generation.set_documented_properties(&PROPERTIES);
    Ok(generation.carry_out()?)
}
