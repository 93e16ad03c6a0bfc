//! Reading the fields that a query needs from columns.
//!
//! The rows of a table are looked at once, before the first record: a record then says only which
//! row it has, so rows of equal values are one number and nothing is hashed or compared for them.

use std::collections::BTreeMap;

use mercato_encode::{Column, Columns, Constant, Layout, Part, Values, digits};
use mercato_schema::InstantForm;

use super::number::shown;
use super::{Field, FieldKind};

/// Where a record stands: its row, and that of an element of its list if the query is over those.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) record: (&'a Columns, usize),
    pub(super) element: (&'a Columns, usize),
}

/// A field in the columns of one layout.
#[derive(Debug)]
pub(super) struct Source {
    is_of_element: bool,
    slot: usize,
    kind: FieldKind,
    form: Form,
}

/// The form in which a column holds values.
#[derive(Debug)]
enum Form {
    Table(Table),
    Numbers,
    Booleans,
    Texts,
}

/// The values of one field in the rows of a slot's table.
#[derive(Debug)]
struct Table {
    numbers: Vec<Option<i64>>,
    /// The number of the value in each row.
    ids: Vec<u32>,
    /// The values by their numbers.
    values: Vec<Option<String>>,
}

/// Before a value that is there; before one that is not there is [`ABSENT`].
const PRESENT: u8 = 1;
const ABSENT: u8 = 0;

impl Source {
    /// The field in columns of `layout`.
    pub(super) fn new(layout: &Layout, field: &Field) -> Self {
        let (layout, leaf) = match field.element {
            None => (layout, field.leaf),
            Some(element) => {
                (list_of(layout, field.leaf).map_or(layout, |(_, item)| item), element)
            }
        };
        let slots = layout.slots();
        let slot = slots.iter().position(|slot| slot.leaves.contains(&leaf)).unwrap_or_default();
        let form = match (slots.get(slot).map(|slot| (&slot.part, slot.leaves.start)), field.kind) {
            (Some((Part::Table(rows), start)), kind) => {
                Form::Table(Table::new(rows.iter().map(|row| &row[leaf - start]), kind))
            }
            (_, FieldKind::Text) => Form::Texts,
            (_, FieldKind::Boolean) => Form::Booleans,
            (_, FieldKind::Instant(_) | FieldKind::Integer | FieldKind::Decimal(_)) => {
                Form::Numbers
            }
        };
        Self { is_of_element: field.element.is_some(), slot, kind: field.kind, form }
    }

    /// The column and row of the value, if there is one.
    #[inline]
    fn column<'a>(&self, place: Place<'a>) -> Option<(&'a Column, usize)> {
        let (columns, row) = if self.is_of_element { place.element } else { place.record };
        let column = &columns.columns()[self.slot];
        column.valid().is_none_or(|valid| valid[row]).then_some((column, row))
    }

    /// The number of a record: units of the last digit, or what an instant's form counts.
    #[inline]
    pub(super) fn number(&self, place: Place<'_>) -> Option<i64> {
        let (column, row) = self.column(place)?;
        match (&self.form, column.values()) {
            (Form::Table(table), Values::Rows(rows)) => {
                table.numbers.get(rows[row] as usize).copied().flatten()
            }
            (_, Values::Numbers(numbers)) => Some(counted(numbers[row], self.kind)),
            _ => None,
        }
    }

    /// Appends a key for the value of a record: the same bytes for the same value.
    #[inline]
    pub(super) fn key(&self, place: Place<'_>, key: &mut Vec<u8>) {
        let Some((column, row)) = self.column(place) else {
            key.push(ABSENT);
            return;
        };
        key.push(PRESENT);
        match (&self.form, column.values()) {
            (Form::Table(table), Values::Rows(rows)) => {
                let id = table.ids.get(rows[row] as usize).copied().unwrap_or_default();
                key.extend_from_slice(&id.to_le_bytes());
            }
            (_, Values::Numbers(numbers)) => key.extend_from_slice(&numbers[row].to_le_bytes()),
            (_, Values::Booleans(booleans)) => key.push(booleans[row].into()),
            (_, Values::Texts { bytes, ends }) => {
                let text = text(bytes, ends, row);
                key.extend_from_slice(&(text.len() as u32).to_le_bytes());
                key.extend_from_slice(text);
            }
            _ => {}
        }
    }

    /// Puts the key of a value that is there into `key`; returns false, and leaves `key` empty, if there is none.
    #[inline]
    pub(super) fn present(&self, place: Place<'_>, key: &mut Vec<u8>) -> bool {
        key.clear();
        self.key(place, key);
        let is_there = match (&self.form, key.as_slice()) {
            (_, [ABSENT, ..]) => false,
            (Form::Table(table), [_, id @ ..]) => {
                let id = id.try_into().map_or(0, u32::from_le_bytes);
                table.values.get(id as usize).is_some_and(Option::is_some)
            }
            _ => true,
        };
        if !is_there {
            key.clear();
        }
        is_there
    }

    /// Takes the value from the beginning of a key, as records show it.
    pub(super) fn value(&self, key: &mut &[u8]) -> Option<String> {
        let (present, rest) = key.split_first()?;
        *key = rest;
        if *present == ABSENT {
            return None;
        }
        match &self.form {
            Form::Table(table) => {
                let id = u32::from_le_bytes(take(key)?);
                table.values.get(id as usize).cloned().flatten()
            }
            Form::Numbers => {
                let number = i64::from_le_bytes(take(key)?);
                Some(match self.kind {
                    FieldKind::Instant(form) if !form.is_number() => instant(number, form),
                    kind => shown(counted(number, kind).into(), kind.digits()),
                })
            }
            Form::Booleans => Some((u8::from_le_bytes(take(key)?) != 0).to_string()),
            Form::Texts => {
                let length = u32::from_le_bytes(take(key)?) as usize;
                let (text, rest) = key.split_at_checked(length)?;
                *key = rest;
                Some(String::from_utf8_lossy(text).into_owned())
            }
        }
    }

    /// Tells for a value whether `test` holds, which is asked once for each value of a table; nothing
    /// where there is no value.
    pub(super) fn test(
        &self,
        place: Place<'_>,
        tested: &[Option<bool>],
        test: &dyn Test,
    ) -> Option<bool> {
        let (column, row) = self.column(place)?;
        match column.values() {
            Values::Rows(rows) => tested.get(rows[row] as usize).copied().flatten(),
            Values::Numbers(numbers) => Some(test.number(numbers[row])),
            Values::Booleans(booleans) => Some(test.boolean(booleans[row])),
            Values::Texts { bytes, ends } => Some(test.text(text(bytes, ends, row))),
            Values::Skipped | Values::Lists { .. } | Values::Maps { .. } => None,
        }
    }

    /// What `test` says of each row of the table; nothing without one.
    pub(super) fn tested(&self, test: &dyn Test) -> Vec<Option<bool>> {
        let Form::Table(table) = &self.form else { return Vec::new() };
        let tell = |(id, number): (&u32, &Option<i64>)| match (number, self.kind) {
            (Some(number), _) => Some(test.number(*number)),
            (None, FieldKind::Boolean) => {
                Some(test.boolean(table.values[*id as usize].as_deref()? == "true"))
            }
            (None, _) => Some(test.text(table.values[*id as usize].as_deref()?.as_bytes())),
        };
        table.ids.iter().zip(&table.numbers).map(tell).collect()
    }
}

