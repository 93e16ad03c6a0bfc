//! What every generating command takes.

use clap::Args;

#[cfg(feature = "kafka")]
use super::KafkaArgs;
use super::{ConfigArgs, LogArgs, OutputArgs, RunArgs};

/// The flags that all generating commands have.
#[derive(Debug, Clone, Default, Args)]
pub struct GenerateArgs {
    /// Which run, and how much of it.
    #[command(flatten)]
    pub run: RunArgs,
    /// Where records and the summary go.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Sending to Kafka.
    #[cfg(feature = "kafka")]
    #[command(flatten)]
    pub kafka: KafkaArgs,
    /// Files of settings.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// What is said on stderr.
    #[command(flatten)]
    pub log: LogArgs,
}
