//! Records as columns: typed values side by side, and rows of tables by their numbers.

use mercato_schema::{InstantForm, Kind};
use serde::Serialize;
use serde_json::Value;

use crate::layout::Part;
use crate::shape::form_of;
use crate::{Layout, Writer};

/// The values of some records of one layout, slot by slot.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Columns {
    rows: usize,
    columns: Vec<Column>,
}

/// The values of one slot.
#[derive(Debug, Clone, PartialEq)]
pub struct Column {
    values: Values,
    /// True for each value that is present; empty if all always are.
    valid: Option<Vec<bool>>,
    prefix: Box<[u8]>,
}

/// Values of one type; a value that is not there has a place of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Not wanted by whoever asked for the columns.
    Skipped,
    /// Texts one after the other, and where each ends.
    Texts {
        /// The bytes of all texts.
        bytes: Vec<u8>,
        /// The end of each text in them.
        ends: Vec<u32>,
    },
    /// Whole numbers, units of a decimal number's last digit, or microseconds since the Unix epoch.
    Numbers(Vec<i64>),
    /// Truth values.
    Booleans(Vec<bool>),
    /// Rows of the slot's table.
    Rows(Vec<u32>),
    /// Lists.
    Lists {
        /// The items of all lists.
        items: Columns,
        /// The end of each list in them.
        ends: Vec<u32>,
    },
    /// Maps.
    Maps {
        /// Names by their numbers, of the members of all maps.
        names: Vec<u32>,
        /// Values of all members, in units of the last digit.
        numbers: Vec<i64>,
        /// The end of each map among the members.
        ends: Vec<u32>,
    },
}

impl Columns {
    /// Empty columns for `layout`; of the slots whose fields `wanted` refuses, nothing is kept.
    ///
    /// `wanted` is asked with the index of a [leaf](mercato_schema::Description::leaves) of the description.
    pub fn new(layout: &Layout, wanted: &dyn Fn(usize) -> bool) -> Self {
        let leaves = layout.description().leaves();
        let column = |slot: &crate::Slot| {
            let leaf = &leaves[slot.leaves.start];
            let (kind, nullable) = (&leaf.field.kind, leaf.nullable);
            let (values, prefix) = match &slot.part {
                _ if !slot.leaves.clone().any(wanted) => (Values::Skipped, ""),
                Part::Value { prefix } => (Values::of(kind), prefix.as_str()),
                Part::Table(_) => (Values::Rows(Vec::new()), ""),
                Part::List(item) => {
                    (Values::Lists { items: Self::new(item, &|_| true), ends: Vec::new() }, "")
                }
                Part::Map(_) => {
                    let (names, numbers, ends) = (Vec::new(), Vec::new(), Vec::new());
                    (Values::Maps { names, numbers, ends }, "")
                }
            };
            let is_value = matches!(slot.part, Part::Value { .. });
            let valid = (nullable && is_value && values != Values::Skipped).then(Vec::new);
            Column { values, valid, prefix: prefix.as_bytes().into() }
        };
        let columns = layout.slots().iter().map(column).collect();
        Self { rows: 0, columns }
    }

    /// Number of records.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The slots in the order of the layout.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Bytes of the values of one record.
    pub(crate) fn size_of(&self, row: usize) -> usize {
        self.columns.iter().map(|column| column.values.size_of(row)).sum()
    }

    /// Forgets the records and keeps the memory.
    pub fn clear(&mut self) {
        self.truncate(0);
    }

    /// Keeps the first `rows` records.
    pub fn truncate(&mut self, rows: usize) {
        self.rows = self.rows.min(rows);
        self.columns.iter_mut().for_each(|column| column.truncate(rows));
    }
}

impl Values {
    fn of(kind: &Kind) -> Self {
        match kind {
            Kind::Identifier | Kind::Text => Self::Texts { bytes: Vec::new(), ends: Vec::new() },
            Kind::Boolean => Self::Booleans(Vec::new()),
            Kind::Integer
            | Kind::Long
            | Kind::Decimal { .. }
            | Kind::Number { .. }
            | Kind::Instant(_) => Self::Numbers(Vec::new()),
            // These are no single values: a layout gives them slots of their own.
            Kind::Struct(_) | Kind::List(_) | Kind::Map(_) => Self::Skipped,
        }
    }

