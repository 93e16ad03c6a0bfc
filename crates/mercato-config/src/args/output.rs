//! Where records and the summary go.

use std::path::PathBuf;

use clap::Args;
use mercato_sinks::{FileFormat, OutputPath};

/// Flags that choose a file in place of standard output.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Output")]
pub struct OutputArgs {
    /// Write to this file: .ndjson or .csv, also with .gz or .zst, or .parquet; into this folder,
    /// if it ends in / or is there, a file for each topic; `null:` makes everything and keeps
    /// nothing [default: standard output, unless records go to Kafka]
    #[arg(short, long, value_name = "PATH", value_parser = output_path)]
    pub output: Option<OutputPath>,

    /// How records are written to standard output or into a folder: ndjson or csv, in a folder also
    /// with .gz or .zst, and parquet [default: ndjson; a file's ending says it]
    #[arg(long, value_name = "FORMAT", value_parser = file_format)]
    pub format: Option<FileFormat>,

    /// Print to standard output, also when records go to Kafka or to a file
    #[arg(long)]
    pub output_console: bool,

    /// Answer Prometheus at this address, such as 127.0.0.1:9464: /metrics, /healthz and /readyz
    /// [default: off]
    #[arg(long, value_name = "ADDR")]
    pub metrics_listen: Option<String>,

    /// Write the summary to this file as one JSON object
    #[arg(long, value_name = "PATH")]
    pub summary_json: Option<PathBuf>,
}

fn file_format(text: &str) -> Result<FileFormat, String> {
    text.parse().map_err(|_| {
        "ndjson and csv are allowed, each also followed by .gz or .zst, and parquet".to_owned()
    })
}

fn output_path(text: &str) -> Result<OutputPath, String> {
    OutputPath::parse(text).map_err(|error| error.to_string())
}
