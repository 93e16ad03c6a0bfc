//! The sink with transactions against librdkafka's mock cluster, which takes the calls of
//! transactions but neither fences nor hides what was aborted: a real broker judges that.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends at the first surprise")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use mercato_encode::{Batch, Coordinates, Stamp};
use mercato_kafka::{ExactlyOnceSink, KafkaConfig, KafkaOptions, Progress, RunInstance};
use mercato_sinks::{Sink, SinkError};
use mercato_test_support::broker::read_topic;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;

use crate::common::ORIGIN;

type Cluster = MockCluster<'static, DefaultProducerContext>;

/// A cluster with the topics `sales`, of three partitions, and `mercato-progress-shop`, of two.
fn cluster() -> (Cluster, KafkaConfig) {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("sales", 3, 1).unwrap();
    cluster.create_topic("mercato-progress-shop", 2, 1).unwrap();
    let config = KafkaConfig::new(cluster.bootstrap_servers());
    (cluster, config)
}

fn instance(name: &str) -> RunInstance {
    RunInstance { name: "shop".to_owned(), shard: 1, shards: 2, instance: name.to_owned() }
}

fn options() -> KafkaOptions {
    // The mock cluster answers no question about a topic's settings.
    KafkaOptions { connect_timeout: Duration::from_secs(2), ..KafkaOptions::default() }
}

fn open(config: &KafkaConfig, name: &str) -> Box<ExactlyOnceSink> {
    Box::new(ExactlyOnceSink::open(config, &["sales"], options(), instance(name)).unwrap())
}

/// Records without keys, so many.
fn keyless(count: u64) -> Batch {
    let mut batch = Batch::default();
    for number in 0..count {
        let stamp = Stamp::at(ORIGIN + number as i64 * 1000, Coordinates::default());
        batch.push(b"", b"{}", stamp);
    }
    batch
}

fn refused(config: &KafkaConfig, topics: &[&str], run: RunInstance) -> String {
    match ExactlyOnceSink::open(config, topics, options(), run) {
        Err(error @ SinkError::Unfit { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_next_instance_finds_the_state_of_the_last_commit() {
    let (_cluster, config) = cluster();
    assert_eq!(instance("b").progress(&config).unwrap(), None);
    let mut first = open(&config, "a");
    assert_eq!((first.found(), first.stored()), (None, None));
    first.commit(b"begin", false).unwrap();
    first.write(&keyless(10), 0..10).unwrap();
    assert_eq!(first.delivery().acknowledged, 0, "nothing counts before its commit");
    first.commit(b"ten", false).unwrap();
    let delivery = first.finish().unwrap();
    assert_eq!((delivery.accepted, delivery.acknowledged, delivery.failed), (10, 10, 0));

    let found: Progress = instance("b").progress(&config).unwrap().unwrap();
    assert_eq!((found.records, &*found.instance, &*found.state), (10, "a", b"ten".as_slice()));
    let mut second = open(&config, "b");
    assert_eq!(second.stored(), Some(b"ten".as_slice()));
    second.write(&keyless(1), 0..1).unwrap();
    second.commit(b"eleven", true).unwrap();
    drop(second);
    assert_eq!(open(&config, "c").found().unwrap().records, 11);
    // Records without keys take turns as if the run had never ended.
    let lengths: Vec<_> = read_topic(&config, "sales").iter().map(Vec::len).collect();
    assert_eq!(lengths, [4, 4, 3]);
    // The other shard has not begun.
    let other = RunInstance { shard: 0, ..instance("d") };
    assert_eq!(other.progress(&config).unwrap(), None);
}

#[test]
fn what_is_not_committed_at_the_end_is_lost_and_said_to_be() {
    let (_cluster, config) = cluster();
    let mut sink = open(&config, "a");
    sink.write(&keyless(3), 0..3).unwrap();
    sink.commit(b"three", false).unwrap();
    sink.write(&keyless(2), 0..2).unwrap();
    let Err(SinkError::Undelivered { failed, complete, .. }) = sink.finish() else {
        panic!("two records are not committed")
    };
    assert_eq!((failed, complete), (2, 3));
}

#[test]
fn an_observer_hears_of_committed_records_only() {
    let (_cluster, config) = cluster();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let hears = Arc::clone(&heard);
    let options = KafkaOptions {
        observer: Some(Box::new(move |record| {
            hears.lock().unwrap().push((record.topic.to_owned(), record.sequence));
        })),
        ..options()
    };
    let mut sink = ExactlyOnceSink::open(&config, &["sales"], options, instance("a")).unwrap();
    sink.commit(b"begin", false).unwrap();
    for _ in 0..2 {
        let before = heard.lock().unwrap().len();
        sink.write(&keyless(4), 0..4).unwrap();
        assert_eq!(heard.lock().unwrap().len(), before);
        sink.commit(b"more", false).unwrap();
    }
    let expected: Vec<_> = (0..8).map(|sequence| ("sales".to_owned(), sequence)).collect();
    assert_eq!(*heard.lock().unwrap(), expected);
}

#[test]
fn a_place_that_keeps_no_position_is_refused() {
    let (cluster, config) = cluster();
    let wide = RunInstance { shards: 3, ..instance("a") };
    let said = refused(&config, &["sales"], wide);
    assert!(said.contains("2 partitions") && said.contains("3 shards"), "{said}");

    let long = RunInstance { name: "n".repeat(240), ..instance("a") };
    assert!(refused(&config, &["sales"], long).contains("232 characters"));

    let weak = config.clone().with("acks", "1");
    assert!(refused(&weak, &["sales"], instance("a")).contains("idempotence"));

    let mut sink = open(&config, "a");
    sink.commit(b"begin", false).unwrap();
    drop(sink);
    cluster.create_topic("more", 4, 1).unwrap();
    let said = refused(&config, &["more"], instance("b"));
    assert!(said.contains("3 partitions of topic more, which has 4 now"), "{said}");
    let said = refused(&config, &["sales", "more"], instance("b"));
    assert!(said.contains("1 topics, and now to 2"), "{said}");

    // Somebody else's records, without what the protocol needs.
    let (_cluster, config) = cluster_with_garbage();
    let said = refused(&config, &["sales"], instance("a"));
    assert!(said.contains("partition 1, offset 0 holds a record that is no progress"), "{said}");
}

/// The same cluster, whose progress topic holds other records.
fn cluster_with_garbage() -> (Cluster, KafkaConfig) {
    let (cluster, config) = cluster();
    let producer = config.producer().unwrap();
    let topics = ["mercato-progress-shop"];
    let sink = mercato_kafka::KafkaSink::open(&producer, &topics, KafkaOptions::default());
    let mut sink = Box::new(sink.unwrap());
    sink.write(&keyless(2), 0..2).unwrap();
    sink.finish().unwrap();
    (cluster, config)
}
