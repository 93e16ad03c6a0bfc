//! Stretches of time: with a unit, or bare where a command gives the unit.

use std::fmt;
use std::str::FromStr;

use super::{TextError, decimal};

/// A unit of time, and what a bare number means to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// `s`.
    Second,
    /// `m`.
    Minute,
    /// `h`.
    Hour,
}

impl Unit {
    /// Microseconds in one.
    pub fn micros(self) -> i64 {
        match self {
            Self::Second => 1_000_000,
            Self::Minute => 60_000_000,
            Self::Hour => 3_600_000_000,
        }
    }
}

/// A stretch of time: `500ms`, `90s`, `5m`, `2h`, `1d`, `1h30m`, decimals allowed; or a bare
/// number.
///
/// At most [`Stretch::MAX_MICROS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stretch {
    /// Microseconds; the text had a unit.
    Micros(i64),
    /// Millionths of a unit that the command gives.
    Bare(u64),
}

impl Stretch {
    /// The longest stretch: 36,500 days.
    pub const MAX_MICROS: i64 = 36_500 * 86_400_000_000;

    /// Microseconds, where a bare number counts `unit`.
    ///
    /// Refuses a bare number that is longer than [`Stretch::MAX_MICROS`] in that unit.
    pub fn micros(self, unit: Unit) -> Result<i64, TextError> {
        match self {
            Self::Micros(micros) => Ok(micros),
            Self::Bare(number) => {
                let micros = u128::from(number) * unit.micros().unsigned_abs() as u128
                    / u128::from(decimal::ONE);
                bounded(micros).ok_or_else(|| TextError::new(self.to_string(), WHAT, BOUND))
            }
        }
    }
}

const WHAT: &str = "stretch of time";
const SHAPE: &str = "write a number and ms, s, m, h or d, such as 90s, 5m or 1h30m";
const BOUND: &str = "36500d is the longest";

fn bounded(micros: u128) -> Option<i64> {
    i64::try_from(micros).ok().filter(|micros| *micros <= Stretch::MAX_MICROS)
}

impl FromStr for Stretch {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        if let Some(number) = decimal::millionths(text) {
            return Ok(Self::Bare(number));
        }
        let mut rest = text;
        let mut micros: u128 = 0;
        while !rest.is_empty() {
            let (part, after) =
                first_part(rest).ok_or_else(|| TextError::new(text, WHAT, SHAPE))?;
            micros += part;
            rest = after;
        }
        if text.is_empty() {
            return Err(TextError::new(text, WHAT, SHAPE));
        }
        bounded(micros).map(Self::Micros).ok_or_else(|| TextError::new(text, WHAT, BOUND))
    }
}

/// Microseconds of the first number and unit in `text`, and what follows them.
fn first_part(text: &str) -> Option<(u128, &str)> {
    let (number, rest) =
        text.split_at(text.find(|next: char| !next.is_ascii_digit() && next != '.')?);
    let (unit, rest) =
        rest.split_at(rest.find(|next: char| !next.is_ascii_alphabetic()).unwrap_or(rest.len()));
    let micros: u128 = match unit {
        "us" => 1,
        "ms" => 1000,
        "s" => 1_000_000,
        "m" | "min" => 60_000_000,
        "h" => 3_600_000_000,
        "d" => 86_400_000_000,
        _ => return None,
    };
    Some((u128::from(decimal::millionths(number)?) * micros / u128::from(decimal::ONE), rest))
}

impl fmt::Display for Stretch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Bare(number) => formatter.write_str(&decimal::show(number)),
            Self::Micros(micros) => formatter.write_str(&show(micros)),
        }
    }
}

/// The shortest of the ways to write `micros` with one unit.
fn show(micros: i64) -> String {
    const UNITS: [(i64, &str); 5] = [
        (86_400_000_000, "d"),
        (3_600_000_000, "h"),
        (60_000_000, "m"),
        (1_000_000, "s"),
        (1000, "ms"),
    ];
    let whole = UNITS.iter().find(|(unit, _)| micros != 0 && micros % unit == 0);
    whole.map_or_else(|| format!("{micros}us"), |(unit, name)| format!("{}{name}", micros / unit))
}

/// A delay between arrivals, in microseconds: a bare number is seconds.
///
/// At most [`Delay::MAX_MICROS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Delay(i64);

impl Delay {
    /// The longest delay: a hundred days, what the engine allows.
    pub const MAX_MICROS: i64 = mercato_engine::Delays::MAX_MICROS;

    /// Microseconds.
    pub fn micros(self) -> i64 {
        self.0
    }
}

impl FromStr for Delay {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let allowed = "write seconds, such as 1.5, or a number and its unit, such as 500ms; 100d is the longest";
        let micros = text.parse::<Stretch>().and_then(|stretch| stretch.micros(Unit::Second)).ok();
        let micros = micros.filter(|micros| *micros <= Self::MAX_MICROS);
        micros.map(Self).ok_or_else(|| TextError::new(text, "delay", allowed))
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&show(self.0))
    }
}
