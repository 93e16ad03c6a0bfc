//! The flags that every generating command has, as clap structs to flatten into a program's own.
//!
//! Values are bound when they are parsed: a wrong one names flag, value and what is allowed, and
//! exits 2.
//! Nothing has a default here, so that [`crate::config::Layers`] can tell what was said from what
//! was not;
//! the help texts name the defaults.
//!
//! ```
//! use clap::Parser;
//! use mercato_runtime::args::{ConfigArgs, LogArgs, OutputArgs, RunArgs};
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

mod config;
mod generate;
#[cfg(feature = "kafka")]
mod kafka;
mod log;
mod output;
mod run;

pub use config::ConfigArgs;
pub use generate::GenerateArgs;
#[cfg(feature = "kafka")]
pub use kafka::{ConnectionArgs, KafkaArgs};
pub use log::LogArgs;
pub use output::OutputArgs;
pub use run::RunArgs;

use std::str::FromStr;

use crate::text::TextError;

/// A value parser for clap, which names flag and value itself: the error says what is allowed.
pub fn bound<T: FromStr<Err = TextError>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: TextError| error.allowed().to_owned())
}
