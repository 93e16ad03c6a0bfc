//! The crate against a real Apache Kafka, which each test starts for itself on a free port in a
//! temporary folder.
//!
//! Run with `cargo test -p mercato-kafka --test it -- --ignored real_broker`.
//! Needs a JDK 17 and either Kafka in the cache folder, `KAFKA_HOME`, or Maven and a network for
//! the first run;
//! without them each test says `SKIPPED` and why, on the terminal itself.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test ends at the first surprise, measures time and is its own caller"
)]

use std::env;
use std::fs::OpenOptions;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::common::{assert_whole, batch};
use mercato_broker::{BrokerError, BrokerOptions, Status};
use mercato_kafka::{Admin, AdminError, KafkaConfig, KafkaOptions, KafkaSink, NewTopic};
use mercato_sinks::{Sink, SinkError};
use tempfile::TempDir;

/// One broker at a time: each takes half a gigabyte.
pub(crate) static TURN: Mutex<()> = Mutex::new(());

/// A broker that ends with the test.
struct Broker {
    options: BrokerOptions,
    config: KafkaConfig,
    _folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Broker {
    /// A fresh broker, or `None`, said loudly, where none can be had.
    fn fresh(auto_create_topics: bool) -> Option<Self> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let mut options = BrokerOptions::new(folder.path().join("state"), cache_dir());
        options.kafka_home = path_of("KAFKA_HOME");
        options.java_home = path_of("JAVA_HOME");
        options.port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        options.auto_create_topics = auto_create_topics;
        match mercato_broker::start(&options) {
            Ok(started) => {
                let config = KafkaConfig::new(started.address);
                Some(Self { options, config, _folder: folder, _turn: turn })
            }
            Err(
                error @ (BrokerError::NoJava { .. }
                | BrokerError::NoMaven
                | BrokerError::Fetch { .. }),
            ) => {
                shout(&format!("SKIPPED: the real-broker suite did not run: {error}"));
                None
            }
            Err(error) => panic!("{error}: {error:?}"),
        }
    }

    fn stop(&self) {
        assert!(mercato_broker::stop(&self.options.state_dir, Duration::from_secs(60)).unwrap());
    }

    fn start(&self) {
        mercato_broker::start(&self.options).unwrap();
    }

    fn open(&self, topic: &str) -> Result<Box<KafkaSink>, SinkError> {
        KafkaSink::open(&self.config.producer().unwrap(), &[topic], KafkaOptions::default())
            .map(Box::new)
    }

    fn admin(&self) -> Admin {
        Admin::connect(&self.config, None).unwrap()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        let _ = mercato_broker::stop(&self.options.state_dir, Duration::from_secs(60));
    }
}

fn path_of(name: &str) -> Option<PathBuf> {
    env::var_os(name).map(PathBuf::from)
}

fn cache_dir() -> PathBuf {
    mercato_broker::cache_dir(path_of("XDG_CACHE_HOME").as_deref(), path_of("HOME").as_deref())
        .unwrap_or_else(|| env::temp_dir().join("mercato"))
}

/// Says something past the test harness, which keeps the output of passing tests to itself.
fn shout(text: &str) {
    let terminal = OpenOptions::new().append(true).open(Path::new("/dev/stderr"));
    let _ = terminal.and_then(|mut terminal| writeln!(terminal, "\n{text}\n"));
}

#[test]
#[ignore = "needs a real broker"]
fn a_hundred_thousand_keyed_records_are_read_back_in_the_order_of_each_key() {
    let Some(broker) = Broker::fresh(false) else { return };
    broker.admin().create(&NewTopic::new("sales", 6)).unwrap();
    let began = Instant::now();
    let mut sink = broker.open("sales").unwrap();
    for part in 0..100 {
        let records = batch(part * 1000, (part + 1) * 1000, 997);
        sink.write(&records, 0..records.len()).unwrap();
    }
    let delivery = sink.finish().unwrap();
    let sent = began.elapsed();
    assert_eq!((delivery.acknowledged, delivery.failed), (100_000, 0));
    let seen = assert_whole(&broker.config, "sales", 100_000, 997);
    shout(&format!(
        "100,000 records sent in {sent:?}, sent and read back in {:?}: {seen:?}",
        began.elapsed()
    ));
}

#[test]
#[ignore = "needs a real broker"]
fn a_missing_topic_is_named_with_its_cure_where_none_is_created_on_demand() {
    let Some(broker) = Broker::fresh(false) else { return };
    let began = Instant::now();
    let error = broker.open("sales").unwrap_err();
    assert!(began.elapsed() < Duration::from_secs(10));
    let address = &broker.config.bootstrap_servers;
    assert_eq!(
        error.to_string(),
        format!(
            "topic sales does not exist on {address}: \
             create it with `mercato topics create sales --partitions 3 -b {address}`"
        )
    );
    assert!(broker.admin().list().unwrap().is_empty());
}

#[test]
#[ignore = "needs a real broker"]
fn a_missing_topic_is_created_on_demand_and_waited_for() {
    let Some(broker) = Broker::fresh(true) else { return };
    let mut sink = broker.open("sales").unwrap();
    assert_eq!(sink.targets()[0].partitions, 3);
    let records = batch(0, 100, 10);
    sink.write(&records, 0..100).unwrap();
    assert_eq!(sink.finish().unwrap().acknowledged, 100);
    assert_whole(&broker.config, "sales", 100, 10);
}

#[test]
#[ignore = "needs a real broker"]
fn a_broker_stopped_and_started_in_mid_run_loses_and_doubles_nothing() {
    let Some(broker) = Broker::fresh(false) else { return };
    broker.admin().create(&NewTopic::new("sales", 3)).unwrap();
    let mut sink = broker.open("sales").unwrap();
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
    assert_whole(&broker.config, "sales", 60_000, 101);
}

#[test]
#[ignore = "needs a real broker"]
fn topics_are_created_listed_and_described() {
    let Some(broker) = Broker::fresh(false) else { return };
    let admin = broker.admin();
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
    let Some(broker) = Broker::fresh(false) else { return };
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

    broker.admin().create(&NewTopic::new("kept", 1)).unwrap();
    broker.stop();
    assert_eq!(mercato_broker::status(&broker.options.state_dir).unwrap(), Status::Stopped);
    assert!(!mercato_broker::stop(&broker.options.state_dir, Duration::from_secs(1)).unwrap());
    broker.start();
    assert_eq!(broker.admin().list().unwrap()[0].name, "kept");
    broker.stop();
    let fresh = BrokerOptions { fresh: true, ..broker.options.clone() };
    mercato_broker::start(&fresh).unwrap();
    assert!(broker.admin().list().unwrap().is_empty());
}
