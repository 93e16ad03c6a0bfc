//! A real Apache Kafka on this machine, without Docker: one broker in `KRaft` mode on loopback; and
//! beside it a schema [`registry`].
//!
//! Kafka comes from an unpacked distribution or, once, from Maven Central into a cache folder.
//! Everything a broker leaves behind is in one state folder: properties, log, data and which
//! process it is.
//! The broker outlives the program that started it; [`stop`] ends exactly that process and no
//! other.
//!
//! This crate prints nothing, reads no environment variable, knows no default folder of its own and
//! needs no Kafka client.
//!
//! ```
//! use mercato_broker::{BrokerOptions, Status, status, stop};
//!
//! # let state = std::env::temp_dir().join("mercato-broker-doc");
//! let options = BrokerOptions::new(&state, "/var/cache/mercato");
//! assert_eq!((options.port, options.auto_create_topics), (9092, true));
//! assert_eq!(status(&options.state_dir)?, Status::Stopped, "nothing has been started in this folder");
//! assert!(!stop(&options.state_dir, std::time::Duration::from_secs(1))?);
//! # Ok::<(), mercato_broker::BrokerError>(())
//! ```

mod certificates;
mod clients;
mod clock;
mod error;
mod http;
mod install;
mod java;
mod listener;
mod maven;
mod private;
mod probe;
mod process;
mod properties;
pub mod registry;
mod server;
mod state;
mod users;

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use certificates::{Certificates, ClientCertificate};
pub use clients::ClientFile;
pub use error::BrokerError;
use install::{Java, find_java, find_libs};
pub use install::{KAFKA_VERSION, cache_dir};
pub use listener::{Listener, Security};
use probe::answers;
use properties::{Access, ServerProperties};
pub use server::Status;
use server::{Server, check_port};
use users::Password;
pub use users::USER;

/// The default port.
pub const DEFAULT_PORT: u16 = 9092;

const BROKER: Server = Server {
    name: "broker",
    mark: "kafka.Kafka",
    address: |port| format!("localhost:{port}"),
    answers,
};

/// Options of a local broker.
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
    /// True if data of an earlier run is removed first; kept by default.
    pub fresh: bool,
    /// True if a topic is created when somebody asks for it; on by default, as in Kafka.
    pub auto_create_topics: bool,
    /// Time limit for startup; 60 s by default.
    pub start_timeout: Duration,
    /// Listeners besides the one in plaintext; none by default.
    pub security: Security,
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
            security: Security::default(),
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
    /// The address it listens on, in the form of `-b`.
    pub address: String,
    /// Its process.
    pub pid: u32,
    /// Its log.
    pub log: PathBuf,
    /// True if it was running before.
    pub was_running: bool,
    /// A file of client properties for each way in.
    pub clients: Vec<ClientFile>,
}

/// Starts a broker and returns when it answers; one that runs already is left as it is.
///
/// The first start on a machine fetches about 55 MB.
pub fn start(options: &BrokerOptions) -> Result<Started, BrokerError> {
    let address = (BROKER.address)(options.port);
    match status(&options.state_dir)? {
        Status::Running { address: running, pid, log, .. } if running == address => {
            let clients = clients::of(options);
            let complete = clients.iter().all(|client| client.path.exists());
            let started = Started { address, pid, log, was_running: true, clients };
            return if complete { Ok(started) } else { Err(BrokerError::RunsOtherwise) };
        }
        Status::Running { address, .. } => {
            return Err(BrokerError::RunsElsewhere { server: BROKER.name, address });
        }
        Status::Stopped => {}
    }
    let java = find_java(options.java_home.as_deref())?;
    let libs = find_libs(options)?;
    for port in options.security.listeners().into_iter().map(|listener| listener.port(options.port))
    {
        check_port(port, "; TLS and SASL use the ports after it")?;
    }
    let (properties, password) = prepare(options)?;
    format_storage(options, &java, &libs, &properties, &password)?;
    let (state_dir, line) = (&options.state_dir, java.broker(&libs, &properties));
    let pid = BROKER.launch(&line, state_dir, options.port, properties, options.start_timeout)?;
    let (log, clients) = (BROKER.log(state_dir), clients::of(options));
    Ok(Started { address, pid, log, was_running: false, clients })
}

/// Returns the status of the broker of `state_dir`.
pub fn status(state_dir: &Path) -> Result<Status, BrokerError> {
    BROKER.status(state_dir)
}

/// Stops the broker of `state_dir` and waits up to `limit` for its end; false when none was
/// running.
///
/// Only the process that [`start`] started is ever signalled: its command line must name the
/// folder's properties.
pub fn stop(state_dir: &Path, limit: Duration) -> Result<bool, BrokerError> {
    BROKER.stop(state_dir, limit)
}

/// Makes the folders, certificates and passwords, and writes `server.properties` and the clients'
/// files.
fn prepare(options: &BrokerOptions) -> Result<(PathBuf, Password), BrokerError> {
    let (state_dir, data_dir) = (&options.state_dir, options.data_dir());
    if options.fresh && data_dir.exists() {
        fs::remove_dir_all(&data_dir).map_err(BrokerError::io("remove", &data_dir))?;
    }
    for dir in [state_dir, &data_dir] {
        fs::create_dir_all(dir).map_err(BrokerError::io("create", dir))?;
    }
    let state_dir = &state_dir.canonicalize().map_err(BrokerError::io("find", state_dir))?;
    let path = state_dir.join("server.properties");
    let password = Password::of(state_dir)?;
    let certificates = certificates_dir(state_dir);
    let certificates = if options.security.tls {
        Certificates::make(&certificates)?
    } else {
        Certificates::in_folder(&certificates)
    };
    let controller_port = free_port().map_err(BrokerError::io("find a free port for", &path))?;
    let access = Access { password: &password, certificates: &certificates };
    let properties = ServerProperties::new(options.port, controller_port, &data_dir)
        .offering(&options.security.listeners(), &access)
        .auto_create_topics(options.auto_create_topics)
        .with(&options.extra_properties);
    private::write(&path, properties.to_string().as_bytes())
        .map_err(BrokerError::io("write", &path))?;
    clients::write(options, &access)?;
    Ok((path, password))
}

fn certificates_dir(state_dir: &Path) -> PathBuf {
    state_dir.join("certificates")
}

/// A port nobody listens on at this moment.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Gives new data folders their identity; formatted ones stay as they are.
///
/// The user is part of it, also of a broker that asks nobody for a password yet, so that it can be
/// started again with SASL.
fn format_storage(
    options: &BrokerOptions,
    java: &Java,
    libs: &Path,
    properties: &Path,
    password: &Password,
) -> Result<(), BrokerError> {
    if options.data_dir().join("meta.properties").exists() {
        return Ok(());
    }
    let log = options.state_dir.join("format.log");
    if process::run(&java.format(libs, properties, &password.scrams()?), &log)? {
        return Ok(());
    }
    let what = "could not format its data directory".to_owned();
    Err(BrokerError::Start { server: BROKER.name, what, log })
}
