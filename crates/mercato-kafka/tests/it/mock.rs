//! The sink against librdkafka's mock cluster: no broker, no network beyond loopback.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test ends at the first surprise, measures time and is its own caller"
)]

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::{assert_whole, batch};
use mercato_encode::{Batch, Coordinates, Stamp};
use mercato_kafka::{
    KafkaConfig, KafkaOptions, KafkaSink, ReachError, ReadError, ReadOptions, RecordHeaders,
    TopicReader,
};
use mercato_sinks::{Sink, SinkError};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message};
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

type Cluster = MockCluster<'static, DefaultProducerContext>;

fn cluster(topic: &str, partitions: i32) -> (Cluster, KafkaConfig) {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(topic, partitions, 1).unwrap();
    let config = KafkaConfig::new(cluster.bootstrap_servers());
    (cluster, config)
}

fn open(config: &KafkaConfig, topic: &str, options: KafkaOptions) -> Box<KafkaSink> {
    Box::new(KafkaSink::open(&config.producer().unwrap(), &[topic], options).unwrap())
}

fn write(sink: &mut KafkaSink, batch: &Batch) {
    sink.write(batch, 0..batch.len()).unwrap();
}

#[test]
fn keyed_records_arrive_once_in_the_order_of_each_key() {
    let (_cluster, config) = cluster("sales", 4);
    let mut sink = open(&config, "sales", KafkaOptions::default());
    assert_eq!(sink.targets()[0].partitions, 4);
    for part in 0..10 {
        write(&mut sink, &batch(part * 500, (part + 1) * 500, 97));
    }
    sink.flush().unwrap();
    let view = sink.view().unwrap();
    let delivery = sink.finish().unwrap();
    assert_eq!((delivery.accepted, delivery.acknowledged, delivery.failed), (5000, 5000, 0));
    assert_eq!(view.delivery(), delivery);
    let seen = assert_whole(&config, "sales", 5000, 97);
    assert!(seen.iter().all(|records| *records > 0), "keys spread over all partitions: {seen:?}");
}

#[test]
fn an_outage_in_the_middle_loses_and_doubles_nothing() {
    let (cluster, config) = cluster("sales", 3);
    let mut sink = open(&config, "sales", KafkaOptions::default());
    write(&mut sink, &batch(0, 1000, 10));
    cluster.broker_down(-1).unwrap();
    write(&mut sink, &batch(1000, 2000, 10));
    thread::sleep(Duration::from_millis(700));
    assert!(sink.delivery().in_flight() >= 1000, "{:?}", sink.delivery());
    cluster.broker_up(-1).unwrap();
    write(&mut sink, &batch(2000, 3000, 10));
    assert_eq!(sink.finish().unwrap().acknowledged, 3000);
    assert_whole(&config, "sales", 3000, 10);
}

#[test]
fn answers_lost_on_the_way_double_nothing() {
    let (cluster, config) = cluster("sales", 1);
    let mut sink = open(&config, "sales", KafkaOptions::default());
    let lost = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT; 3];
    cluster.request_errors(RDKafkaApiKey::Produce, &lost);
    write(&mut sink, &batch(0, 2000, 7));
    assert_eq!(sink.finish().unwrap().acknowledged, 2000);
    assert_whole(&config, "sales", 2000, 7);
}

#[test]
fn a_full_queue_holds_the_writer_back_and_loses_nothing() {
    let (cluster, config) = cluster("sales", 2);
    let tiny = config.clone().with("queue.buffering.max.messages", "100");
    let mut sink = open(&tiny, "sales", KafkaOptions::default());
    cluster.broker_round_trip_time(-1, Duration::from_millis(5)).unwrap();
    let view = sink.view().unwrap();
    let most = Arc::new(AtomicU64::new(0));
    let done = Arc::new(AtomicBool::new(false));
    let watch = {
        let (most, done) = (Arc::clone(&most), Arc::clone(&done));
        thread::spawn(move || {
            while !done.load(Ordering::Relaxed) {
                most.fetch_max(view.delivery().in_flight(), Ordering::Relaxed);
            }
        })
    };
    write(&mut sink, &batch(0, 3000, 13));
    assert_eq!(sink.finish().unwrap().acknowledged, 3000);
    done.store(true, Ordering::Relaxed);
    watch.join().unwrap();
    // The one that is being offered is counted too.
    assert!((50..=101).contains(&most.load(Ordering::Relaxed)), "{most:?}");
    assert_whole(&config, "sales", 3000, 13);
}

