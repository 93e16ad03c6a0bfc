//! Document 001's use of its producer, from another Rust program: configure, run for an hour, read
//! the metrics.
//!
//! Without an address records go nowhere; `cargo run --example transactions -- localhost:9092`
//! sends them to Kafka.

use std::error::Error;

use mercato::draw::Seed;
use mercato::engine::{Extent, Run, Schedule, World};
use mercato::runtime::run::{Drive, Outcome, Pace};
use mercato::schema::{Rate, Timestamp};
use mercato::shop::transactions::{Transactions, TransactionsConfig, TransactionsParams};
use mercato::sinks::{NullSink, Sink};

/// An hour of event time in microseconds.
const HOUR: i64 = 3_600_000_000;

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    // generation_rate=1000.0, topic="transactions"
    let rate: Rate = "1000/h".parse()?;
    let config = TransactionsConfig {
        rate,
        topic: "transactions".to_owned(),
        ..TransactionsConfig::default()
    };
    let origin: Timestamp = "2024-07-16T14:00:00Z".parse()?;
    let world = World { seed: Seed::new(42), origin: origin.micros() };
    let transactions =
        Transactions::new(world, TransactionsParams::new(&config)?, Schedule::default());

    // run_continuous(duration_seconds=3600); the history of an hour needs no waiting.
    let extent = Extent { until: Some(world.origin + HOUR), ..Extent::default() };
    let run = Run::builder(world).extent(extent).stream(transactions)?;
    // Raised from elsewhere, `drive.interrupt` ends the run once everything released is delivered:
    // KeyboardInterrupt.
    let drive = Drive::new(1, Pace::Fast);
    let outcome = drive.run(&run, sink(&run)?, None)?;
    print_metrics(&outcome);
    Ok(())
}

/// The document's `producer.get_metrics()`.
fn print_metrics(outcome: &Outcome) {
    println!("Messages sent: {}", outcome.delivery.acknowledged);
    println!("Messages failed: {}", outcome.delivery.failed);
    println!("Bytes sent: {}", outcome.delivery.bytes);
    if let Some(sent) = outcome.last_sent {
        println!("Last send time: {}", Timestamp::from_micros(sent));
    }
}

/// Kafka where an address is given, with the documented properties of the producer.
#[cfg(feature = "kafka")]
fn sink(run: &Run) -> Result<Box<dyn Sink>, Box<dyn Error>> {
    use mercato::kafka::{KafkaConfig, KafkaOptions, KafkaSink};

    let Some(address) = std::env::args().nth(1).filter(|argument| argument.contains(':')) else {
        return Ok(Box::new(NullSink::default()));
    };
    let properties = [
        ("acks", "all"),
        ("batch.size", "16384"),
        ("linger.ms", "10"),
        ("compression.type", "snappy"),
    ];
    let properties = properties.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let config = KafkaConfig { properties, ..KafkaConfig::new(address) };
    Ok(Box::new(KafkaSink::open(&config.producer()?, run.topics(), KafkaOptions::default())?))
}

#[cfg(not(feature = "kafka"))]
fn sink(_: &Run) -> Result<Box<dyn Sink>, Box<dyn Error>> {
    Ok(Box::new(NullSink::default()))
}
