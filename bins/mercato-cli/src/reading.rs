//! Flags of the commands that read records.

use std::path::Path;

use clap::{Args, ValueEnum};
use mercato::sinks::{Format, OutputPath};

/// Flags about the records that are read.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReadingArgs {
    /// Read this format [default: by the file's name; JSON on standard input]
    #[arg(long = "format", value_name = "FORMAT")]
    pub(crate) format: Option<ReadFormat>,

    /// Succeed on empty input instead of exiting with code 6
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// The format of the records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReadFormat {
    /// JSON: lines, or arrays.
    Ndjson,
    /// CSV by RFC 4180 with a header.
    Csv,
}

impl ReadingArgs {
    /// Returns whether the records are rows of CSV; `path` is none for standard input.
    pub(crate) fn is_csv(&self, path: Option<&Path>) -> bool {
        match (self.format, path) {
            (Some(format), _) => format == ReadFormat::Csv,
            (None, Some(path)) => is_csv(path),
            (None, None) => false,
        }
    }
}

/// Returns whether the name of a file says that its records are rows.
pub(crate) fn is_csv(path: &Path) -> bool {
    OutputPath::parse(path).is_ok_and(|path| path.format() == Format::Csv)
}
