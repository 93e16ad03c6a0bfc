//! A week laid over event time.

use super::Week;
use crate::{Clock, Zone};

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Seconds in an hour.
const HOUR_SECONDS: i64 = 3_600;
/// Seconds in a day.
const DAY_SECONDS: i64 = 86_400;

/// A factor that follows the clock of a zone, constant by steps.
///
/// The mean over a year may differ from the week's by a few millionths:
/// daylight saving skips one local hour and repeats another, which need not be equally busy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeeklyCurve {
    week: Week,
    clock: Clock,
}

impl WeeklyCurve {
    /// The curve of `week` by the clock of `zone`.
    pub fn new(week: Week, zone: Zone) -> Self {
        Self { week, clock: Clock::new(zone) }
    }

    /// The week.
    pub fn week(&self) -> &Week {
        &self.week
    }

    /// The clock that counts.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The factor at an instant in millionths, and the first microsecond at which it may be
    /// another.
    ///
    /// Instants are microseconds since the Unix epoch in UTC.
    /// A piece is a local hour or what a change of offset left of it.
    pub fn piece(&self, at_micros_utc: i64) -> (u64, i64) {
        let second = at_micros_utc.div_euclid(SECOND);
        // No zone ever changed its offset twice within an hour.
        let (offset, until) = self.clock.offset_until(second, second + HOUR_SECONDS);
        let local = second + offset;
        // 1970 began on a Thursday.
        let weekday = (local.div_euclid(DAY_SECONDS) + 3).rem_euclid(7);
        let hour = local.rem_euclid(DAY_SECONDS) / HOUR_SECONDS;
        let hour_end = second - local.rem_euclid(HOUR_SECONDS) + HOUR_SECONDS;
        let end = until.min(hour_end);
        (self.week.factor(weekday as u8, hour as u8).millionths(), end.saturating_mul(SECOND))
    }
}
