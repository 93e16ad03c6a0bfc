//! The sections of a configuration file that every program knows, as they are written.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use mercato_encode::FaultKind;
use mercato_sinks::FileFormat;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::suggest;
use crate::text::{
    Brokers, Clock, Count, Factor, Moment, Rate, Scalar, SeedNumber, Shard, Share, Stretch, TextError, Threads, Time,
    Topic,
};

/// `[run]`: the same names as the flags, with underscores.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RunSection {
    /// The run's seed.
    pub seed: Option<SeedNumber>,
    /// Arrivals before the run ends.
    pub count: Option<Count>,
    /// Event time before the run ends; with its unit, because one file serves programs with different ones.
    pub duration: Option<Stretch>,
    /// The run's origin.
    pub start: Option<Time>,
    /// Beginning of the window to emit.
    pub from: Option<Moment>,
    /// End of the window to emit.
    pub to: Option<Moment>,
    /// History before now; with its unit.
    pub backfill: Option<Stretch>,
    /// The clock.
    pub clock: Option<Clock>,
    /// Rate of arrivals.
    pub rate: Option<Rate>,
    /// Worker threads.
    pub threads: Option<Threads>,
    /// The shard to emit.
    pub shard: Option<Shard>,
    /// Whether what is open at the end may finish.
    pub drain: Option<bool>,
    /// What is done when records leave later than planned.
    pub on_lag: Option<OnLag>,
    /// Lateness beyond which a run counts as behind; with its unit.
    pub lag_bound: Option<Stretch>,
}

/// `[output]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OutputSection {
    /// What `--output` takes; relative to the working folder.
    pub path: Option<String>,
    /// How records are written where a file's ending does not say it: `ndjson` or `csv`, in a folder also with `.gz`
    /// or `.zst`.
    pub format: Option<FileFormatName>,
    /// Whether records are printed to stdout besides going elsewhere.
    pub console: Option<bool>,
    /// Where the summary goes as JSON.
    pub summary_json: Option<PathBuf>,
    /// Where Prometheus is answered.
    pub metrics_listen: Option<String>,
}

/// What `--format` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFormatName(pub FileFormat);

impl<'de> Deserialize<'de> for FileFormatName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Scalar::deserialize(deserializer)?.0.parse().map(Self).map_err(D::Error::custom)
    }
}

/// `[kafka]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KafkaSection {
    /// The brokers; they are contacted only if a flag or a variable asks for Kafka.
    pub bootstrap_servers: Option<Brokers>,
    /// The topic.
    pub topic: Option<Topic>,
    /// Properties under librdkafka's or Java's names.
    pub properties: Properties,
    /// What Kafka's `CreateTime` holds.
    pub record_timestamp: Option<RecordTime>,
    /// How long a broker may be away before the run ends; with its unit.
    pub max_outage: Option<Stretch>,
}

/// `[log]`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSection {
    /// The least important level that is shown.
    pub level: Option<LogLevel>,
    /// Text or JSON.
    pub format: Option<LogFormat>,
    /// A file that gets a copy.
    pub file: Option<PathBuf>,
    /// When colours are used.
    pub color: Option<ColorChoice>,
}

/// An entry of `[[schedule]]`: arrivals come `factor` times as often from `from` until before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleEntry {
    /// First moment at which the factor holds.
    pub from: Moment,
    /// First moment at which it no longer holds.
    pub to: Moment,
    /// The factor.
    pub factor: Factor,
}

/// `[disorder]`: faults that are put into the records on purpose.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DisorderSection {
    /// Share of the records that are malformed; 0 by default.
    pub malformed: Share,
    /// The kinds of malformed records, each as likely as another; all by default.
    #[serde(deserialize_with = "fault_kinds", serialize_with = "fault_names")]
    pub kinds: Option<Vec<FaultKind>>,
    /// The file that names each changed record; it changes no record.
    #[serde(skip_serializing)]
    pub ledger: Option<PathBuf>,
}

impl DisorderSection {
    /// The kinds of malformed records.
    pub fn kinds(&self) -> Vec<FaultKind> {
        self.kinds.clone().unwrap_or_else(|| FaultKind::ALL.to_vec())
    }
}

fn fault_kinds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<FaultKind>>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    if names.is_empty() {
        return Err(D::Error::custom("name at least one kind, or leave the key out for all of them"));
    }
    names.iter().map(|name| fault_kind(name).map_err(D::Error::custom)).collect::<Result<_, _>>().map(Some)
}

fn fault_kind(name: &str) -> Result<FaultKind, String> {
    let known = FaultKind::ALL.map(FaultKind::name);
    let kind = FaultKind::ALL.into_iter().find(|kind| kind.name() == name);
    kind.ok_or_else(|| format!("`{name}` is no kind of fault; {}", suggest::hint(name, &known)))
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn fault_names<S: Serializer>(kinds: &Option<Vec<FaultKind>>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(kinds.as_deref().unwrap_or(&FaultKind::ALL).iter().map(|kind| kind.name()))
}

/// Properties of a Kafka client as a file has them: `"linger.ms" = 20`, or tables within tables (`linger.ms = 20`).
///
/// `Debug` shows names only, because values may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Properties(pub BTreeMap<String, String>);

impl fmt::Debug for Properties {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
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
            type Err = TextError;

            fn from_str(text: &str) -> Result<Self, TextError> {
                const NAMES: &[&str] = &[$($text),*];
                match text.to_ascii_lowercase().as_str() {
                    $($text => Ok(Self::$variant),)*
                    _ => Err(TextError::new(text, $what, format!("{} are allowed", NAMES.join(", ")))),
                }
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
