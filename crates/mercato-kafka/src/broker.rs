//! A real Apache Kafka on this machine, without Docker: one broker in `KRaft` mode on loopback.
//!
//! Kafka comes from an unpacked distribution or, once, from Maven Central into a cache folder.
//! Everything a broker leaves behind is in one state folder: properties, log, data and which process it is.
//! The broker outlives the program that started it; [`stop`] ends exactly that process and no other.
//!
//! This module prints nothing, reads no environment variable and knows no default folder of its own.

mod install;
mod process;
mod properties;
mod state;

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rdkafka::consumer::{BaseConsumer, Consumer};

use crate::clock::{Deadline, pause};
use crate::config::KafkaConfig;
use crate::connect::Quiet;
use install::{Java, find_java, find_libs};
pub use install::{KAFKA_VERSION, cache_dir};
use process::{Process, Spawned};
use properties::ServerProperties;
use state::State;

/// The port unless told otherwise.
pub const DEFAULT_PORT: u16 = 9092;

/// Why the local broker could not be started, asked or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// There is no Java, or it is too old.
    #[error(
        "a local broker needs a JDK 17 or newer, and {found}: install one (Debian: apt install default-jdk-headless) or set JAVA_HOME"
    )]
    NoJava {
        /// What there is instead.
        found: String,
    },

    /// Kafka is not here and nothing can fetch it.
    #[error(
        "Apache Kafka {KAFKA_VERSION} is not here yet and Maven, which would fetch it, is missing: install Maven (Debian: apt install maven) or set KAFKA_HOME to an unpacked Kafka"
    )]
    NoMaven,

    /// `KAFKA_HOME` is no Kafka.
    #[error("{} holds no Kafka 4: KAFKA_HOME must be an unpacked distribution with libs/kafka_2.13-4.*.jar", path.display())]
    NoKafka {
        /// The folder that was given.
        path: PathBuf,
    },

    /// Maven could not fetch Kafka.
    #[error("Maven could not fetch Apache Kafka {KAFKA_VERSION}: see {}, and whether this machine reaches Maven Central", log.display())]
    Fetch {
        /// What Maven said.
        log: PathBuf,
    },

    /// Something else listens there.
    #[error("port {port} is in use by another process: choose another with --port")]
    PortInUse {
        /// The port.
        port: u16,
    },

    /// A broker of this state folder runs already, elsewhere.
    #[error("a broker of this folder runs already at {address}: stop it with `mercato broker stop`")]
    RunsElsewhere {
        /// Where it listens.
        address: String,
    },

    /// The broker ended while starting, or did not answer in time.
    #[error("the broker {what}: see {}", log.display())]
    Start {
        /// What happened.
        what: String,
        /// Its log.
        log: PathBuf,
    },

    /// The broker does not end.
    #[error("the broker, process {pid}, did not end within {} s: see {}", waited.as_secs(), log.display())]
    Stop {
        /// Its process.
        pid: u32,
        /// How long it was given.
        waited: Duration,
        /// Its log.
        log: PathBuf,
    },

    /// A file or a program could not be used.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was attempted.
        action: &'static str,
        /// The file or program.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl BrokerError {
    fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}

/// How a local broker is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokerOptions {
    /// Folder for its properties, log, data and process number; one broker for each.
    pub state_dir: PathBuf,
    /// Folder that Kafka is fetched into, once for all brokers; see [`cache_dir`].
    pub cache_dir: PathBuf,
    /// An unpacked Kafka 4 distribution to use instead of fetching one: `KAFKA_HOME`.
    pub kafka_home: Option<PathBuf>,
    /// A JDK to use instead of the `java` of the search path: `JAVA_HOME`.
    pub java_home: Option<PathBuf>,
    /// Port on loopback; [`DEFAULT_PORT`] by default.
    pub port: u16,
    /// Folder for its data; `data` in the state folder when `None`.
    pub data_dir: Option<PathBuf>,
    /// Whether data of an earlier run is removed first; kept by default.
    pub fresh: bool,
    /// Whether a topic is created when somebody asks for it; on by default, as in Kafka.
    pub auto_create_topics: bool,
    /// How long it may take until it answers; 60 s by default.
    pub start_timeout: Duration,
    /// Lines for `server.properties` that win over ours; none by default.
    pub extra_properties: Vec<(String, String)>,
}

impl BrokerOptions {
    /// A broker with defaults.
    pub fn new(state_dir: impl Into<PathBuf>, cache_dir: impl Into<PathBuf>) -> Self {
        Self {
            state_dir: state_dir.into(),
            cache_dir: cache_dir.into(),
            kafka_home: None,
            java_home: None,
            port: DEFAULT_PORT,
            data_dir: None,
            fresh: false,
            auto_create_topics: true,
            start_timeout: Duration::from_secs(60),
            extra_properties: Vec::new(),
        }
    }

    fn data_dir(&self) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(|| self.state_dir.join("data"))
    }
}

/// A broker that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// Where it listens, as `-b` takes it.
    pub address: String,
    /// Its process.
    pub pid: u32,
    /// Its log.
    pub log: PathBuf,
    /// Whether it was running before.
    pub was_running: bool,
}

/// How a state folder's broker stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// No broker of this folder runs.
    Stopped,
    /// Its process runs.
    Running {
        /// Where it listens.
        address: String,
        /// Its process.
        pid: u32,
        /// Whether it answers.
        answers: bool,
        /// Its log.
        log: PathBuf,
    },
}

