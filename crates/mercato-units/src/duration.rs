//! Lengths of time as people write them: `90s`, `5m`, `2h`, `500ms`, `1d`, `1h30m`, `2min`.
//!
//! Inside they are whole microseconds, so that adding them to a time never rounds.

use std::fmt;
use std::str::FromStr;

use crate::decimal::{self, DecimalError, MILLION};
use crate::{ValueError, enumerated};

/// A length of time, zero or more whole microseconds.
///
/// A text is one or more numbers, each followed by its unit ([`Unit::named`]), up to 36500d; a
/// number may have decimals as long as the whole is a whole number of microseconds.
///
/// ```
/// use mercato_units::Duration;
///
/// let duration: Duration = "1h30min".parse()?;
/// assert_eq!(duration.micros(), 5_400_000_000);
/// assert_eq!(duration.to_string(), "90m");
/// # Ok::<(), mercato_units::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Duration(i64);

enumerated! {
    /// A unit of time, from short to long.
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
}

impl Unit {
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

    /// Its names, the one that is written first.
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Microseconds => &["us"],
            Self::Milliseconds => &["ms"],
            Self::Seconds => &["s", "sec", "secs", "second", "seconds"],
            Self::Minutes => &["m", "min", "mins", "minute", "minutes"],
            Self::Hours => &["h", "hr", "hrs", "hour", "hours"],
            Self::Days => &["d", "day", "days"],
        }
    }

    /// The unit of this name: `us`, `ms`, `s`, `sec`, `second`, `m`, `min`, `minute`, `h`, `hr`,
    /// `hour`, `d`, `day`, and the plural of all that are more than a letter or two.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.names().contains(&name))
    }

    /// A regular expression that matches the names of the units from `shortest` on.
    pub(crate) fn pattern(shortest: Self) -> String {
        let units = Self::ALL.into_iter().rev().filter(|unit| *unit >= shortest);
        let names: Vec<&str> = units.flat_map(|unit| unit.names().iter().copied()).collect();
        format!("({})", names.join("|"))
    }

    /// Returns its symbol.
    pub const fn symbol(self) -> &'static str {
        match self.names() {
            [symbol, ..] => symbol,
            [] => "",
        }
    }
}

const KIND: &str = "duration";
const EXPECTED: &str = "expected a number and its unit, such as 500ms, 90s, 5m, 2h or 1d";

impl Duration {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// The longest duration that is read: 36,500 days.
    pub const MAX: Self = Self(36_500 * Unit::Days.micros());

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

    /// The duration that `text` states, if it is at most `max`.
    fn read(text: &str, micros: Result<u64, DecimalError>, max: Self) -> Result<Self, ValueError> {
        let out_of_range = || ValueError::out_of_range(KIND, text, Self::ZERO, max);
        match micros {
            Ok(micros) => i64::try_from(micros)
                .ok()
                .filter(|micros| *micros <= max.0)
                .map(Self)
                .ok_or_else(out_of_range),
            Err(DecimalError::TooLarge) => Err(out_of_range()),
            Err(DecimalError::TooFine) => {
                Err(ValueError::invalid(KIND, text, "expected whole microseconds"))
            }
            Err(DecimalError::Malformed) => Err(ValueError::invalid(KIND, text, EXPECTED)),
        }
    }
}

impl FromStr for Duration {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        Self::read(text, sum(text), Self::MAX)
    }
}

/// The microseconds of all numbers with their units.
fn sum(text: &str) -> Result<u64, DecimalError> {
    let (mut rest, mut sum) = (text.trim(), 0u64);
    loop {
        let (micros, after) = part(rest)?;
        sum = sum.checked_add(micros).ok_or(DecimalError::TooLarge)?;
        if after.is_empty() {
            return Ok(sum);
        }
        rest = after;
    }
}

/// The microseconds of the first number with its unit, and what follows them.
fn part(text: &str) -> Result<(u64, &str), DecimalError> {
    let (number, rest) = split(text, |c| c.is_ascii_digit() || c == '.');
    let (name, rest) = split(rest.trim_start(), |c| c.is_ascii_alphabetic());
    let unit = Unit::named(name).ok_or(DecimalError::Malformed)?;
    Ok((decimal::scaled(number, unit.micros() as u64)?, rest.trim_start()))
}

/// The longest beginning of `text` whose characters all fit, and the rest.
fn split(text: &str, fits: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !fits(c)).unwrap_or(text.len()))
}

impl fmt::Display for Duration {
    /// The longest unit that needs no decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fitting = |unit: &Unit| self.0 % unit.micros() == 0;
        match Unit::ALL.into_iter().rev().find(fitting) {
            Some(unit) if self.0 > 0 => write!(f, "{}{}", self.0 / unit.micros(), unit.symbol()),
            _ => f.write_str("0s"),
        }
    }
}

/// A duration, or a bare number whose unit only the program knows: `--duration 5`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DurationOrNumber {
    /// The text had a unit.
    Duration(Duration),
    /// Millionths of a unit.
    Number(u64),
}