#[test]
fn the_end_of_a_topic_is_read_without_what_comes_before() {
    let (_cluster, config) = cluster("sales", 1);
    let mut sink = open(&config, "sales", KafkaOptions::default());
    write(&mut sink, &batch(0, 500, 3));
    assert_eq!(sink.finish().unwrap().acknowledged, 500);
    let options = ReadOptions { tail: Some(3), ..ReadOptions::default() };
    let mut reader = TopicReader::open(&config, "sales", &options).unwrap();
    assert_eq!(reader.rest(0), 497..500);
    let mut last = Vec::new();
    while let Some(record) = reader.next(0).unwrap() {
        last.push(String::from_utf8(record.value).unwrap());
    }
    assert_eq!(last, [497, 498, 499].map(|number| format!("{{\"n\":{number}}}")));
}

#[test]
fn records_without_a_key_take_turns() {
    let (_cluster, config) = cluster("sales", 3);
    let mut sink = open(&config, "sales", KafkaOptions::default());
    let mut keyless = batch(0, 300, 1);
    let mut without = Batch::default();
    for index in 0..keyless.len() {
        without.push(b"", keyless.value(index), keyless.spans()[index].stamp);
    }
    keyless.clear();
    write(&mut sink, &without);
    sink.finish().unwrap();
    let mut reader = TopicReader::open(&config, "sales", &ReadOptions::default()).unwrap();
    for partition in 0..3 {
        assert_eq!(reader.rest(partition), 0..100);
        let first = reader.next(partition).unwrap().unwrap();
        assert!(!first.has_key);
    }
}

#[test]
fn every_delivered_record_is_shown_once() {
    let (_cluster, config) = cluster("sales", 2);
    let shown = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&shown);
    let options = KafkaOptions {
        observer: Some(Box::new(move |record| {
            assert_eq!(record.topic, "sales");
            kept.lock().unwrap().push((record.partition, record.offset, record.sequence));
        })),
        ..KafkaOptions::default()
    };
    let mut sink = open(&config, "sales", options);
    write(&mut sink, &batch(0, 200, 5));
    sink.finish().unwrap();
    let mut shown = shown.lock().unwrap().clone();
    for partition in 0..2 {
        let offsets = shown.iter().filter(|record| record.0 == partition).map(|record| record.1);
        assert!(offsets.eq(0..shown.iter().filter(|record| record.0 == partition).count() as i64));
    }
    shown.sort_by_key(|record| record.2);
    assert!(shown.iter().map(|record| record.2).eq(0..200));
}

#[test]
fn a_record_that_is_refused_is_counted_and_named_at_the_end() {
    let (_cluster, config) = cluster("sales", 1);
    let small = config.clone().with("message.max.bytes", "1000");
    let mut sink = open(&small, "sales", KafkaOptions::default());
    let mut records = batch(0, 10, 1);
    let stamp = records.spans()[0].stamp;
    records.push(b"", &[b'x'; 2000], stamp);
    write(&mut sink, &records);
    let view = sink.view().unwrap();
    let error = sink.finish().unwrap_err();
    assert!(error.to_string().contains("raise message.max.bytes"), "{error}");
    assert!(matches!(error, SinkError::Undelivered { failed: 1, .. }), "{error:?}");
    let delivery = view.delivery();
    assert_eq!((delivery.accepted, delivery.acknowledged, delivery.failed), (11, 10, 1));
}

