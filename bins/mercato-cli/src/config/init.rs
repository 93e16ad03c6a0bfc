//! `mercato config init`: prints a commented configuration file.

use std::path::PathBuf;

use clap::Args;
use mercato::configuration::{schema, template};
use mercato::runtime::exit::{Exit, Failure};
use mercato::sinks::write_whole;

use crate::print;

/// Print a commented TOML file with every section and key, each with its default.
///
/// All keys are commented out; uncomment a line to change it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Init {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Overwrite an existing file
    #[arg(long, requires = "output")]
    force: bool,
}

const EXAMPLE: &str = "\
Example:
  mercato config init -o mercato.toml
  mercato config validate mercato.toml";

impl Init {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let text = template(&schema());
        let Some(path) = &self.output else { return print(text.trim_end()) };
        if !self.force && path.exists() {
            let reason = format!("{} already exists and would be overwritten", path.display());
            return Err(
                Failure::new(Exit::File, reason).advise("choose another file, or use --force")
            );
        }
        write_whole(path, text.as_bytes())?;
        Ok(Exit::Done)
    }
}
