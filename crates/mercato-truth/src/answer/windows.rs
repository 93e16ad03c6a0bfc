//! Windows of event time: which a query has, and where each begins and ends.

use std::fmt;
use std::str::FromStr;

use mercato_patterns::Zone;
use mercato_units::{Duration, DurationOrNumber, Unit};

use super::QueryError;

/// The most windows that hold one record.
const MOST: i64 = 10_000;
/// Every bound is a whole number of these, as it is written.
const MILLI: i64 = 1_000;
const HOUR: i64 = Unit::Hours.micros();

/// The windows of a query.
///
/// ```
/// use mercato_truth::answer::Windows;
///
/// let windows: Windows = "hopping:10m/1m".parse()?;
/// assert_eq!(windows.to_string(), "hopping:10m/1m");
/// assert_eq!("90s".parse::<Windows>()?.to_string(), "tumbling:90s");
/// assert!("hopping:10m/7m".parse::<Windows>().is_err());
/// # Ok::<(), mercato_truth::answer::QueryError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Windows {
    /// All records together.
    None,
    /// Windows side by side: a record is in one.
    Tumbling {
        /// Their length.
        size: Duration,
    },
    /// Windows that begin at every hop: a record is in `size / hop` of them.
    Hopping {
        /// Their length.
        size: Duration,
        /// From the beginning of one to that of the next.
        hop: Duration,
    },
    /// Windows that begin together and end a step apart, up to the largest.
    Cumulative {
        /// Length of the largest.
        size: Duration,
        /// From the end of one to that of the next.
        step: Duration,
    },
    /// Records of one group that are at most `gap` apart.
    Session {
        /// The longest time between two records of a window.
        gap: Duration,
    },
}

/// Windows that there cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WindowsError {
    /// Text that names none.
    #[error(
        "`{text}` is no window: expected D or tumbling:D, hopping:SIZE/HOP, cumulative:SIZE/STEP, \
         session:GAP or none, such as 1m or hopping:10m/1m"
    )]
    Unknown {
        /// The text.
        text: String,
    },
    /// A length whose windows could not be told apart.
    #[error("a window of {width} is not possible: it must be at least 1ms and whole milliseconds")]
    Width {
        /// The length.
        width: Duration,
    },
    /// A size that is no multiple of the hop or step.
    #[error("a window of {size} does not divide into steps of {step}: give a step that does")]
    Uneven {
        /// The size.
        size: Duration,
        /// The hop or step.
        step: Duration,
    },
    /// Too many windows for one record.
    #[error("a record would be in {number} windows: a size of at most {MOST} steps is possible")]
    Many {
        /// Windows that hold one record.
        number: i64,
    },
    /// An offset of windows that have no fixed places.
    #[error(
        "windows of `{windows}` have no fixed places, so they can have neither offset nor zone"
    )]
    Placeless {
        /// The windows.
        windows: Windows,
    },
    /// An offset that is not below the size.
    #[error(
        "an offset of {offset} is not possible: it must be whole milliseconds and below {size}"
    )]
    Offset {
        /// The offset.
        offset: Duration,
        /// Length of the largest window.
        size: Duration,
    },
    /// A length that is not possible in a time zone.
    #[error(
        "in a time zone windows have whole hours, as 1h, 1d and 7d do, but not {width}: omit the zone, \
         or give the offset that it has"
    )]
    Zoned {
        /// The length.
        width: Duration,
    },
}

impl Windows {
    /// Fails if there are no such windows.
    fn check(self) -> Result<Self, WindowsError> {
        let lengths = match self {
            Self::None => return Ok(self),
            Self::Tumbling { size } | Self::Session { gap: size } => [size, size],
            Self::Hopping { size, hop: step } | Self::Cumulative { size, step } => [size, step],
        };
        for width in lengths {
            if width.micros() < MILLI || width.micros() % MILLI != 0 {
                return Err(WindowsError::Width { width });
            }
        }
        let [size, step] = lengths;
        if size.micros() % step.micros() != 0 {
            return Err(WindowsError::Uneven { size, step });
        }
        let number = size.micros() / step.micros();
        if number > MOST { Err(WindowsError::Many { number }) } else { Ok(self) }
    }
}

impl FromStr for Windows {
    type Err = QueryError;

    fn from_str(text: &str) -> Result<Self, QueryError> {
        let length = |text: &str| -> Result<Duration, QueryError> {
            Ok(text.trim().parse::<DurationOrNumber>()?.in_unit(Unit::Seconds)?)
        };
        let two = |text: &str| -> Result<[Duration; 2], QueryError> {
            let (size, step) = text
                .split_once('/')
                .ok_or_else(|| WindowsError::Unknown { text: text.to_owned() })?;
            Ok([length(size)?, length(step)?])
        };
        let windows = match text.split_once(':').map(|(kind, rest)| (kind.trim(), rest)) {
            None if text.trim() == "none" => Self::None,
            None => Self::Tumbling { size: length(text)? },
            Some(("tumbling", rest)) => Self::Tumbling { size: length(rest)? },
            Some(("session", rest)) => Self::Session { gap: length(rest)? },
            Some(("hopping", rest)) => {
                let [size, hop] = two(rest)?;
                Self::Hopping { size, hop }
            }
            Some(("cumulative", rest)) => {
                let [size, step] = two(rest)?;
                Self::Cumulative { size, step }
            }
            Some(_) => return Err(WindowsError::Unknown { text: text.to_owned() }.into()),
        };
        Ok(windows.check()?)
    }
}

