//! A time zone: an IANA zone or a fixed offset from UTC.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Datelike, Offset, TimeZone};
use chrono_tz::{TZ_VARIANTS, Tz};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Seconds in a day.
const DAY_SECONDS: i64 = 86_400;
/// Instants further from 1970 than this many seconds (about 200,000 years) are read as if they lay
/// there:
/// the calendar underneath ends a little beyond.
const CALENDAR_END: i64 = 6_311_390_400_000;
/// Names less alike than this (Jaro-Winkler) are no help to somebody who mistyped.
const ALIKE: f64 = 0.85;

/// The rule that turns an instant into local time.
///
/// The rules of named zones come from the IANA database inside the pinned version of `chrono-tz`,
/// never from the machine, so that they are part of the data version.
/// Where a zone's rule has no end, that database writes its transitions out to the year 2100;
/// afterwards the last offset stays.
///
/// ```
/// use mercato_patterns::Zone;
///
/// let zone: Zone = "America/New_York".parse()?;
/// assert_eq!(zone.offset_seconds(1_785_342_600_000_000), -4 * 3600);
/// assert_eq!("+05:30".parse::<Zone>()?, Zone::fixed_minutes(330)?);
/// # Ok::<(), mercato_patterns::ZoneError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Rule);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Rule {
    Named(Tz),
    Fixed { minutes: i32 },
}

/// A zone that does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZoneError {
    /// A name that is not in the database.
    #[error("unknown time zone \"{name}\"{}", hint(.nearest.as_deref()))]
    Unknown {
        /// The name as given.
        name: String,
        /// The most similar name of the database, if one is similar at all.
        nearest: Option<String>,
    },
    /// An offset that no clock has.
    #[error("an offset of {minutes} minutes from UTC is out of range ({} to {})", -Zone::MAX_MINUTES, Zone::MAX_MINUTES)]
    Offset {
        /// Minutes east of UTC as given.
        minutes: i32,
    },
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || {
            ": expected an IANA name such as \"Europe/London\" or an offset such as \"+05:30\""
                .to_owned()
        },
        |name| format!(": did you mean \"{name}\"?"),
    )
}

/// Local date and time in the zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LocalTime {
    /// Year of the Gregorian calendar.
    pub year: i32,
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month, 1 to 31.
    pub day: u8,
    /// Day of the week, 0 (Monday) to 6 (Sunday).
    pub weekday: u8,
    /// Second of the day, 0 to 86,399.
    pub second_of_day: u32,
}

impl LocalTime {
    /// Hour of the day, 0 to 23.
    pub fn hour(&self) -> u8 {
        (self.second_of_day / 3600) as u8
    }
}

impl Zone {
    /// Universal time.
    pub const UTC: Self = Self(Rule::Fixed { minutes: 0 });

    /// Furthest fixed offset to either side, in minutes (18 hours, as ISO 8601 libraries have it).
    pub const MAX_MINUTES: i32 = 18 * 60;

    /// The zone of an IANA name such as `Europe/London`, written exactly so.
    pub fn iana(name: &str) -> Result<Self, ZoneError> {
        match name.parse() {
            Ok(zone) => Ok(Self(Rule::Named(zone))),
            Err(_) => Err(ZoneError::Unknown { name: name.to_owned(), nearest: nearest(name) }),
        }
    }

    /// The zone that is always `minutes` east of UTC (west if negative); refuses more than 18
    /// hours.
    pub fn fixed_minutes(minutes: i32) -> Result<Self, ZoneError> {
        if minutes.abs() > Self::MAX_MINUTES {
            return Err(ZoneError::Offset { minutes });
        }
        Ok(Self(Rule::Fixed { minutes }))
    }

    /// Seconds to add to UTC at an instant to get local time.
    pub fn offset_seconds(&self, at_micros: i64) -> i32 {
        self.offset_at_second(at_micros.div_euclid(SECOND)) as i32
    }

