//! Shares of a whole, and factors.

use std::fmt;
use std::str::FromStr;

use crate::ValueError;
use crate::decimal::{self, DecimalError, MILLION};

/// A share from 0 to 1, in millionths: `0.01` or `1%`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
    /// Millionths, 0 to 1,000,000.
    pub fn millionths(self) -> u32 {
        self.0
    }

    /// The nearest double.
    pub fn number(self) -> f64 {
        f64::from(self.0) / MILLION as f64
    }
}

impl FromStr for Share {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (number, one) = match text.strip_suffix('%') {
            Some(percent) => (percent.trim_end(), MILLION / 100),
            None => (text, MILLION),
        };
        let expected = "expected a share such as 0.01 or 1%, in steps of 0.000001";
        scaled("share", text, (number, one), MILLION, expected).map(|share| Self(share as u32))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal::show(u64::from(self.0)))
    }
}

/// A factor on a rate of arrivals from 0 to 1000, in millionths; a text may end in `x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Factor(u64);

impl Factor {
    /// The highest factor.
    pub const MAX: Self = Self(1000 * MILLION);

    /// Millionths.
    pub const fn millionths(self) -> u64 {
        self.0
    }
}

impl FromStr for Factor {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let number = text.strip_suffix('x').unwrap_or(text);
        let expected = "expected a number with at most six decimals, such as 0.01";
        scaled("factor", text, (number, MILLION), Self::MAX.0, expected).map(Self)
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&decimal::show(self.0))
    }
}

/// The millionths of `number`, which stands in `text` and counts `one` millionths, from 0 to `max`.
fn scaled(
    kind: &'static str,
    text: &str,
    (number, one): (&str, u64),
    max: u64,
    expected: &'static str,
) -> Result<u64, ValueError> {
    let unsigned = number.strip_prefix('-');
    let read = decimal::scaled(unsigned.unwrap_or(number), one);
    let out_of_range = || ValueError::out_of_range(kind, text, 0, decimal::show(max));
    match read {
        Ok(millionths) if unsigned.is_none() && millionths <= max => Ok(millionths),
        Ok(_) | Err(DecimalError::TooLarge) => Err(out_of_range()),
        Err(DecimalError::TooFine | DecimalError::Malformed) => {
            Err(ValueError::invalid(kind, text, expected))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{reads, refuses};

    #[test]
    fn shares_go_from_0_to_1() {
        for (text, share) in [
            ("0", 0),
            (".5", 500_000),
            ("0.01", 10_000),
            ("1", 1_000_000),
            ("1.0", 1_000_000),
            ("1%", 10_000),
            ("0.25 %", 2_500),
            ("100%", 1_000_000),
        ] {
            reads(&[(text, Share(share))]);
        }
        refuses::<Share>(&[
            ("1.1", "out of range (0 to 1)"),
            ("-0.1", "out of range (0 to 1)"),
            ("99999999999999999999", "out of range (0 to 1)"),
            ("101%", "out of range (0 to 1)"),
            ("0.00001%", "expected a share such as 0.01 or 1%"),
            ("0.0000001", "expected a share such as 0.01 or 1%"),
            ("%", "expected a share such as 0.01 or 1%"),
        ]);
    }

    #[test]
    fn factors_go_from_0_to_1000() {
        for (text, factor) in
            [("0", 0), ("5", 5_000_000), ("2.5x", 2_500_000), ("1000", Factor::MAX.0)]
        {
            reads(&[(text, Factor(factor))]);
        }
        refuses::<Factor>(&[
            ("1001", "out of range (0 to 1000)"),
            ("-1x", "out of range (0 to 1000)"),
            ("ten", "expected a number with at most six decimals"),
        ]);
    }
}
