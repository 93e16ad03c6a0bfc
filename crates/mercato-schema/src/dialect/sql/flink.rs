//! Flink SQL: a table of the Kafka connector that reads a topic's JSON.
//!
//! Instants are `TIMESTAMP_LTZ(3)`, the only kind of instant in UTC that can have a watermark.
//! An instant that JSON writes as a number stays one, and the event time is a column computed from
//! it.

use std::collections::BTreeSet;

use crate::{Field, InstantForm, Kind};

use super::super::names::{identifier, unique};
use super::super::walk::{Member, Scalar, TypeName, Types, members};
use super::super::{Record, about, event_time};
use super::{text, ticked};

/// Writes the table of a topic.
pub(in super::super) fn table(Record { topic, description }: &Record<'_>) -> String {
    let record = TypeName::of_record(&description.name);
    let mut columns: Vec<String> = members(&Flink, &record, &description.fields)
        .iter()
        .map(|member| format!("{} COMMENT {}", typed(member), text(&member.field.doc)))
        .collect();
    if let Some(field) = event_time(description) {
        columns.extend(watermark(field, &description.fields));
    }
    format!(
        "CREATE TABLE {} (\n  {}\n) COMMENT {}\nWITH (\n{});\n",
        ticked(&identifier(topic)),
        columns.join(",\n  "),
        text(&about(description)),
        options(topic),
    )
}

/// Declares the watermark, after a column of its own for an event time that is a number.
fn watermark(field: &Field, fields: &[Field]) -> Vec<String> {
    let (mut columns, mut time) = (Vec::new(), field.name.to_string());
    if let Kind::Instant(form @ (InstantForm::EpochMillis | InstantForm::EpochMicros)) = field.kind
    {
        let mut taken: BTreeSet<String> =
            fields.iter().map(|field| field.name.to_string()).collect();
        time = unique("event_time".to_owned(), &mut taken);
        let number = ticked(&field.name);
        let millis = if form.has_micros() { format!("{number} / 1000") } else { number };
        columns.push(format!("{} AS TO_TIMESTAMP_LTZ({millis}, 3)", ticked(&time)));
    }
    let time = ticked(&time);
    columns.push(format!("WATERMARK FOR {time} AS {time} - INTERVAL '5' SECOND"));
    columns
}

fn options(topic: &str) -> String {
    let topic = text(topic);
    format!(
        "  'connector' = 'kafka',
  'topic' = {topic},
  'properties.bootstrap.servers' = 'localhost:9092',
  'scan.startup.mode' = 'earliest-offset',
  -- A partition without records holds every window back until it counts as idle.
  'scan.watermark.idle-timeout' = '5 s',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
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