#[test]
fn a_broker_that_stays_away_ends_the_run_with_every_record_accounted_for() {
    let (cluster, config) = cluster("sales", 2);
    let interrupt = Arc::new(AtomicBool::new(false));
    let options = KafkaOptions {
        interrupt: Some(Arc::clone(&interrupt)),
        interrupted_drain_timeout: Duration::from_millis(300),
        ..KafkaOptions::default()
    };
    let mut sink = open(&config, "sales", options);
    cluster.broker_down(-1).unwrap();
    write(&mut sink, &batch(0, 500, 10));
    let view = sink.view().unwrap();
    interrupt.store(true, Ordering::Relaxed);
    let began = Instant::now();
    let error = sink.finish().unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(matches!(error, SinkError::Undelivered { failed: 500, .. }), "{error:?}");
    assert_eq!(view.delivery().in_flight(), 0);
}

#[test]
fn an_interrupt_frees_a_writer_that_a_dead_broker_holds_back() {
    let (cluster, config) = cluster("sales", 1);
    let interrupt = Arc::new(AtomicBool::new(true));
    let options = KafkaOptions {
        interrupt: Some(interrupt),
        interrupted_drain_timeout: Duration::from_millis(300),
        ..KafkaOptions::default()
    };
    let mut sink = open(&config.with("queue.buffering.max.messages", "10"), "sales", options);
    cluster.broker_down(-1).unwrap();
    let records = batch(0, 50, 10);
    let error = sink.write(&records, 0..50).unwrap_err();
    assert!(matches!(error, SinkError::Undelivered { failed: 10, .. }), "{error:?}");
    assert_eq!(sink.delivery().accepted, 10);
}

#[test]
fn a_producer_that_gave_itself_up_is_replaced_and_the_order_of_each_key_kept() {
    let (cluster, config) = cluster("sales", 1);
    let mut sink = open(&config, "sales", KafkaOptions::default());
    write(&mut sink, &batch(0, 100, 7));
    while sink.delivery().in_flight() > 0 {
        thread::sleep(Duration::from_millis(1));
    }
    // To an idempotent producer this is fatal: the broker has lost track of it.
    cluster.request_errors(
        RDKafkaApiKey::Produce,
        &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER],
    );
    for part in 1..20 {
        write(&mut sink, &batch(part * 100, (part + 1) * 100, 7));
        thread::sleep(Duration::from_millis(5));
    }
    let delivery = sink.finish().unwrap();
    assert_eq!((delivery.accepted, delivery.acknowledged, delivery.failed), (2000, 2000, 0));
    assert_whole(&config, "sales", 2000, 7);
}

#[test]
fn an_outage_longer_than_allowed_ends_the_run_and_says_where_to_go_on() {
    let (cluster, config) = cluster("sales", 2);
    let options =
        KafkaOptions { max_outage: Some(Duration::from_millis(400)), ..KafkaOptions::default() };
    let mut sink = open(&config, "sales", options);
    write(&mut sink, &batch(0, 300, 10));
    while sink.delivery().in_flight() > 0 {
        thread::sleep(Duration::from_millis(1));
    }
    cluster.broker_down(-1).unwrap();
    write(&mut sink, &batch(300, 500, 10));
    let began = Instant::now();
    let error = loop {
        thread::sleep(Duration::from_millis(20));
        if let Err(error) = sink.flush() {
            break error;
        }
        assert!(began.elapsed() < Duration::from_secs(5), "it ends");
    };
    assert!(error.to_string().contains("longer than --max-outage"), "{error}");
    let error = sink.finish().unwrap_err();
    assert!(
        matches!(error, SinkError::Undelivered { failed: 200, complete: 300, .. }),
        "{error:?}"
    );
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn few_retries_and_a_broker_that_always_refuses_end_with_its_reason() {
    let (cluster, config) = cluster("sales", 1);
    let config =
        config.with("retries", "1").with("retry.backoff.ms", "1").with("max.in.flight", "1");
    let options =
        KafkaOptions { max_outage: Some(Duration::from_millis(700)), ..KafkaOptions::default() };
    let mut sink = open(&config, "sales", options);
    let refused = vec![RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS; 5000];
    cluster.request_errors(RDKafkaApiKey::Produce, &refused);
    write(&mut sink, &batch(0, 100, 7));
    let view = sink.view().unwrap();
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || sender.send(sink.finish()));
    let error = receiver.recv_timeout(Duration::from_secs(10)).expect("it ends").unwrap_err();
    assert!(matches!(error, SinkError::Undelivered { failed: 100, complete: 0, .. }), "{error:?}");
    assert!(error.to_string().contains("too few replicas are in sync"), "{error}");
    assert_eq!(view.delivery().failed, 100);
}

