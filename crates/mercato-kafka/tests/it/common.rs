//! What the tests with a mock cluster and with a real broker share: keyed records, and a look at
//! what arrived.

#![allow(unreachable_pub, reason = "this module is the tests' own")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use mercato_encode::{Batch, Coordinates, Stamp};
use mercato_kafka::{KafkaConfig, KafkaOptions, KafkaSink, partition_of};
use mercato_sinks::SinkError;
use mercato_test_support::broker::read_topic;

/// Event time of record 0, in microseconds.
pub const ORIGIN: i64 = 1_700_000_000_000_000;

/// The key of record `number`, one of `keys`.
pub fn key(number: u64, keys: u64) -> String {
    format!("order-{}", number % keys)
}

/// Records `from..to`, one millisecond of event time apart, as `{"n":NUMBER}` under
/// `key(NUMBER, keys)`.
pub fn batch(from: u64, to: u64, keys: u64) -> Batch {
    let mut batch = Batch::default();
    for number in from..to {
        let stamp = Stamp::at(ORIGIN + number as i64 * 1000, Coordinates::default());
        let value = format!("{{\"n\":{number}}}");
        batch.push(key(number, keys).as_bytes(), value.as_bytes(), stamp);
    }
    batch
}

/// A sink that sends to `topic`.
pub fn open(config: &KafkaConfig, topic: &str) -> Result<Box<KafkaSink>, SinkError> {
    KafkaSink::open(&config.producer().unwrap(), &[topic], KafkaOptions::default()).map(Box::new)
}

/// Reads `topic` back and checks that records `0..count` are there, each once, each where its key
/// belongs, and in order within each key; gives the number of records in each partition.
pub fn assert_whole(config: &KafkaConfig, topic: &str, count: u64, keys: u64) -> Vec<u64> {
    let read = read_topic(config, topic);
    let partitions = read.len() as u32;
    let mut last: BTreeMap<String, u64> = BTreeMap::new();
    for (partition, records) in (0..).zip(&read) {
        for record in records {
            let value = str::from_utf8(&record.value).unwrap();
            let number: u64 =
                value.trim_start_matches("{\"n\":").trim_end_matches('}').parse().unwrap();
            let name = String::from_utf8(record.key.clone()).unwrap();
            assert_eq!(name, key(number, keys), "a record keeps its key");
            assert_eq!(
                partition,
                partition_of(name.as_bytes(), partitions),
                "{name} is where Java would put it"
            );
            assert_eq!(
                record.timestamp_millis,
                Some(ORIGIN / 1000 + number as i64),
                "CreateTime is event time"
            );
            // Consecutive numbers of a key differ by `keys`: nothing is missing, doubled or out of
            // order.
            let expected = last.get(&name).map_or(number % keys, |before| before + keys);
            assert_eq!(number, expected, "{name} in order and whole");
            last.insert(name, number);
        }
    }
    let seen: Vec<u64> = read.iter().map(|records| records.len() as u64).collect();
    assert_eq!(seen.iter().sum::<u64>(), count);
    seen
}
