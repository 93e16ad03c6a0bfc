//! Why a calendar cannot be built.

use super::Date;

/// Dates and events that make no calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SeasonalError {
    /// Text that is no date.
    #[error("invalid date \"{text}\": expected 2026-11-27, or 11-27 for every year")]
    Text {
        /// The text as given.
        text: String,
    },
    /// A date that no calendar has, or one before the year 1 or after 9999.
    #[error("{year:04}-{month:02}-{day:02} does not exist")]
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
        "invalid weekday of a month {nth}, {weekday}, {month}: expected 1 to 5, 0 (Monday) to 6 (Sunday), 1 to 12"
    )]
    Weekday {
        /// Ordinal within the month, as given.
        nth: u8,
        /// Day of the week as given.
        weekday: u8,
        /// Month as given.
        month: u8,
    },
    /// An event moved too far from its rule.
    #[error("a shift of {days} days is out of range (-{max} to {max})")]
    Shift {
        /// Days as given.
        days: i32,
        /// Most days to either side.
        max: i32,
    },
    /// An event that ends before it begins.
    #[error("the event \"{name}\" ends on {last} before it starts on {first}")]
    UpsideDown {
        /// Name of the event.
        name: String,
        /// First day as given.
        first: Date,
        /// Last day as given.
        last: Date,
    },
    /// An event without length, or too long to be one.
    #[error("the event \"{name}\" cannot last {hours} hours (allowed: 1 to {max})")]
    Duration {
        /// Name of the event.
        name: String,
        /// Hours as given.
        hours: u64,
        /// Most hours.
        max: u32,
    },
    /// A name that no event of the calendar has.
    #[error("unknown event \"{name}\": {hint}")]
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

/// Similarity, from 0 to 1, above which a name is suggested for another.
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
