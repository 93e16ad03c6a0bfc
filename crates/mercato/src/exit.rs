//! Exit codes of the errors of this crate: what programs make of them, and no library call returns.

use mercato_runtime::exit::{Exit, Failure};

use crate::{GenerationError, StreamError};

impl From<StreamError> for Failure {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Config(error) => error.into(),
            StreamError::Plan(error) => error.into(),
            StreamError::Params(_) => Self::new(Exit::Config, error),
            StreamError::Factor(_) => Self::new(Exit::Config, error).advise(
                "the factor of an entry is multiplied by that of its scenario: reduce one of them",
            ),
            StreamError::Query(_) | StreamError::Topics { .. } | StreamError::Fold(_) => {
                Self::new(Exit::Usage, error)
            }
        }
    }
}

impl From<GenerationError> for Failure {
    fn from(error: GenerationError) -> Self {
        match error {
            GenerationError::Config(error) => error.into(),
            GenerationError::Logging(error) => error.into(),
            GenerationError::Run { place, error } => Self::from(*error).at(place),
            GenerationError::Session(error) => error.into(),
        }
    }
}