    fn size_of(&self, row: usize) -> usize {
        let span = |ends: &[u32]| {
            let start = row.checked_sub(1).map_or(0, |before| ends[before] as usize);
            start..ends[row] as usize
        };
        match self {
            Self::Skipped => 0,
            Self::Texts { ends, .. } => span(ends).len(),
            Self::Numbers(_) => size_of::<i64>(),
            Self::Booleans(_) => size_of::<bool>(),
            Self::Rows(_) => size_of::<u32>(),
            Self::Lists { items, ends } => span(ends).map(|item| items.size_of(item)).sum(),
            Self::Maps { ends, .. } => span(ends).len() * size_of::<(u32, i64)>(),
        }
    }

    fn truncate(&mut self, rows: usize) {
        let end = |ends: &mut Vec<u32>| {
            ends.truncate(rows);
            ends.last().map_or(0, |end| *end as usize)
        };
        match self {
            Self::Skipped => {}
            Self::Texts { bytes, ends } => bytes.truncate(end(ends)),
            Self::Numbers(numbers) => numbers.truncate(rows),
            Self::Booleans(booleans) => booleans.truncate(rows),
            Self::Rows(numbers) => numbers.truncate(rows),
            Self::Lists { items, ends } => items.truncate(end(ends)),
            Self::Maps { names, numbers, ends } => {
                let end = end(ends);
                names.truncate(end);
                numbers.truncate(end);
            }
        }
    }

    /// Puts a place for a value that is not there.
    fn push_nothing(&mut self) {
        match self {
            Self::Skipped => {}
            Self::Texts { bytes, ends } => ends.push(bytes.len() as u32),
            Self::Numbers(numbers) => numbers.push(0),
            Self::Booleans(booleans) => booleans.push(false),
            Self::Rows(rows) => rows.push(0),
            Self::Lists { items, ends } => ends.push(items.rows as u32),
            Self::Maps { names, ends, .. } => ends.push(names.len() as u32),
        }
    }
}

impl Column {
    /// The values, one for each record.
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// True for each value that is present; none if all are.
    pub fn valid(&self) -> Option<&[bool]> {
        self.valid.as_deref()
    }

    fn truncate(&mut self, rows: usize) {
        self.values.truncate(rows);
        if let Some(valid) = &mut self.valid {
            valid.truncate(rows);
        }
    }

    #[inline]
    fn note(&mut self, is_there: bool) {
        if let Some(valid) = &mut self.valid {
            valid.push(is_there);
        }
    }

    #[inline]
    fn push_text(&mut self, fill: impl FnOnce(&mut Vec<u8>)) -> bool {
        match &mut self.values {
            Values::Skipped => {}
            Values::Texts { bytes, ends } => {
                bytes.extend_from_slice(&self.prefix);
                fill(bytes);
                ends.push(bytes.len() as u32);
            }
            _ => return false,
        }
        self.note(true);
        true
    }

    #[inline]
    fn push_number(&mut self, number: i64) -> bool {
        match &mut self.values {
            Values::Skipped => {}
            Values::Numbers(numbers) => numbers.push(number),
            _ => return false,
        }
        self.note(true);
        true
    }
}

/// Writes one record into columns.
#[derive(Debug)]
pub(crate) struct ColumnWriter<'a> {
    columns: Columns,
    layout: &'a Layout,
    next: usize,
    flawed: bool,
}

impl<'a> ColumnWriter<'a> {
    /// A writer into `columns`, which are those of `layout`.
    pub(crate) fn new(columns: Columns, layout: &'a Layout) -> Self {
        Self { columns, layout, next: 0, flawed: false }
    }

    /// Ends the record; returns the columns, and whether every slot was written as it is described.
    #[inline]
    pub(crate) fn finish(mut self) -> (Columns, bool) {
        let complete = self.end_record();
        (self.columns, complete && !self.flawed)
    }

    #[inline]
    fn end_record(&mut self) -> bool {
        self.columns.rows += 1;
        self.next == self.columns.columns.len()
    }

    #[inline]
    fn push(&mut self, name: &str, push: impl FnOnce(&mut Column) -> bool) {
        debug_assert_eq!(
            self.layout.slots().get(self.next).map(|slot| slot.name.as_str()),
            Some(name),
            "a slot out of order"
        );
        let pushed = self.columns.columns.get_mut(self.next).is_some_and(push);
        self.flawed |= !pushed;
        self.next += 1;
    }
}

