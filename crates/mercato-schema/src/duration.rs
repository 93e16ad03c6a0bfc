//! Lengths of time as people write them: `90s`, `5m`, `2h`, `500ms`, `1d`, `1h30m`.
//!
//! Inside they are whole microseconds, so that adding them to a time never rounds.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal::{self, DecimalError};

/// A length of time, zero or more whole microseconds.
///
/// A text is one or more numbers, each followed by its unit (`us`, `ms`, `s`, `m`, `h`, `d`); a
/// number may have decimals as long as the whole is a whole number of microseconds.
/// Its serde form is that text.
///
/// ```
/// use mercato_schema::Duration;
///
/// let duration: Duration = "1h30m".parse()?;
/// assert_eq!(duration.micros(), 5_400_000_000);
/// assert_eq!(duration.to_string(), "90m");
/// # Ok::<(), mercato_schema::duration::DurationError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// `us`.
    Microseconds,
    /// `ms`.
    Milliseconds,
    /// `s`.
    Seconds,
    /// `m`.
    Minutes,
    /// `h`.
    Hours,
    /// `d`, always 24 hours.
    Days,
}

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DurationError {
    /// A number stands alone and no unit is understood.
    #[error("{text:?} has no unit; write for example 90s, 5m, 2h, 500ms or 1d")]
    NoUnit {
        /// The text as given.
        text: String,
    },
    /// A unit that does not exist.
    #[error("{text:?} has the unknown unit {unit:?}; us, ms, s, m, h and d are known")]
    UnknownUnit {
        /// The text as given.
        text: String,
        /// The unit as given.
        unit: String,
    },
    /// No number where one should be.
    #[error("{text:?} is no duration; write for example 90s, 5m, 2h, 500ms or 1d")]
    Malformed {
        /// The text as given.
        text: String,
    },
    /// A part of a microsecond.
    #[error("{text:?} is no whole number of microseconds")]
    TooFine {
        /// The text as given.
        text: String,
    },
    /// More microseconds than fit.
    #[error("{text:?} is too long; at most {} days are possible", i64::MAX / Unit::Days.micros())]
    TooLong {
        /// The text as given.
        text: String,
    },
}

impl Unit {
    /// Every unit, the longest first.
    pub const ALL: [Self; 6] = [
        Self::Days,
        Self::Hours,
        Self::Minutes,
        Self::Seconds,
        Self::Milliseconds,
        Self::Microseconds,
    ];

    /// Its length in microseconds.
    pub const fn micros(self) -> i64 {
        match self {
            Self::Microseconds => 1,
            Self::Milliseconds => 1_000,
            Self::Seconds => 1_000_000,
            Self::Minutes => 60_000_000,
            Self::Hours => 3_600_000_000,
            Self::Days => 86_400_000_000,
        }
    }

    /// How it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Microseconds => "us",
            Self::Milliseconds => "ms",
            Self::Seconds => "s",
            Self::Minutes => "m",
            Self::Hours => "h",
            Self::Days => "d",
        }
    }
}

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `count` times `unit`, or the longest possible duration if that does not fit.
    pub const fn of(count: u32, unit: Unit) -> Self {
        Self((count as i64).saturating_mul(unit.micros()))
    }

    /// A duration of `micros` microseconds; a negative number gives none.
    pub const fn from_micros(micros: i64) -> Option<Self> {
        if micros < 0 { None } else { Some(Self(micros)) }
    }

    /// Its length in microseconds, never negative.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Reads a text in which a number without a unit is a number of `bare`.
    pub fn parse_with(text: &str, bare: Unit) -> Result<Self, DurationError> {
        let trimmed = text.trim();
        match decimal::scaled(trimmed, bare.micros() as u64) {
            Err(DecimalError::Malformed) => trimmed.parse(),
            number => total(number.map_err(|error| refused(text, error))?, text),
        }
    }
}

impl FromStr for Duration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let mut rest = text.trim();
        let mut sum = 0u64;
        loop {
            let (micros, after) = part(rest, text)?;
            sum = sum
                .checked_add(micros)
                .ok_or_else(|| DurationError::TooLong { text: text.to_owned() })?;
            if after.is_empty() {
                return total(sum, text);
            }
            rest = after;
        }
    }
}

