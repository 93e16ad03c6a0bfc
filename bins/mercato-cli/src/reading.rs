//! Flags of the commands that read records.

use std::path::Path;

use clap::{Args, ValueEnum};
use mercato::runtime::exit::{Exit, Failure};
use mercato::sinks::{Format, OutputPath};
use mercato::truth::Form;

/// Flags about the records that are read.
#[derive(Debug, Clone, Args)]
pub(crate) struct ReadingArgs {
    /// Read this format [default: by the file's name or first bytes; on standard input JSON, unless
    /// it begins as an Avro file]
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
    /// Avro: container files; in a topic, Confluent's wire format.
    Avro,
    /// Protobuf: messages after their lengths; in a topic, Confluent's wire format.
    #[value(alias = "pb")]
    Protobuf,
    /// Parquet: files only.
    Parquet,
}

impl ReadingArgs {
    /// The form that the flag says.
    pub(crate) fn form(&self) -> Option<Form> {
        self.format.map(|format| match format {
            ReadFormat::Ndjson | ReadFormat::Csv => Form::Text,
            ReadFormat::Avro => Form::Avro,
            ReadFormat::Protobuf => Form::Protobuf,
            ReadFormat::Parquet => Form::Parquet,
        })
    }

    /// Refuses formats that topics do not have.
    pub(crate) fn check_topic(&self) -> Result<(), Failure> {
        match self.format {
            Some(ReadFormat::Csv | ReadFormat::Parquet) => Err(Failure::new(
                Exit::Usage,
                "topics hold ndjson, avro or protobuf: give one of these as --format, or omit it",
            )),
            _ => Ok(()),
        }
    }

    /// Returns whether a file of this name holds records of a single topic, without envelopes.
    pub(crate) fn is_of_one_topic(&self, path: Option<&Path>) -> bool {
        match (self.format, path) {
            (Some(format), _) => !matches!(format, ReadFormat::Ndjson | ReadFormat::Csv),
            (None, Some(path)) => OutputPath::parse(path)
                .is_ok_and(|path| path.format().is_columnar() || path.format().is_binary()),
            (None, None) => false,
        }
    }

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
