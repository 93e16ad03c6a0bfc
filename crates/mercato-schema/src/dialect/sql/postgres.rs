//! PostgreSQL: a table for the CSV file of a topic, column by column.
//!
//! A struct is one column for each of its fields, named by its path as in the file; lists and maps
//! are `jsonb`.
//! The command that loads the file names the texts that are never `null`: without that, PostgreSQL
//! would take an empty one for `null`.

use crate::InstantForm;

use super::super::names::identifier;
use super::super::walk::{Member, Scalar, TypeName, Types, type_of};
use super::super::{Record, about};
use super::{detailed, name, text};

const TEXT: &str = "text";

/// Writes the table of a topic.
pub(in super::super) fn table(Record { topic, description, .. }: &Record<'_>) -> String {
    let table = name(&identifier(topic));
    let (mut columns, mut texts, mut comments) = (Vec::new(), Vec::new(), String::new());
    for leaf in description.leaves() {
        let column = name(&leaf.path);
        let of = type_of(&Postgres, &TypeName::of_record(&leaf.path), &leaf.field.kind);
        let need = if leaf.nullable { "" } else { " NOT NULL" };
        if of == TEXT && !leaf.nullable {
            texts.push(column.clone());
        }
        columns.push(format!("{column} {of}{need}"));
        let about = text(&detailed(leaf.field));
        comments.push_str(&format!("COMMENT ON COLUMN {table}.{column} IS {about};\n"));
    }
    let not_null = match texts.join(", ") {
        texts if texts.is_empty() => texts,
        texts => format!(", force_not_null ({texts})"),
    };
    format!(
        "-- \\copy {table} from '{topic}.csv' with (format csv, header match{not_null})\n\
         CREATE TABLE {table} (\n  {}\n);\nCOMMENT ON TABLE {table} IS {};\n{comments}",
        columns.join(",\n  "),
        text(&about(description)),
    )
}

struct Postgres;

impl Types for Postgres {
    type Type = String;

    fn scalar(&self, scalar: Scalar) -> String {
        match scalar {
            Scalar::Text => TEXT.to_owned(),
            Scalar::Boolean => "boolean".to_owned(),
            Scalar::Integer => "integer".to_owned(),
            Scalar::Long | Scalar::Instant(InstantForm::EpochMillis | InstantForm::EpochMicros) => {
                "bigint".to_owned()
            }
            Scalar::Decimal { precision, scale } => format!("numeric({precision}, {scale})"),
            Scalar::Number => "double precision".to_owned(),
            Scalar::Instant(InstantForm::Millis) => "timestamptz(3)".to_owned(),
            Scalar::Instant(InstantForm::Micros) => "timestamptz(6)".to_owned(),
        }
    }

    fn structure(&self, _: &TypeName, _: &[Member<'_, String>]) -> String {
        "jsonb".to_owned()
    }

    fn list(&self, _: &TypeName, _: String) -> String {
        "jsonb".to_owned()
    }

    fn map(&self, _: &TypeName, _: String) -> String {
        "jsonb".to_owned()
    }
}
