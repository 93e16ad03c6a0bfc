//! Rates of arrival as people write them: `1000/h`, `50/s`, `0.5/m`, `24/d`.

use std::fmt;
use std::str::FromStr;

use crate::ValueError;
use crate::decimal::{self, DecimalError, MILLION};
use crate::duration::Unit;

/// Arrivals an hour, counted in millionths of an arrival, so that any rate with six decimals an
/// hour is exact.
///
/// A text is a number, then a slash and a unit from seconds to days; a bare number is per hour.
///
/// ```
/// use mercato_units::Rate;
///
/// let rate: Rate = "0.5/s".parse()?;
/// assert_eq!(rate.millionths_per_hour(), 1_800_000_000);
/// assert_eq!(rate.to_string(), "1800/h");
/// # Ok::<(), mercato_units::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u64);

/// Millionths an hour of one arrival a second.
const PER_SECOND: u64 = 3600 * MILLION;

const KIND: &str = "rate";

impl Rate {
    /// The lowest rate in millionths an hour.
    pub const MIN_MILLIONTHS_PER_HOUR: u64 = 1;

    /// The highest rate in millionths an hour: a thousand million arrivals a second.
    pub const MAX_MILLIONTHS_PER_HOUR: u64 = 1_000_000_000 * PER_SECOND;

    /// `count` / 10^6 arrivals an hour; zero and more than a thousand million a second give none.
    pub const fn from_millionths_per_hour(count: u64) -> Option<Self> {
        if count == 0 || count > Self::MAX_MILLIONTHS_PER_HOUR { None } else { Some(Self(count)) }
    }

    /// The rate in millionths of an arrival an hour.
    pub const fn millionths_per_hour(self) -> u64 {
        self.0
    }

    /// Arrivals a second, for people and for statistics; records never depend on it.
    pub fn per_second(self) -> f64 {
        self.0 as f64 / 3.6e9
    }
}

impl FromStr for Rate {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let invalid = |allowed: &str| ValueError::invalid(KIND, text, allowed);
        let malformed = || invalid("expected N/s, N/m, N/h or N/d");
        let out_of_range = || {
            let [min, max] = [Self::MIN_MILLIONTHS_PER_HOUR, Self::MAX_MILLIONTHS_PER_HOUR];
            ValueError::out_of_range(KIND, text, format!("{}/h", decimal::show(min)), Self(max))
        };
        let (number, unit) = text.split_once('/').unwrap_or((text, "h"));
        let unit = Unit::named(unit.trim()).filter(|unit| *unit >= Unit::Seconds);
        // 24 does not divide a million: a day's rate is divided after scaling.
        let (scale, divisor) = match unit.ok_or_else(malformed)? {
            Unit::Days => (MILLION, 24),
            unit => (MILLION * (Unit::Hours.micros() / unit.micros()) as u64, 1),
        };
        match decimal::scaled(number.trim(), scale) {
            Ok(count) if count % divisor == 0 => {
                Self::from_millionths_per_hour(count / divisor).ok_or_else(out_of_range)
            }
            Ok(count) => Err(invalid(&format!(
                "expected a multiple of 0.000024/d, such as {}/d",
                decimal::show((count / divisor).max(1) * divisor)
            ))),
            Err(DecimalError::TooFine) => Err(invalid("expected a multiple of 0.000001/h")),
            Err(DecimalError::TooLarge) => Err(out_of_range()),
            Err(DecimalError::Malformed) => Err(malformed()),
        }
    }
}

impl fmt::Display for Rate {
    /// Whole arrivals a second where they are, else arrivals an hour.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(PER_SECOND) {
            write!(f, "{}/s", self.0 / PER_SECOND)
        } else {
            write!(f, "{}/h", decimal::show(self.0))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::checks::{reads, refuses};

    proptest! {
        #[test]
        fn what_is_shown_reads_back(count in 1..=Rate::MAX_MILLIONTHS_PER_HOUR, coarse in any::<bool>()) {
            let count = if coarse { (count - count % PER_SECOND).max(1) } else { count };
            let rate = Rate::from_millionths_per_hour(count).unwrap();
            prop_assert_eq!(rate.to_string().parse(), Ok(rate));
        }
    }

    #[test]
    fn rates_are_read_in_every_unit_and_spelling() {
        let fifty = Rate(180_000_000_000);
        for unit in ["s", "sec", "second"] {
            reads(&[(format!("50/{unit}").as_str(), fifty)]);
        }
        for unit in ["m", "min", "minute"] {
            reads(&[(format!("3000/{unit}").as_str(), fifty)]);
        }
        for unit in ["h", "hr", "hour"] {
            reads(&[(format!("180000/{unit}").as_str(), fifty)]);
        }
        for unit in ["d", "day"] {
            reads(&[(format!("4320000/{unit}").as_str(), fifty)]);
        }
        reads(&[
            ("180000", fifty),
            (" 50.0 / s ", fifty),
            ("24/d", Rate(MILLION)),
            ("5.5", Rate(5_500_000)),
            (".5/s", Rate(1_800_000_000)),
            ("0.000001/h", Rate(1)),
            ("1000000000/s", Rate(Rate::MAX_MILLIONTHS_PER_HOUR)),
        ]);
    }

    #[test]
    fn what_is_no_rate_is_named_with_what_is_allowed() {
        let form = "expected N/s, N/m, N/h or N/d";
        refuses::<Rate>(&[
            ("", form),
            ("fast", form),
            ("24/x", form),
            ("5/ms", form),
            ("-5/h", form),
            ("1e3", form),
            ("0.0000001/h", "expected a multiple of 0.000001/h"),
            ("1/d", "expected a multiple of 0.000024/d, such as 0.999984/d"),
            ("5/d", "expected a multiple of 0.000024/d, such as 4.999992/d"),
            ("0", "out of range (0.000001/h to 1000000000/s)"),
            ("0/s", "out of range"),
            ("1000000001/s", "out of range"),
            ("99999999999999999999/s", "out of range"),
        ]);
    }
}
