//! Reasons why a stream makes no run, and why a run is not carried out.

use mercato_config::{ConfigError, Place};
use mercato_engine::EngineError;
use mercato_runtime::logging::LoggingError;
use mercato_runtime::session::{PlanError, SessionError};
use mercato_shop::ParamsError;
use mercato_truth::answer::QueryError;

/// Why a stream and a plan do not make a run, or a query of it has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// The stream's configuration is wrong, or names a scenario that there is none of.
    #[error(transparent)]
    Params(#[from] ParamsError),
    /// A setting is not possible for this stream.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The plan is not possible for this stream.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The factor of a schedule's entry is too high together with that of its scenario.
    #[error(transparent)]
    Factor(EngineError),
    /// The query asks for what the records do not have.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// The query is about more than one topic, or none.
    #[error("a query covers the records of a single topic: choose it with --topic")]
    Topics {
        /// Number of topics that the plan wants.
        count: usize,
    },
    /// The run of a query broke off.
    #[error(transparent)]
    Fold(EngineError),
}

/// Why a program's run is not prepared, or not carried out.
///
/// Messages never repeat their source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GenerationError {
    /// A flag, a variable or a file is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The log cannot be written.
    #[error(transparent)]
    Logging(#[from] LoggingError),
    /// The stream and the settings make no run.
    #[error("{}{error}", place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default())]
    Run {
        /// Where a file sets what is wrong, if one does.
        place: Option<Place>,
        /// The reason.
        error: Box<StreamError>,
    },
    /// The run could not be carried out as its settings ask for it.
    #[error(transparent)]
    Session(#[from] SessionError),
}

impl From<StreamError> for GenerationError {
    fn from(error: StreamError) -> Self {
        Self::Run { place: None, error: Box::new(error) }
    }
}
