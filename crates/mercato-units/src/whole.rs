//! Whole numbers within bounds.

use std::fmt;
use std::str::FromStr;

use crate::ValueError;

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole<const MIN: u64, const MAX: u64>(u64);

/// A run's seed: any 64-bit number.
pub type SeedNumber = Whole<0, { u64::MAX }>;

/// A number of arrivals; 2^58 are all that a substream has.
pub type Count = Whole<1, { 1 << 58 }>;

/// A number of worker threads.
pub type Threads = Whole<1, 1024>;

const KIND: &str = "whole number";

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    /// `number`, if it lies within the bounds.
    pub fn new(number: u64) -> Result<Self, ValueError> {
        if (MIN..=MAX).contains(&number) {
            return Ok(Self(number));
        }
        Err(ValueError::out_of_range(KIND, number.to_string(), MIN, MAX))
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64> FromStr for Whole<MIN, MAX> {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let expected = format!("expected a number from {MIN} to {MAX}");
            return Err(ValueError::invalid(KIND, text, expected));
        }
        let number = text.parse().ok().filter(|number| (MIN..=MAX).contains(number));
        number.map(Self).ok_or_else(|| ValueError::out_of_range(KIND, text, MIN, MAX))
    }
}

impl<const MIN: u64, const MAX: u64> fmt::Display for Whole<MIN, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{reads, refuses};

    #[test]
    fn whole_numbers_lie_within_their_bounds() {
        reads(&[("1", Whole::<1, 9>(1)), ("+9", Whole(9)), ("007", Whole(7))]);
        reads(&[("18446744073709551615", SeedNumber::new(u64::MAX).unwrap())]);
        refuses::<Whole<1, 9>>(&[
            ("0", "out of range (1 to 9)"),
            ("10", "out of range (1 to 9)"),
            ("-1", "out of range (1 to 9)"),
            ("18446744073709551616", "out of range (1 to 9)"),
            ("1.5", "expected a number from 1 to 9"),
            ("", "expected a number from 1 to 9"),
            ("-", "expected a number from 1 to 9"),
            ("many", "expected a number from 1 to 9"),
        ]);
    }
}
