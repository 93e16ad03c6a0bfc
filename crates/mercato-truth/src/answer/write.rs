//! Answers as lines: NDJSON or CSV, one for each group of each window.

use mercato_encode::digits;
use mercato_encode::{csv, json};

use super::{AnswerColumn, FieldKind, Window};

/// The format in which answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AnswerFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// Comma-separated values behind a header.
    Csv,
}

/// The first line of answers as CSV, without a line feed.
pub fn header(columns: &[AnswerColumn]) -> Vec<u8> {
    let names: Vec<String> = columns.iter().map(|column| column.name.clone()).collect();
    let mut line = Vec::new();
    csv::header(&mut line, &names);
    line
}

/// Appends a line for each row of `window`, which has these columns; a `name` is that of the query,
/// where it is to be in the lines.
pub fn append(
    window: &Window,
    name: Option<&str>,
    columns: &[AnswerColumn],
    format: AnswerFormat,
    out: &mut Vec<u8>,
) {
    for row in &window.rows {
        match format {
            AnswerFormat::Json => append_json(window, row, name, columns, out),
            AnswerFormat::Csv => append_csv(window, row, columns, out),
        }
        out.push(b'\n');
    }
}

fn append_json(
    window: &Window,
    row: &[Option<String>],
    name: Option<&str>,
    columns: &[AnswerColumn],
    out: &mut Vec<u8>,
) {
    let mut separator = b'{';
    let mut member = |out: &mut Vec<u8>, name: &str| {
        out.push(std::mem::replace(&mut separator, b','));
        json::string(out, name);
        out.push(b':');
    };
    if let Some(name) = name {
        member(out, "query");
        json::string(out, name);
    }
    let (bounds, rest) = columns.split_at(bounds_of(window).count());
    for (column, micros) in bounds.iter().zip(bounds_of(window)) {
        member(out, &column.name);
        out.push(b'"');
        instant(out, micros, column.kind);
        out.push(b'"');
    }
    for (column, value) in rest.iter().zip(row) {
        member(out, &column.name);
        match value {
            None => out.extend_from_slice(b"null"),
            Some(text) if column.is_text() => json::string(out, text),
            Some(shown) => out.extend_from_slice(shown.as_bytes()),
        }
    }
    out.push(b'}');
}

fn append_csv(
    window: &Window,
    row: &[Option<String>],
    columns: &[AnswerColumn],
    out: &mut Vec<u8>,
) {
    let begin = out.len();
    for (column, micros) in columns.iter().zip(bounds_of(window)) {
        instant(out, micros, column.kind);
        out.push(b',');
    }
    for value in row {
        csv::field(out, value.as_deref().unwrap_or_default());
        out.push(b',');
    }
    out.truncate(out.len().saturating_sub(1).max(begin));
}

fn bounds_of(window: &Window) -> impl Iterator<Item = i64> {
    window.bounds.into_iter().flat_map(|(from, to)| [from, to])
}

fn instant(out: &mut Vec<u8>, micros: i64, kind: FieldKind) {
    match kind {
        FieldKind::Instant(form) if form.has_micros() => digits::micros(out, micros),
        _ => digits::millis(out, micros),
    }
}
