//! The condition asked of records in columns, with the three truth values of SQL: what is compared
//! with nothing is neither true nor false.

use mercato_encode::Layout;

use super::columns::{Place, Source, Test};
use super::filter::{Comparison, Condition, Operand};

/// A condition that can be asked of records.
#[derive(Debug)]
pub(super) enum Predicate {
    Is {
        source: Source,
        test: Comparing,
        /// The answers for the rows of a table.
        tested: Vec<Option<bool>>,
    },
    IsNull {
        source: Source,
        tested: Vec<Option<bool>>,
    },
    Not(Box<Self>),
    And(Vec<Self>),
    Or(Vec<Self>),
}

impl Predicate {
    /// The condition for records of `layout`.
    pub(super) fn new(layout: &Layout, condition: &Condition) -> Self {
        let all = |parts: &[Condition]| parts.iter().map(|part| Self::new(layout, part)).collect();
        match condition {
            Condition::Not(inner) => Self::Not(Box::new(Self::new(layout, inner))),
            Condition::And(parts) => Self::And(all(parts)),
            Condition::Or(parts) => Self::Or(all(parts)),
            Condition::IsNull { field } => {
                let source = Source::new(layout, field);
                Self::IsNull { tested: source.tested(&Anything), source }
            }
            Condition::Is { field, comparison, values } => {
                let source = Source::new(layout, field);
                let digits = field.kind.digits();
                let test = Comparing::new(*comparison, values, digits);
                Self::Is { tested: source.tested(&test), source, test }
            }
        }
    }

    /// Whether the condition holds; none if that is not known.
    pub(super) fn holds(&self, place: Place<'_>) -> Option<bool> {
        match self {
            Self::Is { source, test, tested } => source.test(place, tested, test),
            Self::IsNull { source, tested } => {
                Some(source.test(place, tested, &Anything).is_none())
            }
            Self::Not(inner) => inner.holds(place).map(|holds| !holds),
            Self::And(parts) => decided(parts, place, false),
            Self::Or(parts) => decided(parts, place, true),
        }
    }
}

/// `decisive` if any part is that, none if any is not known, else the other.
fn decided(parts: &[Predicate], place: Place<'_>, decisive: bool) -> Option<bool> {
    let mut known = Some(!decisive);
    for part in parts {
        match part.holds(place) {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => known = None,
        }
    }
    known
}

/// True of every value.
struct Anything;

impl Test for Anything {
    fn number(&self, _: i64) -> bool {
        true
    }

    fn text(&self, _: &[u8]) -> bool {
        true
    }

    fn boolean(&self, _: bool) -> bool {
        true
    }
}

/// Compares a value with others.
#[derive(Debug)]
pub(super) struct Comparing {
    comparison: Comparison,
    /// Numbers with the same digits after the point, and what a value is to be multiplied by.
    numbers: Vec<i128>,
    factor: i128,
    texts: Vec<Vec<u8>>,
    booleans: Vec<bool>,
}

impl Comparing {
    /// Compares values with `digits` digits after the point.
    fn new(comparison: Comparison, values: &[Operand], digits: u32) -> Self {
        let of = |operand: &Operand| match operand {
            Operand::Number { digits, .. } => *digits,
            Operand::Text(_) | Operand::Boolean(_) => 0,
        };
        let most = values.iter().map(of).fold(digits, u32::max);
        let factor = 10i128.pow(most - digits);
        let (mut numbers, mut texts, mut booleans) = (Vec::new(), Vec::new(), Vec::new());
        for value in values {
            match value {
                Operand::Number { units, digits } => {
                    numbers.push(units * 10i128.pow(most - digits));
                }
                Operand::Text(text) => texts.push(text.clone()),
                Operand::Boolean(boolean) => booleans.push(*boolean),
            }
        }
        Self { comparison, numbers, factor, texts, booleans }
    }

    fn holds<T: Ord + ?Sized, U: std::borrow::Borrow<T>>(&self, value: &T, others: &[U]) -> bool {
        let any = |test: fn(&T, &T) -> bool| others.iter().any(|other| test(value, other.borrow()));
        match self.comparison {
            Comparison::In => any(|value, other| value == other),
            Comparison::NotEqual => any(|value, other| value != other),
            Comparison::Less => any(|value, other| value < other),
            Comparison::AtMost => any(|value, other| value <= other),
            Comparison::Greater => any(|value, other| value > other),
            Comparison::AtLeast => any(|value, other| value >= other),
        }
    }
}

impl Test for Comparing {
    fn number(&self, number: i64) -> bool {
        self.holds(&(i128::from(number) * self.factor), &self.numbers)
    }

    fn text(&self, text: &[u8]) -> bool {
        self.holds(text, &self.texts)
    }

    fn boolean(&self, boolean: bool) -> bool {
        self.holds(&boolean, &self.booleans)
    }
}
