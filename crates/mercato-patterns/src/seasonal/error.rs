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
    #[error(
        "{nth}, {weekday}, {month} is no weekday of a month: 1 to 5, 0 (Monday) to 6 (Sunday), 1 to 12 are"
    )]
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
    /// A name that no event of the calendar has.
    #[error("there is no event \"{name}\": {hint}")]
    UnknownEvent {
        /// The name as given.
        name: String,
        /// The name that was probably meant, or all there are.
        hint: String,
    },
    /// Two events of one name.
    #[error("the event \"{name}\" is listed twice")]
    Duplicate {
        /// Name of the events.
        name: String,
    },
}

/// How much alike two names must be for one to be suggested for the other, from 0 to 1.
const ALIKE: f64 = 0.8;

impl SeasonalError {
    /// The refusal of a name that is none of `events`.
    pub(super) fn unknown_event<'a>(
        name: &str,
        events: impl Iterator<Item = &'a str> + Clone,
    ) -> Self {
        let likeness =
            |event: &str| strsim::jaro_winkler(&name.to_lowercase(), &event.to_lowercase());
        let likest = events.clone().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        let hint = match likest {
            Some(event) if likeness(event) >= ALIKE => format!("did you mean \"{event}\"?"),
            Some(_) => format!("there are {}", events.collect::<Vec<_>>().join(", ")),
            None => "the calendar has none".to_owned(),
        };
        Self::UnknownEvent { name: name.to_owned(), hint }
    }
}
