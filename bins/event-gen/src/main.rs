//! User events of an online shop, live, to standard output, files and Kafka.

mod banner;
mod cli;
mod pace;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use cli::Cli;
use mercato::config::Program;
use mercato::runtime::exit::{self, Exit, Failure};
use mercato::shop::events::EventsConfig;
use mercato::units::{Clock, Unit};
use mercato::{Generation, SECTIONS};

/// Properties of this program for the configuration layers.
const PROGRAM: Program = Program {
    command: &["event-gen"],
    bare_duration: Unit::Seconds,
    variables: &[],
    sections: &SECTIONS,
};

/// The documented properties of the producer.
const PROPERTIES: [(&str, &str); 3] =
    [("compression.type", "gzip"), ("linger.ms", "10"), ("batch.size", "16384")];

fn main() -> ExitCode {
    exit::main(|| {
        let cli = Cli::parse();
        cli.shell.as_ref().map_or_else(|| generate(&cli), |shell| shell.run(Cli::command()))
    })
}

fn generate(cli: &Cli) -> Result<Exit, Failure> {
    let mut generation = Generation::<EventsConfig>::prepare(PROGRAM, &cli.common, Clock::Wall)?;
    pace::settle(cli.interval, &mut generation)?;
    generation.set_documented_properties(&PROPERTIES);
    generation.banner = Some(banner::banner(&generation));
    generation.opening = banner::opening(&generation);
    Ok(generation.carry_out()?)
}
