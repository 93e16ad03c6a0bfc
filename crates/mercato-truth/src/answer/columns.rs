//! A stream whose records are only the columns a question needs, cut out of its own CSV.
//!
//! For streams of several topics, whose records can be read from what they are written as: nothing
//! but the names of the columns that hold numbers is to be known of them, so the answer cannot say
//! anything else than the records do.
//! It costs what the encoding costs; [`super::Projected`] is for streams that read their fields
//! without it.

use std::ops::Range;

use mercato_engine::{FieldKind, Record, Step, Stream};

use super::project::{append_absent, append_number, append_shown, append_text_from};
use super::reduced::{Reduced, Reduction};
use super::{Query, digits_of};

/// The stream `S` written as CSV, reduced to what a question about one of its topics needs.
pub type Columns<S> = Reduced<S, Cut>;

/// The columns that a question needs.
#[derive(Debug)]
pub struct Cut {
    /// Column and digits behind the point of each number that is folded.
    numbers: Box<[(usize, u32)]>,
    /// Each column that is grouped by.
    groups: Box<[GroupColumn]>,
}

#[derive(Debug)]
struct GroupColumn {
    index: usize,
    kind: FieldKind,
    /// Whether nothing between commas stands for `null`, and not for an empty text.
    nullable: bool,
}

impl<S: Stream> Columns<S> {
    /// Reduces the records of `stream`, whose columns are the fields of `query` in the same order;
    /// of the columns of text those that `nullable` names hold `null` where they are empty.
    ///
    /// The run must be one of CSV, and of no other topic than the question's.
    pub fn new(stream: S, query: &Query, nullable: &[&str]) -> Self {
        let group = |(index, field): &(usize, mercato_engine::Field)| GroupColumn {
            index: *index,
            kind: field.kind,
            nullable: nullable.contains(&field.name.as_str()),
        };
        let cut = Cut {
            numbers: query
                .folded()
                .iter()
                .map(|(index, field)| (*index, digits_of(field.kind)))
                .collect(),
            groups: query.by().iter().map(group).collect(),
        };
        Self::by(stream, cut)
    }
}

impl Cut {
    /// Appends what the question needs of the line that begins at `start`, and removes the line.
    fn reduce(&self, start: usize, out: &mut Vec<u8>) {
        let end = out.len();
        for (index, digits) in &self.numbers {
            let cell = cell(&out[start..end], *index);
            match number(&out[start..end][cell], *digits) {
                Some(number) => append_number(out, number),
                None => append_absent(out),
            }
        }
        for GroupColumn { index, kind, nullable } in &self.groups {
            let cell = cell(&out[start..end], *index);
            let text = start + cell.start..start + cell.end;
            match (kind, text.is_empty()) {
                (FieldKind::Text, empty) => {
                    append_text_from(out, (!(empty && *nullable)).then_some(text))
                }
                (kind, _) => append_shown(out, number(&out[text], digits_of(*kind)), *kind),
            }
        }
        let reduced = out.len() - end;
        out.copy_within(end.., start);
        out.truncate(start + reduced);
    }
}

/// Where the cell at `index` of a line stands, quotes and all.
fn cell(line: &[u8], index: usize) -> Range<usize> {
    let (mut from, mut quoted, mut passed) = (0, false, 0);
    for (at, byte) in line.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted && passed == index => return from..at,
            b',' if !quoted => (from, passed) = (at + 1, passed + 1),
            _ => {}
        }
    }
    if passed == index { from..line.len() } else { 0..0 }
}

/// A decimal number in units of its last digit; none where there is nothing, or something else.
fn number(cell: &[u8], digits: u32) -> Option<i64> {
    let (is_negative, cell) = cell.strip_prefix(b"-").map_or((false, cell), |cell| (true, cell));
    let point = cell.iter().position(|byte| *byte == b'.');
    let (whole, part) = point.map_or((cell, &[][..]), |point| (&cell[..point], &cell[point + 1..]));
    if whole.is_empty() || part.len() > digits as usize {
        return None;
    }
    let padding = std::iter::repeat_n(&b'0', digits as usize - part.len());
    let add = |number: i64, byte: &u8| match byte {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(i64::from(byte - b'0')),
        _ => None,
    };
    let number = whole.iter().chain(part).chain(padding).try_fold(0, add)?;
    Some(if is_negative { -number } else { number })
}

impl<S: Stream> Reduction<S> for Cut {
    fn append(&self, stream: &S, entity: &S::Entity, step: Step, record: &mut Record<'_>) {
        let start = record.value().len();
        stream.render(entity, step, record);
        self.reduce(start, record.value());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_whatever_they_hold() {
        let line = br#"a,,"b,""c""",12.5,"#;
        let found: Vec<&[u8]> = (0..5).map(|index| &line[cell(line, index)]).collect();
        assert_eq!(found, [&b"a"[..], b"", br#""b,""c""""#, b"12.5", b""]);
        assert!(cell(line, 5).is_empty());
    }

    #[test]
    fn numbers_are_read_to_their_last_digit() {
        for (text, digits, expected) in [
            ("12.5", 2, Some(1250)),
            ("-0.05", 2, Some(-5)),
            ("7", 0, Some(7)),
            ("84.0", 2, Some(8400)),
            ("-122.4194", 4, Some(-1_224_194)),
            ("", 2, None),
            ("1.234", 2, None),
            ("x", 0, None),
            ("99999999999999999999", 0, None),
        ] {
            assert_eq!(number(text.as_bytes(), digits), expected, "{text}");
        }
    }
}
