//! Texts for standard output or a file that is not to be overwritten by accident.

use std::path::PathBuf;

use clap::Args;
use mercato::runtime::exit::{Exit, Failure};
use mercato::sinks::write_whole;

use crate::print;

/// The destination of a text.
#[derive(Debug, Args)]
pub(crate) struct TextOutput {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Overwrite an existing file
    #[arg(long, requires = "output")]
    force: bool,
}

impl TextOutput {
    /// Writes the text; refuses a file that exists, unless told to overwrite it.
    pub(crate) fn write(&self, text: &str) -> Result<Exit, Failure> {
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
