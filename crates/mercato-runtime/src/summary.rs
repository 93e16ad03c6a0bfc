//! Summary of a run, as one JSON object and as human-readable text.
//!
//! The object identifies the run so completely that `verify --run SUMMARY.json` can make it again:
//! identity, effective configuration, and which part of the run was wanted.

mod human;

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use mercato_config::{Effective, Layers, RunRange, RunSpec, read_text_file, repeat_command};
use mercato_sinks::{UnfinishedFile, write_whole};
use mercato_units::Timestamp;

pub use human::{Human, SummaryStyle, hint};

/// Why a summary could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SummaryError {
    /// The file cannot be written.
    #[error("cannot write the summary to {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The underlying I/O error.
        source: io::Error,
    },
    /// The file cannot be read.
    #[error("cannot read the summary in {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The underlying I/O error.
        source: io::Error,
    },
    /// The file was changed after it was written.
    #[error("{} does not fit its digest: it was edited, or a number lost digits on the way", path.display())]
    Edited {
        /// The file.
        path: PathBuf,
    },
    /// The file has no digest.
    #[error(
        "{} has no digest: it was edited, or written by an earlier version; write it again with \
         --summary-json",
        path.display()
    )]
    Unsigned {
        /// The file.
        path: PathBuf,
    },
    /// The file holds something else.
    #[error("{} is not a summary written by --summary-json", path.display())]
    Shape {
        /// The file.
        path: PathBuf,
        /// The serde error.
        source: serde_json::Error,
    },
}

/// Summary of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// The identity of the run.
    pub identity: Identity,
    /// The part of the run to emit.
    pub part: RunRange,
    /// The command that makes the same records again on standard output.
    pub command: String,
    /// Counts of the generated records.
    pub counts: Counts,
    /// Delivery counts.
    pub delivery: Deliveries,
    /// Speed and lateness.
    pub pace: Pace,
    /// Why the run ended.
    pub end: End,
    /// Cursor from which to resume the run; opaque to all but the engine.
    pub cursor: serde_json::Value,
    /// What is needed besides the cursor to resume the run; none if it is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
}

/// The state that a stopped or killed run has left behind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unfinished {
    /// Event time from which the run is resumed, instead of the cursor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// True if the run is started again from its beginning, instead of the cursor.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub again: bool,
    /// The files that do not have their names yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<UnfinishedFile>,
}

/// A run's identity: records = f(data version, configuration, seed, origin).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// The program's name.
    pub program: String,
    /// The stream's name.
    pub stream: String,
    /// The version of the tables and laws behind the records.
    pub data_version: u32,
    /// The seed.
    pub seed: u64,
    /// The origin.
    pub origin: Timestamp,
    /// SHA-256 of the effective configuration.
    pub config_digest: String,
    /// The effective configuration itself.
    pub config: Effective,
}

impl Identity {
    /// The identity of the run that `run` and `config` describe.
    pub fn new(
        program: &str,
        stream: &str,
        data_version: u32,
        run: &RunSpec,
        config: Effective,
    ) -> Self {
        Self {
            program: program.to_owned(),
            stream: stream.to_owned(),
            data_version,
            seed: run.seed.value,
            origin: run.origin(),
            config_digest: config.digest(),
            config,
        }
    }

    /// The identity as JSON without the configuration, which its digest stands for.
    pub fn brief(&self) -> String {
        let Self { program, stream, data_version, seed, origin, config_digest, .. } = self;
        let brief = serde_json::json!({
            "program": program,
            "stream": stream,
            "data_version": data_version,
            "seed": seed,
            "origin": origin,
            "config_digest": config_digest,
        });
        brief.to_string()
    }
}

/// Counts of the generated records.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Records.
    pub records: u64,
    /// Bytes of the records' values.
    pub bytes: u64,
    /// Records by topic.
    pub topics: BTreeMap<String, u64>,
    /// Records by kind: an order's status, an event's type.
    pub kinds: BTreeMap<String, u64>,
    /// First records of an entity: new orders, opened sessions.
    pub first: u64,
    /// Last records of an entity: shipped orders, closed sessions.
    pub last: u64,
    /// Entities still open at the end.
    pub open: u64,
    /// Records changed on purpose, by kind of fault.
    pub faults: BTreeMap<String, u64>,
    /// Records that were not sent because they were too late (`--on-lag shed`); in no other count.
    #[serde(default)]
    pub shed: u64,
    /// Records that were not sent because their stream broke them, by flaw; in no other count.
    #[serde(default)]
    pub rejected: BTreeMap<String, u64>,
    /// Event time from the origin, or the window's beginning, to the end, in seconds.
    pub event_seconds: f64,
}

/// Delivery counts of the records.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deliveries {
    /// Human-readable destinations, without secrets.
    pub to: Vec<String>,
    /// Handed to the sink.
    pub sent: u64,
    /// Known to be where they should be.
    pub acknowledged: u64,
    /// Lost for good.
    pub failed: u64,
}

