//! Answers as lines: NDJSON or CSV, one for each group of each window.

use mercato_encode::digits;
use mercato_encode::{csv, json};

use super::query::digits_of;
use super::{Aggregate, FieldKind, Group, Query, Total, Window};

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
pub fn header(query: &Query) -> Vec<u8> {
    let mut columns = vec!["window_start".to_owned(), "window_end".to_owned()];
    columns.extend(query.by().iter().map(|(_, field)| field.name.clone()));
    columns.extend(query.aggregates().iter().map(ToString::to_string));
    let mut line = Vec::new();
    csv::header(&mut line, &columns);
    line
}

impl Window {
    /// Appends a line for each group.
    pub fn append(&self, query: &Query, format: AnswerFormat, out: &mut Vec<u8>) {
        for group in &self.groups {
            match format {
                AnswerFormat::Json => self.append_json(group, query, out),
                AnswerFormat::Csv => self.append_csv(group, query, out),
            }
            out.push(b'\n');
        }
    }

    fn append_json(&self, group: &Group, query: &Query, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"window_start\":\"");
        time(out, self.from);
        out.extend_from_slice(b"\",\"window_end\":\"");
        time(out, self.to);
        out.push(b'"');
        for ((_, field), value) in query.by().iter().zip(&group.by) {
            out.push(b',');
            json::string(out, &field.name);
            out.push(b':');
            match (value, field.kind) {
                (None, _) => out.extend_from_slice(b"null"),
                (Some(text), FieldKind::Text) => json::string(out, text),
                (Some(number), _) => out.extend_from_slice(number.as_bytes()),
            }
        }
        for aggregate in query.aggregates() {
            out.push(b',');
            json::string(out, &aggregate.to_string());
            out.push(b':');
            let value = value(aggregate, group, query);
            out.extend_from_slice(value.as_deref().unwrap_or("null").as_bytes());
        }
        out.push(b'}');
    }

    fn append_csv(&self, group: &Group, query: &Query, out: &mut Vec<u8>) {
        time(out, self.from);
        out.push(b',');
        time(out, self.to);
        for text in &group.by {
            out.push(b',');
            csv::field(out, text.as_deref().unwrap_or_default());
        }
        for aggregate in query.aggregates() {
            out.push(b',');
            out.extend_from_slice(value(aggregate, group, query).unwrap_or_default().as_bytes());
        }
    }
}

fn time(out: &mut Vec<u8>, micros: i64) {
    digits::millis(out, micros);
}

/// The value of `aggregate`; none where no record has the field.
fn value(aggregate: &Aggregate, group: &Group, query: &Query) -> Option<String> {
    let Some(name) = aggregate.field() else { return Some(group.count.to_string()) };
    let place = query.folded().iter().position(|(_, field)| field.name == name)?;
    let Total { sum, min, max, .. } = group.totals[place];
    let number = match aggregate {
        Aggregate::Min(_) => i128::from(min?),
        Aggregate::Max(_) => i128::from(max?),
        Aggregate::Sum(_) | Aggregate::Count => sum,
    };
    Some(shown(number, query.folded()[place].1.kind))
}

/// A number as the records write it.
pub(super) fn shown(number: i128, kind: FieldKind) -> String {
    let digits = digits_of(kind);
    if digits == 0 {
        return number.to_string();
    }
    let scale = 10u128.pow(digits);
    let (whole, fraction) = (number.unsigned_abs() / scale, number.unsigned_abs() % scale);
    let fraction = format!("{fraction:0width$}", width = digits as usize);
    let kept = fraction.trim_end_matches('0');
    let sign = if number < 0 { "-" } else { "" };
    format!("{sign}{whole}.{}", if kept.is_empty() { "0" } else { kept })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_records_write_them() {
        let money = FieldKind::Decimal(2);
        for (number, text) in [(1116, "11.16"), (1200, "12.0"), (-50, "-0.5"), (0, "0.0")] {
            assert_eq!(shown(number, money), text);
        }
        assert_eq!(shown(-7, FieldKind::Integer), "-7");
    }
}
