//! Tables in the dialects of SQL.

pub(super) mod clickhouse;
pub(super) mod duckdb;
pub(super) mod flink;
pub(super) mod postgres;

use crate::{Field, Kind};

/// Writes a text in single quotes.
fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Writes an identifier in double quotes.
fn name(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Writes an identifier between backticks.
fn ticked(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// Returns the sentence about a field and, where only a column can have a comment, those about the
/// fields inside it.
fn detailed(field: &Field) -> String {
    let mut about = field.doc.to_string();
    inside(&field.kind, "", &mut about);
    about
}

fn inside(kind: &Kind, path: &str, about: &mut String) {
    match kind {
        Kind::Struct(fields) => fields.iter().for_each(|field| {
            about.push_str(&format!(" {path}{}: {}", field.name, field.doc));
            inside(&field.kind, &format!("{path}{}.", field.name), about);
        }),
        Kind::List(of) | Kind::Map(of) => inside(of, path, about),
        _ => {}
    }
}
