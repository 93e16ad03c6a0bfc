//! The relation between event time and wall-clock time.

use std::fmt;
use std::str::FromStr;

use crate::ValueError;
use crate::decimal::{self, DecimalError, MILLION};

/// The clock of a run: `wall`, `fast`, or a pace such as `1x`, `60x`, `0.5x`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Event time is wall time; what lies in the past is due at once.
    Wall,
    /// Everything is due at once.
    Fast,
    /// Event time runs from the start of the run at `event` / `wall` times the speed of wall time,
    /// in lowest terms.
    Paced {
        /// Numerator: event time that passes.
        event: u64,
        /// Denominator: wall time that passes meanwhile.
        wall: u64,
    },
}

impl Clock {
    /// The fastest pace.
    pub const MAX_PACE: u64 = 1_000_000;
}

const KIND: &str = "clock";

impl FromStr for Clock {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        match text.to_ascii_lowercase().as_str() {
            "wall" => Ok(Self::Wall),
            "fast" => Ok(Self::Fast),
            pace => {
                let number = pace.strip_suffix('x').ok_or(DecimalError::Malformed);
                let pace = number.and_then(|number| decimal::scaled(number, MILLION));
                paced(text, pace)
            }
        }
    }
}

/// The clock of so many millionths of the speed of wall time.
fn paced(text: &str, pace: Result<u64, DecimalError>) -> Result<Clock, ValueError> {
    match pace {
        Ok(pace @ 1..=MAX_MILLIONTHS) => {
            let shared = common_divisor(pace, MILLION);
            Ok(Clock::Paced { event: pace / shared, wall: MILLION / shared })
        }
        Err(DecimalError::Malformed) => {
            let expected = "expected wall, fast, or a pace such as 1x, 60x or 0.5x";
            Err(ValueError::invalid(KIND, text, expected))
        }
        Ok(_) | Err(_) => {
            let max = format!("{}x", Clock::MAX_PACE);
            Err(ValueError::out_of_range(KIND, text, "0.000001x", max))
        }
    }
}

const MAX_MILLIONTHS: u64 = Clock::MAX_PACE * MILLION;

fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

impl fmt::Display for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Wall => formatter.write_str("wall"),
            Self::Fast => formatter.write_str("fast"),
            // The denominator divides a million whenever the clock was read from text, so nothing
            // is rounded.
            Self::Paced { event, wall } => {
                let millionths = u128::from(event) * u128::from(MILLION) / u128::from(wall.max(1));
                write!(
                    formatter,
                    "{}x",
                    decimal::show(u64::try_from(millionths).unwrap_or(u64::MAX))
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{reads, refuses};

    #[test]
    fn clocks_are_names_or_paces() {
        reads(&[
            ("wall", Clock::Wall),
            ("fast", Clock::Fast),
            ("Fast", Clock::Fast),
            ("1x", Clock::Paced { event: 1, wall: 1 }),
            ("60x", Clock::Paced { event: 60, wall: 1 }),
            ("0.5x", Clock::Paced { event: 1, wall: 2 }),
            ("1.2X", Clock::Paced { event: 6, wall: 5 }),
            ("1000000x", Clock::Paced { event: 1_000_000, wall: 1 }),
        ]);
        refuses::<Clock>(&[
            ("slow", "expected wall, fast, or a pace such as"),
            ("60", "expected wall, fast, or a pace such as"),
            ("-1x", "expected wall, fast, or a pace such as"),
            ("0x", "out of range (0.000001x to 1000000x)"),
            ("1000001x", "out of range (0.000001x to 1000000x)"),
            ("0.0000001x", "out of range (0.000001x to 1000000x)"),
        ]);
    }
}
