//! Why a local broker could not be started, asked or stopped.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::KAFKA_VERSION;

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
    #[error(
        "port {port} is in use by another process: choose another with --port, of which TLS and SASL take the next ones"
    )]
    PortInUse {
        /// The port.
        port: u16,
    },

    /// The certificates could not be made.
    #[error("cannot make certificates or passwords for the broker")]
    Certificates {
        /// What OpenSSL said.
        source: Box<dyn Error + Send + Sync>,
    },

    /// A broker of this state folder runs already, with other listeners.
    #[error(
        "a broker of this folder runs already without what is asked for now: stop it with `mercato broker stop`"
    )]
    RunsOtherwise,

    /// A broker of this state folder runs already, elsewhere.
    #[error(
        "a broker of this folder runs already at {address}: stop it with `mercato broker stop`"
    )]
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
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }
}
