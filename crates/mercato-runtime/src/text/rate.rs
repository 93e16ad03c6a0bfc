//! Arrivals a unit of time.

use std::fmt;
use std::str::FromStr;

use super::{TextError, decimal};

/// A rate of arrivals: `1000/h`, `2/m`, `50/s`, or a bare number an hour; decimals are allowed.
///
/// It is kept in millionths of an arrival an hour, from 1 to [`Rate::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(u64);

impl Rate {
    /// The highest rate in millionths an hour: a thousand million a second, what the engine allows.
    pub const MAX: u64 = mercato_engine::Rate::MAX;

    /// The rate of `millionths_per_hour` / 10^6 arrivals an hour; refuses zero and more than
    /// [`Rate::MAX`].
    pub fn new(millionths_per_hour: u64) -> Result<Self, TextError> {
        if (1..=Self::MAX).contains(&millionths_per_hour) {
            return Ok(Self(millionths_per_hour));
        }
        Err(TextError::new(format!("{}/h", decimal::show(millionths_per_hour)), WHAT, BOUND))
    }

    /// Millionths of an arrival an hour.
    pub fn millionths_per_hour(self) -> u64 {
        self.0
    }

    /// Arrivals a second, for people and for statistics; records never depend on it.
    pub fn per_second(self) -> f64 {
        self.0 as f64 / 3.6e9
    }
}

const WHAT: &str = "rate";
const SHAPE: &str = "write a number and /s, /m or /h, such as 50/s; a bare number is per hour";
const BOUND: &str = "it must be above 0 (at least 0.000001/h) and at most 1000000000/s";

impl FromStr for Rate {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let (number, unit) = text.split_once('/').unwrap_or((text, "h"));
        let an_hour = match unit.trim() {
            "s" | "sec" | "second" => 3600,
            "m" | "min" | "minute" => 60,
            "h" | "hour" => 1,
            _ => return Err(TextError::new(text, WHAT, SHAPE)),
        };
        let Some(millionths) = decimal::millionths(number.trim()) else {
            return Err(TextError::new(text, WHAT, format!("{SHAPE}; {}", decimal::SHAPE)));
        };
        let rate = millionths.checked_mul(an_hour).filter(|rate| (1..=Self::MAX).contains(rate));
        rate.map(Self).ok_or_else(|| TextError::new(text, WHAT, BOUND))
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/h", decimal::show(self.0))
    }
}
