//! Sections and flags, resolved once into what a run needs, each value with its origin.

mod command;
#[cfg(feature = "kafka")]
mod confluent;
#[cfg(feature = "kafka")]
mod kafka;
mod log;
mod output;
mod run;

pub use command::repeat_command;
#[cfg(feature = "kafka")]
pub use kafka::KafkaSettings;
#[cfg(feature = "kafka")]
pub(crate) use kafka::property_variable;
pub use log::LogSettings;
pub use output::OutputSettings;
pub use run::{RunDefaults, RunSettings};
