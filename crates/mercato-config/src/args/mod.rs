//! The flags that every generating command has, as clap structs to flatten into a program's own.
//!
//! Values are bound when they are parsed: a wrong one names flag, value and what is allowed, and
//! exits 2.
//! Nothing has a default here, so that [`crate::Layers`] can tell what was said from what
//! was not;
//! the help texts name the defaults.
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

use std::ffi::OsStr;
use std::str::FromStr;

use clap::builder::TypedValueParser;
use clap::error::ErrorKind;
use clap::{Arg, Command, Error};

use mercato_units::ValueError;

/// A value parser for clap that refuses a value as every layer does, under the flag's name:
/// `--rate: invalid rate '24/x': expected N/s, N/m, N/h or N/d`.
#[derive(Debug, Clone)]
pub struct Bound<T> {
    parse: fn(&str) -> Result<T, ValueError>,
}

/// The parser of a value that flags, variables and files share.
pub fn bound<T: FromStr<Err = ValueError>>() -> Bound<T> {
    bound_by(T::from_str)
}

/// The parser of a value that only some flags have, or that is narrower for them.
pub fn bound_by<T>(parse: fn(&str) -> Result<T, ValueError>) -> Bound<T> {
    Bound { parse }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Bound<T> {
    type Value = T;

    fn parse_ref(&self, command: &Command, arg: Option<&Arg>, value: &OsStr) -> Result<T, Error> {
        (self.parse)(&value.to_string_lossy()).map_err(|error| {
            let flag = arg.and_then(Arg::get_long).map(|name| format!("--{name}: "));
            let message = format!("{}{error}\n", flag.unwrap_or_default());
            Error::raw(ErrorKind::ValueValidation, message).with_cmd(command)
        })
    }
}
