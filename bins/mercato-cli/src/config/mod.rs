//! `mercato config`: creates, shows and validates configuration, and prints its schema.

mod init;
mod show;
mod validate;

use clap::{Args, Subcommand};
use mercato::config::args::{ConfigArgs, LogArgs};
use mercato::configuration;
use mercato::runtime::exit::{Exit, Failure};

use self::show::Show;
use crate::print;

pub(crate) const EXAMPLES: &str = "\
Examples:
  mercato config
  mercato config init -o mercato.toml
  mercato config show --config mercato.toml --rate 50/s
  mercato config validate mercato.toml
  mercato config schema > mercato.schema.json";

/// Create, inspect and validate configuration files, or print their JSON Schema.
///
/// Without a subcommand, shows every setting like `mercato config show`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct Config {
    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    files: ConfigArgs,
    #[command(flatten)]
    log: LogArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a commented TOML file with every section and key, each with its default
    Init(init::Init),
    /// Show every setting with its value and origin: flag, variable, .env, file with line, or
    /// default
    Show(Box<Show>),
    /// Check configuration files for mistakes; exit with code 3 and report file, line and
    /// suggestion
    Validate(validate::Validate),
    /// Print the JSON Schema of configuration files, for editors and other tools
    #[command(after_help = EXAMPLES)]
    Schema,
}

impl Config {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        match &self.command {
            None => Show::of(&self.files, &self.log).run(),
            Some(Command::Init(command)) => command.run(),
            Some(Command::Show(command)) => command.run(),
            Some(Command::Validate(command)) => command.run(),
            Some(Command::Schema) => print(&format!("{:#}", configuration::schema())),
        }
    }
}
