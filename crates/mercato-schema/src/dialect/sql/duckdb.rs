//! DuckDB: a table that takes a topic's JSON, with structs, lists and maps as they are.

use crate::InstantForm;

use super::super::names::identifier;
use super::super::walk::{Member, Scalar, TypeName, Types, members};
use super::super::{Record, about};
use super::{detailed, name, text};

/// Writes the table of a topic.
pub(in super::super) fn table(Record { topic, description, .. }: &Record<'_>) -> String {
    let table = name(&identifier(topic));
    let record = TypeName::of_record(&description.name);
    let (mut columns, mut comments) = (Vec::new(), String::new());
    for member in members(&DuckDb, &record, &description.fields) {
        let need = if member.field.nullable { "" } else { " NOT NULL" };
        columns.push(format!("{}{need}", typed(&member)));
        let (column, about) = (name(&member.field.name), text(&detailed(member.field)));
        comments.push_str(&format!("COMMENT ON COLUMN {table}.{column} IS {about};\n"));
    }
    format!(
        "-- COPY {table} FROM '{topic}.ndjson' (FORMAT json);\n\
         CREATE TABLE {table} (\n  {}\n);\nCOMMENT ON TABLE {table} IS {};\n{comments}",
        columns.join(",\n  "),
        text(&about(description)),
    )
}

struct DuckDb;

impl Types for DuckDb {
    type Type = String;

    fn scalar(&self, scalar: Scalar) -> String {
        match scalar {
            Scalar::Text => "VARCHAR".to_owned(),
            Scalar::Boolean => "BOOLEAN".to_owned(),
            Scalar::Integer => "INTEGER".to_owned(),
            Scalar::Long | Scalar::Instant(InstantForm::EpochMillis | InstantForm::EpochMicros) => {
                "BIGINT".to_owned()
            }
            Scalar::Decimal { precision, scale } => format!("DECIMAL({precision}, {scale})"),
            Scalar::Number => "DOUBLE".to_owned(),
            Scalar::Instant(InstantForm::Millis | InstantForm::Micros) => "TIMESTAMPTZ".to_owned(),
        }
    }

    fn structure(&self, _: &TypeName, members: &[Member<'_, String>]) -> String {
        let fields: Vec<String> = members.iter().map(typed).collect();
        format!("STRUCT({})", fields.join(", "))
    }

    fn list(&self, _: &TypeName, item: String) -> String {
        format!("{item}[]")
    }

    fn map(&self, _: &TypeName, value: String) -> String {
        format!("MAP(VARCHAR, {value})")
    }
}

fn typed(Member { field, of }: &Member<'_, String>) -> String {
    format!("{} {of}", name(&field.name))
}