#[test]
fn few_retries_and_a_broker_that_refuses_for_a_while_lose_nothing() {
    let (cluster, config) = cluster("sales", 1);
    let config =
        config.with("retries", "1").with("retry.backoff.ms", "1").with("max.in.flight", "1");
    let mut sink = open(&config, "sales", KafkaOptions::default());
    let refused = [RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS; 9];
    cluster.request_errors(RDKafkaApiKey::Produce, &refused);
    write(&mut sink, &batch(0, 100, 7));
    assert_eq!(sink.finish().unwrap().acknowledged, 100);
}

#[test]
fn no_timeout_of_the_users_drops_what_waits_for_a_broker() {
    let (cluster, config) = cluster("sales", 1);
    let config = config.with("delivery.timeout.ms", "50");
    let mut sink = open(&config, "sales", KafkaOptions::default());
    cluster.broker_down(-1).unwrap();
    write(&mut sink, &batch(0, 300, 10));
    thread::sleep(Duration::from_millis(1500));
    cluster.broker_up(-1).unwrap();
    assert_eq!(sink.finish().unwrap().acknowledged, 300);
    assert_whole(&KafkaConfig::new(cluster.bootstrap_servers()), "sales", 300, 10);
}

#[test]
fn a_sink_dropped_without_an_end_still_delivers_what_it_took() {
    let (_cluster, config) = cluster("sales", 2);
    let mut sink = open(&config, "sales", KafkaOptions::default());
    write(&mut sink, &batch(0, 1000, 10));
    drop(sink);
    assert_whole(&config, "sales", 1000, 10);
}

#[test]
fn a_refused_connection_is_said_quickly_with_the_next_step() {
    let began = Instant::now();
    let config = KafkaConfig::new("127.0.0.1:1").producer().unwrap();
    let error = KafkaSink::open(&config, &["sales"], KafkaOptions::default()).unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(6), "{:?}", began.elapsed());
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(
        error.to_string(),
        "cannot reach Kafka at 127.0.0.1:1: start a broker with `mercato broker start`, or choose another with -b"
    );
    assert!(source.contains("refused"), "{source}");
}

#[test]
fn a_missing_topic_is_an_error_that_carries_its_cure() {
    let (cluster, config) = cluster("other", 1);
    cluster.topic_error("sales", RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART).unwrap();
    let error = KafkaSink::open(&config.producer().unwrap(), &["sales"], KafkaOptions::default())
        .unwrap_err();
    let SinkError::MissingTopic { topic, command, .. } = error else { panic!("{error:?}") };
    assert_eq!(topic, "sales");
    assert_eq!(
        command,
        format!("mercato topics create sales --partitions 3 -b {}", config.bootstrap_servers)
    );
    let error = TopicReader::open(&config, "sales", &ReadOptions::default()).unwrap_err();
    assert!(matches!(error, ReadError::Reach(ReachError::TopicMissing { .. })), "{error:?}");
}

#[test]
fn heads_of_partitions_are_taken_in_any_order() {
    let (_cluster, config) = cluster("sales", 3);
    let mut sink = open(&config, "sales", KafkaOptions::default());
    write(&mut sink, &batch(0, 600, 50));
    sink.finish().unwrap();
    let mut reader = TopicReader::open(&config, "sales", &ReadOptions::default()).unwrap();
    // As a verifier walks: record by record, each pulled from the partition of its key.
    for number in 0..600_u64 {
        let key = crate::common::key(number, 50);
        let record = reader.next(mercato_kafka::partition_of(key.as_bytes(), 3)).unwrap().unwrap();
        assert_eq!(record.value, format!("{{\"n\":{number}}}").as_bytes());
    }
    assert!((0..3).all(|partition| reader.next(partition).unwrap().is_none()));
    let from = ReadOptions { from: vec![5, 0, 1], ..ReadOptions::default() };
    let mut later = TopicReader::open(&config, "sales", &from).unwrap();
    assert_eq!(later.next(0).unwrap().unwrap().offset, 5);
    assert_eq!(later.next(2).unwrap().unwrap().offset, 1);
}

