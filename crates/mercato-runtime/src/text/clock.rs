//! How event time and wall time go together.

use std::fmt;
use std::str::FromStr;

use super::{TextError, decimal};

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

impl FromStr for Clock {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let refused = || {
            let allowed = "wall, fast, or a pace above 0x and at most 1000000x, such as 1x, 60x or 0.5x, are allowed";
            TextError::new(text, "clock", allowed)
        };
        match text.to_ascii_lowercase().as_str() {
            "wall" => Ok(Self::Wall),
            "fast" => Ok(Self::Fast),
            other => {
                let pace =
                    other.strip_suffix('x').and_then(decimal::millionths).ok_or_else(refused)?;
                if !(1..=Self::MAX_PACE * decimal::ONE).contains(&pace) {
                    return Err(refused());
                }
                let shared = common_divisor(pace, decimal::ONE);
                Ok(Self::Paced { event: pace / shared, wall: decimal::ONE / shared })
            }
        }
    }
}

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
                let millionths =
                    u128::from(event) * u128::from(decimal::ONE) / u128::from(wall.max(1));
                write!(
                    formatter,
                    "{}x",
                    decimal::show(u64::try_from(millionths).unwrap_or(u64::MAX))
                )
            }
        }
    }
}
