//! From columns as streams write them to the columns of a row group.
//!
//! A slot of a layout becomes one column of the file, or several if it is a table, a list or a map.
//! Columns of a file stand in the order of the slots, so each feed takes its own from the front.

use std::iter::repeat_n;
use std::ops::Range;

use mercato_encode::{Columns, Constant, Layout, Part, Values};
use mercato_schema::Kind;

use crate::column::{Column, Levels};
use crate::constants::Constants;
use crate::misfit::Misfit;
use crate::number::Number;

/// The way from a slot to its columns in the file.
#[derive(Debug)]
enum Feed {
    /// Texts or truth values into one column.
    Plain(usize),
    /// Numbers into one column.
    Numbers(usize, Number),
    /// Rows of a table into a column for each of its fields.
    Table(Range<usize>),
    /// Items of lists.
    List(Levels, Feeds),
    /// Members of maps into a column of names and one of numbers.
    Map(Levels, usize, Number),
}

/// The ways from the slots of a layout to the columns of a file.
#[derive(Debug)]
pub(crate) struct Feeds(Vec<Feed>);

impl Feeds {
    /// The ways from slots of `layout` to `columns`, of which the first `next` are taken.
    pub(crate) fn new(layout: &Layout, columns: &mut [Column], next: &mut usize) -> Self {
        let leaves = layout.description().leaves();
        let feeds = layout.slots().iter().map(|slot| {
            let kinds: Vec<&Kind> =
                leaves[slot.leaves.clone()].iter().map(|leaf| &leaf.field.kind).collect();
            let first = *next;
            match &slot.part {
                Part::Value { .. } => {
                    *next += 1;
                    Number::of(kinds[0])
                        .map_or(Feed::Plain(first), |number| Feed::Numbers(first, number))
                }
                Part::Table(rows) => {
                    *next += kinds.len();
                    for (field, kind) in kinds.into_iter().enumerate() {
                        let constants = constants(kind, rows.iter().map(|row| &row[field]));
                        columns[first + field].set_constants(constants);
                    }
                    Feed::Table(first..*next)
                }
                Part::List(item) => Feed::List(Levels::default(), Self::new(item, columns, next)),
                Part::Map(names) => {
                    *next += 2;
                    let names = names.iter().map(|name| Some(name.as_str()));
                    columns[first].set_constants(Constants::texts(names));
                    Feed::Map(Levels::default(), first, Number::of_members(kinds[0]))
                }
            }
        });
        Self(feeds.collect())
    }

    /// Appends `rows` of `from` to the columns, at `levels` if they are items of lists.
    ///
    /// After an error the columns hold a part of them.
    pub(crate) fn take(
        &mut self,
        from: &Columns,
        rows: &Range<usize>,
        levels: Option<&Levels>,
        to: &mut [Column],
    ) -> Result<(), Misfit> {
        if from.columns().len() != self.0.len() || from.rows() < rows.end {
            return Err(Misfit::Columns);
        }
        self.0
            .iter_mut()
            .zip(from.columns())
            .try_for_each(|(feed, slot)| feed.take(slot, rows, levels, to))
    }
}

impl Feed {
    fn take(
        &mut self,
        from: &mercato_encode::Column,
        rows: &Range<usize>,
        levels: Option<&Levels>,
        to: &mut [Column],
    ) -> Result<(), Misfit> {
        let valid = from.valid().map(|valid| &valid[rows.clone()]);
        let is_there = |item: usize| valid.is_none_or(|valid| valid[item]);
        let taken = match (self, from.values()) {
            (Self::Plain(column), Values::Texts { bytes, ends }) => {
                if std::str::from_utf8(&bytes[span(ends, rows)]).is_err() {
                    return Err(Misfit::Text { column: *column });
                }
                let column = &mut to[*column];
                column.place(levels, rows.len(), is_there);
                let texts = pieces(ends, rows).enumerate().filter(|(item, _)| is_there(*item));
                column.texts(texts.map(|(_, place)| &bytes[place]))
            }
            (Self::Plain(column), Values::Booleans(values)) => {
                let column = &mut to[*column];
                column.place(levels, rows.len(), is_there);
                column.booleans(there(&values[rows.clone()], valid))
            }
            (Self::Numbers(column, number), Values::Numbers(values)) => {
                let values = &values[rows.clone()];
                number.check(*column, values)?;
                let column = &mut to[*column];
                column.place(levels, rows.len(), is_there);
                match valid {
                    None => number.append(values, column),
                    Some(_) => number.append(&there(values, valid).collect::<Vec<_>>(), column),
                }
            }
            (Self::Table(columns), Values::Rows(values)) => {
                let values = &values[rows.clone()];
                to[columns.clone()].iter_mut().all(|column| column.rows(levels, values))
            }
            (Self::List(own, feeds), Values::Lists { items, ends }) if levels.is_none() => {
                own.replace(pieces(ends, rows).map(|place| place.len()));
                return feeds.take(items, &span(ends, rows), Some(own), to);
            }
            (Self::Map(own, first, number), Values::Maps { names, numbers, ends })
                if levels.is_none() =>
            {
                own.replace(pieces(ends, rows).map(|place| place.len()));
                let members = span(ends, rows);
                let values = &numbers[members.clone()];
                number.check(*first + 1, values)?;
                to[*first + 1].place(Some(own), values.len(), |_| true);
                to[*first].rows(Some(own), &names[members])
                    && number.append(values, &mut to[*first + 1])
            }
            _ => false,
        };
        if taken { Ok(()) } else { Err(Misfit::Columns) }
    }
}

/// The values that are there.
fn there<'a, T: Copy>(values: &'a [T], valid: Option<&'a [bool]>) -> impl Iterator<Item = T> + 'a {
    let all = repeat_n(&true, if valid.is_none() { values.len() } else { 0 });
    let valid = valid.unwrap_or_default().iter().chain(all);
    values.iter().zip(valid).filter(|(_, valid)| **valid).map(|(value, _)| *value)
}

/// Returns the range of each of the pieces `rows`, given their `ends`.
fn pieces(ends: &[u32], rows: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut start = start_of(ends, rows.start);
    ends[rows.clone()].iter().map(move |end| {
        let piece = start..*end as usize;
        start = piece.end;
        piece
    })
}

/// Returns the range of all pieces `rows` together.
fn span(ends: &[u32], rows: &Range<usize>) -> Range<usize> {
    start_of(ends, rows.start)..start_of(ends, rows.end)
}

fn start_of(ends: &[u32], row: usize) -> usize {
    row.checked_sub(1).map_or(0, |before| ends[before] as usize)
}

/// The values of a field of a table by row.
fn constants<'a>(kind: &Kind, rows: impl Iterator<Item = &'a Constant>) -> Constants {
    if matches!(kind, Kind::Identifier | Kind::Text) {
        return Constants::texts(rows.map(|constant| match constant {
            Constant::Text(text) => Some(text.as_str()),
            _ => None,
        }));
    }
    let number = Number::of(kind);
    Constants::numbers(rows.map(|constant| match *constant {
        Constant::Boolean(value) => Some(u64::from(value)),
        Constant::Double(value) => Some(value.to_bits()),
        Constant::Integer(units) | Constant::Decimal(units) => {
            Some(number.map_or(units as u64, |number| number.stored(units)))
        }
        Constant::Null | Constant::Text(_) => None,
    }))
}
