//! Answers as tests of sqllogictest: what a query over a table of the pipeline's results must return.
//!
//! Decimal numbers have all digits of their column, instants the form in which engines show a
//! `TIMESTAMP`, in UTC, and rows are in the order of `rowsort`.

use mercato_encode::digits;
use mercato_units::Timestamp;

use super::number::{shown_in_full, units};
use super::{AnswerColumn, FieldKind, Window};

/// Appends a line for each row of `window`, which has these columns.
pub fn lines(window: &Window, columns: &[AnswerColumn], out: &mut Vec<String>) {
    let bounds = window.bounds.into_iter().flat_map(|(from, to)| [from, to]).map(timestamp);
    let bounds: Vec<String> = bounds.collect();
    for row in &window.rows {
        let rest = columns.iter().skip(bounds.len()).zip(row);
        let cells = rest.map(|(column, value)| cell(column, value.as_deref()));
        out.push(bounds.iter().cloned().chain(cells).collect::<Vec<_>>().join("\t"));
    }
}

/// The test that the table `name` has these rows, in whatever order.
pub fn test(name: &str, columns: &[AnswerColumn], mut rows: Vec<String>) -> String {
    rows.sort_unstable();
    let types: String = columns.iter().map(letter).collect();
    let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    let mut text =
        format!("query {types} rowsort\nSELECT {} FROM {}\n----\n", names.join(", "), quoted(name));
    for row in rows {
        text.push_str(&row);
        text.push('\n');
    }
    text.push('\n');
    text
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn letter(column: &AnswerColumn) -> char {
    match column.kind {
        FieldKind::Integer if !column.is_list => 'I',
        FieldKind::Decimal(_) if !column.is_list => 'R',
        FieldKind::Instant(form) if form.is_number() => 'I',
        _ => 'T',
    }
}

fn cell(column: &AnswerColumn, value: Option<&str>) -> String {
    match (value, column.kind) {
        (None, _) => "NULL".to_owned(),
        (Some(""), _) => "(empty)".to_owned(),
        (Some(text), _) if column.is_list => text.to_owned(),
        (Some(text), FieldKind::Decimal(digits)) => units(text, digits)
            .map_or_else(|| text.to_owned(), |units| shown_in_full(units, digits)),
        (Some(text), FieldKind::Instant(form)) if !form.is_number() => text
            .parse::<Timestamp>()
            .map_or_else(|_| text.to_owned(), |instant| timestamp(instant.micros())),
        // A row is a line.
        (Some(text), _) => text.replace(['\t', '\n', '\r'], " "),
    }
}

/// `2025-11-09 00:00:00`, with as many digits of a second as there are.
fn timestamp(micros: i64) -> String {
    let mut text = Vec::new();
    digits::micros(&mut text, micros);
    let text = String::from_utf8_lossy(&text).replace('T', " ");
    text.trim_end_matches('Z').trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use mercato_schema::InstantForm;

    use super::*;

    #[test]
    fn rows_are_as_engines_show_them() {
        let column =
            |name: &str, kind, is_list| AnswerColumn { name: name.to_owned(), kind, is_list };
        let bound = FieldKind::Instant(InstantForm::Millis);
        let columns = [
            column("window_start", bound, false),
            column("window_end", bound, false),
            column("status", FieldKind::Text, false),
            column("sum(total)", FieldKind::Decimal(2), false),
            column("count", FieldKind::Integer, false),
            column("top(1,a)", FieldKind::Integer, true),
        ];
        let row = |cells: [Option<&str>; 4]| cells.map(|cell| cell.map(str::to_owned)).to_vec();
        let window = Window {
            bounds: Some((1_762_646_400_000_000, 1_762_646_401_500_000)),
            rows: vec![
                row([Some("paid"), Some("12.0"), Some("2"), Some("[]")]),
                row([None, None, Some("1"), Some("")]),
            ],
        };
        let mut rows = Vec::new();
        lines(&window, &columns, &mut rows);
        let expected = "query TTTRIT rowsort\n\
            SELECT \"window_start\", \"window_end\", \"status\", \"sum(total)\", \"count\", \"top(1,a)\" FROM \"sales\"\n\
            ----\n\
            2025-11-09 00:00:00\t2025-11-09 00:00:01.5\tNULL\tNULL\t1\t(empty)\n\
            2025-11-09 00:00:00\t2025-11-09 00:00:01.5\tpaid\t12.00\t2\t[]\n\n";
        assert_eq!(test("sales", &columns, rows), expected);
    }
}
