//! Reading the columns that a query needs: numbers to aggregate, and values to group by.
//!
//! The rows of a table are looked at once, before the first record: a record then says only which
//! row it has, so rows of equal values are one number and nothing is hashed or compared for them.

use std::collections::BTreeMap;

use mercato_encode::{Column, Columns, Constant, Layout, Part, Values, digits};
use mercato_schema::{InstantForm, Kind};

use super::query::{FieldKind, Query};
use super::write::shown;

/// Reads the columns of one layout.
#[derive(Debug)]
pub(super) struct Reader {
    numbers: Box<[Number]>,
    groups: Box<[Group]>,
}

/// A number to aggregate.
#[derive(Debug)]
struct Number {
    slot: usize,
    /// The number in each row of the slot's table; nothing where records bring their own.
    table: Vec<Option<i64>>,
}

/// A value to group by.
#[derive(Debug)]
struct Group {
    slot: usize,
    kind: FieldKind,
    /// The form in which an instant is shown.
    instant: Option<InstantForm>,
    /// The number of the value in each row of the slot's table.
    ids: Vec<u32>,
    /// The values of a table by their numbers.
    values: Vec<Option<String>>,
}

/// Before a value that is there; before one that is not there is [`ABSENT`].
const PRESENT: u8 = 1;
const ABSENT: u8 = 0;

impl Reader {
    /// A reader of what `query` needs of records of `layout`.
    pub(super) fn new(layout: &Layout, query: &Query) -> Self {
        let slot_of = |leaf: usize| {
            let place = layout.slots().iter().position(|slot| slot.leaves.contains(&leaf));
            place.map_or((0, None), |place| {
                let slot = &layout.slots()[place];
                match &slot.part {
                    Part::Table(rows) => (place, Some((rows, leaf - slot.leaves.start))),
                    _ => (place, None),
                }
            })
        };
        let leaves = layout.description().leaves();
        let number = |(leaf, _): &(usize, _)| {
            let (slot, table) = slot_of(*leaf);
            let rows =
                table.into_iter().flat_map(|(rows, at)| rows.iter().map(move |row| &row[at]));
            Number { slot, table: rows.map(number_of).collect() }
        };
        let group = |(leaf, field): &(usize, super::Field)| {
            let (slot, table) = slot_of(*leaf);
            let rows =
                table.into_iter().flat_map(|(rows, at)| rows.iter().map(move |row| &row[at]));
            let instant = match leaves[*leaf].field.kind {
                Kind::Instant(form) if !form.is_number() => Some(form),
                _ => None,
            };
            let (mut known, mut values) = (BTreeMap::new(), Vec::new());
            let mut id_of = |text: Option<String>| {
                *known.entry(text.clone()).or_insert_with(|| {
                    values.push(text);
                    values.len() as u32 - 1
                })
            };
            let ids = rows.map(|value| id_of(text_of(value, field.kind))).collect();
            Group { slot, kind: field.kind, instant, ids, values }
        };
        Self {
            numbers: query.folded().iter().map(number).collect(),
            groups: query.by().iter().map(group).collect(),
        }
    }

    /// The numbers of a record, in the order of the query.
    #[inline]
    pub(super) fn numbers<'a>(
        &'a self,
        columns: &'a Columns,
        row: usize,
    ) -> impl Iterator<Item = Option<i64>> + 'a {
        self.numbers.iter().map(move |number| {
            let column = &columns.columns()[number.slot];
            match column.values() {
                Values::Rows(rows) => number.table.get(rows[row] as usize).copied().flatten(),
                Values::Numbers(numbers) => is_there(column, row).then(|| numbers[row]),
                _ => None,
            }
        })
    }

    /// Appends the key of a record's group.
    #[inline]
    pub(super) fn key(&self, columns: &Columns, row: usize, key: &mut Vec<u8>) {
        for group in &self.groups {
            let column = &columns.columns()[group.slot];
            if !is_there(column, row) {
                key.push(ABSENT);
                continue;
            }
            key.push(PRESENT);
            match column.values() {
                Values::Rows(rows) => {
                    let id = group.ids.get(rows[row] as usize).copied().unwrap_or_default();
                    key.extend_from_slice(&id.to_le_bytes());
                }
                Values::Numbers(numbers) => key.extend_from_slice(&numbers[row].to_le_bytes()),
                Values::Booleans(booleans) => key.push(booleans[row].into()),
                Values::Texts { bytes, ends } => {
                    let start = row.checked_sub(1).map_or(0, |before| ends[before] as usize);
                    let text = &bytes[start..ends[row] as usize];
                    key.extend_from_slice(&(text.len() as u32).to_le_bytes());
                    key.extend_from_slice(text);
                }
                Values::Skipped | Values::Lists { .. } | Values::Maps { .. } => {}
            }
        }
    }

    /// The values of a key, as records show them.
    pub(super) fn values(&self, layout: &Columns, mut key: &[u8]) -> Vec<Option<String>> {
        self.groups
            .iter()
            .map(|group| group.value(&layout.columns()[group.slot], &mut key))
            .collect()
    }
}

#[inline]
fn is_there(column: &Column, row: usize) -> bool {
    column.valid().is_none_or(|valid| valid[row])
}

impl Group {
    /// Takes the value of this group from the beginning of a key.
    fn value(&self, column: &Column, key: &mut &[u8]) -> Option<String> {
        let (present, rest) = key.split_first()?;
        *key = rest;
        if *present == ABSENT {
            return None;
        }
        match column.values() {
            Values::Rows(_) => {
                let id = u32::from_le_bytes(take(key)?);
                self.values.get(id as usize).cloned().flatten()
            }
            Values::Numbers(_) => {
                let number = i64::from_le_bytes(take(key)?);
                Some(match self.instant {
                    Some(form) => instant(number, form),
                    None => shown(number.into(), self.kind),
                })
            }
            Values::Booleans(_) => Some((u8::from_le_bytes(take(key)?) != 0).to_string()),
            Values::Texts { .. } => {
                let length = u32::from_le_bytes(take(key)?) as usize;
                let (text, rest) = key.split_at_checked(length)?;
                *key = rest;
                Some(String::from_utf8_lossy(text).into_owned())
            }
            Values::Skipped | Values::Lists { .. } | Values::Maps { .. } => None,
        }
    }
}

fn take<const N: usize>(key: &mut &[u8]) -> Option<[u8; N]> {
    let (bytes, rest) = key.split_first_chunk()?;
    *key = rest;
    Some(*bytes)
}

fn instant(micros: i64, form: InstantForm) -> String {
    let mut text = Vec::new();
    match form {
        InstantForm::Micros | InstantForm::EpochMicros => digits::micros(&mut text, micros),
        InstantForm::Millis | InstantForm::EpochMillis => digits::millis(&mut text, micros),
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
            Some(shown((*number).into(), kind))
        }
        Constant::Double(number) => serde_json::to_string(number).ok(),
    }
}
