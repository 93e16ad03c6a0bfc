//! The reasons why a query is refused.

use mercato_patterns::ZoneError;
use mercato_units::ValueError;

use super::windows::WindowsError;

/// Why a query is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// Text that is no aggregate.
    #[error("`{text}` is no aggregate: {} are", super::Aggregate::FORMS)]
    Aggregate {
        /// The text.
        text: String,
    },
    /// One of several queries that is refused.
    #[error("query `{name}`: {error}")]
    Of {
        /// The name of the query.
        name: String,
        /// Why it is refused.
        error: Box<QueryError>,
    },
    /// No aggregate at all.
    #[error("nothing is asked for: name at least one of {}", super::Aggregate::FORMS)]
    Nothing,
    /// A field that the stream does not have.
    #[error(
        "there is no field `{field}`{}: the stream has {known}",
        nearest.as_ref().map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
    )]
    UnknownField {
        /// The name as given.
        field: String,
        /// The most similar name, if one is similar at all.
        nearest: Option<String>,
        /// The names that there are, with commas between them.
        known: String,
    },
    /// A field of text where a number is needed.
    #[error("`{field}` is text and cannot be folded: numbers are {numbers}")]
    NoNumber {
        /// The name as given.
        field: String,
        /// The fields that hold numbers, with commas between them.
        numbers: String,
    },
    /// Windows that there cannot be.
    #[error(transparent)]
    Windows(#[from] WindowsError),
    /// A zone that does not exist.
    #[error(transparent)]
    Zone(#[from] ZoneError),
    /// A length that is none.
    #[error(transparent)]
    Value(#[from] ValueError),
    /// The same field to group by, or the same aggregate, twice.
    #[error("`{name}` is asked for twice: name it once")]
    Twice {
        /// The field or aggregate that is named twice.
        name: String,
    },
    /// A condition that cannot be read.
    #[error("cannot read the condition at `{at}`: expected {expected}")]
    Condition {
        /// The text from where it is not understood.
        at: String,
        /// What should stand there.
        expected: &'static str,
    },
    /// A value that a field is compared with and cannot have.
    #[error("`{field}` cannot be compared with {literal}: {expected}")]
    Literal {
        /// The field.
        field: String,
        /// The value as given.
        literal: String,
        /// What it can be compared with.
        expected: &'static str,
    },
    /// Elements of two lists in one query.
    #[error(
        "`{field}` is in another list than `{other}`: a query is over the elements of one list"
    )]
    Lists {
        /// The field of the second list.
        field: String,
        /// A field of the first.
        other: String,
    },
}
