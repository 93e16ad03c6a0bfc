//! The flags that every generating command has, as clap structs to flatten into a program's own.
//!
//! Values are checked when they are parsed: an error names the flag, the value and the allowed
//! range, and exits with code 2.
//! Nothing has a default here, so that [`crate::Layers`] can distinguish given values from absent
//! ones; the help texts state the defaults.
//!
//! ```
//! use clap::Parser;
//! use mercato_config::args::{ConfigArgs, LogArgs, OutputArgs, RunArgs};
//!
//! #[derive(Parser)]
//! struct Cli {
//!     #[command(flatten)]
//!     run: RunArgs,
//!     #[command(flatten)]
//!     output: OutputArgs,
//!     #[command(flatten)]
//!     config: ConfigArgs,
//!     #[command(flatten)]
//!     log: LogArgs,
//! }
//!
//! let cli = Cli::try_parse_from(["shop-gen", "--rate", "50/s", "--clock", "60x", "-o", "null:"])?;
//! assert_eq!(cli.run.rate.map(|rate| rate.per_second()), Some(50.0));
//! assert!(Cli::try_parse_from(["shop-gen", "--shard", "3/2"]).is_err());
//! # Ok::<(), clap::Error>(())
//! ```

use std::path::PathBuf;

use clap::Args;
use mercato_units::Share;

use crate::DisorderSection;

pub use crate::options::kafka::{ConnectionArgs, KafkaArgs};
pub use crate::options::log::LogArgs;
pub use crate::options::output::OutputArgs;
pub use crate::options::run::RunArgs;
pub use crate::value::{Bound, bound, bound_by};

/// The flags that all generating commands have.
#[derive(Debug, Clone, Default, Args)]
pub struct GenerateArgs {
    /// The run and the part of it to emit.
    #[command(flatten)]
    pub run: RunArgs,
    /// Destinations of records and summary.
    #[command(flatten)]
    pub output: OutputArgs,
    /// Deliberate faults.
    #[command(flatten)]
    pub disorder: DisorderArgs,
    /// Sending to Kafka.
    #[command(flatten)]
    pub kafka: KafkaArgs,
    /// Configuration files.
    #[command(flatten)]
    pub config: ConfigArgs,
    /// Logging.
    #[command(flatten)]
    pub log: LogArgs,
}

/// The flags of deliberate faults.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Disorder")]
pub struct DisorderArgs {
    /// Make this share of the records malformed, from 0 to 1 [default: 0]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, value_parser = bound::<Share>())]
    pub malformed: Option<Share>,

    /// List every record that was deliberately changed or shed in this file [default: next to the
    /// output, with .faults.ndjson]
    #[arg(long, value_name = "PATH")]
    pub ledger: Option<PathBuf>,
}

impl DisorderArgs {
    /// Lets the flags win over the section of a configuration file.
    pub fn apply(&self, section: &mut DisorderSection) {
        section.malformed = self.malformed.unwrap_or(section.malformed);
        section.ledger = self.ledger.clone().or(section.ledger.take());
    }

    /// Returns the flags that the command which repeats the run needs.
    pub fn repeated(&self) -> Vec<String> {
        let share = self.malformed.map(|share| ["--malformed".to_owned(), share.to_string()]);
        share.into_iter().flatten().collect()
    }
}

/// The flag that names configuration files.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Configuration")]
pub struct ConfigArgs {
    /// Read this configuration file (.toml, .yaml or .json); may be repeated, later files override
    /// earlier ones; flags, environment and .env in the working directory override files
    #[arg(long, value_name = "FILE")]
    pub config: Vec<PathBuf>,
}
