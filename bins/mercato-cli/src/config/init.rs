//! `mercato config init`: prints a commented configuration file.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use mercato::configuration::{PRESETS, Preset, schema, template};
use mercato::runtime::exit::{Exit, Failure};

use crate::text_output::TextOutput;

/// Print a commented TOML file with every section and key, each with its default.
///
/// All keys are commented out; uncomment a line to change it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Init {
    /// Print a ready-made configuration instead
    #[arg(long, value_name = "NAME", value_parser = presets())]
    preset: Option<Preset>,

    #[command(flatten)]
    output: TextOutput,
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
        self.output.write(&text)
    }
}
