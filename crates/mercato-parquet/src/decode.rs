//! From the JSON text of a record to the values of its columns.
//!
//! A stream writes its fields in one order and nothing between them, so reading is comparing with
//! what must stand there, and taking the values in between: no tree, no map, no allocation.
//! Whatever else stands there is an error. JSON that means the same but is written otherwise is one
//! too: it cannot be told from a mistake.

use std::borrow::Cow;

use mercato_schema::Field;

use crate::column::Column;
use crate::objects::Objects;
use crate::steps::{Plan, Step, ValueKind};
use crate::text::{self, Instants};

/// A record's fields as steps of reading.
#[derive(Debug)]
pub(crate) struct Reading {
    steps: Vec<Step>,
    objects: Vec<Objects>,
    instants: Instants,
}

/// Where a record is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unexpected {
    pub(crate) at: usize,
    pub(crate) expected: Cow<'static, str>,
}

impl Reading {
    /// How records of `table` are read.
    pub(crate) fn new(table: &[Field]) -> Self {
        let Plan { steps, objects, .. } = Plan::new(table);
        let objects = objects.into_iter().map(Objects::new).collect();
        Self { steps, objects, instants: Instants::default() }
    }

    /// Reads `record` into `columns`; after an error they hold a part of it.
    #[inline]
    pub(crate) fn read(&mut self, record: &[u8], columns: &mut [Column]) -> Result<(), Unexpected> {
        let Self { steps, objects, instants } = self;
        let mut reader = Reader { record, at: 0, columns, objects, instants };
        reader.steps(steps, 0)?;
        if reader.at == record.len() {
            Ok(())
        } else {
            Err(reader.unexpected("the end of the record"))
        }
    }

    /// Forgets what it knows of the columns, which are emptied.
    pub(crate) fn forget(&mut self) {
        self.objects.iter_mut().for_each(Objects::clear);
    }
}

struct Reader<'a> {
    record: &'a [u8],
    at: usize,
    columns: &'a mut [Column],
    objects: &'a mut [Objects],
    instants: &'a mut Instants,
}

impl Reader<'_> {
    fn steps(&mut self, steps: &[Step], repetition: u8) -> Result<(), Unexpected> {
        for step in steps {
            match step {
                Step::Exactly(bytes) => self.exactly(bytes)?,
                Step::Value { column, nullable: true, .. } if self.is_next(b"null") => {
                    self.at += 4;
                    let column = &mut self.columns[*column];
                    column.absent(repetition, column.definition - 1);
                }
                Step::Value { column, kind, .. } => self.value(*column, *kind, repetition)?,
                Step::Object { which, inner } => self.object(*which, inner, repetition)?,
                Step::List { first, columns, element } => {
                    self.list(*first..first + columns, element)?
                }
                Step::Map { keys, value } => self.map(*keys, *value)?,
            }
        }
        Ok(())
    }

    fn object(&mut self, which: usize, inner: &[Step], repetition: u8) -> Result<(), Unexpected> {
        let start = self.at;
        if let Some(taken) =
            self.objects[which].again(&self.record[start..], repetition, self.columns)
        {
            self.at += taken;
            return Ok(());
        }
        self.steps(inner, repetition)?;
        self.objects[which].learn(&self.record[start..self.at], self.columns);
        Ok(())
    }

    fn list(
        &mut self,
        columns: std::ops::Range<usize>,
        element: &[Step],
    ) -> Result<(), Unexpected> {
        self.exactly(b"[")?;
        if self.is_next(b"]") {
            self.at += 1;
            columns.for_each(|column| self.columns[column].absent(0, 0));
            return Ok(());
        }
        let mut repetition = 0;
        loop {
            self.steps(element, repetition)?;
            repetition = 1;
            if !self.is_next(b",") {
                return self.exactly(b"]");
            }
            self.at += 1;
        }
    }

    fn map(&mut self, keys: usize, value: ValueKind) -> Result<(), Unexpected> {
        self.exactly(b"{")?;
        if self.is_next(b"}") {
            self.at += 1;
            [keys, keys + 1].into_iter().for_each(|column| self.columns[column].absent(0, 0));
            return Ok(());
        }
        let mut repetition = 0;
        loop {
            self.value(keys, ValueKind::Text, repetition)?;
            self.exactly(b":")?;
            self.value(keys + 1, value, repetition)?;
            repetition = 1;
            if !self.is_next(b",") {
                return self.exactly(b"}");
            }
            self.at += 1;
        }
    }

    #[inline]
    fn value(&mut self, column: usize, kind: ValueKind, repetition: u8) -> Result<(), Unexpected> {
        let rest = &self.record[self.at..];
        let column = &mut self.columns[column];
        let taken = match kind {
            ValueKind::Text => match text::quoted(rest) {
                Some((text, taken)) => {
                    column.text(repetition, &text);
                    Some(taken)
                }
                None => None,
            },
            ValueKind::Boolean => {
                let value = rest.starts_with(b"true");
                let taken = if value { 4 } else { 5 };
                (value || rest.starts_with(b"false"))
                    .then(|| column.boolean(repetition, value))
                    .map(|()| taken)
            }
            ValueKind::Integer => text::fixed(rest, 0)
                .filter(|(number, _)| i32::try_from(*number).is_ok())
                .map(|found| number(column, repetition, found)),
            ValueKind::Long => text::fixed(rest, 0).map(|found| number(column, repetition, found)),
            ValueKind::Money => text::fixed(rest, 2)
                .filter(|(cents, _)| cents.unsigned_abs() < 1_000_000_000_000_000)
                .map(|found| number(column, repetition, found)),
            ValueKind::Number(digits) => text::fixed(rest, digits).map(|(units, taken)| {
                // Division rounds correctly: the double that is nearest to the text.
                let value = units as f64 / 10u64.pow(digits) as f64;
                column.number(repetition, value.to_bits());
                taken
            }),
            ValueKind::Millis => {
                self.instants.millis(rest).map(|found| number(column, repetition, found))
            }
        };
        match taken {
            Some(taken) => {
                self.at += taken;
                Ok(())
            }
            None => Err(self.unexpected(kind.named())),
        }
    }

    #[inline]
    fn exactly(&mut self, bytes: &[u8]) -> Result<(), Unexpected> {
        if self.is_next(bytes) {
            self.at += bytes.len();
            return Ok(());
        }
        Err(self.unexpected(String::from_utf8_lossy(bytes).into_owned()))
    }

    #[inline]
    fn is_next(&self, bytes: &[u8]) -> bool {
        self.record[self.at..].starts_with(bytes)
    }

    #[cold]
    fn unexpected(&self, expected: impl Into<Cow<'static, str>>) -> Unexpected {
        Unexpected { at: self.at, expected: expected.into() }
    }
}

#[inline]
fn number(column: &mut Column, repetition: u8, (number, taken): (i64, usize)) -> usize {
    column.number(repetition, number as u64);
    taken
}
