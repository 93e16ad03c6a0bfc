//! Why a local broker or registry could not be started, asked or stopped.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Why a local broker or registry could not be started, asked or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// There is no Java, or it is too old.
    #[error(
        "a local {server} requires JDK 17 or newer, but {found}: install one (Debian: apt install default-jdk-headless) or set JAVA_HOME"
    )]
    NoJava {
        /// The program that needs Java.
        server: &'static str,
        /// The finding, worded as part of the message.
        found: String,
    },

    /// The server's software is not here and nothing can fetch it.
    #[error(
        "{what} is not downloaded yet, and Maven is not installed to download it: install Maven (Debian: apt install maven){instead}"
    )]
    NoMaven {
        /// The software and its version.
        what: String,
        /// The other way to have it, as the end of the message.
        instead: &'static str,
    },

    /// `KAFKA_HOME` is no Kafka.
    #[error("{} does not contain Kafka 4: KAFKA_HOME must be an unpacked distribution with libs/kafka_2.13-4.*.jar", path.display())]
    NoKafka {
        /// The folder that was given.
        path: PathBuf,
    },

    /// Maven could not fetch the server's software.
    #[error("Maven could not download {what}: see {} and check the connection to Maven Central", log.display())]
    Fetch {
        /// The software and its version.
        what: String,
        /// Maven's log.
        log: PathBuf,
    },

    /// Something else listens there.
    #[error("port {port} is in use by another process: choose another with --port{also}")]
    PortInUse {
        /// The port.
        port: u16,
        /// What to know before choosing, as the end of the message.
        also: &'static str,
    },

    /// The certificates could not be made.
    #[error("cannot create certificates or passwords for the broker")]
    Certificates {
        /// The OpenSSL error.
        source: Box<dyn Error + Send + Sync>,
    },

    /// A broker of this state folder runs already, with other listeners.
    #[error(
        "a broker with other options is already running from this directory: stop it with `mercato broker stop`"
    )]
    RunsOtherwise,

    /// A server of this state folder runs already, elsewhere.
    #[error(
        "a {server} is already running from this directory at {address}: stop it with `mercato {server} stop`"
    )]
    RunsElsewhere {
        /// The kind of server.
        server: &'static str,
        /// The address it listens on.
        address: String,
    },

    /// The server ended while starting, or did not answer in time.
    #[error("the {server} {what}: see {}", log.display())]
    Start {
        /// The kind of server.
        server: &'static str,
        /// The problem.
        what: String,
        /// Its log.
        log: PathBuf,
    },

    /// The server does not end.
    #[error("the {server} (process {pid}) did not stop within {} s: see {}", waited.as_secs(), log.display())]
    Stop {
        /// The kind of server.
        server: &'static str,
        /// Its process.
        pid: u32,
        /// The time limit.
        waited: Duration,
        /// Its log.
        log: PathBuf,
    },

    /// A file or a program could not be used.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// The attempted action.
        action: &'static str,
        /// The file or program.
        path: PathBuf,
        /// The underlying I/O error.
        source: io::Error,
    },
}

impl BrokerError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}