impl DurationOrNumber {
    /// The duration, where a bare number counts `unit`.
    ///
    /// Refuses a bare number that is longer than [`Duration::MAX`] or no whole number of
    /// microseconds.
    pub fn in_unit(self, unit: Unit) -> Result<Duration, ValueError> {
        match self {
            Self::Duration(duration) => Ok(duration),
            Self::Number(number) => {
                let text = decimal::show(number);
                let micros = decimal::scaled(&text, unit.micros() as u64);
                Duration::read(&text, micros, Duration::MAX)
            }
        }
    }
}

impl FromStr for DurationOrNumber {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match decimal::scaled(text.trim(), MILLION) {
            Ok(number) => Ok(Self::Number(number)),
            Err(_) => text.parse().map(Self::Duration),
        }
    }
}

impl fmt::Display for DurationOrNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Duration(duration) => duration.fmt(f),
            Self::Number(number) => f.write_str(&decimal::show(*number)),
        }
    }
}

/// A delay between arrivals, 0 to 100 days: a duration, or a bare number of seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delay(Duration);

impl Delay {
    /// The longest delay: a hundred days.
    pub const MAX: Self = Self(Duration::of(100, Unit::Days));

    /// The delay as a duration.
    pub const fn duration(self) -> Duration {
        self.0
    }

    /// Microseconds.
    pub const fn micros(self) -> i64 {
        self.0.micros()
    }
}

impl FromStr for Delay {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let micros = match decimal::scaled(text.trim(), Unit::Seconds.micros() as u64) {
            Err(DecimalError::Malformed) => sum(text),
            number => number,
        };
        Duration::read(text, micros, Self::MAX.0).map(Self)
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::checks::{reads, refuses};

    proptest! {
        #[test]
        fn what_is_shown_reads_back(micros in 0..=Duration::MAX.micros(), unit in 0usize..6) {
            for micros in [micros, micros - micros % Unit::ALL[unit].micros()] {
                let duration = Duration(micros);
                prop_assert_eq!(duration.to_string().parse(), Ok(duration));
            }
        }

        #[test]
        fn no_text_panics(text in "[0-9.a-zµ -]{0,24}") {
            let _ = text.parse::<Duration>();
            let _ = text.parse::<DurationOrNumber>().map(|read| read.in_unit(Unit::Hours));
            let _ = text.parse::<Delay>();
        }
    }

    #[test]
    fn durations_are_read_in_every_unit_and_spelling() {
        for unit in Unit::ALL {
            for name in unit.names() {
                let three = Duration::of(3, unit);
                reads(&[
                    (format!("3{name}").as_str(), three),
                    (format!("3 {name}").as_str(), three),
                ]);
            }
        }
        reads(&[
            (" 1.5s ", Duration(1_500_000)),
            ("1h30m", Duration(5_400_000_000)),
            ("1h 30min", Duration(5_400_000_000)),
            ("0s", Duration::ZERO),
            ("36500d", Duration::MAX),
        ]);
    }

    #[test]
    fn what_is_no_duration_is_named_with_what_is_allowed() {
        for text in ["", "m", "5", "5y", "5 parsecs", "5m30", "-5m", "1..5s", "5_s"] {
            refuses::<Duration>(&[(text, "expected a number and its unit, such as 500ms, 90s")]);
        }
        refuses::<Duration>(&[
            ("0.1us", "expected whole microseconds"),
            ("36501d", "out of range (0s to 36500d)"),
            ("999999999999d", "out of range (0s to 36500d)"),
            ("99999999999999999999d", "out of range (0s to 36500d)"),
        ]);
    }

    #[test]
    fn a_bare_number_counts_the_unit_of_its_program() {
        reads(&[
            ("5", DurationOrNumber::Number(5_000_000)),
            ("0.5", DurationOrNumber::Number(500_000)),
            ("5m", DurationOrNumber::Duration(Duration::of(5, Unit::Minutes))),
        ]);
        let number: DurationOrNumber = "2.5".parse().unwrap();
        assert_eq!(number.in_unit(Unit::Seconds), "2500ms".parse());
        assert_eq!(number.in_unit(Unit::Minutes), "150s".parse());
        assert_eq!(number.in_unit(Unit::Hours), "150m".parse());
        let long: DurationOrNumber = "876001".parse().unwrap();
        assert!(long.in_unit(Unit::Seconds).is_ok());
        let refused = long.in_unit(Unit::Hours).unwrap_err().to_string();
        assert_eq!(refused, "876001 is out of range (0s to 36500d)");
    }

    #[test]
    fn a_bare_delay_is_seconds() {
        for (text, micros) in [("1", 1_000_000), ("0.25", 250_000), ("500ms", 500_000)] {
            assert_eq!(text.parse::<Delay>().unwrap().micros(), micros, "{text}");
        }
        reads(&[("100d", Delay::MAX), ("2min", Delay(Duration::of(2, Unit::Minutes)))]);
        refuses::<Delay>(&[
            ("-1", "expected a number and its unit"),
            ("soon", "expected a number and its unit"),
            ("101d", "out of range (0s to 100d)"),
            ("8640001", "out of range (0s to 100d)"),
        ]);
    }
}
