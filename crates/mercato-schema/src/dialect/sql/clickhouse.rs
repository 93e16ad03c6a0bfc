//! ClickHouse: a table in the order of key and event time.
//!
//! A tuple, an array or a map cannot be `NULL` in ClickHouse, so one that may be `null` is empty
//! there.

use crate::{Description, Field, InstantForm, Kind};

use super::super::names::identifier;
use super::super::walk::{Member, Scalar, TypeName, Types, members};
use super::super::{Record, about, event_time};
use super::detailed;

/// Writes the table of a topic.
pub(in super::super) fn table(Record { topic, description, .. }: &Record<'_>) -> String {
    let table = name(&identifier(topic));
    let record = TypeName::of_record(&description.name);
    let columns: Vec<String> = members(&ClickHouse, &record, &description.fields)
        .iter()
        .map(|member| format!("{} COMMENT {}", typed(member), text(&detailed(member.field))))
        .collect();
    format!(
        "-- clickhouse-client --date_time_input_format best_effort \\\n\
         --   --query 'INSERT INTO {table} FORMAT JSONEachRow' < {topic}.ndjson\n\
         CREATE TABLE {table} (\n  {}\n)\nENGINE = MergeTree\nORDER BY {}\nCOMMENT {};\n",
        columns.join(",\n  "),
        order(description),
        text(&about(description)),
    )
}

/// The order of a table's rows: by key and event time, as far as they are columns.
fn order(description: &Description) -> String {
    let key = description.fields.iter().find(|field| field.name == description.key);
    let key = key.filter(|field| !field.nullable);
    let time = event_time(description).filter(|field| Some(*field) != key);
    let columns: Vec<String> = key.into_iter().chain(time).map(|field| name(&field.name)).collect();
    if columns.is_empty() { "tuple()".to_owned() } else { format!("({})", columns.join(", ")) }
}

struct ClickHouse;

impl Types for ClickHouse {
    type Type = String;

    fn scalar(&self, scalar: Scalar) -> String {
        match scalar {
            Scalar::Text => "String".to_owned(),
            Scalar::Boolean => "Bool".to_owned(),
            Scalar::Integer => "Int32".to_owned(),
            Scalar::Long | Scalar::Instant(InstantForm::EpochMillis | InstantForm::EpochMicros) => {
                "Int64".to_owned()
            }
            Scalar::Decimal { precision, scale } => format!("Decimal({precision}, {scale})"),
            Scalar::Number => "Float64".to_owned(),
            Scalar::Instant(InstantForm::Millis) => "DateTime64(3, 'UTC')".to_owned(),
            Scalar::Instant(InstantForm::Micros) => "DateTime64(6, 'UTC')".to_owned(),
        }
    }

    fn structure(&self, _: &TypeName, members: &[Member<'_, String>]) -> String {
        let fields: Vec<String> = members.iter().map(typed).collect();
        format!("Tuple({})", fields.join(", "))
    }

    fn list(&self, _: &TypeName, item: String) -> String {
        format!("Array({item})")
    }

    fn map(&self, _: &TypeName, value: String) -> String {
        format!("Map(String, {value})")
    }
}

fn typed(Member { field, of }: &Member<'_, String>) -> String {
    let of = if can_be_null(field) { format!("Nullable({of})") } else { of.clone() };
    format!("{} {of}", name(&field.name))
}

fn can_be_null(field: &Field) -> bool {
    field.nullable && !matches!(field.kind, Kind::Struct(_) | Kind::List(_) | Kind::Map(_))
}

/// Writes an identifier, in which ClickHouse reads backslashes as escapes.
fn name(name: &str) -> String {
    format!("`{}`", name.replace('\\', "\\\\").replace('`', "\\`"))
}

/// Writes a text, in which ClickHouse reads backslashes as escapes.
fn text(text: &str) -> String {
    super::text(&text.replace('\\', "\\\\"))
}
