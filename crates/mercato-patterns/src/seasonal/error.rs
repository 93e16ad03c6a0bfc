//! Why a calendar cannot be built.

use super::Date;

/// Dates and events that make no calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeasonalError {
    /// Text that is no date.
    #[error("\"{text}\" is no date: 2026-11-27, or 11-27 for every year, is expected")]
    Text {
        /// The text as given.
        text: String,
    },
    /// A date that no calendar has, or one before the year 1 or after 9999.
    #[error("there is no {year:04}-{month:02}-{day:02}")]
    NoSuchDate {
        /// Year as given.
        year: i32,
        /// Month as given.
        month: u8,
        /// Day as given.
        day: u8,
    },
    /// A rule that never gives a date.
    #[error("{nth}, {weekday}, {month} is no weekday of a month: 1 to 5, 0 (Monday) to 6 (Sunday), 1 to 12 are")]
    Weekday {
        /// Which of the month's, as given.
        nth: u8,
        /// Day of the week as given.
        weekday: u8,
        /// Month as given.
        month: u8,
    },
    /// An event moved too far from its rule.
    #[error("{days} days beside a rule are not possible: -{max} to {max} are")]
    Shift {
        /// Days as given.
        days: i32,
        /// Most days to either side.
        max: i32,
    },
    /// An event that ends before it begins.
    #[error("the event \"{name}\" ends on {last} before it begins on {first}")]
    UpsideDown {
        /// Name of the event.
        name: String,
        /// First day as given.
        first: Date,
        /// Last day as given.
        last: Date,
    },
    /// An event without length, or too long to be one.
    #[error("the event \"{name}\" cannot last {hours} hours: 1 to {max} are possible")]
    Duration {
        /// Name of the event.
        name: String,
        /// Hours as given.
        hours: u64,
        /// Most hours.
        max: u32,
    },
    /// Two events of one name.
    #[error("the event \"{name}\" is listed twice")]
    Duplicate {
        /// Name of the events.
        name: String,
    },
}