    /// Returns the local date and time at an instant.
    pub fn local(&self, at_micros: i64) -> LocalTime {
        let second = at_micros.div_euclid(SECOND);
        let local = within_calendar(second) + self.offset_at_second(second);
        let days = local.div_euclid(DAY_SECONDS);
        let date = DateTime::from_timestamp(local, 0).unwrap_or_default().date_naive();
        LocalTime {
            year: date.year(),
            month: date.month() as u8,
            day: date.day() as u8,
            // 1970 began on a Thursday.
            weekday: (days + 3).rem_euclid(7) as u8,
            second_of_day: local.rem_euclid(DAY_SECONDS) as u32,
        }
    }

    /// The first microsecond at which clocks show `local` or later, microseconds since they showed
    /// 1970-01-01T00:00.
    ///
    /// Where clocks skip that time, it is the moment when they do; where they repeat it, the first.
    pub fn first_showing(self, local: i64) -> i64 {
        let (second, rest) = (local.div_euclid(SECOND), local.rem_euclid(SECOND));
        let starts = [second - DAY_SECONDS, second + DAY_SECONDS]
            .map(|near| second - self.offset_at_second(near));
        let shows_it = |start: &i64| start + self.offset_at_second(*start) == second;
        let (first, last) = (starts[0].min(starts[1]), starts[0].max(starts[1]));
        match [first, last].into_iter().find(shows_it) {
            Some(start) => start.saturating_mul(SECOND).saturating_add(rest),
            None => self.change_between(first, last).saturating_mul(SECOND),
        }
    }

    /// The first microsecond of a day of the local calendar, counted from 1970-01-01.
    ///
    /// Where clocks skip midnight, the day begins with the hour they show next; where they repeat
    /// it, with the first.
    pub(crate) fn start_of_local_day(self, day: i64) -> i64 {
        self.first_showing(day.saturating_mul(DAY_SECONDS).saturating_mul(SECOND))
    }

    /// The same as [`Zone::offset_seconds`], from whole seconds.
    pub(crate) fn offset_at_second(self, second: i64) -> i64 {
        match self.0 {
            Rule::Fixed { minutes } => i64::from(minutes) * 60,
            Rule::Named(zone) => {
                let utc = DateTime::from_timestamp(within_calendar(second), 0)
                    .unwrap_or_default()
                    .naive_utc();
                i64::from(zone.offset_from_utc_datetime(&utc).fix().local_minus_utc())
            }
        }
    }

    /// The first second after `from` and not after `to` at which the offset is another than at
    /// `from`, else `to`.
    ///
    /// The offset must change at most once in between.
    pub(crate) fn change_between(self, from: i64, to: i64) -> i64 {
        let before = self.offset_at_second(from);
        if self.offset_at_second(to - 1) == before {
            return to;
        }
        let (mut same, mut changed) = (from, to - 1);
        while changed - same > 1 {
            let middle = same.midpoint(changed);
            if self.offset_at_second(middle) == before {
                same = middle;
            } else {
                changed = middle;
            }
        }
        changed
    }
}

fn within_calendar(second: i64) -> i64 {
    second.clamp(-CALENDAR_END, CALENDAR_END)
}

/// The name of the database most like `name`, so far as any is.
fn nearest(name: &str) -> Option<String> {
    let wanted = name.to_lowercase().replace(' ', "_");
    TZ_VARIANTS
        .iter()
        .map(|zone| (likeness(&wanted, &zone.name().to_lowercase()), zone.name()))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name.to_owned())
}

/// People leave the continent away, so the city alone may match as well.
fn likeness(wanted: &str, known: &str) -> f64 {
    let city = known.rsplit('/').next().unwrap_or(known);
    strsim::jaro_winkler(wanted, known).max(strsim::jaro_winkler(wanted, city))
}

/// Reads an IANA name, or an offset written `+5`, `-05` or `+05:30`.
impl FromStr for Zone {
    type Err = ZoneError;

    fn from_str(text: &str) -> Result<Self, ZoneError> {
        match offset_minutes(text) {
            Some(minutes) => Self::fixed_minutes(minutes),
            None => Self::iana(text),
        }
    }
}

