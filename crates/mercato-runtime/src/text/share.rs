//! Shares of a whole, and factors.

use std::fmt;
use std::str::FromStr;

use super::{TextError, decimal};

/// A share from 0 to 1, in millionths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
    /// Millionths.
    pub fn millionths(self) -> u32 {
        self.0
    }
}

impl FromStr for Share {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let millionths = decimal::millionths(text).filter(|share| *share <= decimal::ONE);
        let allowed =
            "a decimal from 0 to 1 with at most 6 digits after the point is allowed, such as 0.01";
        millionths
            .map(|share| Self(share as u32))
            .ok_or_else(|| TextError::new(text, "share", allowed))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&decimal::show(u64::from(self.0)))
    }
}

/// A factor on the rate of arrivals from 0 to 1000, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Factor(u64);

impl Factor {
    /// The highest factor in millionths, what the engine allows.
    pub const MAX: u64 = mercato_engine::Schedule::MAX_FACTOR_MILLIONTHS;

    /// Millionths.
    pub fn millionths(self) -> u64 {
        self.0
    }
}

impl FromStr for Factor {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let millionths = decimal::millionths(text.strip_suffix('x').unwrap_or(text));
        let allowed =
            "a decimal from 0 to 1000 with at most 6 digits after the point is allowed, such as 5";
        let bounded = millionths.filter(|factor| *factor <= Self::MAX);
        bounded.map(Self).ok_or_else(|| TextError::new(text, "factor", allowed))
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&decimal::show(self.0))
    }
}
