//! Names of outputs and formats as a file of settings holds them.

use std::borrow::Cow;

use mercato_sinks::{FileFormat, OutputPath};
use mercato_units::Scalar;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// The name of an output as a file of settings holds it.
#[derive(Debug, Clone)]
pub struct OutputName(OutputPath);

impl From<OutputName> for OutputPath {
    fn from(name: OutputName) -> Self {
        name.0
    }
}

impl JsonSchema for OutputName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "OutputPath".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

impl<'de> Deserialize<'de> for OutputName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OutputPath::parse(String::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
    }
}

/// A format as a file of settings holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFormatName(FileFormat);

impl From<FileFormatName> for FileFormat {
    fn from(name: FileFormatName) -> Self {
        name.0
    }
}

impl JsonSchema for FileFormatName {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "FileFormat".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let compressed =
            |format: &str| ["", ".gz", ".zst"].map(|compression| format!("{format}{compression}"));
        let mut names =
            ["ndjson", "jsonl", "json", "csv", "protobuf", "pb"].map(compressed).concat();
        names.extend(["parquet", "avro"].map(str::to_owned));
        json_schema!({ "type": "string", "enum": names, "examples": ["ndjson"] })
    }
}

impl<'de> Deserialize<'de> for FileFormatName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar::deserialize(deserializer)?.0.parse().map(Self).map_err(D::Error::custom)
    }
}
