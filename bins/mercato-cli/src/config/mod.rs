//! `mercato config`: a file to begin with, what settings come to, whether files are right, and
//! their schema.

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
    /// Show every setting, its value, and where that comes from: flag, variable, .env, file with
    /// line, or default
    Show(Box<show::Show>),
    /// Look for mistakes in files of settings; exits with 3 and says file, line and what was meant
    Validate(validate::Validate),
    /// Print the JSON Schema of files of settings, for editors and other tools
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
