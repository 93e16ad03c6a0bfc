//! The lines of a version of a table's log: one action each, as JSON.

use std::io::Result;
use std::path::Path;

use mercato_schema::dialect::event_time;
use mercato_schema::{Description, Kind};
use mercato_units::{Timestamp, timestamp};
use serde_json::{Map, Value, json};
use xxhash_rust::xxh3::xxh3_128;

use super::part::TableRun;
use super::schema::{self, PARTITION};
use crate::footer::Footer;

/// Name of the writer in the history of the table.
const ENGINE: &str = concat!("mercato/", env!("CARGO_PKG_VERSION"));
/// The entry of the table's properties that names the run.
pub(super) use mercato_sinks::RUN;

/// A file that is added to the table.
#[derive(Debug)]
pub(super) struct Added {
    action: Value,
    /// Milliseconds since the Unix epoch of its last record, in event time.
    last: i64,
}

impl Added {
    /// The file at `path` in the folder of the table, which is that of a day and has this footer.
    pub(super) fn new(path: &str, day: &str, footer: &Footer, about: &Description) -> Result<Self> {
        let bounds = bounds(footer, about);
        let last = bounds.as_ref().map_or(0, |(_, _, last)| last.millis());
        let mut stats = Map::from_iter([("numRecords".to_owned(), json!(footer.records))]);
        if let Some((field, first, last)) = bounds {
            // The log's instants have milliseconds, and its bounds must hold every record.
            let last = Timestamp::from_micros(last.micros().saturating_add(999));
            let of_field = |value: Value| Value::from_iter([(field.to_owned(), value)]);
            let text =
                |at: Timestamp| timestamp::millis::serialize(&at, serde_json::value::Serializer);
            stats.insert("minValues".to_owned(), of_field(text(first)?));
            stats.insert("maxValues".to_owned(), of_field(text(last)?));
            stats.insert("nullCount".to_owned(), of_field(json!(0)));
        }
        let action = json!({"add": {
            "path": path,
            "partitionValues": {PARTITION: day},
            "size": footer.bytes,
            "modificationTime": last,
            "dataChange": true,
            "stats": Value::from(stats).to_string(),
        }});
        Ok(Self { action, last })
    }
}

/// The field with the event time, and its first and last value in a file; none if it has none.
fn bounds<'a>(footer: &Footer, about: &'a Description) -> Option<(&'a str, Timestamp, Timestamp)> {
    let field = event_time(about)?;
    let Kind::Instant(form) = field.kind else { return None };
    let (first, last) = footer.bounds(&field.name)?;
    let at = |value: i64| {
        Timestamp::from_micros(if form.has_micros() { value } else { value.saturating_mul(1000) })
    };
    Some((&field.name, at(first), at(last)))
}

/// The actions that make a table of a topic.
pub(super) fn table(topic: &str, about: &Description, run: &TableRun) -> [Value; 2] {
    let protocol = json!({"protocol": {"minReaderVersion": 1, "minWriterVersion": 2}});
    let metadata = json!({"metaData": {
        "id": id(topic, &run.identity),
        "name": topic,
        "description": about.doc,
        "format": {"provider": "parquet", "options": {}},
        "schemaString": schema::of(about).to_string(),
        "partitionColumns": [PARTITION],
        "configuration": {RUN: run.identity},
        "createdTime": run.origin.millis(),
    }});
    [protocol, metadata]
}

/// The text of a version that adds `files`, after the actions that `make` the table if it is new.
pub(super) fn version(make: &[Value], files: &[Added], run: &TableRun) -> String {
    let last = files.iter().map(|file| file.last).max();
    let info = json!({"commitInfo": {
        "timestamp": last.unwrap_or_else(|| run.part.to.millis()),
        "operation": "WRITE",
        "operationParameters": {"mode": "Append", "partitionBy": json!([PARTITION]).to_string()},
        "isBlindAppend": true,
        "engineInfo": ENGINE,
        "userMetadata": run.part.to_string(),
    }});
    let part = json!({"txn": {"appId": run.part.to_string(), "version": 0}});
    let adds = files.iter().map(|file| &file.action);
    let actions = [&info].into_iter().chain(make).chain([&part]).chain(adds);
    actions.map(|action| format!("{action}\n")).collect()
}

/// The id of the table of a topic's records of this run: a UUID of version 8, whose bits the
/// writer chooses.
fn id(topic: &str, identity: &str) -> String {
    let digest = xxh3_128(format!("{identity}\n{topic}").as_bytes());
    let bits = digest & !(0xf << 76) & !(0b11 << 62) | 8 << 76 | 0b10 << 62;
    let hex = format!("{bits:032x}");
    let parts = [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]];
    parts.join("-")
}

/// The day in the name of a file's folder: `2025-01-31` of `dt=2025-01-31`.
pub(super) fn day_of(file: &Path) -> Option<&str> {
    file.parent()?.file_name()?.to_str()?.strip_prefix(PARTITION)?.strip_prefix('=')
}
