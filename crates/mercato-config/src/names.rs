//! Options that take one of a few names.

use std::borrow::Cow;

use mercato_units::{Scalar, ValueError};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer};

/// `a, b or c`.
fn one_of(names: &[&str]) -> String {
    match names {
        [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        _ => names.concat(),
    }
}

macro_rules! names {
    ($(#[$about:meta])* $name:ident, $what:literal: $($(#[$meaning:meta])* $variant:ident = $text:literal $(| $alias:literal)*),*) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
        pub enum $name {
            $($(#[$meaning])* #[value(name = $text $(, alias = $alias)*)] $variant),*
        }

        impl $name {
            /// The name in flags, variables and files.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),*
                }
            }
        }

        crate::value::plain! {
            $name: clap::value_parser!($name).into(), |value| serde_json::Value::from(value.name());
        }

        impl std::str::FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                const NAMES: &[&str] = &[$($text),*];
                match text.to_ascii_lowercase().as_str() {
                    $($text $(| $alias)* => Ok(Self::$variant),)*
                    _ => Err(ValueError::invalid($what, text, format!("expected {}", one_of(NAMES)))),
                }
            }
        }

        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "enum": [$($text $(, $alias)*),*] })
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Scalar::deserialize(deserializer)?.0.parse().map_err(D::Error::custom)
            }
        }
    };
}

names! {
    /// The value of a record's `CreateTime` in Kafka.
    RecordTime, "record timestamp":
    /// The record's event time.
    Event = "event",
    /// The time of sending.
    Wall = "wall"
}

names! {
    /// How often consumers may see a record that was sent to Kafka.
    DeliveryGuarantee, "delivery":
    /// Once, and again after an error or a kill.
    AtLeastOnce = "at-least-once",
    /// Once, for consumers that read committed records only.
    ExactlyOnce = "exactly-once"
}

names! {
    /// How records are compressed on their way to a Kafka topic, and in it.
    KafkaCompression, "compression":
    /// Not at all.
    None = "none",
    /// By gzip.
    Gzip = "gzip" | "gz",
    /// By Snappy.
    Snappy = "snappy",
    /// By LZ4.
    Lz4 = "lz4",
    /// By Zstandard.
    Zstd = "zstd" | "zst"
}

names! {
    /// The form in which records have their instants.
    TimestampFormat, "timestamp format":
    /// RFC 3339 text in UTC.
    Iso = "iso",
    /// Whole milliseconds since the Unix epoch.
    EpochMs = "epoch-ms",
    /// Whole microseconds since the Unix epoch.
    EpochUs = "epoch-us"
}

names! {
    /// The form in which changes of rows are written.
    Cdc, "form of change events":
    /// Events with the row before and after.
    Debezium = "debezium",
    /// The row after the change, and no value for a deleted one.
    Upsert = "upsert"
}

names! {
    /// Action when records fall behind schedule.
    OnLag, "way to handle lag":
    /// Send at full speed until the run has caught up; the default.
    CatchUp = "catch-up",
    /// Skip records that are too late; they are counted and listed in the ledger.
    Shed = "shed",
    /// Shift the schedule by the lag.
    Stretch = "stretch"
}

names! {
    /// The least important level that is logged.
    LogLevel, "log level":
    /// Nothing.
    Off = "off",
    /// Errors that end a run.
    Error = "error" | "critical" | "fatal",
    /// Warnings for the user.
    Warn = "warn" | "warning",
    /// Progress of a run; the default.
    Info = "info",
    /// Details of its parts.
    Debug = "debug",
    /// Everything.
    Trace = "trace"
}

names! {
    /// Format of log lines.
    LogFormat, "log format":
    /// Human-readable; the default.
    Text = "text",
    /// One JSON object per line.
    Json = "json",
    /// Lines as Python's logging module writes them: `2024-01-15 10:30:45,123 - INFO - text`.
    Python = "python"
}

names! {
    /// When colours are used.
    ColorChoice, "choice of colour":
    /// On a terminal, unless `NO_COLOR` is set; the default.
    Auto = "auto",
    /// Always.
    Always = "always",
    /// Never.
    Never = "never"
}
