//! Instants of event time.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};

use super::TextError;

/// An instant of event time in microseconds since the Unix epoch, written as RFC 3339
/// (`2025-01-01T00:00:00Z`).
///
/// A date alone is its midnight in UTC.
/// The years 1970 to 9000 are allowed, so that no trace leaves the four digits of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(i64);

impl Time {
    /// The first microsecond that is not allowed: the beginning of the year 9001.
    const END: i64 = 221_876_928_000_000_000;

    /// The instant `micros` microseconds after the Unix epoch; refuses what lies outside the years
    /// 1970 to 9000.
    pub fn new(micros: i64) -> Result<Self, TextError> {
        if (0..Self::END).contains(&micros) {
            return Ok(Self(micros));
        }
        let shown = DateTime::from_timestamp_micros(micros)
            .map_or_else(|| micros.to_string(), |time| time.to_rfc3339());
        Err(TextError::new(shown, WHAT, BOUND))
    }

    /// Microseconds since the Unix epoch.
    pub fn micros(self) -> i64 {
        self.0
    }

    /// The instant `micros` later, or earlier if negative; refuses to leave the years 1970 to 9000.
    pub fn plus(self, micros: i64) -> Result<Self, TextError> {
        Self::new(self.0.saturating_add(micros))
    }
}

const WHAT: &str = "time";
const SHAPE: &str = "write it as a date or as RFC 3339 with its offset from UTC, such as 2025-01-31 or \
     2025-01-31T09:30:00Z";
/// Bytes of a date such as 2025-01-31.
const DATE_BYTES: usize = 10;
const BOUND: &str = "the years 1970 to 9000 are allowed";

impl FromStr for Time {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let misshapen = |reason| TextError::new(text, WHAT, format!("{SHAPE} ({reason})"));
        // What is no longer than a date is one, or was meant to be: "premature end" would not say
        // that there is no such day.
        let time = if text.len() <= DATE_BYTES {
            let date = text.parse::<NaiveDate>().map_err(misshapen)?;
            if text.len() < DATE_BYTES {
                return Err(TextError::new(text, WHAT, SHAPE));
            }
            date.and_time(NaiveTime::MIN).and_utc()
        } else {
            DateTime::parse_from_rfc3339(text).map_err(misshapen)?.with_timezone(&Utc)
        };
        if !time.timestamp_subsec_nanos().is_multiple_of(1000) {
            return Err(TextError::new(
                text,
                WHAT,
                "seconds may have six digits after the point, no more",
            ));
        }
        Self::new(time.timestamp_micros()).map_err(|_| TextError::new(text, WHAT, BOUND))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_timestamp_micros(self.0) {
            Some(time) => formatter.write_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => write!(formatter, "{} us", self.0),
        }
    }
}
