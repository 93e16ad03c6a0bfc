//! Exit codes of the errors of this crate: what programs make of them, and no library call returns.

use mercato_engine::EngineError;
use mercato_runtime::exit::{Exit, Failure};
use mercato_runtime::session::PlanError;

use crate::{GenerationError, StreamError, topic_presets};

impl From<StreamError> for Failure {
    fn from(error: StreamError) -> Self {
        match error {
            StreamError::Config(error) => error.into(),
            StreamError::Plan(PlanError::Run(EngineError::Changes { .. })) => {
                Self::new(Exit::Config, error)
            }
            StreamError::Plan(PlanError::Run(EngineError::NotRows { .. })) => {
                Self::new(Exit::Config, error).advise(format!("--cdc is for {}", tables()))
            }
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

/// The tables whose changes can be written, each with its topic.
fn tables() -> String {
    let presets = topic_presets().into_iter();
    let tables = presets.filter_map(|preset| {
        Some(format!("the table {} of the topic {}", preset.table?, preset.name))
    });
    tables.collect::<Vec<_>>().join(" and ")
}
