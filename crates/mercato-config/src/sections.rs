//! The sections of a configuration file that every program knows, as they are written.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use mercato_encode::FaultKind;
use mercato_sinks::FileFormat;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::suggest;
use mercato_units::{
    Brokers, Clock, Count, DurationOrNumber, Factor, Moment, Rate, Scalar, SeedNumber, Shard,
    Share, Threads, Timestamp, Topic, ValueError,
};

/// `[run]`: the same names as the flags, with underscores.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RunSection {
    /// Root of all randomness, any 64-bit number; a fresh one, which is printed, unless given.
    pub seed: Option<SeedNumber>,
    /// Arrivals of orders, transactions, events or sessions before the run ends; no such end unless
    /// given.
    pub count: Option<Count>,
    /// Event time before the run ends, with its unit; 5 minutes for `sales` if nothing else ends
    /// it, else no such end.
    pub duration: Option<DurationOrNumber>,
    /// Event time at which the run begins; now, or with a duration on another clock than `wall` so
    /// long before now, unless given.
    pub start: Option<Timestamp>,
    /// Nothing of the run is emitted before this; its beginning unless given.
    pub from: Option<Moment>,
    /// Nothing of the run is emitted from here on; its end unless given.
    #[schemars(example = "+20m")]
    pub to: Option<Moment>,
    /// The run begins so long before now, with history at full speed; instead of `start`.
    pub backfill: Option<DurationOrNumber>,
    /// `wall` (event time is wall time, what is past is due at once), `fast` (no waiting) or a pace
    /// such as `60x`;
    /// `wall` unless given, and `fast` for `mercato generate`.
    pub clock: Option<Clock>,
    /// Arrivals at a rate; the stream's own law unless given.
    pub rate: Option<Rate>,
    /// Worker threads, which change no record; all cores on the clock `fast` and 1 on others unless
    /// given.
    pub threads: Option<Threads>,
    /// Only the owners of this shard are emitted; of all unless given.
    pub shard: Option<Shard>,
    /// Whether what is open at the end may finish; no unless given.
    pub drain: Option<bool>,
    /// What is done when records leave later than planned: they catch up at full speed, those that
    /// are too late are shed, or the plan stretches; `catch-up` unless given.
    pub on_lag: Option<OnLag>,
    /// Lateness beyond which a run counts as behind, and its records as too late; 5 s unless given.
    #[schemars(example = "5s")]
    pub lag_bound: Option<DurationOrNumber>,
}

/// `[output]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OutputSection {
    /// A file (.ndjson or .csv, also with .gz or .zst), a folder, which ends in /, or `null:`;
    /// standard output unless records go to Kafka or a path is given.
    #[schemars(example = "out/")]
    pub path: Option<String>,
    /// How records are written to standard output or into a folder: `ndjson` or `csv`, in a folder
    /// also with `.gz` or `.zst`; `ndjson` unless given.
    pub format: Option<FileFormatName>,
    /// Whether records are printed to standard output besides going elsewhere; no unless given.
    pub console: Option<bool>,
    /// The file that gets the summary as one JSON object; none unless given.
    #[schemars(example = "run.json")]
    pub summary_json: Option<PathBuf>,
    /// The address at which Prometheus is answered; none unless given.
    #[schemars(example = "127.0.0.1:9464")]
    pub metrics_listen: Option<String>,
}

/// What `--format` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFormatName(pub FileFormat);

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
        let mut names = ["ndjson", "jsonl", "json", "csv"].map(compressed).concat();
        names.push("parquet".to_owned());
        json_schema!({ "type": "string", "enum": names, "examples": ["ndjson"] })
    }
}

impl<'de> Deserialize<'de> for FileFormatName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar::deserialize(deserializer)?.0.parse().map(Self).map_err(D::Error::custom)
    }
}

/// `[kafka]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KafkaSection {
    /// The brokers, once a flag or a variable asks for Kafka; `localhost:9092` unless given.
    pub bootstrap_servers: Option<Brokers>,
    /// The topic; the stream's own unless given.
    pub topic: Option<Topic>,
    /// Properties under librdkafka's or Java's names.
    pub properties: Properties,
    /// What Kafka's `CreateTime` holds, the event time or the time of sending; `event` unless
    /// given.
    pub record_timestamp: Option<RecordTime>,
    /// How long a broker may be away before the run ends; without end unless given.
    pub max_outage: Option<DurationOrNumber>,
}

/// `[log]`.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LogSection {
    /// The least important level that is shown; `info` unless given.
    pub level: Option<LogLevel>,
    /// How log lines are written; `text` unless given.
    pub format: Option<LogFormat>,
    /// A file that gets a copy of the log; none unless given.
    #[schemars(example = "mercato.log")]
    pub file: Option<PathBuf>,
    /// When colours are used; `auto`, on a terminal, unless given.
    pub color: Option<ColorChoice>,
}

/// An entry of `[[schedule]]`: arrivals come `factor` times as often from `from` until before `to`,
/// under a scenario of the shop, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(deny_unknown_fields, extend("anyOf" = [{ "required": ["factor"] }, { "required": ["scenario"] }]))]
pub struct ScheduleEntry {
    /// First moment at which the entry holds.
    pub from: Moment,
    /// First moment at which it no longer holds.
    #[schemars(example = "+20m")]
    pub to: Moment,
    /// How often arrivals come, in relation to how often they would; 1 unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub factor: Option<Factor>,
    /// The scenario that holds instead of the run's own; the run's own unless given. Only the shop
    /// has scenarios.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"peak_traffic")]
    pub scenario: Option<String>,
}

