//! Properties of a program for the configuration layers, and the names of a setting.

use mercato_units::Unit;
use serde_json::Value;

use crate::RowsFile;

/// Properties that differ between programs.
#[derive(Debug, Clone, Copy)]
pub struct Program {
    /// The words that start it: `["order-gen"]`, `["mercato", "generate"]`.
    pub command: &'static [&'static str],
    /// The unit of a bare number for `--duration` and `--backfill`.
    pub bare_duration: Unit,
    /// Environment variables of its own, each with the path in a file of the setting it stands for
    /// (`("run.rate", "GENERATION_RATE")`); they come after the variables all programs have.
    pub variables: &'static [(&'static str, &'static str)],
    /// Sections of the streams that a file may have, also those that this program does not use.
    pub sections: &'static [Section],
}

impl Program {
    /// The environment variable that names this program's topic and no other's, such as
    /// `EVENT_GEN_TOPIC`; it comes before `KAFKA_TOPIC`, which all programs have.
    pub fn topic_variable(&self) -> String {
        let name = self.command.first().copied().unwrap_or_default();
        format!("{}_TOPIC", name.to_ascii_uppercase().replace('-', "_"))
    }
}

/// A stream's section of a configuration file.
#[derive(Debug, Clone, Copy)]
pub struct Section {
    /// Its name.
    pub name: &'static str,
    /// Lists of it that may stand in CSV files.
    pub rows_files: &'static [RowsFile],
    /// Its JSON Schema, to find a setting that a file has in the wrong place.
    pub schema: Option<fn() -> Value>,
    /// Names of settings in founding documents, each with the path of the setting here.
    pub documented: &'static [(&'static str, &'static str)],
}

impl Section {
    /// A section without lists in files of their own.
    pub const fn new(name: &'static str) -> Self {
        Self { name, rows_files: &[], schema: None, documented: &[] }
    }
}

/// The names of one setting in each layer.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The flag, such as `--seed`.
    pub flag: &'static str,
    /// The environment variables that every program has for it.
    pub variables: &'static [&'static str],
    /// The path in a file, such as `run.seed`.
    pub file: &'static str,
}

impl Key {
    /// A setting without environment variables.
    pub const fn new(flag: &'static str, file: &'static str) -> Self {
        Self { flag, variables: &[], file }
    }
}
