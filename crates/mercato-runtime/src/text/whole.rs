//! Whole numbers within bounds.

use std::fmt;
use std::str::FromStr;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::TextError;

/// A whole number from `MIN` to `MAX`, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Whole<const MIN: u64, const MAX: u64>(u64);

/// A run's seed: any 64-bit number.
pub type SeedNumber = Whole<0, { u64::MAX }>;

/// A number of arrivals; 2^58 are all that a lane has.
pub type Count = Whole<1, { 1 << 58 }>;

/// A number of worker threads.
pub type Threads = Whole<1, 1024>;

impl<const MIN: u64, const MAX: u64> Whole<MIN, MAX> {
    /// `number`, if it lies within the bounds.
    pub fn new(number: u64) -> Result<Self, TextError> {
        if (MIN..=MAX).contains(&number) { Ok(Self(number)) } else { Err(Self::refused(&number)) }
    }

    /// The number.
    pub fn get(self) -> u64 {
        self.0
    }

    fn refused(text: &impl ToString) -> TextError {
        TextError::new(text.to_string(), "whole number", format!("{MIN} to {MAX} are allowed"))
    }
}

impl<const MIN: u64, const MAX: u64> FromStr for Whole<MIN, MAX> {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let number = text.parse().ok().filter(|number| (MIN..=MAX).contains(number));
        number.map(Self).ok_or_else(|| Self::refused(&text))
    }
}

impl<const MIN: u64, const MAX: u64> fmt::Display for Whole<MIN, MAX> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl<const MIN: u64, const MAX: u64> Serialize for Whole<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WholeVisitor)
    }
}

struct WholeVisitor<const MIN: u64, const MAX: u64>;

// No `visit_f64`: YAML gives numbers above 2^63 as floats, and a rounded seed would be another run.
impl<const MIN: u64, const MAX: u64> Visitor<'_> for WholeVisitor<MIN, MAX> {
    type Value = Whole<MIN, MAX>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "a whole number from {MIN} to {MAX} (in quotes if it is very large)")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        Whole::new(number).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        number.to_string().parse().map_err(E::custom)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse().map_err(E::custom)
    }
}
