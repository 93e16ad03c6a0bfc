//! Document 004's `producer.send_batch('transactions', generator.generate_transactions(100))`.
//!
//! `cargo run --example send_batch -- localhost:9092` sends to Kafka; without an address the batch
//! goes nowhere, and is shown instead.

use std::error::Error;

use mercato::schema::Purchase;
use mercato::shop::shop::ShopConfig;
use mercato::sinks::{NullSink, Sink};
use mercato::{Generator, Records};

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    let generator = Generator::new(ShopConfig::default(), 42, "2025-03-03T10:00:00Z".parse()?)?;
    // transactions = generator.generate_transactions(100)
    let transactions = generator.transactions(100)?;
    for purchase in transactions.values::<Purchase<'_>>().take(3) {
        let purchase = purchase?;
        println!(
            "{} paid {} in {}",
            purchase.user_id, purchase.total_amount, purchase.location.city
        );
    }
    // producer.send_batch('transactions', transactions)
    let mut sink = sink(&transactions)?;
    transactions.send(sink.as_mut())?;
    let delivery = sink.finish()?;
    println!(
        "{} sent, {} acknowledged, {} failed",
        delivery.accepted, delivery.acknowledged, delivery.failed
    );
    assert_eq!(delivery.acknowledged, 100);
    Ok(())
}

/// Kafka where an address is given.
#[cfg(feature = "kafka")]
fn sink(records: &Records) -> Result<Box<dyn Sink>, Box<dyn Error>> {
    use mercato::kafka::{KafkaConfig, KafkaOptions, KafkaSink};

    let Some(address) = std::env::args().nth(1).filter(|argument| argument.contains(':')) else {
        println!("no broker given; counting the batch only");
        return Ok(Box::new(NullSink::default()));
    };
    let producer = KafkaConfig::new(address).producer()?;
    Ok(Box::new(KafkaSink::open(&producer, &[records.topic()], KafkaOptions::default())?))
}

#[cfg(not(feature = "kafka"))]
fn sink(_: &Records) -> Result<Box<dyn Sink>, Box<dyn Error>> {
    Ok(Box::new(NullSink::default()))
}
