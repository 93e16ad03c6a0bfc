//! `mercato config init`: prints a commented configuration file.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use mercato::configuration::{PRESETS, Preset, schema, template};
use mercato::runtime::exit::{Exit, Failure};
use mercato::sinks::write_whole;

use crate::print;

/// Print a commented TOML file with every section and key, each with its default.
///
/// All keys are commented out; uncomment a line to change it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Init {
    /// Print a ready-made configuration instead
    #[arg(long, value_name = "NAME", value_parser = presets())]
    preset: Option<Preset>,

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
  mercato config init --preset calibrated -o shop.toml
  mercato config validate mercato.toml";

/// The presets by their names.
fn presets() -> impl TypedValueParser<Value = Preset> {
    let values = PRESETS.map(|preset| PossibleValue::new(preset.name).help(preset.about()));
    let unknown = "no such preset";
    PossibleValuesParser::new(values)
        .try_map(move |name| PRESETS.into_iter().find(|preset| preset.name == name).ok_or(unknown))
}

impl Init {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let text = match self.preset {
            Some(preset) => preset.text.to_owned(),
            None => template(&schema()),
        };
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
