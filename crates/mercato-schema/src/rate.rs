//! Rates of arrival as people write them: `1000/h`, `50/s`, `0.5/m`.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::decimal::{self, DecimalError};

/// Arrivals an hour, counted in millionths of an arrival, so that any rate with six decimals an
/// hour is exact.
///
/// A text is a number, then `/s`, `/m`, `/h` or `/d`; a bare number is per hour.
/// Its serde form is that text; a whole number is read too.
///
/// ```
/// use mercato_schema::Rate;
///
/// let rate: Rate = "0.5/s".parse()?;
/// assert_eq!(rate.millionths_per_hour(), 1_800_000_000);
/// assert_eq!(rate.to_string(), "1800/h");
/// # Ok::<(), mercato_schema::rate::RateError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

/// Why a text is no rate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RateError {
    /// No number, or no known unit behind the slash.
    #[error("{text:?} is no rate; write for example 1000/h, 20/m or 50/s")]
    Malformed {
        /// The text as given.
        text: String,
    },
    /// Too small a part of an arrival.
    #[error("{text:?} is no whole number of millionths an hour")]
    TooFine {
        /// The text as given.
        text: String,
    },
    /// Nothing would ever arrive, or more than a thousand million a second.
    #[error("{text:?} is not between 0.000001/h and 1000000000/s")]
    OutOfRange {
        /// The text as given.
        text: String,
    },
}

/// Millionths an hour of one arrival an hour.
const PER_HOUR: u64 = 1_000_000;
/// Millionths an hour of one arrival a second.
const PER_SECOND: u64 = 3600 * PER_HOUR;

impl Rate {
    /// The highest rate: a thousand million arrivals a second.
    pub const MAX_MILLIONTHS_PER_HOUR: u64 = 1_000_000_000 * PER_SECOND;

    /// `count` / 10^6 arrivals an hour; zero and more than a thousand million a second give none.
    pub const fn from_millionths_per_hour(count: u64) -> Option<Self> {
        if count == 0 || count > Self::MAX_MILLIONTHS_PER_HOUR { None } else { Some(Self(count)) }
    }

    /// The rate in millionths of an arrival an hour.
    pub const fn millionths_per_hour(self) -> u64 {
        self.0
    }
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (number, unit) = text.trim().split_once('/').unwrap_or((text.trim(), "h"));
        let millionths = match unit {
            "s" => decimal::scaled(number, PER_SECOND),
            "m" => decimal::scaled(number, 60 * PER_HOUR),
            "h" => decimal::scaled(number, PER_HOUR),
            // 24 does not divide a million: a day's rate is divided after scaling.
            "d" => decimal::scaled(number, PER_HOUR).and_then(|of_day| {
                if of_day % 24 == 0 { Ok(of_day / 24) } else { Err(DecimalError::TooFine) }
            }),
            _ => Err(DecimalError::Malformed),
        };
        let text = text.to_owned();
        match millionths {
            Ok(count) => {
                Self::from_millionths_per_hour(count).ok_or(RateError::OutOfRange { text })
            }
            Err(DecimalError::TooLarge) => Err(RateError::OutOfRange { text }),
            Err(DecimalError::TooFine) => Err(RateError::TooFine { text }),
            Err(DecimalError::Malformed) => Err(RateError::Malformed { text }),
        }
    }
}

impl fmt::Display for Rate {
    /// Whole arrivals a second where they are, else arrivals an hour.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(PER_SECOND) {
            return write!(f, "{}/s", self.0 / PER_SECOND);
        }
        let (whole, part) = (self.0 / PER_HOUR, self.0 % PER_HOUR);
        if part == 0 {
            return write!(f, "{whole}/h");
        }
        let decimals = format!("{part:06}");
        write!(f, "{whole}.{}/h", decimals.trim_end_matches('0'))
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RateText)
    }
}

struct RateText;

impl Visitor<'_> for RateText {
    type Value = Rate;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a rate such as \"1000/h\" or \"50/s\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Rate, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, per_hour: u64) -> Result<Rate, E> {
        per_hour.to_string().parse().map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, per_hour: i64) -> Result<Rate, E> {
        per_hour.to_string().parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_shown_reads_back(count in 1..=Rate::MAX_MILLIONTHS_PER_HOUR, coarse in any::<bool>()) {
            let count = if coarse { (count - count % PER_SECOND).max(1) } else { count };
            let rate = Rate::from_millionths_per_hour(count).unwrap();
            prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        }
    }

    #[test]
    fn a_rate_is_the_same_in_every_unit() {
        let rate: Rate = "50/s".parse().unwrap();
        for text in ["3000/m", "180000/h", "180000", "4320000/d", " 50.0/s "] {
            assert_eq!(text.parse(), Ok(rate), "{text}");
        }
    }

    #[test]
    fn what_is_no_rate_is_named() {
        for (text, part) in [
            ("fast", "is no rate"),
            ("5/y", "is no rate"),
            ("-5/h", "is no rate"),
            ("0/h", "is not between"),
            ("1000000001/s", "is not between"),
            ("0.0000001/h", "no whole number"),
            ("1/d", "no whole number"),
        ] {
            let message = text.parse::<Rate>().unwrap_err().to_string();
            assert!(message.contains(part) && message.contains(text), "{message}");
        }
    }
}