/// The first number with its unit, and what follows them.
fn part<'a>(rest: &'a str, text: &str) -> Result<(u64, &'a str), DurationError> {
    let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (number, rest) = rest.split_at(number_end);
    let unit_end = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let (symbol, rest) = rest.split_at(unit_end);
    if number.is_empty() {
        return Err(DurationError::Malformed { text: text.to_owned() });
    }
    if symbol.is_empty() {
        return Err(DurationError::NoUnit { text: text.to_owned() });
    }
    let unit = Unit::ALL.into_iter().find(|unit| unit.symbol() == symbol).ok_or_else(|| {
        DurationError::UnknownUnit { text: text.to_owned(), unit: symbol.to_owned() }
    })?;
    let micros =
        decimal::scaled(number, unit.micros() as u64).map_err(|error| refused(text, error))?;
    Ok((micros, rest))
}

fn total(micros: u64, text: &str) -> Result<Duration, DurationError> {
    i64::try_from(micros)
        .map(Duration)
        .map_err(|_| DurationError::TooLong { text: text.to_owned() })
}

fn refused(text: &str, error: DecimalError) -> DurationError {
    let text = text.to_owned();
    match error {
        DecimalError::Malformed => DurationError::Malformed { text },
        DecimalError::TooFine => DurationError::TooFine { text },
        DecimalError::TooLarge => DurationError::TooLong { text },
    }
}

impl fmt::Display for Duration {
    /// The longest unit that needs no decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fitting = |unit: &Unit| self.0 % unit.micros() == 0;
        match Unit::ALL.into_iter().find(fitting) {
            Some(unit) if self.0 > 0 => write!(f, "{}{}", self.0 / unit.micros(), unit.symbol()),
            _ => f.write_str("0s"),
        }
    }
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(DurationText)
    }
}

struct DurationText;

impl Visitor<'_> for DurationText {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as \"90s\", \"5m\" or \"500ms\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn micros(text: &str) -> i64 {
        text.parse::<Duration>().unwrap().micros()
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(micros in 0..i64::MAX, unit in 0usize..6) {
            for micros in [micros, micros - micros % Unit::ALL[unit].micros()] {
                let duration = Duration::from_micros(micros).unwrap();
                prop_assert_eq!(duration.to_string().parse(), Ok(duration));
            }
        }

        #[test]
        fn no_text_panics(text in "[0-9.a-zµ -]{0,24}") {
            let _ = text.parse::<Duration>();
            let _ = Duration::parse_with(&text, Unit::Hours);
        }
    }

    #[test]
    fn each_unit_has_its_length() {
        assert_eq!(micros("500ms"), 500_000);
        assert_eq!(micros("90s"), 90_000_000);
        assert_eq!(micros("5m"), 300_000_000);
        assert_eq!(micros("2h"), 7_200_000_000);
        assert_eq!(micros("1d"), 86_400_000_000);
        assert_eq!(micros(" 1.5s "), 1_500_000);
        assert_eq!(micros("1h30m"), 5_400_000_000);
        assert_eq!(micros("0s"), 0);
        assert_eq!(micros("7us"), 7);
    }

    #[test]
    fn a_bare_number_has_the_unit_of_its_place() {
        assert_eq!(Duration::parse_with("5", Unit::Minutes), "5m".parse());
        assert_eq!(Duration::parse_with("0.5", Unit::Minutes), "30s".parse());
        assert_eq!(Duration::parse_with("5s", Unit::Minutes), "5s".parse());
        assert!(matches!("5".parse::<Duration>(), Err(DurationError::NoUnit { .. })));
    }

    #[test]
    fn a_refused_text_is_named() {
        let message = |text: &str| text.parse::<Duration>().unwrap_err().to_string();
        assert_eq!(
            message("5 parsecs"),
            r#""5 parsecs" has the unknown unit " parsecs"; us, ms, s, m, h and d are known"#
        );
        assert!(message("").contains("is no duration"));
        assert!(message("-5s").contains("is no duration"));
        assert!(message("0.1us").contains("no whole number of microseconds"));
        assert!(message("200000000d").contains("at most 106751991 days"));
    }
}
