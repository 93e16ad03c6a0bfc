//! Moments of a schedule: fixed, or counted from a run's origin.

use std::fmt;
use std::str::FromStr;

use super::{Stretch, TextError, Time};

/// A moment: an RFC 3339 time, or an offset from the run's origin such as `+10m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A fixed time.
    At(Time),
    /// Microseconds after the origin.
    After(i64),
}

impl Moment {
    /// The moment in microseconds since the Unix epoch, in a run that begins at `origin`.
    pub fn micros(self, origin: Time) -> i64 {
        match self {
            Self::At(time) => time.micros(),
            Self::After(micros) => origin.micros().saturating_add(micros),
        }
    }
}

impl FromStr for Moment {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let allowed =
            "write an RFC 3339 time, or an offset from the run's start with its unit, such as +10m";
        let refused = |_| TextError::new(text, "moment", allowed);
        match text.strip_prefix('+').map(str::parse) {
            None => text.parse().map(Self::At).map_err(refused),
            Some(Ok(Stretch::Micros(micros))) => Ok(Self::After(micros)),
            Some(Ok(Stretch::Bare(_)) | Err(_)) => Err(TextError::new(text, "moment", allowed)),
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::At(time) => time.fmt(formatter),
            Self::After(micros) => write!(formatter, "+{}", Stretch::Micros(micros)),
        }
    }
}
