//! Flink SQL: a table of the Kafka connector that reads a topic's JSON.
//!
//! Instants are `TIMESTAMP_LTZ(3)`, the only kind of instant in UTC that can have a watermark.
//! An instant that JSON writes as a number stays one, and the event time is a column computed from
//! it.
//!
//! Changes of rows make a table with a primary key, which always holds the last state of each row.
//! A tombstone has no fields, so the event time of rows that are upserted is that of the message.

use std::collections::BTreeSet;

use crate::{ChangeForm, Field, InstantForm, Kind};

use super::super::names::{identifier, unique};
use super::super::walk::{Member, Scalar, TypeName, Types, members};
use super::super::{Record, about, event_time};
use super::{text, ticked};

/// Writes the table of a topic.
pub(in super::super) fn table(record: &Record<'_>) -> String {
    let Record { topic, description, changes } = *record;
    let name = TypeName::of_record(&description.name);
    let mut columns: Vec<String> = members(&Flink, &name, &description.fields)
        .iter()
        .map(|member| format!("{} COMMENT {}", typed(member), text(&member.field.doc)))
        .collect();
    if changes == Some(ChangeForm::Upsert) {
        columns.extend(message_time(&description.fields));
    } else if let Some(field) = event_time(description) {
        columns.extend(watermark(field, &description.fields));
    }
    if changes.is_some() {
        columns.push(format!("PRIMARY KEY ({}) NOT ENFORCED", ticked(&description.key)));
    }
    format!(
        "CREATE TABLE {} (\n  {}\n) COMMENT {}\nWITH (\n{});\n",
        ticked(&identifier(topic)),
        columns.join(",\n  "),
        text(&about(description)),
        options(topic, changes),
    )
}

/// Declares an event time that even a row without a value has, with its watermark.
fn message_time(fields: &[Field]) -> [String; 2] {
    let time = ticked(&unique("event_time".to_owned(), &mut names(fields)));
    [
        format!("{time} TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL"),
        format!("WATERMARK FOR {time} AS {time} - INTERVAL '5' SECOND"),
    ]
}

fn names(fields: &[Field]) -> BTreeSet<String> {
    fields.iter().map(|field| field.name.to_string()).collect()
}

/// Declares the watermark, after a column of its own for an event time that is a number.
fn watermark(field: &Field, fields: &[Field]) -> Vec<String> {
    let (mut columns, mut time) = (Vec::new(), field.name.to_string());
    if let Kind::Instant(form @ (InstantForm::EpochMillis | InstantForm::EpochMicros)) = field.kind
    {
        time = unique("event_time".to_owned(), &mut names(fields));
        let number = ticked(&field.name);
        let millis = if form.has_micros() { format!("{number} / 1000") } else { number };
        columns.push(format!("{} AS TO_TIMESTAMP_LTZ({millis}, 3)", ticked(&time)));
    }
    let time = ticked(&time);
    columns.push(format!("WATERMARK FOR {time} AS {time} - INTERVAL '5' SECOND"));
    columns
}

fn options(topic: &str, changes: Option<ChangeForm>) -> String {
    let topic = text(topic);
    if changes == Some(ChangeForm::Upsert) {
        return format!(
            "  'connector' = 'upsert-kafka',
  'topic' = {topic},
  'properties.bootstrap.servers' = 'localhost:9092',
  'key.format' = 'raw',
  'value.format' = 'json',
  'value.json.timestamp-format.standard' = 'ISO-8601'
"
        );
    }
    let format = if changes.is_some() { "debezium-json" } else { "json" };
    format!(
        "  'connector' = 'kafka',
  'topic' = {topic},
  'properties.bootstrap.servers' = 'localhost:9092',
  'scan.startup.mode' = 'earliest-offset',
  -- A partition without records holds every window back until it counts as idle. While
  -- catching up, one that only waits for its turn counts as idle, too: leave this out, or records are late.
  'scan.watermark.idle-timeout' = '5 s',
  'format' = '{format}',
  '{format}.timestamp-format.standard' = 'ISO-8601'
"
    )
}

struct Flink;

impl Types for Flink {
    type Type = String;

    fn scalar(&self, scalar: Scalar) -> String {
        match scalar {
            Scalar::Text => "STRING".to_owned(),
            Scalar::Boolean => "BOOLEAN".to_owned(),
            Scalar::Integer => "INT".to_owned(),
            Scalar::Long | Scalar::Instant(InstantForm::EpochMillis | InstantForm::EpochMicros) => {
                "BIGINT".to_owned()
            }
            Scalar::Decimal { precision, scale } => format!("DECIMAL({precision}, {scale})"),
            Scalar::Number => "DOUBLE".to_owned(),
            Scalar::Instant(InstantForm::Millis | InstantForm::Micros) => {
                "TIMESTAMP_LTZ(3)".to_owned()
            }
        }
    }

    fn structure(&self, _: &TypeName, members: &[Member<'_, String>]) -> String {
        let fields: Vec<String> = members
            .iter()
            .map(|member| format!("{} {}", typed(member), text(&member.field.doc)))
            .collect();
        format!("ROW<{}>", fields.join(", "))
    }

    fn list(&self, _: &TypeName, item: String) -> String {
        format!("ARRAY<{item} NOT NULL>")
    }

    fn map(&self, _: &TypeName, value: String) -> String {
        format!("MAP<STRING NOT NULL, {value} NOT NULL>")
    }
}

fn typed(Member { field, of }: &Member<'_, String>) -> String {
    let need = if field.nullable { "" } else { " NOT NULL" };
    format!("{} {of}{need}", ticked(&field.name))
}