fn offset_minutes(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let (hours, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
    let number = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit()).then(|| part.parse::<i32>().ok())?
    };
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (hours < 100 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Writes what [`FromStr`] reads.
impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Rule::Named(zone) => f.write_str(zone.name()),
            Rule::Fixed { minutes } => {
                let sign = if minutes < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
            }
        }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({self})")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_written_zone_is_read_as_itself(minutes in -1080..=1080, index in 0..TZ_VARIANTS.len()) {
            for zone in [Zone::fixed_minutes(minutes).unwrap(), Zone::iana(TZ_VARIANTS[index].name()).unwrap()] {
                prop_assert_eq!(zone.to_string().parse::<Zone>().unwrap(), zone);
            }
        }

        #[test]
        fn no_instant_has_no_local_time(at in any::<i64>(), index in 0..TZ_VARIANTS.len()) {
            let local = Zone::iana(TZ_VARIANTS[index].name()).unwrap().local(at);
            prop_assert!(local.weekday < 7 && local.hour() < 24);
        }

        // Years 1 to 9999.
        #[test]
        fn local_time_is_what_the_calendar_says(
            at in -62_135_596_800_000_000i64..253_402_300_000_000_000,
            index in 0..TZ_VARIANTS.len(),
        ) {
            let local = Zone::iana(TZ_VARIANTS[index].name()).unwrap().local(at);
            let chrono = TZ_VARIANTS[index].timestamp_micros(at).unwrap();
            prop_assert_eq!((local.year, u32::from(local.month), u32::from(local.day)), (chrono.year(), chrono.month(), chrono.day()));
            prop_assert_eq!(u32::from(local.weekday), chrono.weekday().num_days_from_monday());
            prop_assert_eq!(local.second_of_day, chrono::Timelike::num_seconds_from_midnight(&chrono));
        }
    }

    #[test]
    fn days_begin_when_the_calendar_turns() {
        // Chile skips midnight in spring; the Azores repeat it in autumn; Samoa left out
        // 2011-12-30.
        let cases = [
            ("America/Santiago", "2026-09-06T04:00:00Z", 20_702),
            ("Atlantic/Azores", "2026-10-25T00:00:00Z", 20_751),
            ("Europe/London", "2026-03-29T00:00:00Z", 20_541),
            ("Europe/London", "2026-06-30T23:00:00Z", 20_635),
        ];
        let day_at = |zone: &Zone, at_micros: i64| {
            let second = at_micros.div_euclid(SECOND);
            (second + zone.offset_at_second(second)).div_euclid(DAY_SECONDS)
        };
        for (name, start, day) in cases {
            let zone = Zone::iana(name).unwrap();
            let start = start.parse::<DateTime<chrono::Utc>>().unwrap().timestamp_micros();
            assert_eq!(zone.start_of_local_day(day), start, "{name}");
            assert_eq!((day_at(&zone, start - 1), day_at(&zone, start)), (day - 1, day), "{name}");
        }
    }

    #[test]
    fn a_mistyped_zone_is_answered_with_its_neighbour() {
        let cases = [
            ("Europe/Lodnon", "Europe/London"),
            ("america/new york", "America/New_York"),
            ("Tokio", "Asia/Tokyo"),
            ("london", "Europe/London"),
        ];
        for (wrong, right) in cases {
            let refusal = Zone::iana(wrong).unwrap_err().to_string();
            assert_eq!(
                refusal,
                format!("unknown time zone \"{wrong}\": did you mean \"{right}\"?")
            );
        }
        let refusal = "the moon".parse::<Zone>().unwrap_err().to_string();
        assert!(refusal.ends_with("an offset such as \"+05:30\""), "{refusal}");
    }

    #[test]
    fn offsets_are_read_with_and_without_minutes() {
        for (text, minutes) in
            [("+5", 300), ("-05", -300), ("+05:45", 345), ("-0:30", -30), ("+00:00", 0)]
        {
            assert_eq!(text.parse::<Zone>(), Zone::fixed_minutes(minutes), "{text}");
        }
        assert_eq!("+19".parse::<Zone>(), Err(ZoneError::Offset { minutes: 1140 }));
        for text in ["+", "+5:60", "+-5", "5", "+5:"] {
            assert!(text.parse::<Zone>().is_err(), "{text}");
        }
    }
}
