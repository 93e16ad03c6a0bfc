//! A real Apache Kafka of a test's own, on free ports and in a temporary folder.
//!
//! It needs a JDK 17 and Kafka in the cache folder, `KAFKA_HOME`, or Maven and a network for the
//! first run; without them it prints `SKIPPED` and why, on the terminal itself.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use mercato_broker::{BrokerError, BrokerOptions, ClientFile, Listener, Started};
use mercato_kafka::{KafkaConfig, ReadOptions, Record, TopicReader};
use tempfile::TempDir;

/// One broker at a time: each takes half a gigabyte.
static TURN: Mutex<()> = Mutex::new(());

/// A broker that ends with the test.
#[derive(Debug)]
pub struct Broker {
    /// Its first listener, without TLS and passwords, as `-b` takes it.
    pub address: String,
    /// The options it was started with.
    pub options: BrokerOptions,
    /// A file of client properties for each way in; only of a broker that [`Broker::fresh`] started.
    pub clients: Vec<ClientFile>,
    _folder: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Broker {
    /// Starts a fresh broker with the options that `adjust` sets; without Java or Kafka, prints why
    /// and returns `None`.
    pub fn fresh(adjust: impl FnOnce(&mut BrokerOptions)) -> Option<Self> {
        let mut clients = Vec::new();
        let start = |options: &mut BrokerOptions| {
            adjust(options);
            let Started { address, clients: files, .. } = started(options)?;
            clients = files;
            Ok(address)
        };
        let mut broker = Self::started_by(start)?;
        broker.clients = clients;
        Some(broker)
    }

    /// Lets `start` start a fresh broker in the given state folder and on the given port, and return
    /// its address; where it returns why none can be had, prints that and returns `None`.
    pub fn started_by(
        start: impl FnOnce(&mut BrokerOptions) -> Result<String, String>,
    ) -> Option<Self> {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = crate::folder();
        let mut options = options(folder.path().join("state"));
        let address = start(&mut options)
            .map_err(|why| shout(&format!("SKIPPED: the real-broker suite did not run: {why}")))
            .ok()?;
        Some(Self { address, options, clients: Vec::new(), _folder: folder, _turn: turn })
    }

    /// Starts the broker again, with the data it had.
    pub fn start(&self) {
        mercato_broker::start(&self.options).expect("the broker starts");
    }

    /// Stops the broker, which must be running.
    pub fn stop(&self) {
        let stopped = mercato_broker::stop(&self.options.state_dir, Duration::from_secs(60));
        assert!(stopped.expect("the broker stops"), "the broker was running");
    }

    /// A client of the first listener.
    pub fn config(&self) -> KafkaConfig {
        KafkaConfig::new(self.address.clone())
    }

    /// A client of `listener` with nothing set but its address.
    pub fn at(&self, listener: Listener) -> KafkaConfig {
        KafkaConfig::new(listener.address(self.options.port))
    }

    /// A client with the properties of the file whose title this is.
    pub fn client(&self, title: &str) -> KafkaConfig {
        let file = self.clients.iter().find(|client| client.title == title).expect(title);
        let text = fs::read_to_string(&file.path).expect("a client's file is text");
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        lines.fold(KafkaConfig::new(""), |config, line| {
            let (name, value) = line.split_once('=').expect(line);
            config.with(name, value)
        })
    }

    /// All records of a topic, partition by partition.
    pub fn records(&self, topic: &str) -> Vec<Record> {
        read_topic(&self.config(), topic).into_iter().flatten().collect()
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It may have been stopped already.
        let _ = mercato_broker::stop(&self.options.state_dir, Duration::from_secs(60));
    }
}

/// The records of each partition of a topic.
pub fn read_topic(config: &KafkaConfig, topic: &str) -> Vec<Vec<Record>> {
    let mut reader = TopicReader::open(config, topic, &ReadOptions::default()).expect(topic);
    let partitions = reader.partitions();
    let records_of =
        |partition| std::iter::from_fn(|| reader.next(partition).expect(topic)).collect::<Vec<_>>();
    (0..partitions).map(records_of).collect()
}

/// Prints past the test harness, which hides the output of passing tests.
pub fn shout(text: &str) {
    let terminal = fs::OpenOptions::new().append(true).open("/dev/stderr");
    // A test without a terminal has nobody to tell.
    let _ = terminal.and_then(|mut terminal| writeln!(terminal, "\n{text}\n"));
}

/// Starts a broker; returns what the machine lacks if that is why it cannot, and panics otherwise.
fn started(options: &BrokerOptions) -> Result<Started, String> {
    mercato_broker::start(options).map_err(|error| match error {
        BrokerError::NoJava { .. } | BrokerError::NoMaven { .. } | BrokerError::Fetch { .. } => {
            error.to_string()
        }
        error => panic!("{error}: {error:?}"),
    })
}

/// Options of a broker in `state_dir`, with Java, Kafka and the cache from the environment.
#[expect(clippy::disallowed_methods, reason = "a test is its own caller")]
fn options(state_dir: PathBuf) -> BrokerOptions {
    let path_of = |name| std::env::var_os(name).map(PathBuf::from);
    let (cache, home) = (path_of("XDG_CACHE_HOME"), path_of("HOME"));
    let cache_dir = mercato_broker::cache_dir(cache.as_deref(), home.as_deref())
        .unwrap_or_else(|| std::env::temp_dir().join("mercato"));
    BrokerOptions {
        kafka_home: path_of("KAFKA_HOME"),
        java_home: path_of("JAVA_HOME"),
        port: crate::free_ports(Listener::ALL.len() as u16),
        ..BrokerOptions::new(state_dir, cache_dir)
    }
}
