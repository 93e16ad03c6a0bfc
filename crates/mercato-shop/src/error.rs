//! Why a configuration is no shop.

use std::fmt::Display;

use mercato_draw::DrawError;
use mercato_engine::EngineError;
use mercato_lifecycle::{DwellError, LifecycleError};
use mercato_patterns::fraud::FraudError;
use mercato_patterns::geographic::GeographicError;
use mercato_patterns::seasonal::SeasonalError;
use mercato_patterns::temporal::TemporalError;
use mercato_patterns::{FactorError, ZoneError};
use mercato_units::ValueError;

/// A key of the configuration has a value that is not possible.
///
/// `key` is written as in the configuration, with an index for an element of a list:
/// `sales.products[3].price`.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ParamsError {
    /// A list or text that needs at least one element.
    #[error("{key} is empty")]
    Empty {
        /// The key.
        key: String,
    },
    /// Something that must be unique stands there twice.
    #[error("{key}: {value:?} is listed twice")]
    Duplicate {
        /// The key.
        key: String,
        /// The value that comes again.
        value: String,
    },
    /// A value outside its range.
    #[error("{key}: {error}")]
    Value {
        /// The key.
        key: String,
        /// The value, and its range.
        error: ValueError,
    },
    /// A value that other values of the configuration do not allow.
    #[error("{key} = {value} is invalid: {bound}")]
    Impossible {
        /// The key.
        key: String,
        /// The value as given.
        value: String,
        /// The allowed values.
        bound: String,
    },
    /// A range whose minimum is above its maximum.
    #[error("{key}: the minimum {low} is above the maximum {high}")]
    Crossed {
        /// The key.
        key: String,
        /// Minimum as given.
        low: String,
        /// Maximum as given.
        high: String,
    },
    /// A text that does not have the form it must have.
    #[error("{key} = {value:?} is invalid: expected {expected}")]
    Malformed {
        /// The key.
        key: String,
        /// The text as given.
        value: String,
        /// The expected form.
        expected: &'static str,
    },
    /// A name that refers to nothing.
    #[error("{key}: unknown value {value:?}; expected one of {known}")]
    Unknown {
        /// The key.
        key: String,
        /// The name as given.
        value: String,
        /// The allowed values, separated by commas.
        known: String,
    },
    /// Invalid weights.
    #[error("invalid {key}")]
    Weights {
        /// The key.
        key: String,
        /// The underlying error.
        source: DrawError,
    },
    /// Delays or a rate by which nothing can arrive.
    #[error("invalid {key}")]
    Arrivals {
        /// The key.
        key: String,
        /// The underlying error.
        source: EngineError,
    },
    /// A duration's law that does not exist.
    #[error("invalid {key}")]
    Dwell {
        /// The key.
        key: String,
        /// The underlying error.
        source: DwellError,
    },
    /// A time zone that does not exist.
    #[error("invalid {key}")]
    Zone {
        /// The key.
        key: String,
        /// The underlying error.
        source: ZoneError,
    },
    /// Factors that make no week.
    #[error("invalid {key}")]
    Week {
        /// The key.
        key: String,
        /// The underlying error.
        source: TemporalError,
    },
    /// A special day that no calendar can have.
    #[error("invalid {key}")]
    Season {
        /// The key.
        key: String,
        /// The underlying error.
        source: SeasonalError,
    },
    /// A number that is no factor.
    #[error("invalid {key}")]
    Factor {
        /// The key.
        key: String,
        /// The underlying error.
        source: FactorError,
    },
    /// Something that is no place, or no distance from one.
    #[error("invalid {key}")]
    Place {
        /// The key.
        key: String,
        /// The underlying error.
        source: GeographicError,
    },
    /// Shares or rates that make no fraud.
    #[error("invalid {key}")]
    Fraud {
        /// The key.
        key: String,
        /// The underlying error.
        source: FraudError,
    },
    /// States and transitions that make no lifecycle.
    #[error("invalid {key}")]
    Lifecycle {
        /// The key.
        key: String,
        /// The underlying error.
        source: LifecycleError,
    },
}

/// Refuses texts that come twice.
pub(crate) fn unique<'a>(
    key: &str,
    values: impl IntoIterator<Item = &'a str>,
) -> Result<(), ParamsError> {
    let mut seen = std::collections::BTreeSet::new();
    for value in values {
        if !seen.insert(value) {
            return Err(ParamsError::Duplicate { key: key.to_owned(), value: value.to_owned() });
        }
    }
    Ok(())
}

/// The error of a value that does not lie from `low` to `high`.
pub(crate) fn out_of_range(
    key: impl Into<String>,
    value: String,
    low: impl Display,
    high: impl Display,
) -> ParamsError {
    let error = ValueError::out_of_range("value", value, low, high);
    ParamsError::Value { key: key.into(), error }
}

/// Refuses a number outside `low` to `high`.
pub(crate) fn within(key: &str, value: u64, low: u64, high: u64) -> Result<(), ParamsError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(out_of_range(key, value.to_string(), low, high))
}

/// Refuses a file that is still only named: whoever reads configuration files puts its rows in its
/// place.
pub(crate) fn loaded(key: &str, file: Option<&std::path::Path>) -> Result<(), ParamsError> {
    let Some(file) = file else { return Ok(()) };
    Err(ParamsError::Impossible {
        key: key.to_owned(),
        value: format!("{:?}", file.display().to_string()),
        bound: "it has not been read; only a configuration file can name a product file, so list the products themselves"
            .to_owned(),
    })
}

/// Refuses what Kafka would not take as a topic's name.
pub(crate) fn topic(key: &str, name: &str) -> Result<(), ParamsError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if (1..=249).contains(&name.len()) && name.bytes().all(legal) && name != "." && name != ".." {
        return Ok(());
    }
    Err(ParamsError::Malformed {
        key: key.to_owned(),
        value: name.to_owned(),
        expected: "a topic name: 1 to 249 letters, digits, dots, hyphens and underscores",
    })
}
