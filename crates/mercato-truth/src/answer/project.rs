//! A stream whose records are only the fields a question needs.
//!
//! A record is, for each number that is folded, a byte that says whether there is one and eight
//! bytes of it;
//! then each text that is grouped by, behind a byte that says whether there is one and its length.

use std::ops::Range;

use mercato_engine::{FieldKind, FieldValue, Fields, Record, Step};

use super::reduced::{Reduced, Reduction};
use super::{Query, digits_of};

/// Bytes of one number.
const NUMBER: usize = 9;

const ABSENT: u8 = 0;
const PRESENT: u8 = 1;

/// The stream `S`, reduced to the fields that a question needs.
pub type Projected<S> = Reduced<S, Projection>;

/// The fields that a question needs.
#[derive(Debug)]
pub struct Projection(Query);

impl<S: Fields> Projected<S> {
    /// Reduces `stream` to what `query` needs.
    pub fn new(stream: S, query: Query) -> Self {
        Self::by(stream, Projection(query))
    }
}

impl<S: Fields> Reduction<S> for Projection {
    #[inline]
    fn append(&self, stream: &S, entity: &S::Entity, step: Step, record: &mut Record<'_>) {
        let (Self(query), out) = (self, record.value());
        for (index, _) in query.folded() {
            match stream.field(entity, step, *index) {
                FieldValue::Number(number) => append_number(out, number),
                FieldValue::Text(_) | FieldValue::Absent => append_absent(out),
            }
        }
        for (index, field) in query.by() {
            match stream.field(entity, step, *index) {
                FieldValue::Text(text) => append(out, text.as_bytes()),
                FieldValue::Number(number) => append_shown(out, Some(number), field.kind),
                FieldValue::Absent => out.push(ABSENT),
            }
        }
    }
}

fn append(out: &mut Vec<u8>, text: &[u8]) {
    out.push(PRESENT);
    out.extend_from_slice(&(text.len() as u32).to_le_bytes());
    out.extend_from_slice(text);
}

/// Appends a number that is folded.
#[inline]
pub(super) fn append_number(out: &mut Vec<u8>, number: i64) {
    out.push(PRESENT);
    out.extend_from_slice(&number.to_le_bytes());
}

/// Appends that there is no number to be folded.
#[inline]
pub(super) fn append_absent(out: &mut Vec<u8>) {
    out.extend_from_slice(&[ABSENT; NUMBER]);
}

/// Appends a number that is grouped by, if there is one.
#[inline]
pub(super) fn append_shown(out: &mut Vec<u8>, number: Option<i64>, kind: FieldKind) {
    match number {
        Some(number) => append(out, shown(number.into(), kind).as_bytes()),
        None => out.push(ABSENT),
    }
}

/// Appends the text that stands in `out` itself as a cell of CSV, if there is one.
#[inline]
pub(super) fn append_text_from(out: &mut Vec<u8>, cell: Option<Range<usize>>) {
    let Some(cell) = cell else { return out.push(ABSENT) };
    if out[cell.clone()].first() == Some(&b'"') {
        let inner =
            String::from_utf8_lossy(&out[cell.start + 1..cell.end - 1]).replace("\"\"", "\"");
        return append(out, inner.as_bytes());
    }
    out.push(PRESENT);
    out.extend_from_slice(&(cell.len() as u32).to_le_bytes());
    out.extend_from_within(cell);
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

/// The numbers of a projected record, and what it is grouped by.
#[inline]
pub(super) fn parts(record: &[u8], numbers: usize) -> (impl Iterator<Item = &[u8]>, &[u8]) {
    let (numbers, key) = record.split_at(numbers * NUMBER);
    (numbers.chunks_exact(NUMBER), key)
}

/// A number of a projected record, if it has one.
#[inline]
pub(super) fn number(bytes: &[u8]) -> Option<i64> {
    let (present, number) = bytes.split_first()?;
    (*present == PRESENT).then(|| number.try_into().ok().map(i64::from_le_bytes))?
}

/// The texts of a key.
pub(super) fn texts(mut key: &[u8], count: usize) -> Vec<Option<String>> {
    let mut next = || {
        let (present, rest) = key.split_first()?;
        key = rest;
        if *present == ABSENT {
            return None;
        }
        let (length, rest) = key.split_first_chunk()?;
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        key = rest;
        Some(String::from_utf8_lossy(text).into_owned())
    };
    (0..count).map(|_| next()).collect()
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

    #[test]
    fn texts_come_back_whatever_they_hold() {
        let mut key = Vec::new();
        append(&mut key, b"a\n\0");
        key.push(ABSENT);
        append(&mut key, b"");
        assert_eq!(texts(&key, 3), [Some("a\n\0".to_owned()), None, Some(String::new())]);
    }
}