/// Starts a broker and returns when it answers; one that runs already is left as it is.
///
/// The first start on a machine fetches about 55 MB.
pub fn start(options: &BrokerOptions) -> Result<Started, BrokerError> {
    let address = address_of(options.port);
    match status(&options.state_dir)? {
        Status::Running { address: running, pid, log, .. } if running == address => {
            return Ok(Started { address, pid, log, was_running: true });
        }
        Status::Running { address, .. } => return Err(BrokerError::RunsElsewhere { address }),
        Status::Stopped => {}
    }
    let java = find_java(options.java_home.as_deref())?;
    let libs = find_libs(options)?;
    if TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).is_err() {
        return Err(BrokerError::PortInUse { port: options.port });
    }
    let properties = prepare(options)?;
    format_storage(options, &java, &libs, &properties)?;
    let log = log_path(&options.state_dir);
    let spawned = process::spawn(&java.broker(&libs, &properties), &log)?;
    State { pid: spawned.pid(), port: options.port, properties }.write(&options.state_dir)?;
    await_answer(spawned, &address, options, log)
}

/// How the broker of `state_dir` stands.
pub fn status(state_dir: &Path) -> Result<Status, BrokerError> {
    let Some(state) = State::read(state_dir)? else { return Ok(Status::Stopped) };
    if !Process::of(&state).runs() {
        return Ok(Status::Stopped);
    }
    let address = address_of(state.port);
    let answers = answers(&address, Duration::from_secs(2));
    Ok(Status::Running { address, pid: state.pid, answers, log: log_path(state_dir) })
}

/// Stops the broker of `state_dir` and waits up to `limit` for its end; false when none was running.
///
/// Only the process that [`start`] started is ever signalled: its command line must name the folder's properties.
pub fn stop(state_dir: &Path, limit: Duration) -> Result<bool, BrokerError> {
    let Some(state) = State::read(state_dir)? else { return Ok(false) };
    let process = Process::of(&state);
    if !process.runs() {
        State::remove(state_dir)?;
        return Ok(false);
    }
    process.terminate()?;
    let deadline = Deadline::after(limit);
    while process.runs() {
        if deadline.passed() {
            return Err(BrokerError::Stop { pid: state.pid, waited: limit, log: log_path(state_dir) });
        }
        pause(Duration::from_millis(50));
    }
    State::remove(state_dir)?;
    Ok(true)
}

fn address_of(port: u16) -> String {
    format!("localhost:{port}")
}

fn log_path(state_dir: &Path) -> PathBuf {
    state_dir.join("broker.log")
}

/// Makes the folders and writes `server.properties`.
fn prepare(options: &BrokerOptions) -> Result<PathBuf, BrokerError> {
    let (state_dir, data_dir) = (&options.state_dir, options.data_dir());
    if options.fresh && data_dir.exists() {
        fs::remove_dir_all(&data_dir).map_err(BrokerError::io("remove", &data_dir))?;
    }
    for dir in [state_dir, &data_dir] {
        fs::create_dir_all(dir).map_err(BrokerError::io("create", dir))?;
    }
    let path = state_dir.canonicalize().map_err(BrokerError::io("find", state_dir))?.join("server.properties");
    let controller_port = free_port().map_err(BrokerError::io("find a free port for", &path))?;
    let properties = ServerProperties::plain(options.port, controller_port, &data_dir)
        .auto_create_topics(options.auto_create_topics)
        .with(&options.extra_properties);
    fs::write(&path, properties.to_string()).map_err(BrokerError::io("write", &path))?;
    Ok(path)
}

/// A port nobody listens on at this moment.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Gives new data folders their identity; formatted ones stay as they are.
fn format_storage(options: &BrokerOptions, java: &Java, libs: &Path, properties: &Path) -> Result<(), BrokerError> {
    if options.data_dir().join("meta.properties").exists() {
        return Ok(());
    }
    let log = options.state_dir.join("format.log");
    if process::run(&java.format(libs, properties), &log)? {
        return Ok(());
    }
    Err(BrokerError::Start { what: "could not format its data folder".to_owned(), log })
}

/// Waits until the broker answers, or has ended.
fn await_answer(
    mut spawned: Spawned,
    address: &str,
    options: &BrokerOptions,
    log: PathBuf,
) -> Result<Started, BrokerError> {
    let deadline = Deadline::after(options.start_timeout);
    let pid = spawned.pid();
    let failure = loop {
        if let Some(status) = spawned.ended() {
            break format!("ended while starting ({status})");
        }
        if answers(address, Duration::from_millis(500)) {
            spawned.release();
            return Ok(Started { address: address.to_owned(), pid, log, was_running: false });
        }
        if deadline.passed() {
            spawned.kill();
            break format!("did not answer within {} s", options.start_timeout.as_secs());
        }
        pause(Duration::from_millis(100));
    };
    State::remove(&options.state_dir)?;
    Err(BrokerError::Start { what: failure, log })
}

/// Whether a broker at `address` tells the members of its cluster, itself among them.
fn answers(address: &str, limit: Duration) -> bool {
    let Ok(client) = KafkaConfig::new(address).client() else { return false };
    let Ok(asker) = client.create_with_context::<_, BaseConsumer<Quiet>>(Quiet::default()) else { return false };
    asker.client().fetch_metadata(None, limit).is_ok_and(|metadata| !metadata.brokers().is_empty())
}
