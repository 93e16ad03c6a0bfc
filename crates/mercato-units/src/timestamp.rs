//! Instants of event time in whole microseconds, and the forms in which records show them.

use std::fmt;
use std::str::FromStr;

use chrono::format::ParseErrorKind;
use chrono::{DateTime, NaiveDate, NaiveTime, SecondsFormat, Utc};

use crate::ValueError;

/// An instant: microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// A setting is RFC 3339 with any offset, or a date for its midnight in UTC, in the years 1970 to
/// 9000, so that no trace leaves the four digits of a year; it is shown in UTC with as many
/// decimals as it needs.
/// Records show instants with a fixed number of decimals and in any year: their fields name
/// [`micros`], [`millis`] or [`epoch_millis`] in `#[serde(with = "…")]`.
///
/// ```
/// use mercato_units::Timestamp;
///
/// let at: Timestamp = "2025-11-09T16:55:40.5+01:00".parse()?;
/// assert_eq!(at.to_string(), "2025-11-09T15:55:40.500Z");
/// assert_eq!(at.micros(), 1_762_703_740_500_000);
/// assert_eq!("2025-11-09".parse::<Timestamp>()?.to_string(), "2025-11-09T00:00:00Z");
/// # Ok::<(), mercato_units::ValueError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(i64);

const KIND: &str = "time";

/// Bytes of a date such as 2025-01-31.
const DATE_BYTES: usize = 10;

impl Timestamp {
    /// The first instant that no setting can have: the beginning of the year 9001.
    const END: i64 = 221_876_928_000_000_000;

    /// The instant `micros` microseconds after the Unix epoch, whatever the year.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The same, as a setting: refuses what lies outside the years 1970 to 9000.
    pub fn new(micros: i64) -> Result<Self, ValueError> {
        Self::bounded(micros, || Self(micros).to_string())
    }

    fn bounded(micros: i64, shown: impl FnOnce() -> String) -> Result<Self, ValueError> {
        if (0..Self::END).contains(&micros) {
            return Ok(Self(micros));
        }
        Err(ValueError::out_of_range(KIND, shown(), "the year 1970", 9000))
    }

    /// Microseconds since the Unix epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole milliseconds since the Unix epoch, rounded towards the past.
    pub const fn millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// The instant `micros` later, or earlier if negative; refuses to leave the years 1970 to 9000.
    pub fn plus(self, micros: i64) -> Result<Self, ValueError> {
        Self::new(self.0.saturating_add(micros))
    }

    /// Reads an instant as records show it: RFC 3339 in the years 0000 to 9999, no date alone.
    ///
    /// RFC 3339 sets no bound on the decimals of a second; what is finer than a microsecond is cut
    /// off.
    pub fn of_record(text: &str) -> Result<Self, ValueError> {
        Ok(Self(read(text)?.timestamp_micros()))
    }

    /// The text with that many decimals, or none where the calendar ends.
    fn text(self, decimals: SecondsFormat) -> Option<String> {
        DateTime::<Utc>::from_timestamp_micros(self.0)
            .map(|time| time.to_rfc3339_opts(decimals, true))
    }
}

fn read(text: &str) -> Result<DateTime<Utc>, ValueError> {
    let time = DateTime::parse_from_rfc3339(text)
        .map_err(|error| malformed(text, in_words(error.kind())))?;
    Ok(time.with_timezone(&Utc))
}

fn malformed(text: &str, reason: Option<&str>) -> ValueError {
    let expected = "expected RFC 3339 or a date, such as 2025-01-31T09:30:00Z or 2025-01-31";
    let reason = reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
    ValueError::invalid(KIND, text, format!("{expected}{reason}"))
}

/// Says in the user's terms why a text is no time, if more than its form can be named.
fn in_words(kind: ParseErrorKind) -> Option<&'static str> {
    match kind {
        ParseErrorKind::OutOfRange | ParseErrorKind::Impossible => {
            Some("its month, day, hour, minute or second is out of range")
        }
        ParseErrorKind::TooShort | ParseErrorKind::NotEnough => {
            Some("the text ends before the time is complete")
        }
        ParseErrorKind::TooLong => Some("something follows the time"),
        _ => None,
    }
}

/// Returns whether the text begins with a year of more than four digits.
fn has_long_year(text: &str) -> bool {
    let year = text.split('-').next().unwrap_or_default();
    year.len() > 4 && year.len() < text.len() && year.bytes().all(|byte| byte.is_ascii_digit())
}

/// The instant's microseconds; refuses parts of one.
fn whole_micros(text: &str, time: &DateTime<Utc>) -> Result<i64, ValueError> {
    if time.timestamp_subsec_nanos().is_multiple_of(1000) {
        return Ok(time.timestamp_micros());
    }
    Err(ValueError::invalid(KIND, text, "expected at most six decimals of a second"))
}

impl FromStr for Timestamp {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        if has_long_year(text) {
            return Self::bounded(i64::MAX, || text.to_owned());
        }
        // What is no longer than a date was meant to be one: that it is incomplete would not say
        // that there is no such day.
        if text.len() > DATE_BYTES {
            return Self::bounded(whole_micros(text, &read(text)?)?, || text.to_owned());
        }
        let date =
            text.parse::<NaiveDate>().map_err(|error| malformed(text, in_words(error.kind())))?;
        if text.len() < DATE_BYTES {
            return Err(malformed(text, Some("a month and a day have two digits")));
        }
        let midnight = date.and_time(NaiveTime::MIN).and_utc();
        Self::bounded(midnight.timestamp_micros(), || text.to_owned())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.text(SecondsFormat::AutoSi) {
            Some(text) => f.write_str(&text),
            None => write!(f, "{} us", self.0),
        }
    }
}

