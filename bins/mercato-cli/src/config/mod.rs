//! `mercato config`: creates, shows and validates configuration, and prints its schema.

mod init;
mod show;
mod validate;

use clap::Subcommand;
use mercato::configuration;
use mercato::runtime::exit::{Exit, Failure};

use crate::print;

pub(crate) const EXAMPLES: &str = "\
Examples:
  mercato config init -o mercato.toml
  mercato config show --config mercato.toml --rate 50/s
  mercato config validate mercato.toml
  mercato config schema > mercato.schema.json";

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print a commented TOML file with every section and key, each with its default
    Init(init::Init),
    /// Show every setting with its value and origin: flag, variable, .env, file with line, or
    /// default
    Show(Box<show::Show>),
    /// Check configuration files for mistakes; exit with code 3 and report file, line and
    /// suggestion
    Validate(validate::Validate),
    /// Print the JSON Schema of configuration files, for editors and other tools
    #[command(after_help = EXAMPLES)]
    Schema,
}

impl Config {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        match self {
            Self::Init(command) => command.run(),
            Self::Show(command) => command.run(),
            Self::Validate(command) => command.run(),
            Self::Schema => print(&format!("{:#}", configuration::schema())),
        }
    }
}
