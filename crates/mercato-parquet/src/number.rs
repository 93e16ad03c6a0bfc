//! Numbers as streams write them and as they are stored.

use mercato_schema::{InstantForm, Kind};

use crate::column::Column;
use crate::misfit::Misfit;

/// A kind of number: what its units are in the file, and the range of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Number {
    /// Whole numbers of 32 bits.
    Small,
    /// Whole numbers and instants that are stored as they are.
    Same,
    /// Instants in microseconds that are stored in milliseconds.
    Millis,
    /// Exact decimal numbers below this many units.
    Decimal(i64),
    /// Units of which so many make one, stored as doubles.
    Double(f64),
}

impl Number {
    /// The numbers of a kind; none if its values are no numbers.
    pub(crate) fn of(kind: &Kind) -> Option<Self> {
        Some(match *kind {
            Kind::Integer => Self::Small,
            Kind::Long | Kind::Instant(InstantForm::Micros | InstantForm::EpochMicros) => {
                Self::Same
            }
            Kind::Instant(InstantForm::Millis | InstantForm::EpochMillis) => Self::Millis,
            Kind::Decimal { precision, .. } => Self::Decimal(power(precision)),
            Kind::Number { scale } => Self::Double(power(scale) as f64),
            Kind::Identifier
            | Kind::Text
            | Kind::Boolean
            | Kind::Struct(_)
            | Kind::List(_)
            | Kind::Map(_) => return None,
        })
    }

    /// The numbers that are the values of a map.
    pub(crate) fn of_members(map: &Kind) -> Self {
        let of_member = match map {
            Kind::Map(member) => Self::of(member),
            _ => None,
        };
        of_member.unwrap_or(Self::Same)
    }

    /// Fails if one of the values is out of range.
    pub(crate) fn check(self, column: usize, values: &[i64]) -> Result<(), Misfit> {
        let (range, allowed) = match self {
            Self::Small => (i32::MIN.into()..=i32::MAX.into(), "whole numbers of 32 bits"),
            Self::Decimal(end) => (1 - end..=end - 1, "as many digits as its precision"),
            _ => return Ok(()),
        };
        // Without a branch in the loop, so that several values are compared at once.
        if values.iter().fold(true, |all, value| all & range.contains(value)) {
            return Ok(());
        }
        let value = values.iter().copied().find(|value| !range.contains(value)).unwrap_or(0);
        Err(Misfit::Value { column, value, allowed })
    }

    /// The 64 bits that are stored for a number of units.
    #[inline]
    pub(crate) fn stored(self, units: i64) -> u64 {
        match self {
            Self::Small | Self::Same | Self::Decimal(_) => units as u64,
            Self::Millis => units.div_euclid(1_000) as u64,
            // Division rounds correctly: the double that is nearest to the decimal text.
            Self::Double(one) => (units as f64 / one).to_bits(),
        }
    }

    /// Appends the values; false if the column is none of numbers.
    #[inline]
    pub(crate) fn append(self, values: &[i64], column: &mut Column) -> bool {
        match self {
            Self::Small | Self::Same | Self::Decimal(_) => {
                column.numbers(values.iter().map(|value| *value as u64))
            }
            Self::Millis => column.numbers(values.iter().map(|value| Self::Millis.stored(*value))),
            Self::Double(_) => column.numbers(values.iter().map(|value| self.stored(*value))),
        }
    }
}

/// A power of ten, at most 10^18.
fn power(exponent: u8) -> i64 {
    10i64.pow(u32::from(exponent).min(18))
}
