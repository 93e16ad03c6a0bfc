//! Generate live orders of an online shop and their lifecycle to standard output, files or Kafka.

mod cli;
mod streams;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use cli::Cli;
use mercato::config::{KafkaSettings, Program};
use mercato::runtime::exit::{self, Exit, Failure};
use mercato::schema::Duration;
use mercato::shop::orders::OrdersConfig;
use mercato::units::{Clock, Delay, Unit};
use mercato::{Generation, SECTIONS, StreamSpec};
use streams::Delays;

/// Properties of this program for the configuration layers.
const PROGRAM: Program = Program {
    command: &["order-gen"],
    bare_duration: Unit::Minutes,
    variables: &[("kafka.bootstrap_servers", "CNFL_KAFKA_BROKER")],
    sections: &SECTIONS,
};

fn main() -> ExitCode {
    exit::main(|| {
        let cli = Cli::parse();
        cli.shell
            .as_ref()
            .map_or_else(|| streams::generate_named(&cli), |shell| shell.run(Cli::command()))
    })
}

fn generate<S: StreamSpec + Delays>(cli: &Cli) -> Result<Exit, Failure> {
    let mut generation = Generation::<S>::prepare(PROGRAM, &cli.common, Clock::Wall)?;
    let Generation { stream, run, .. } = &mut generation;
    if cli.min_delay.is_some() || cli.max_delay.is_some() {
        stream.set_delays(cli.min_delay.map(Delay::duration), cli.max_delay.map(Delay::duration));
        refuse_impossible_delays(stream)?;
        // The flags exclude each other, so a rate beside delays comes from a weaker layer.
        run.rate = None;
    }
    generation.own_flags.splice(0..0, own_flags::<S>(cli));
    generation.banner = banner(&generation);
    generation.opening = opening(&generation);
    Ok(generation.carry_out()?)
}

/// Document 003's lines before the destination is open; only where orders go to Kafka and wait for
/// their time.
fn banner<S: StreamSpec>(generation: &Generation<S>) -> Option<String> {
    let kafka = generation.kafka.as_ref().filter(|_| is_watched(generation))?;
    Some(format!("=== Kafka Order Producer ===\nConnecting to {}...", cluster(kafka)))
}

/// Document 003's lines once the destination is open; nothing for the stream of document 000, and of
/// a run that does not wait.
fn opening<S: StreamSpec>(generation: &Generation<S>) -> Option<String> {
    if !is_watched(generation) {
        return None;
    }
    let configured = generation.kafka.as_ref().map_or_else(String::new, |kafka| {
        format!("✓ Kafka producer configured for {}\n", cluster(kafka))
    });
    Some(format!("{configured}Starting continuous order generation... Press Ctrl+C to stop."))
}

/// Returns whether the run is that of document 003, and somebody may watch it.
fn is_watched<S: StreamSpec>(generation: &Generation<S>) -> bool {
    S::NAME == OrdersConfig::NAME && generation.run.clock.value != Clock::Fast
}

/// The cluster, as document 003 calls it.
fn cluster(kafka: &KafkaSettings) -> String {
    let connection = &kafka.connection;
    if connection.loaded.is_empty() {
        connection.brokers.value.to_string()
    } else {
        "Confluent Cloud".to_owned()
    }
}

/// Delays that contradict each other by a flag are the flag's fault, whoever gave the other one.
fn refuse_impossible_delays(stream: &impl Delays) -> Result<(), Failure> {
    let (shortest, longest) = stream.delays();
    let refused = |reason: String| Err(Failure::new(Exit::Usage, reason));
    if shortest > longest {
        let bound = "the minimum must not exceed the maximum";
        return refused(format!("--min-delay is {shortest} and --max-delay is {longest}: {bound}"));
    }
    if longest == Duration::default() {
        return refused(format!("--max-delay: {longest} is out of range (must be above 0)"));
    }
    Ok(())
}

/// The flags of this program alone, as the command that repeats the run needs them.
fn own_flags<S: StreamSpec>(cli: &Cli) -> Vec<String> {
    let mut flags = vec!["--stream".to_owned(), S::NAME.to_owned()];
    let values = [
        ("--min-delay", cli.min_delay.map(|delay| delay.to_string())),
        ("--max-delay", cli.max_delay.map(|delay| delay.to_string())),
    ];
    for (flag, value) in values {
        flags.extend(value.into_iter().flat_map(|value| [flag.to_owned(), value]));
    }
    flags
}
