//! Reasons why a session fails.

use std::error::Error;
use std::io;
use std::path::PathBuf;

use mercato_config::ConfigError;
use mercato_engine::EngineError;
use mercato_sinks::SinkError;

use super::PlanError;
use crate::exit::{Exit, Failure};
use crate::metrics::ListenError;
use crate::summary::SummaryError;

/// Why a run could not be carried out as its settings ask for it.
///
/// Messages never repeat their source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// Settings are wrong, or contradict each other.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The settings do not make a run.
    #[error(transparent)]
    Run(EngineError),
    /// The run's parameters contradict each other.
    #[error("cannot plan the run")]
    Plan(#[source] EngineError),
    /// The run asks for Kafka, which is not part of this build.
    #[error(
        "this build does not include Kafka: omit -b, --kafka and KAFKA_BOOTSTRAP_SERVERS, or build with \
         the feature `kafka`, which is on by default"
    )]
    NoKafka,
    /// The properties of the Kafka client are wrong.
    #[error(transparent)]
    Client(Box<dyn Error + Send + Sync>),
    /// A schema registry cannot be used, or refuses a schema.
    #[cfg(feature = "kafka")]
    #[error(transparent)]
    Registry(#[from] mercato_registry::RegistryError),
    /// The run asks for Parquet, which is not part of this build.
    #[error(
        "this build does not include Parquet: use ndjson or csv, or build with the feature `parquet`"
    )]
    NoParquet,
    /// Files of the run cannot be added to a table.
    #[cfg(feature = "parquet")]
    #[error(transparent)]
    Table(Box<dyn Error + Send + Sync>),
    /// Records of the run cannot be columns.
    #[error(transparent)]
    Columns(Box<dyn Error + Send + Sync>),
    /// The system refuses the run's threads.
    #[error(
        "cannot start the run's threads: use fewer with --threads, or raise the limit on processes (ulimit -u)"
    )]
    Threads(#[source] io::Error),
    /// Signals cannot be handled.
    #[error("cannot listen for SIGINT, SIGTERM and SIGHUP")]
    Signals(#[source] io::Error),
    /// Metrics cannot be served.
    #[error(transparent)]
    Metrics(#[from] ListenError),
    /// The output is a file that exists already.
    #[error("{} already exists: choose another file, or use --force to replace it", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The topic already holds records of another shape.
    #[error(
        "topic {topic} already holds records of another shape: they have {found}, but this run sends \
         {sent}; consumers of the topic would see both: choose another topic with -t, delete this one \
         with `mercato topics delete {topic}`, or use --mixed-topic to send anyway"
    )]
    OtherShape {
        /// The topic.
        topic: String,
        /// Some fields of the records that are there.
        found: String,
        /// Some fields of the records that would be sent.
        sent: String,
    },
    /// Records could not go where they should.
    #[error(transparent)]
    Sink(#[from] SinkError),
    /// The stream broke the run off.
    #[error(transparent)]
    Stream(EngineError),
    /// The run is complete but for records that the stream broke.
    #[error(
        "{records} records were not sent because the stream produced invalid bytes; the log shows the first of \
         each kind"
    )]
    Rejected {
        /// Number of those records.
        records: u64,
    },
    /// The summary could not be written, or that of an earlier run not read.
    #[error(transparent)]
    Summary(#[from] SummaryError),
    /// The summary of an earlier run cannot be resumed.
    #[error(transparent)]
    Resume(#[from] PlanError),
}

impl SessionError {
    /// Settings that contradict each other.
    pub(super) fn usage(reason: impl Into<String>) -> Self {
        ConfigError::Usage { reason: reason.into() }.into()
    }
}

impl From<SessionError> for Failure {
    fn from(error: SessionError) -> Self {
        let exit = match error {
            SessionError::Config(error) => return error.into(),
            SessionError::Sink(error) => return error.into(),
            SessionError::Summary(error) => return error.into(),
            SessionError::Resume(error) => return error.into(),
            SessionError::Client(_) => Exit::Config,
            #[cfg(feature = "kafka")]
            SessionError::Registry(error) => {
                let exit = if error.is_connection() { Exit::Connect } else { Exit::Config };
                return Self::new(exit, error);
            }
            SessionError::Exists { .. } => Exit::File,
            #[cfg(feature = "parquet")]
            SessionError::Table(_) => Exit::File,
            SessionError::Rejected { .. } => Exit::Undelivered,
            SessionError::Signals(_) | SessionError::Threads(_) | SessionError::Stream(_) => {
                Exit::Unexpected
            }
            _ => Exit::Usage,
        };
        Self::new(exit, error)
    }
}