/// Writes what [`FromStr`] reads.
impl fmt::Display for Windows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::Tumbling { size } => write!(f, "tumbling:{size}"),
            Self::Hopping { size, hop } => write!(f, "hopping:{size}/{hop}"),
            Self::Cumulative { size, step } => write!(f, "cumulative:{size}/{step}"),
            Self::Session { gap } => write!(f, "session:{gap}"),
        }
    }
}

/// The stretches side by side that windows with fixed places are made of.
///
/// Stretch *n* begins when clocks first show `n` widths and the offset since 1970-01-01T00:00. The
/// clocks are those of a zone, so a stretch may be longer or shorter than its width, or empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grid {
    width: i64,
    offset: i64,
    zone: Option<Zone>,
    /// Stretches of the largest window.
    pub(super) stretches: i64,
    /// True if windows begin together.
    pub(super) is_cumulative: bool,
}

impl Grid {
    /// The stretches of `windows`; none where these have no fixed places.
    pub(super) fn new(
        windows: Windows,
        offset: Option<Duration>,
        zone: Option<Zone>,
    ) -> Result<Option<Self>, WindowsError> {
        let (size, step) = match windows {
            Windows::None | Windows::Session { .. } => {
                let is_placed = offset.is_some() || zone.is_some();
                return if is_placed { Err(WindowsError::Placeless { windows }) } else { Ok(None) };
            }
            Windows::Tumbling { size } => (size, size),
            Windows::Hopping { size, hop: step } | Windows::Cumulative { size, step } => {
                (size, step)
            }
        };
        let offset = offset.unwrap_or_default();
        if offset >= size || offset.micros() % MILLI != 0 {
            return Err(WindowsError::Offset { offset, size });
        }
        if zone.is_some() && step.micros() % HOUR != 0 {
            return Err(WindowsError::Zoned { width: step });
        }
        Ok(Some(Self {
            width: step.micros(),
            offset: offset.micros(),
            zone,
            stretches: size.micros() / step.micros(),
            is_cumulative: matches!(windows, Windows::Cumulative { .. }),
        }))
    }

    /// The first microsecond of stretch `index`.
    pub(super) fn start(&self, index: i64) -> i64 {
        let shown = index.saturating_mul(self.width).saturating_add(self.offset);
        self.zone.map_or(shown, |zone| zone.first_showing(shown))
    }

    /// The stretch that holds the instant `at`.
    pub(super) fn index(&self, at: i64) -> i64 {
        let ahead = self.zone.map_or(0, |zone| i64::from(zone.offset_seconds(at)) * 1_000_000);
        let mut index = (at + ahead - self.offset).div_euclid(self.width);
        // What clocks show twice belongs to the stretch that began when they showed it first.
        while self.start(index + 1) <= at {
            index += 1;
        }
        while self.start(index) > at {
            index -= 1;
        }
        index
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn grid(windows: &str, offset: &str, zone: Option<&str>) -> Grid {
        let zone = zone.map(|zone| zone.parse().unwrap());
        Grid::new(windows.parse().unwrap(), offset.parse().ok(), zone).unwrap().unwrap()
    }

    proptest! {
        #[test]
        fn every_instant_is_in_its_stretch(
            at in 0i64..4_000_000_000_000_000,
            zone in prop::sample::select(vec![None, Some("Europe/Berlin"), Some("America/Santiago"), Some("Australia/Lord_Howe")]),
            hours in 1i64..200,
            offset in 0i64..60,
        ) {
            let windows = format!("{hours}h");
            let grid = grid(&windows, &format!("{offset}m"), zone);
            let index = grid.index(at);
            prop_assert!(grid.start(index) <= at && at < grid.start(index + 1));
        }
    }

    fn micros(text: &str) -> i64 {
        text.parse::<mercato_units::Timestamp>().unwrap().micros()
    }

    #[test]
    fn local_days_are_as_long_as_clocks_make_them() {
        let berlin = Some("Europe/Berlin");
        for (windows, offset, at, from, to) in [
            ("1d", "0s", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            ("1d", "0s", "2026-10-25T12:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"),
            // 1970 began on a Thursday, so weeks from Monday begin four days later.
            ("7d", "4d", "2026-10-25T12:00:00Z", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z"),
            // Clocks show the hour from 2 to 3 twice, and it is one hour of theirs.
            ("1h", "0s", "2026-10-25T01:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"),
        ] {
            let grid = grid(windows, offset, berlin);
            let index = grid.index(micros(at));
            assert_eq!(
                (grid.start(index), grid.start(index + 1)),
                (micros(from), micros(to)),
                "{at}"
            );
        }
    }

    #[test]
    fn windows_that_there_cannot_be_are_refused() {
        for (text, part) in [
            ("hopping:10m", "expected D or tumbling:D"),
            ("sliding:10m", "`sliding:10m` is no window"),
            ("hopping:10m/3m", "10m does not divide into steps of 3m"),
            ("cumulative:1d/7h", "1d does not divide"),
            ("hopping:1d/1ms", "in 86400000 windows"),
            ("500us", "a window of 500us is not possible"),
            ("0s", "at least 1ms"),
            ("1 moon", "1 moon"),
        ] {
            let refusal = text.parse::<Windows>().unwrap_err().to_string();
            assert!(refusal.contains(part), "{refusal}");
        }
        let refused = |windows: &str, offset: &str, zone: Option<&str>| {
            let zone = zone.map(|zone| zone.parse().unwrap());
            Grid::new(windows.parse().unwrap(), offset.parse().ok(), zone).unwrap_err().to_string()
        };
        assert!(refused("1h", "1h", None).contains("below 1h"));
        assert!(refused("session:1h", "1m", None).contains("no fixed places"));
        assert!(refused("none", "", Some("Europe/Berlin")).contains("no fixed places"));
        assert!(refused("30m", "0s", Some("Europe/Berlin")).contains("whole hours"));
    }
}