/// An entry before it is known to say anything.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    from: Moment,
    to: Moment,
    factor: Option<Factor>,
    scenario: Option<String>,
}

impl<'de> Deserialize<'de> for ScheduleEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let WrittenEntry { from, to, factor, scenario } = WrittenEntry::deserialize(deserializer)?;
        if factor.is_none() && scenario.is_none() {
            return Err(D::Error::custom("it needs a `factor`, a `scenario` or both"));
        }
        Ok(Self { from, to, factor, scenario })
    }
}

/// `[disorder]`: faults that are put into the records on purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DisorderSection {
    /// Share of the records that are malformed; 0 by default.
    pub malformed: Share,
    /// The kinds of malformed records, each as likely as another; all by default.
    #[serde(deserialize_with = "fault_kinds", serialize_with = "fault_names")]
    #[schemars(schema_with = "fault_kinds_schema")]
    pub kinds: Option<Vec<FaultKind>>,
    /// The file that names each changed record; the output's name with `.faults.ndjson` unless
    /// given.
    #[schemars(example = "faults.ndjson")]
    #[serde(skip_serializing)]
    pub ledger: Option<PathBuf>,
}

impl DisorderSection {
    /// The kinds of malformed records.
    pub fn kinds(&self) -> Vec<FaultKind> {
        self.kinds.clone().unwrap_or_else(|| FaultKind::ALL.to_vec())
    }
}

fn fault_kinds<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<FaultKind>>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    if names.is_empty() {
        return Err(D::Error::custom(
            "name at least one kind, or leave the key out for all of them",
        ));
    }
    names
        .iter()
        .map(|name| fault_kind(name).map_err(D::Error::custom))
        .collect::<Result<_, _>>()
        .map(Some)
}

fn fault_kinds_schema(_: &mut SchemaGenerator) -> Schema {
    let names = FaultKind::ALL.map(FaultKind::name);
    json_schema!({ "type": "array", "items": { "enum": names }, "minItems": 1 })
}

fn fault_kind(name: &str) -> Result<FaultKind, String> {
    let known = FaultKind::ALL.map(FaultKind::name);
    let kind = FaultKind::ALL.into_iter().find(|kind| kind.name() == name);
    kind.ok_or_else(|| format!("`{name}` is no kind of fault; {}", suggest::hint(name, &known)))
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn fault_names<S: Serializer>(
    kinds: &Option<Vec<FaultKind>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer
        .collect_seq(kinds.as_deref().unwrap_or(&FaultKind::ALL).iter().map(|kind| kind.name()))
}

/// Properties of a Kafka client as a file has them: `"linger.ms" = 20`, or tables within tables
/// (`linger.ms = 20`).
///
/// `Debug` shows names only, because values may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Properties(pub BTreeMap<String, String>);

impl fmt::Debug for Properties {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl JsonSchema for Properties {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Properties".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "examples": [{ "linger.ms": 20 }] })
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut properties = Self::default();
        properties.add("", BTreeMap::deserialize(deserializer)?);
        Ok(properties)
    }
}

/// A property's value, or the table under the first part of a name.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a string, a number, true or false is needed here")]
enum Item {
    Value(Scalar),
    Table(BTreeMap<String, Item>),
}

impl Properties {
    fn add(&mut self, prefix: &str, table: BTreeMap<String, Item>) {
        for (name, item) in table {
            let name = format!("{prefix}{name}");
            match item {
                Item::Value(Scalar(value)) => {
                    self.0.insert(name, value);
                }
                Item::Table(table) => self.add(&format!("{name}."), table),
            }
        }
    }
}

/// `a, b or c`.
fn one_of(names: &[&str]) -> String {
    match names {
        [all @ .., last] if !all.is_empty() => format!("{} or {last}", all.join(", ")),
        _ => names.concat(),
    }
}

macro_rules! names {
    ($(#[$about:meta])* $name:ident, $what:literal: $($(#[$meaning:meta])* $variant:ident = $text:literal),*) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
        pub enum $name {
            $($(#[$meaning])* #[value(name = $text)] $variant),*
        }

        impl $name {
            /// The name in flags, variables and files.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text),*
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = ValueError;

            fn from_str(text: &str) -> Result<Self, ValueError> {
                const NAMES: &[&str] = &[$($text),*];
                match text.to_ascii_lowercase().as_str() {
                    $($text => Ok(Self::$variant),)*
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
                json_schema!({ "type": "string", "enum": [$($text),*] })
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
    /// What Kafka's `CreateTime` of a record holds.
    RecordTime, "record timestamp":
    /// The record's event time.
    Event = "event",
    /// The time of sending.
    Wall = "wall"
}

names! {
    /// What is done when records leave later than planned.
    OnLag, "way to handle lag":
    /// They leave as quickly as they can until the plan is kept again; the default.
    CatchUp = "catch-up",
    /// Those that are too late are skipped, counted and named in the ledger.
    Shed = "shed",
    /// The plan shifts by the lag.
    Stretch = "stretch"
}

names! {
    /// The least important level that is logged.
    LogLevel, "log level":
    /// Nothing.
    Off = "off",
    /// What ends a run.
    Error = "error",
    /// What a user should know.
    Warn = "warn",
    /// What a run does; the default.
    Info = "info",
    /// What its parts do.
    Debug = "debug",
    /// Everything.
    Trace = "trace"
}

names! {
    /// How a log line is written.
    LogFormat, "log format":
    /// For people; the default.
    Text = "text",
    /// One JSON object a line.
    Json = "json"
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
