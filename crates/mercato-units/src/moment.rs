//! Moments of a schedule: fixed, or counted from a run's origin.

use std::fmt;
use std::str::FromStr;

use crate::{Duration, Timestamp, ValueError};

/// A moment: an RFC 3339 time, or an offset from the run's origin such as `+10m`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A fixed time.
    At(Timestamp),
    /// A duration after the origin.
    After(Duration),
}

impl Moment {
    /// The moment in microseconds since the Unix epoch, in a run that begins at `origin`.
    pub fn micros(self, origin: Timestamp) -> i64 {
        match self {
            Self::At(time) => time.micros(),
            Self::After(duration) => origin.micros().saturating_add(duration.micros()),
        }
    }
}

impl FromStr for Moment {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let read = match text.strip_prefix('+') {
            None => text.parse().map(Self::At),
            Some(offset) => offset.parse().map(Self::After),
        };
        let expected = "expected a time, or an offset from the run's start such as +10m";
        read.map_err(|error| match text.strip_prefix('+') {
            Some(_) if error.is_out_of_range() => {
                let max = format!("+{}", Duration::MAX);
                ValueError::out_of_range("moment", text, "+0s", max)
            }
            None if error.is_out_of_range() => error,
            _ => ValueError::invalid("moment", text, expected),
        })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::At(time) => time.fmt(f),
            // Stands like this in the digests of configurations that have been run.
            Self::After(Duration::ZERO) => f.write_str("+0us"),
            Self::After(duration) => write!(f, "+{duration}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{reads, refuses};
    use crate::duration::Unit;

    #[test]
    fn moments_are_times_or_offsets() {
        reads(&[
            ("+10m", Moment::After(Duration::of(10, Unit::Minutes))),
            ("+0s", Moment::After(Duration::ZERO)),
            ("2025-01-01T00:00:00Z", Moment::At("2025-01-01".parse().unwrap())),
        ]);
        for text in ["+10", "10m", "-10m", "soon"] {
            refuses::<Moment>(&[(text, "such as +10m")]);
        }
        refuses::<Moment>(&[
            ("+36501d", "out of range (+0s to +36500d)"),
            ("1969-01-01", "out of range (the year 1970 to 9000)"),
            ("10000-01-01", "out of range (the year 1970 to 9000)"),
        ]);
    }

    #[test]
    fn offsets_count_from_the_origin() {
        let origin = Timestamp::from_micros(7);
        assert_eq!("+1us".parse::<Moment>().unwrap().micros(origin), 8);
        assert_eq!("1970-01-01".parse::<Moment>().unwrap().micros(origin), 0);
        assert_eq!("+0s".parse::<Moment>().unwrap().to_string(), "+0us");
    }
}