/// Speed of a run, and lateness of its records.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pace {
    /// Wall time from the first record to the last delivery, in seconds.
    pub elapsed_seconds: f64,
    /// Records a second of wall time.
    pub achieved_per_second: f64,
    /// Records a second of wall time that the clock asked for; nothing on the clock `fast`.
    pub planned_per_second: Option<f64>,
    /// Lateness of the records; `None` with the clock `fast`.
    pub lateness: Option<Lateness>,
    /// The same until records were acknowledged; `None` where each write settles its own records.
    #[serde(default)]
    pub acknowledged_lateness: Option<Lateness>,
}

/// Percentiles of how long after its due time a record left or was acknowledged, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lateness {
    /// Half of the records were at most so late.
    pub p50: f64,
    /// Nine of ten.
    pub p90: f64,
    /// 99 of 100.
    pub p99: f64,
    /// 999 of 1,000.
    #[serde(rename = "p99.9")]
    pub p99_9: f64,
    /// The latest.
    pub max: f64,
}

/// Why a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The last of the wanted arrivals or records.
    Count,
    /// The wanted duration.
    Duration,
    /// The end of the window.
    Window,
    /// A signal.
    Interrupted,
    /// The reader has gone.
    ReaderGone,
    /// An error, which is reported separately.
    Failed,
    /// None: the run was still going on when this was written; if it is not any more, it was killed.
    Unfinished,
}

impl End {
    /// Returns whether the run ended before all that was wanted had left.
    pub fn is_early(self) -> bool {
        match self {
            Self::Count | Self::Duration | Self::Window => false,
            Self::Interrupted | Self::ReaderGone | Self::Failed | Self::Unfinished => true,
        }
    }
}

impl Summary {
    /// The command that repeats the run; `own` are the program's own flags.
    pub fn command(layers: &Layers, run: &RunSpec, own: &[String]) -> String {
        repeat_command(layers, run, own)
    }

    /// Writes the summary to `path` as one JSON object.
    pub fn write(&self, path: &Path) -> Result<(), SummaryError> {
        let failed = |source| SummaryError::Write { path: path.to_owned(), source };
        let value = self.signed().map_err(|error| failed(error.into()))?;
        let mut text =
            serde_json::to_string_pretty(&value).map_err(|error| failed(error.into()))?;
        text.push('\n');
        let written = write_whole(path, text.as_bytes());
        written.map_err(|error| failed(io::Error::other(error)))
    }

    /// The summary as JSON, with its digest.
    pub fn signed(&self) -> Result<Value, serde_json::Error> {
        let mut value = serde_json::to_value(self)?;
        let digest = digest(&value);
        if let Value::Object(table) = &mut value {
            table.insert(DIGEST.to_owned(), digest.into());
        }
        Ok(value)
    }

    /// Reads what [`Summary::write`] wrote.
    pub fn read(path: &Path) -> Result<Self, SummaryError> {
        let text = read_text_file(path)
            .map_err(|source| SummaryError::Read { path: path.to_owned(), source })?;
        Self::parse(text.as_bytes(), path)
    }

    /// Reads [`Summary::signed`] as text; `path` is where it was found, for errors.
    pub fn parse(text: &[u8], path: &Path) -> Result<Self, SummaryError> {
        let shape = |source| SummaryError::Shape { path: path.to_owned(), source };
        let mut value: Value = serde_json::from_slice(text).map_err(shape)?;
        let named = value.as_object_mut().and_then(|table| table.shift_remove(DIGEST));
        let expected = digest(&value);
        let summary = serde_json::from_value(value).map_err(shape)?;
        match named {
            Some(named) if named == expected => Ok(summary),
            Some(_) => Err(SummaryError::Edited { path: path.to_owned() }),
            None => Err(SummaryError::Unsigned { path: path.to_owned() }),
        }
    }
}

/// The key of the digest in a summary.
const DIGEST: &str = "digest";

/// SHA-256 of everything in a summary but the pace, which is measured and no part of the run.
///
/// It is the same after jq, which sorts keys and writes `72.0` as `72`.
fn digest(summary: &Value) -> String {
    let mut effective = Effective::default();
    let sections = summary.as_object().into_iter().flatten();
    for (name, section) in sections.filter(|(name, _)| *name != "pace") {
        let mut section = section.clone();
        if let Value::Object(counts) = &mut section {
            counts.shift_remove("event_seconds");
        }
        whole_numbers(&mut section);
        // A JSON value always becomes one.
        effective = effective.clone().with(name, &section).unwrap_or(effective);
    }
    effective.digest()
}

/// Turns doubles without a fraction into the whole numbers that they are.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Object(table) => table.values_mut().for_each(whole_numbers),
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Number(number) if number.is_f64() => {
            let double = number.as_f64().unwrap_or(f64::NAN);
            if double.fract() == 0.0 && double.abs() < 9e15 {
                *value = Value::from(double as i64);
            }
        }
        _ => {}
    }
}