/// A question about one value.
pub(super) trait Test {
    /// Asked of a number in units of the last digit, or of an instant in microseconds.
    fn number(&self, number: i64) -> bool;
    /// Asked of a text.
    fn text(&self, text: &[u8]) -> bool;
    /// Asked of a truth value.
    fn boolean(&self, boolean: bool) -> bool;
}

/// The slot of a list and the layout of its elements.
pub(super) fn list_of(layout: &Layout, leaf: usize) -> Option<(usize, &Layout)> {
    layout.slots().iter().enumerate().find_map(|(place, slot)| match &slot.part {
        Part::List(item) if slot.leaves.contains(&leaf) => Some((place, &**item)),
        _ => None,
    })
}

impl Table {
    fn new<'a>(rows: impl Iterator<Item = &'a Constant>, kind: FieldKind) -> Self {
        let (mut known, mut values, mut ids, mut numbers) =
            (BTreeMap::new(), Vec::new(), Vec::new(), Vec::new());
        for value in rows {
            let text = text_of(value, kind);
            numbers.push(number_of(value));
            ids.push(*known.entry(text.clone()).or_insert_with(|| {
                values.push(text);
                values.len() as u32 - 1
            }));
        }
        Self { numbers, ids, values }
    }
}

#[inline]
fn text<'a>(bytes: &'a [u8], ends: &[u32], row: usize) -> &'a [u8] {
    let start = row.checked_sub(1).map_or(0, |before| ends[before] as usize);
    &bytes[start..ends[row] as usize]
}

/// A column's number as records show it: instants are in microseconds there.
#[inline]
fn counted(number: i64, kind: FieldKind) -> i64 {
    if kind == FieldKind::Instant(InstantForm::EpochMillis) { number / 1_000 } else { number }
}

fn take<const N: usize>(key: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = key.split_first_chunk()?;
    *key = rest;
    Some(*bytes)
}

fn instant(micros: i64, form: InstantForm) -> String {
    let mut text = Vec::new();
    if form.has_micros() {
        digits::micros(&mut text, micros);
    } else {
        digits::millis(&mut text, micros);
    }
    String::from_utf8_lossy(&text).into_owned()
}

fn number_of(value: &Constant) -> Option<i64> {
    match value {
        Constant::Integer(number) | Constant::Decimal(number) => Some(*number),
        Constant::Null | Constant::Text(_) | Constant::Boolean(_) | Constant::Double(_) => None,
    }
}

fn text_of(value: &Constant, kind: FieldKind) -> Option<String> {
    match value {
        Constant::Null => None,
        Constant::Text(text) => Some(text.clone()),
        Constant::Boolean(truth) => Some(truth.to_string()),
        Constant::Integer(number) | Constant::Decimal(number) => {
            Some(shown((*number).into(), kind.digits()))
        }
        Constant::Double(number) => serde_json::to_string(number).ok(),
    }
}
