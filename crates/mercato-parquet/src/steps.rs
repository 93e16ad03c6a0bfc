//! A table as the steps in which its records are read.

use std::ops::Range;

use mercato_schema::{Field, Kind};

use crate::schema::fields_of;

/// What comes next in a record.
#[derive(Debug)]
pub(crate) enum Step {
    /// These bytes and no others.
    Exactly(Box<[u8]>),
    /// A value of the column.
    Value { column: usize, kind: ValueKind, nullable: bool },
    /// An object that may come again byte for byte, by its place among the objects that may.
    Object { which: usize, inner: Vec<Step> },
    /// An array whose objects are read by the steps, into so many columns from the first on.
    List { first: usize, columns: usize, element: Vec<Step> },
    /// An object of any names, into two columns.
    Map { keys: usize, value: ValueKind },
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Text,
    Boolean,
    Integer,
    Long,
    Money,
    Number(u32),
    Millis,
}

/// The steps of a record, and for each object that may come again the columns of its values.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    pub(crate) objects: Vec<Range<usize>>,
    columns: usize,
}

impl Plan {
    /// How records of `table` are read.
    pub(crate) fn new(table: &[Field]) -> Self {
        let mut plan = Self::default();
        plan.steps = plan.braced(table);
        plan
    }

    /// An object with `fields`.
    fn object(&mut self, fields: &[Field]) -> Vec<Step> {
        let first = self.columns;
        let inner = self.braced(fields);
        if !fields.iter().all(|field| repeats(&field.kind)) {
            return inner;
        }
        self.objects.push(first..self.columns);
        vec![Step::Object { which: self.objects.len() - 1, inner }]
    }

    fn braced(&mut self, fields: &[Field]) -> Vec<Step> {
        let mut steps = vec![Step::Exactly((*b"{").into())];
        for (index, field) in fields.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            steps.push(Step::Exactly(format!("{comma}\"{}\":", field.name).into_bytes().into()));
            let first = self.columns;
            match &field.kind {
                Kind::Struct(inner) => steps.extend(self.object(inner)),
                Kind::List(element) => {
                    let element = self.object(fields_of(element));
                    steps.push(Step::List { first, columns: self.columns - first, element });
                }
                Kind::Map(value) => {
                    steps.push(Step::Map { keys: first, value: value_kind(value) });
                    self.columns += 2;
                }
                kind => {
                    steps.push(Step::Value {
                        column: first,
                        kind: value_kind(kind),
                        nullable: field.nullable,
                    });
                    self.columns += 1;
                }
            }
        }
        steps.push(Step::Exactly((*b"}").into()));
        joined(steps)
    }
}

/// Whether a field is a value that many records have, so that its column has a dictionary.
fn repeats(kind: &Kind) -> bool {
    use Kind::{Decimal, Integer, Long, Number, Text};
    matches!(kind, Text | Integer | Long | Decimal { .. } | Number { .. })
}

fn value_kind(kind: &Kind) -> ValueKind {
    match kind {
        Kind::Boolean => ValueKind::Boolean,
        Kind::Integer => ValueKind::Integer,
        Kind::Long => ValueKind::Long,
        Kind::Decimal { .. } => ValueKind::Money,
        Kind::Number { scale } => ValueKind::Number((*scale).into()),
        Kind::Instant(_) => ValueKind::Millis,
        _ => ValueKind::Text,
    }
}

/// The same steps with neighbouring bytes in one.
fn joined(steps: Vec<Step>) -> Vec<Step> {
    let mut joined: Vec<Step> = Vec::new();
    for step in steps {
        match (joined.last_mut(), step) {
            (Some(Step::Exactly(before)), Step::Exactly(bytes)) => {
                *before = [&**before, &*bytes].concat().into()
            }
            (_, step) => joined.push(step),
        }
    }
    joined
}

impl ValueKind {
    /// What an error calls it.
    pub(crate) fn named(self) -> String {
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
