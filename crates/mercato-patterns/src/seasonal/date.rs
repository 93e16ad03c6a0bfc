//! A day of the calendar.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};

use super::SeasonalError;

/// Days from the first of January of the year 1 to that of 1970, and one: where chrono begins to
/// count.
const EPOCH: i32 = 719_163;

/// A date of the Gregorian calendar from the year 1 to 9999, in no time zone.
///
/// ```
/// use mercato_patterns::seasonal::Date;
///
/// let date: Date = "2024-11-29".parse()?;
/// assert_eq!(date, Date::new(2024, 11, 29)?);
/// assert_eq!(date.day_number(), 20_056);
/// assert!("2024-02-30".parse::<Date>().is_err());
/// # Ok::<(), mercato_patterns::seasonal::SeasonalError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(NaiveDate);

impl Date {
    /// First year in which events happen.
    pub(super) const FIRST_YEAR: i32 = 1;
    /// Last year in which events happen.
    pub(super) const LAST_YEAR: i32 = 9_999;

    /// The date of a year, month (1 to 12) and day (1 to 31); refuses what no calendar has.
    pub fn new(year: i32, month: u8, day: u8) -> Result<Self, SeasonalError> {
        if !(Self::FIRST_YEAR..=Self::LAST_YEAR).contains(&year) {
            return Err(SeasonalError::NoSuchDate { year, month, day });
        }
        let date = NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day));
        date.map(Self).ok_or(SeasonalError::NoSuchDate { year, month, day })
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Day of the week, 0 (Monday) to 6 (Sunday).
    pub fn weekday(self) -> u8 {
        self.0.weekday().num_days_from_monday() as u8
    }

    /// Days since 1970-01-01.
    pub fn day_number(self) -> i64 {
        i64::from(self.0.num_days_from_ce() - EPOCH)
    }
}

/// Reads `2024-11-29`.
impl FromStr for Date {
    type Err = SeasonalError;

    fn from_str(text: &str) -> Result<Self, SeasonalError> {
        let parts: Option<Vec<u16>> = text.split('-').map(two_or_four_digits).collect();
        match parts.as_deref() {
            Some(&[year, month, day]) if text.len() == 10 => {
                Self::new(i32::from(year), month as u8, day as u8)
            }
            _ => Err(SeasonalError::Text { text: text.to_owned() }),
        }
    }
}

/// Digits and nothing else, as many as a year or a day has.
pub(super) fn two_or_four_digits(text: &str) -> Option<u16> {
    let good = matches!(text.len(), 2 | 4) && text.bytes().all(|byte| byte.is_ascii_digit());
    good.then(|| text.parse().ok()).flatten()
}

/// Writes `2024-11-29`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}
