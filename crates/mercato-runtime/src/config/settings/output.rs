//! Where records and the summary go.

use std::path::PathBuf;

use mercato_sinks::OutputPath;

use super::super::{ConfigError, Key, Layers, OutputSection, Setting};
use crate::args::OutputArgs;

/// Where records go besides Kafka, and where the summary goes.
#[derive(Debug, Clone)]
pub struct OutputSettings {
    /// A file in place of standard output.
    pub output: Option<Setting<OutputPath>>,
    /// Whether records are printed to standard output besides going to Kafka or a file.
    pub console: Setting<bool>,
    /// The file for the summary.
    pub summary_json: Option<Setting<PathBuf>>,
    /// The address at which Prometheus is answered.
    pub metrics_listen: Option<Setting<String>>,
}

const OUTPUT: Key = Key::new("--output", "output.path");
const CONSOLE: Key = Key::new("--output-console", "output.console");
const METRICS_LISTEN: Key = Key::new("--metrics-listen", "output.metrics_listen");
const SUMMARY_JSON: Key = Key::new("--summary-json", "output.summary_json");

impl OutputSettings {
    /// Resolves the flags over `layers`.
    ///
    /// Fails when a file is wrong.
    pub fn resolve(args: &OutputArgs, layers: &Layers) -> Result<Self, ConfigError> {
        let file: OutputSection = layers.section("output")?;
        let flag = args.output.clone();
        // A flag wins, so a name in a file is looked at only without one.
        let path = file.path.filter(|_| flag.is_none()).map(|path| parse(layers, &path)).transpose()?;
        Ok(Self {
            output: layers.pick_unnamed(&OUTPUT, flag, path),
            console: layers.pick_switch(&CONSOLE, args.output_console, file.console),
            metrics_listen: layers.pick_unnamed(&METRICS_LISTEN, args.metrics_listen.clone(), file.metrics_listen),
            summary_json: layers.pick_unnamed(&SUMMARY_JSON, args.summary_json.clone(), file.summary_json),
        })
    }

    /// Whether records go to standard output, given whether they go to Kafka.
    pub fn to_stdout(&self, to_kafka: bool) -> bool {
        self.console.value || !to_kafka && self.output.is_none()
    }
}

fn parse(layers: &Layers, path: &str) -> Result<OutputPath, ConfigError> {
    OutputPath::parse(path).map_err(|error| match layers.file_origin(OUTPUT.file) {
        Some(origin) => ConfigError::wrong(&origin, OUTPUT.file, &error),
        None => ConfigError::Usage { reason: error.to_string() },
    })
}