#[test]
fn headers_arrive_with_each_record_and_survive_a_replaced_producer() {
    let (cluster, config) = cluster("sales", 1);
    let shared = vec![("source".to_owned(), "shop".to_owned()), ("a".to_owned(), String::new())];
    let headers = RecordHeaders { shared, sequence: true };
    let options = KafkaOptions { headers, ..KafkaOptions::default() };
    let mut sink = open(&config, "sales", options);
    write(&mut sink, &batch(0, 100, 7));
    while sink.delivery().in_flight() > 0 {
        thread::sleep(Duration::from_millis(1));
    }
    // An error for good, after which what the producer has is given back and sent again.
    let fatal = RDKafkaRespErr::RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
    cluster.request_errors(RDKafkaApiKey::Produce, &[fatal]);
    write(&mut sink, &batch(100, 200, 7));
    assert_eq!(sink.finish().unwrap().acknowledged, 200);
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", cluster.bootstrap_servers())
        .set("group.id", "headers")
        .set("auto.offset.reset", "earliest")
        .create()
        .unwrap();
    consumer.subscribe(&["sales"]).unwrap();
    for number in 0..200 {
        // A look of the client at the group is no message.
        let mut looks = (0..200).map(|_| consumer.poll(Duration::from_millis(100)));
        let message = looks.find_map(|look| look).unwrap().unwrap();
        let headers = message.headers().unwrap().iter();
        let headers: Vec<(&str, &[u8])> =
            headers.map(|header| (header.key, header.value.unwrap())).collect();
        let sequence = ("mercato-sequence", b"0.0.0.0.0".as_slice());
        assert_eq!(headers, [("source", b"shop".as_slice()), ("a", b""), sequence], "{number}");
    }
}

#[test]
fn a_record_without_a_value_is_a_tombstone() {
    let (cluster, config) = cluster("listing", 1);
    let mut sink = open(&config, "listing", KafkaOptions::default());
    let mut batch = Batch::default();
    for value in ["{}", "", "{}"] {
        batch.push(b"prod_1", value.as_bytes(), Stamp::at(0, Coordinates::default()));
    }
    write(&mut sink, &batch);
    assert_eq!(sink.finish().unwrap().acknowledged, 3);
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", cluster.bootstrap_servers())
        .set("group.id", "listing")
        .set("auto.offset.reset", "earliest")
        .create()
        .unwrap();
    consumer.subscribe(&["listing"]).unwrap();
    for value in [Some(&b"{}"[..]), None, Some(b"{}")] {
        let mut looks = (0..200).map(|_| consumer.poll(Duration::from_millis(100)));
        let message = looks.find_map(|look| look).unwrap().unwrap();
        assert_eq!((message.key(), message.payload()), (Some(&b"prod_1"[..]), value));
    }
}

#[test]
fn a_header_stands_before_each_value_of_its_topic() {
    let (_cluster, config) = cluster("sales", 1);
    let value_prefixes = vec![vec![0, 0, 0, 1, 2]];
    let options = KafkaOptions { value_prefixes, ..KafkaOptions::default() };
    let mut sink = open(&config, "sales", options);
    let records = batch(0, 300, 3);
    write(&mut sink, &records);
    let delivery = sink.finish().unwrap();
    assert_eq!(delivery.acknowledged, 300);
    let mut reader = TopicReader::open(&config, "sales", &ReadOptions::default()).unwrap();
    let (mut index, mut bytes) = (0, 0);
    while let Some(record) = reader.next(0).unwrap() {
        let expected = [&[0, 0, 0, 1, 2], records.value(index)].concat();
        assert_eq!(record.value, expected);
        (index, bytes) = (index + 1, bytes + expected.len() as u64);
    }
    assert_eq!((index, bytes), (300, delivery.bytes));
}
