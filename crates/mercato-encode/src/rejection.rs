//! Records that break what a stream promises, and that no sink ever sees.

use crate::Coordinates;

mercato_units::enumerated! {
    /// The reason why a stream's record cannot be written, in the order in which it is examined.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    pub enum Flaw {
        /// Its step lies before the arrival or the step before it, or later than the stream's longest
        /// trace.
        EventTime,
        /// It names a kind that the stream does not have.
        Kind,
        /// Key and value together are longer than a record may be.
        TooLarge,
        /// Its fields are not those that its layout describes.
        Fields,
        /// Its value is not one line of UTF-8 text.
        NotOneLine,
        /// Its value is not one JSON value.
        NotJson,
        /// Its value is not a line of CSV with one field per column of the stream.
        NotCsv,
    }
}

impl Flaw {
    /// The flaw's name in a summary.
    pub fn name(self) -> &'static str {
        match self {
            Self::EventTime => "event_time",
            Self::Kind => "kind",
            Self::TooLarge => "too_large",
            Self::Fields => "fields",
            Self::NotOneLine => "not_one_line",
            Self::NotJson => "not_json",
            Self::NotCsv => "not_csv",
        }
    }

    /// The reason, in words that follow "the record".
    pub fn reason(self) -> &'static str {
        match self {
            Self::EventTime => {
                "lies before its arrival, before the step before it, or behind the longest trace"
            }
            Self::Kind => "has a kind that the stream does not name",
            Self::TooLarge => "is larger than a record may be",
            Self::Fields => "has other fields than its layout describes",
            Self::NotOneLine => "is not one line of UTF-8 text",
            Self::NotJson => "is not one JSON value",
            Self::NotCsv => "has not one CSV field for each column",
        }
    }
}

/// A record that was made and will not be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Index in its batch of the record that comes after it.
    pub before: usize,
    /// The reason.
    pub flaw: Flaw,
    /// Event time in microseconds since the Unix epoch.
    pub event_time: i64,
    /// Where it comes from.
    pub coordinates: Coordinates,
    /// The beginning of its value, with what is not UTF-8 replaced.
    pub excerpt: String,
}
