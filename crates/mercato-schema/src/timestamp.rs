//! Instants of event time in whole microseconds, and the three ways in which records show them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// Its text is RFC 3339 in UTC with six decimals, `2025-11-09T15:55:40.669190Z`, for years 0000 to
/// 9999;
/// any offset is read.
/// Records that show it otherwise name [`millis`] or [`epoch_millis`] in `#[serde(with = "…")]`.
///
/// ```
/// use mercato_schema::Timestamp;
///
/// let at: Timestamp = "2025-11-09T16:55:40.66919+01:00".parse()?;
/// assert_eq!(at.to_string(), "2025-11-09T15:55:40.669190Z");
/// assert_eq!(at.micros(), 1_762_703_740_669_190);
/// # Ok::<(), mercato_schema::timestamp::TimestampError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

/// Why a text or number is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimestampError {
    /// No RFC 3339 text.
    #[error("{text:?} is no time; write for example 2025-11-09T15:55:40Z")]
    Malformed {
        /// The text as given.
        text: String,
        /// What chrono found.
        source: chrono::ParseError,
    },
    /// A part of a microsecond.
    #[error("{text:?} is finer than a microsecond")]
    TooFine {
        /// The text as given.
        text: String,
    },
}

impl Timestamp {
    /// The instant `micros` microseconds after the Unix epoch.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the Unix epoch, rounded towards the past.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The text with that many decimals, or none where the calendar ends.
    fn text(self, decimals: SecondsFormat) -> Option<String> {
        DateTime::<Utc>::from_timestamp_micros(self.0)
            .map(|time| time.to_rfc3339_opts(decimals, true))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text(SecondsFormat::Micros) {
            Some(text) => f.write_str(&text),
            None => write!(f, "{} us", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let time = DateTime::parse_from_rfc3339(text)
            .map_err(|source| TimestampError::Malformed { text: text.to_owned(), source })?;
        if time.timestamp_subsec_nanos() % 1000 == 0 {
            Ok(Self(time.timestamp_micros()))
        } else {
            Err(TimestampError::TooFine { text: text.to_owned() })
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// RFC 3339 text with three decimals, `2024-07-16T14:30:45.123Z`; what is finer is cut off.
pub mod millis {
    use super::{Deserialize, Deserializer, SecondsFormat, Serializer, Timestamp};

    /// For `#[serde(with = "…")]`.
    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        match at.text(SecondsFormat::Millis) {
            Some(text) => serializer.serialize_str(&text),
            None => serializer.collect_str(at),
        }
    }

    /// For `#[serde(with = "…")]`.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        Timestamp::deserialize(deserializer)
    }
}

/// A number of milliseconds since the Unix epoch, `1721058123456`; what is finer is cut off.
pub mod epoch_millis {
    use super::{Deserialize, Deserializer, Serializer, Timestamp, de};

    /// For `#[serde(with = "…")]`.
    pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i64(at.millis())
    }

    /// For `#[serde(with = "…")]`.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let millis = i64::deserialize(deserializer)?;
        let micros = millis.checked_mul(1000);
        micros
            .map(Timestamp)
            .ok_or_else(|| de::Error::custom(format_args!("{millis} ms lie outside time")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Shown {
        micros: Timestamp,
        #[serde(with = "millis")]
        millis: Timestamp,
        #[serde(with = "epoch_millis")]
        epoch: Timestamp,
    }

    proptest! {
        // From the year 0000 to the end of 9999.
        #[test]
        fn what_is_written_reads_back(micros in -62_167_219_200_000_000i64..253_402_300_800_000_000) {
            let whole = Timestamp(micros - micros.rem_euclid(1000));
            let shown = Shown { micros: Timestamp(micros), millis: whole, epoch: whole };
            let json = serde_json::to_string(&shown).unwrap();
            prop_assert_eq!(serde_json::from_str::<Shown>(&json).unwrap(), shown);
        }
    }

    #[test]
    fn the_documents_examples_are_written_as_they_stand_there() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let shown = Shown {
            micros: at("2025-11-09T15:55:40.669190Z"),
            millis: at("2024-07-16T14:30:45.123999Z"),
            epoch: Timestamp(1_721_058_123_456_999),
        };
        assert_eq!(
            serde_json::to_string(&shown).unwrap(),
            r#"{"micros":"2025-11-09T15:55:40.669190Z","millis":"2024-07-16T14:30:45.123Z","epoch":1721058123456}"#
        );
    }

    #[test]
    fn what_is_no_time_is_named() {
        assert!(
            "yesterday"
                .parse::<Timestamp>()
                .unwrap_err()
                .to_string()
                .contains("\"yesterday\" is no time")
        );
        assert!("2025-11-09".parse::<Timestamp>().is_err());
        assert!(
            "2025-11-09T15:55:40.6691901Z"
                .parse::<Timestamp>()
                .unwrap_err()
                .to_string()
                .contains("finer")
        );
        assert_eq!(Timestamp(i64::MAX).to_string(), format!("{} us", i64::MAX));
    }
}
