//! From the JSON text of a record to the values of its columns.
//!
//! A stream writes its fields in one order and nothing between them, so reading is comparing with what must stand
//! there, and taking the values in between: no tree, no map, no allocation.
//! Whatever else stands there is an error. JSON that means the same but is written otherwise is one too: it cannot be
//! told from a mistake.

use std::borrow::Cow;

use mercato_schema::table::{Column as Field, ColumnKind};

use crate::column::Column;
use crate::text::{self, Instants};

/// A record's fields as steps of reading.
#[derive(Debug)]
pub(crate) struct Reading {
    steps: Vec<Step>,
    instants: Instants,
}

#[derive(Debug)]
enum Step {
    /// These bytes and no others.
    Exactly(Box<[u8]>),
    /// A value of the column.
    Value { column: usize, kind: ValueKind, nullable: bool },
    /// An array whose objects are read by the steps, into so many columns from the first on.
    List { first: usize, columns: usize, element: Vec<Step> },
    /// An object of any names, into two columns.
    Map { keys: usize, value: ValueKind },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ValueKind {
    Text,
    Boolean,
    Integer,
    Long,
    Money,
    Number(u32),
    Millis,
}

/// Where a record is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unexpected {
    pub(crate) at: usize,
    pub(crate) expected: Cow<'static, str>,
}

impl Reading {
    /// How records of `table` are read.
    pub(crate) fn new(table: &'static [Field]) -> Self {
        let (mut steps, mut columns) = (vec![Step::Exactly((*b"{").into())], 0);
        fields(table, &mut steps, &mut columns);
        steps.push(Step::Exactly((*b"}").into()));
        Self { steps: joined(steps), instants: Instants::default() }
    }

    /// Reads `record` into `columns`; after an error they hold a part of it.
    #[inline]
    pub(crate) fn read(&mut self, record: &[u8], columns: &mut [Column]) -> Result<(), Unexpected> {
        let mut reader = Reader { record, at: 0, columns, instants: &mut self.instants };
        reader.steps(&self.steps, 0)?;
        if reader.at == record.len() { Ok(()) } else { Err(reader.unexpected("the end of the record")) }
    }
}

fn fields(fields_: &'static [Field], steps: &mut Vec<Step>, columns: &mut usize) {
    for (index, field) in fields_.iter().enumerate() {
        let comma = if index > 0 { "," } else { "" };
        steps.push(Step::Exactly(format!("{comma}\"{}\":", field.name).into_bytes().into()));
        match field.kind {
            ColumnKind::Group(inner) => {
                steps.push(Step::Exactly((*b"{").into()));
                fields(inner, steps, columns);
                steps.push(Step::Exactly((*b"}").into()));
            }
            ColumnKind::List(inner) => {
                let (first, mut element) = (*columns, vec![Step::Exactly((*b"{").into())]);
                fields(inner, &mut element, columns);
                element.push(Step::Exactly((*b"}").into()));
                steps.push(Step::List { first, columns: *columns - first, element: joined(element) });
            }
            ColumnKind::Map(value) => {
                steps.push(Step::Map { keys: *columns, value: value_kind(value) });
                *columns += 2;
            }
            ref kind => {
                steps.push(Step::Value { column: *columns, kind: value_kind(kind), nullable: field.nullable });
                *columns += 1;
            }
        }
    }
}

fn value_kind(kind: &ColumnKind) -> ValueKind {
    match kind {
        ColumnKind::Boolean => ValueKind::Boolean,
        ColumnKind::Integer => ValueKind::Integer,
        ColumnKind::Long => ValueKind::Long,
        ColumnKind::Money => ValueKind::Money,
        ColumnKind::Number(digits) => ValueKind::Number(*digits),
        ColumnKind::Millis => ValueKind::Millis,
        _ => ValueKind::Text,
    }
}

/// The same steps with neighbouring bytes in one.
fn joined(steps: Vec<Step>) -> Vec<Step> {
    let mut joined: Vec<Step> = Vec::new();
    for step in steps {
        match (joined.last_mut(), step) {
            (Some(Step::Exactly(before)), Step::Exactly(bytes)) => *before = [&**before, &*bytes].concat().into(),
            (_, step) => joined.push(step),
        }
    }
    joined
}

struct Reader<'a> {
    record: &'a [u8],
    at: usize,
    columns: &'a mut [Column],
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
                Step::List { first, columns, element } => self.list(*first..first + columns, element)?,
                Step::Map { keys, value } => self.map(*keys, *value)?,
            }
        }
        Ok(())
    }

    fn list(&mut self, columns: std::ops::Range<usize>, element: &[Step]) -> Result<(), Unexpected> {
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
                (value || rest.starts_with(b"false")).then(|| column.boolean(repetition, value)).map(|()| taken)
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
            ValueKind::Millis => self.instants.millis(rest).map(|found| number(column, repetition, found)),
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

impl ValueKind {
    fn named(self) -> String {
        match self {
            Self::Text => "a text in quotes".to_owned(),
            Self::Boolean => "true or false".to_owned(),
            Self::Integer => "a whole number of 32 bits".to_owned(),
            Self::Long => "a whole number of 64 bits".to_owned(),
            Self::Money => "an amount with at most two decimals, below 10^13".to_owned(),
            Self::Number(digits) => format!("a number with at most {digits} decimals"),
            Self::Millis => "a time such as \"2024-07-18T14:30:45.123Z\"".to_owned(),
        }
    }
}
