//! The options that choose where records, metrics and the summary go.

use std::path::PathBuf;

use clap::ArgAction;
use mercato_sinks::{FileFormat, Format, OutputPath};

use super::options;
use crate::{ConfigError, Layers, Setting};

options! {
    /// Destinations of records besides Kafka, and of the summary.
    [output] "Output" => OutputArgs, OutputSection, OutputSettings(args, layers);

    /// Write to this file: .ndjson, .csv or .pb, also with .gz or .zst, or .parquet or .avro; a
    /// directory (existing, or ending in /) gets one file per topic; `null:` discards the output
    output: OutputPath, unset("standard output, unless records go to Kafka"),
        flag("output", short, value_name = "PATH"), key("path"), schema(example = "out/");

    /// Replace existing files
    force: bool, otherwise(false), flag("force", action = ArgAction::SetTrue);

    /// Write records in this format: ndjson, csv, avro or protobuf; into a directory also with .gz
    /// or .zst, or parquet; to Kafka ndjson, avro or protobuf
    format: FileFormat, unset("from the file extension, else ndjson"), flag("format", value_name = "FORMAT");

    /// Print records to standard output even if they also go to Kafka or to a file
    output_console: bool, otherwise(false),
        flag("output-console", action = ArgAction::SetTrue), key("console");

    /// Serve Prometheus metrics at this address, such as 127.0.0.1:9464: /metrics, /healthz and
    /// /readyz
    metrics_listen: String, unset("off"), flag("metrics-listen", value_name = "ADDR"),
        schema(example = "127.0.0.1:9464");

    /// Keep the state of the run in this file: the same command goes on where the run was stopped or
    /// killed
    state: PathBuf, unset("none"), flag("state", value_name = "FILE"), schema(example = "run.state.json");

    /// Go on where the run of this summary, written by --summary-json, was stopped or killed
    resume: PathBuf, unset("none"), flag("resume", value_name = "SUMMARY", conflicts_with = "state"), schema(example = "run.json");

    /// Write the summary to this file as one JSON object, every few seconds and at the end
    summary_json: PathBuf, unset("none"), flag("summary-json", value_name = "PATH"), schema(example = "run.json");
}

impl OutputSettings {
    /// Resolves the flags over `layers`.
    ///
    /// Fails when a file is wrong.
    pub fn resolve(args: &OutputArgs, layers: &Layers) -> Result<Self, ConfigError> {
        let mut settings = Self::merge(args, layers)?;
        settings.output = agreed(settings.output, settings.format.as_ref())?;
        Ok(settings)
    }

    /// Returns the encoding of the records.
    pub fn encoding(&self) -> Format {
        let of_output = self.output.as_ref().map(|output| output.value.format());
        of_output.or(self.format.as_ref().map(|format| format.value.format)).unwrap_or(Format::Json)
    }

    /// Returns whether records go to standard output, given whether they go to Kafka.
    pub fn to_stdout(&self, to_kafka: bool) -> bool {
        self.output_console.value || !to_kafka && self.output.is_none()
    }
}

/// Applies the requested format to the output; a format from a file applies only to outputs without
/// an extension of their own.
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
    let value =
        value.map_err(|error| ConfigError::wrong(&format.origin, "output.format", &error))?;
    Ok(Some(Setting { value, origin: origin.clone() }))
}
