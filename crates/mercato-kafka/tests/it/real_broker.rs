//! The crate against a real Apache Kafka, which each test starts for itself on a free port in a
//! temporary folder.
//!
//! Run with `cargo test -p mercato-kafka --test it -- --ignored real_broker`.
//! Needs a JDK 17 and either Kafka in the cache folder, `KAFKA_HOME`, or Maven and a network for
//! the first run;
//! without them each test says `SKIPPED` and why, on the terminal itself.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test ends at the first surprise and measures time"
)]

use std::time::{Duration, Instant};

use crate::common::{assert_whole, batch, open};
use mercato_broker::{BrokerError, BrokerOptions, Status};
use mercato_kafka::{Admin, AdminError, KafkaSink, NewTopic};
use mercato_sinks::Sink;
use mercato_test_support::broker::{Broker, shout};

/// A broker that creates no topic on demand.
fn fresh() -> Option<Broker> {
    Broker::fresh(|options| options.auto_create_topics = false)
}

fn admin(broker: &Broker) -> Admin {
    Admin::connect(&broker.config(), None).unwrap()
}

#[test]
#[ignore = "needs a real broker"]
fn a_hundred_thousand_keyed_records_are_read_back_in_the_order_of_each_key() {
    let Some(broker) = fresh() else { return };
    admin(&broker).create(&NewTopic::new("sales", 6)).unwrap();
    let began = Instant::now();
    let mut sink = open(&broker.config(), "sales").unwrap();
    for part in 0..100 {
        let records = batch(part * 1000, (part + 1) * 1000, 997);
        sink.write(&records, 0..records.len()).unwrap();
    }
    let delivery = sink.finish().unwrap();
    let sent = began.elapsed();
    assert_eq!((delivery.acknowledged, delivery.failed), (100_000, 0));
    let seen = assert_whole(&broker.config(), "sales", 100_000, 997);
    shout(&format!(
        "100,000 records sent in {sent:?}, sent and read back in {:?}: {seen:?}",
        began.elapsed()
    ));
}

#[test]
#[ignore = "needs a real broker"]
fn a_missing_topic_is_named_with_its_cure_where_none_is_created_on_demand() {
    let Some(broker) = fresh() else { return };
    let began = Instant::now();
    let error = open(&broker.config(), "sales").unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(10));
    let address = &broker.address;
    assert_eq!(
        error.to_string(),
        format!(
            "topic sales does not exist on {address}: \
             create it with `mercato topics create sales --partitions 3 -b {address}`"
        )
    );
    assert!(admin(&broker).list().unwrap().is_empty());
}

#[test]
#[ignore = "needs a real broker"]
fn a_missing_topic_is_created_on_demand_and_waited_for() {
    let Some(broker) = Broker::fresh(|options| options.auto_create_topics = true) else { return };
    let mut sink = open(&broker.config(), "sales").unwrap();
    assert_eq!(sink.targets()[0].partitions, 3);
    let records = batch(0, 100, 10);
    sink.write(&records, 0..100).unwrap();
    assert_eq!(sink.finish().unwrap().acknowledged, 100);
    assert_whole(&broker.config(), "sales", 100, 10);
}

#[test]
#[ignore = "needs a real broker"]
fn a_broker_stopped_and_started_in_mid_run_loses_and_doubles_nothing() {
    let Some(broker) = fresh() else { return };
    admin(&broker).create(&NewTopic::new("sales", 3)).unwrap();
    let mut sink = open(&broker.config(), "sales").unwrap();
    let mut written = 0;
    let mut write = |sink: &mut KafkaSink, count: u64| {
        let records = batch(written, written + count, 101);
        sink.write(&records, 0..records.len()).unwrap();
        written += count;
    };
    write(&mut sink, 20_000);
    broker.stop();
    write(&mut sink, 20_000);
    assert!(sink.delivery().in_flight() >= 20_000);
    broker.start();
    write(&mut sink, 20_000);
    assert_eq!(sink.finish().unwrap().acknowledged, 60_000);
    assert_whole(&broker.config(), "sales", 60_000, 101);
}

#[test]
#[ignore = "needs a real broker"]
fn topics_are_created_listed_and_described() {
    let Some(broker) = fresh() else { return };
    let admin = admin(&broker);
    let mut topic = NewTopic::new("sales", 4);
    topic.config.insert("retention.ms".to_owned(), "3600000".to_owned());
    topic.config.insert("cleanup.policy".to_owned(), "compact".to_owned());
    admin.create(&topic).unwrap();

    let listed = admin.list().unwrap();
    assert_eq!((listed.len(), listed[0].partitions, listed[0].replication), (1, 4, 1));
    let described = admin.describe("sales").unwrap();
    assert!(described.partitions.iter().all(|partition| partition.leader == Some(1)));
    assert!(
        described.partitions.iter().all(|partition| partition.offsets == Some((0, 0))),
        "{described:?}"
    );
    let value =
        |name: &str| described.settings.iter().find(|setting| setting.name == name).unwrap();
    assert_eq!(
        (value("retention.ms").value.as_str(), value("retention.ms").set_here),
        ("3600000", true)
    );
    assert_eq!(value("cleanup.policy").value, "compact");
    assert!(!value("retention.bytes").set_here);

    assert!(matches!(admin.create(&topic), Err(AdminError::Exists { .. })));
    let copies = NewTopic { replication: Some(3), ..NewTopic::new("copies", 1) };
    let refused = admin.create(&copies).unwrap_err().to_string();
    assert!(refused.contains("request fewer replicas"), "{refused}");
    let missing = admin.describe("nothing").unwrap_err().to_string();
    assert!(missing.contains("mercato topics create nothing"), "{missing}");
}

#[test]
#[ignore = "needs a real broker"]
fn a_broker_is_started_once_answers_and_keeps_its_data() {
    let Some(broker) = fresh() else { return };
    let Status::Running { pid, answers: true, .. } =
        mercato_broker::status(&broker.options.state_dir).unwrap()
    else {
        panic!("it answers")
    };
    let again = mercato_broker::start(&broker.options).unwrap();
    assert!(again.was_running && again.pid == pid);
    let elsewhere = BrokerOptions { port: broker.options.port + 1, ..broker.options.clone() };
    assert!(matches!(mercato_broker::start(&elsewhere), Err(BrokerError::RunsElsewhere { .. })));
    let other = BrokerOptions {
        state_dir: broker.options.state_dir.join("other"),
        ..broker.options.clone()
    };
    assert!(matches!(mercato_broker::start(&other), Err(BrokerError::PortInUse { .. })));

    admin(&broker).create(&NewTopic::new("kept", 1)).unwrap();
    broker.stop();
    assert_eq!(mercato_broker::status(&broker.options.state_dir).unwrap(), Status::Stopped);
    assert!(!mercato_broker::stop(&broker.options.state_dir, Duration::from_secs(1)).unwrap());
    broker.start();
    assert_eq!(admin(&broker).list().unwrap()[0].name, "kept");
    broker.stop();
    let fresh = BrokerOptions { fresh: true, ..broker.options.clone() };
    mercato_broker::start(&fresh).unwrap();
    assert!(admin(&broker).list().unwrap().is_empty());
}