impl Writer for ColumnWriter<'_> {
    type Out = Vec<u8>;

    #[inline]
    fn key(&mut self, _: impl FnOnce(&mut Vec<u8>)) {}

    #[inline]
    fn plain(&mut self, name: &str, fill: impl FnOnce(&mut Vec<u8>)) {
        self.push(name, |column| column.push_text(fill));
    }

    #[inline]
    fn text(&mut self, name: &str, fill: impl FnOnce(&mut Vec<u8>)) {
        self.push(name, |column| column.push_text(fill));
    }

    #[inline]
    fn optional_text<T>(
        &mut self,
        name: &str,
        value: Option<T>,
        fill: impl FnOnce(T, &mut Vec<u8>),
    ) {
        match value {
            Some(value) => self.push(name, |column| column.push_text(|out| fill(value, out))),
            None => self.null(name),
        }
    }

    fn string(&mut self, name: &str, value: &str) {
        self.push(name, |column| column.push_text(|out| out.extend_from_slice(value.as_bytes())));
    }

    #[inline]
    fn integer(&mut self, name: &str, value: u32) {
        self.push(name, |column| column.push_number(value.into()));
    }

    #[inline]
    fn long(&mut self, name: &str, value: i64) {
        self.push(name, |column| column.push_number(value));
    }

    #[inline]
    fn decimal(&mut self, name: &str, units: i64, _: u32) {
        self.push(name, |column| column.push_number(units));
    }

    #[inline]
    fn instant(&mut self, name: &str, micros: i64, form: InstantForm) {
        // A reader of the column sees what a reader of the text sees, and no more.
        let whole = form_of(form, self.layout.instants).has_micros();
        let shown = if whole { micros } else { micros - micros.rem_euclid(1_000) };
        self.push(name, |column| column.push_number(shown));
    }

    #[inline]
    fn boolean(&mut self, name: &str, value: bool) {
        self.push(name, |column| {
            match &mut column.values {
                Values::Skipped => {}
                Values::Booleans(booleans) => booleans.push(value),
                _ => return false,
            }
            column.note(true);
            true
        });
    }

    #[inline]
    fn piece(&mut self, name: &str, row: usize) {
        self.push(name, |column| match &mut column.values {
            Values::Skipped => true,
            Values::Rows(rows) => {
                rows.push(row as u32);
                true
            }
            _ => false,
        });
    }

    fn null(&mut self, name: &str) {
        self.push(name, |column| {
            column.values.push_nothing();
            column.note(false);
            column.valid.is_some() || column.values == Values::Skipped
        });
    }

    fn list<T>(
        &mut self,
        name: &str,
        values: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) {
        let layout = self.layout.slots().get(self.next).map(|slot| &slot.part);
        let mut taken = None;
        self.push(name, |column| match &mut column.values {
            Values::Skipped => true,
            Values::Lists { items, .. } => {
                taken = Some(std::mem::take(items));
                true
            }
            _ => false,
        });
        let (Some(items), Some(Part::List(layout))) = (taken, layout) else { return };
        let place = self.next - 1;
        let outer = (std::mem::replace(&mut self.columns, items), self.layout, self.next);
        for value in values {
            (self.layout, self.next) = (layout, 0);
            write(self, value);
            self.flawed |= !self.end_record();
        }
        let written = std::mem::replace(&mut self.columns, outer.0);
        (self.layout, self.next) = (outer.1, outer.2);
        if let Some(Values::Lists { items, ends }) =
            self.columns.columns.get_mut(place).map(|column| &mut column.values)
        {
            ends.push(written.rows as u32);
            *items = written;
        }
    }

    fn map(&mut self, name: &str, members: impl IntoIterator<Item = (usize, i64)>, _: u32) {
        self.push(name, |column| match &mut column.values {
            Values::Skipped => true,
            Values::Maps { names, numbers, ends } => {
                for (member, units) in members {
                    names.push(member as u32);
                    numbers.push(units);
                }
                ends.push(names.len() as u32);
                true
            }
            _ => false,
        });
    }

    fn serialize(&mut self, value: &impl Serialize) {
        let value = serde_json::to_value(value).unwrap_or(Value::Null);
        self.flawed |= self.next > 0 || !crate::parse::write(self.layout, &value, self);
    }
}