macro_rules! record_text {
    ($(#[$about:meta])* $name:ident, $decimals:ident) => {
        $(#[$about])*
        pub mod $name {
            use std::borrow::Cow;

            use chrono::SecondsFormat;
            use serde::{Deserialize, Deserializer, Serializer, de};

            use super::Timestamp;

            /// For `#[serde(with = "…")]`.
            pub fn serialize<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
                match at.text(SecondsFormat::$decimals) {
                    Some(text) => serializer.serialize_str(&text),
                    None => serializer.collect_str(at),
                }
            }

            /// For `#[serde(with = "…")]`.
            pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                Timestamp::of_record(&text).map_err(de::Error::custom)
            }
        }
    };
}

record_text! {
    /// RFC 3339 text with six decimals, `2025-11-09T15:55:40.669190Z`.
    micros, Micros
}

record_text! {
    /// RFC 3339 text with three decimals, `2024-07-16T14:30:45.123Z`; what is finer is cut off.
    millis, Millis
}

/// A number of milliseconds since the Unix epoch, `1721058123456`; what is finer is cut off.
pub mod epoch_millis {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use super::Timestamp;

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
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::checks::{reads, refuses};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Shown {
        #[serde(with = "micros")]
        micros: Timestamp,
        #[serde(with = "millis")]
        millis: Timestamp,
        #[serde(with = "epoch_millis")]
        epoch: Timestamp,
    }

    proptest! {
        // From the year 0000 to the end of 9999.
        #[test]
        fn what_a_record_shows_reads_back(micros in -62_167_219_200_000_000i64..253_402_300_800_000_000) {
            let whole = Timestamp(micros - micros.rem_euclid(1000));
            let shown = Shown { micros: Timestamp(micros), millis: whole, epoch: whole };
            let json = serde_json::to_string(&shown).unwrap();
            prop_assert_eq!(serde_json::from_str::<Shown>(&json).unwrap(), shown);
        }

        #[test]
        fn what_a_setting_shows_reads_back(micros in 0..Timestamp::END) {
            let at = Timestamp(micros);
            prop_assert_eq!(at.to_string().parse(), Ok(at));
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
    fn settings_are_times_or_dates() {
        reads(&[
            ("1970-01-01T00:00:00Z", Timestamp(0)),
            ("2025-01-01", Timestamp(1_735_689_600_000_000)),
            ("2025-01-01T01:00:00+01:00", Timestamp(1_735_689_600_000_000)),
            ("2025-01-01T00:00:00.000001Z", Timestamp(1_735_689_600_000_001)),
            ("2025-01-01 00:00:00.5Z", Timestamp(1_735_689_600_500_000)),
            ("9000-12-31T23:59:59Z", Timestamp(221_876_927_999_000_000)),
        ]);
    }

    #[test]
    fn what_is_no_time_is_named_with_what_is_allowed() {
        for text in ["yesterday", "2025-13-01", "2025-1-1", "2025-01-01T00:00:00"] {
            refuses::<Timestamp>(&[(text, "expected RFC 3339 or a date")]);
        }
        refuses::<Timestamp>(&[
            ("1969-12-31T23:59:59Z", "out of range (the year 1970 to 9000)"),
            ("9001-01-01", "out of range (the year 1970 to 9000)"),
            ("10000-01-01", "out of range (the year 1970 to 9000)"),
            ("10000-01-01T00:00:00Z", "out of range (the year 1970 to 9000)"),
            ("2025-13-01", "(its month, day, hour, minute or second is out of range)"),
            ("2025-02-30T00:00:00Z", "(its month, day, hour, minute or second is out of range)"),
            ("2025-01-01T00:00:00", "(the text ends before the time is complete)"),
            ("2025-01-01T00:00:00.0000001Z", "expected at most six decimals"),
        ]);
        assert_eq!(Timestamp(i64::MAX).to_string(), format!("{} us", i64::MAX));
        assert!(Timestamp::of_record("1969-12-31T23:59:59Z").is_ok());
        assert!(Timestamp::of_record("2025-11-09").is_err());
    }

    #[test]
    fn records_may_have_any_number_of_decimals() {
        let second = 1_741_082_400_000_000;
        for (decimals, micros) in [
            ("", 0),
            (".1", 100_000),
            (".123", 123_000),
            (".1234567", 123_456),
            (".123456789", 123_456),
            (".999999999999999999", 999_999),
            (".0000000000000000000000001", 0),
        ] {
            let text = format!("2025-03-04T10:00:00{decimals}Z");
            assert_eq!(Timestamp::of_record(&text), Ok(Timestamp(second + micros)), "{text}");
        }
        assert_eq!(Timestamp::of_record("1969-12-31T23:59:59.9999999Z"), Ok(Timestamp(-1)));
        assert!(Timestamp::of_record("2025-03-04T10:00:00.Z").is_err());
    }
}
