//! `mercato config init`: a file to begin with.

use std::path::PathBuf;

use clap::Args;
use mercato::configuration::{schema, template};
use mercato::runtime::exit::{Exit, Failure};
use mercato::sinks::write_whole;

use crate::print;

/// Print a commented TOML file with every section and key, each with its default.
///
/// Nothing is set in it until a # is taken away.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Init {
    /// Write it to this file instead of standard output
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Replace the file if it is there
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
            let reason =
                format!("{} is there already, and what is in it would be lost", path.display());
            return Err(
                Failure::new(Exit::File, reason).advise("name another file, or give --force")
            );
        }
        write_whole(path, text.as_bytes())?;
        Ok(Exit::Done)
    }
}
