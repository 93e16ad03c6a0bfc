//! Where records and the summary go.

use std::path::PathBuf;

use mercato_sinks::{FileFormat, Format, OutputPath};

use super::super::{ConfigError, Key, Layers, OutputSection, Setting};
use crate::args::OutputArgs;

/// Where records go besides Kafka, and where the summary goes.
#[derive(Debug, Clone)]
pub struct OutputSettings {
    /// A file in place of standard output.
    pub output: Option<Setting<OutputPath>>,
    /// How records are written where a file's ending does not say it.
    pub format: Option<Setting<FileFormat>>,
    /// Whether records are printed to standard output besides going to Kafka or a file.
    pub console: Setting<bool>,
    /// The file for the summary.
    pub summary_json: Option<Setting<PathBuf>>,
    /// The address at which Prometheus is answered.
    pub metrics_listen: Option<Setting<String>>,
}

const OUTPUT: Key = Key::new("--output", "output.path");
const FORMAT: Key = Key::new("--format", "output.format");
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
        let path =
            file.path.filter(|_| flag.is_none()).map(|path| parse(layers, &path)).transpose()?;
        let format = file.format.map(|format| format.0);
        let format = layers.pick_unnamed(&FORMAT, args.format, format);
        let output = layers.pick_unnamed(&OUTPUT, flag, path);
        Ok(Self {
            output: agreed(output, format.as_ref())?,
            format,
            console: layers.pick_switch(&CONSOLE, args.output_console, file.console),
            metrics_listen: layers.pick_unnamed(
                &METRICS_LISTEN,
                args.metrics_listen.clone(),
                file.metrics_listen,
            ),
            summary_json: layers.pick_unnamed(
                &SUMMARY_JSON,
                args.summary_json.clone(),
                file.summary_json,
            ),
        })
    }

    /// How records are encoded.
    pub fn encoding(&self) -> Format {
        let of_output = self.output.as_ref().map(|output| output.value.format());
        of_output.or(self.format.as_ref().map(|format| format.value.format)).unwrap_or(Format::Json)
    }

    /// Whether records go to standard output, given whether they go to Kafka.
    pub fn to_stdout(&self, to_kafka: bool) -> bool {
        self.console.value || !to_kafka && self.output.is_none()
    }
}

/// The output in the format that was asked for; a format from a file is meant for what has no
/// ending of its own.
fn agreed(
    output: Option<Setting<OutputPath>>,
    format: Option<&Setting<FileFormat>>,
) -> Result<Option<Setting<OutputPath>>, ConfigError> {
    let (Some(Setting { value, origin }), Some(format)) = (&output, format) else {
        return Ok(output);
    };
    if !value.is_folder() && format.origin.rank() < origin.rank() {
        return Ok(output);
    }
    let value = value.clone().with_format(format.value);
    let value = value.map_err(|error| ConfigError::wrong(&format.origin, FORMAT.file, &error))?;
    Ok(Some(Setting { value, origin: origin.clone() }))
}

fn parse(layers: &Layers, path: &str) -> Result<OutputPath, ConfigError> {
    OutputPath::parse(path).map_err(|error| match layers.file_origin(OUTPUT.file) {
        Some(origin) => ConfigError::wrong(&origin, OUTPUT.file, &error),
        None => ConfigError::Usage { reason: error.to_string() },
    })
}
