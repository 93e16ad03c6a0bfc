//! The offsets of a zone, looked up once and kept.

use std::sync::OnceLock;

use crate::Zone;

/// Seconds of a stretch whose offsets are found together, as a power of two: 388 days.
const STRETCH: u32 = 25;
/// The stretches from 1902 to 2106: outside them the database has no or hardly any transitions.
const FIRST: i64 = -64;
const STRETCHES: usize = 192;
/// Seconds between two look-ups; no zone ever changed its offset twice within a day.
const STEP: i64 = 86_400;

/// A zone that answers quickly, because what it has been asked for once it keeps.
///
/// A look-up in the database costs as much as a dozen of these, and integrating the traffic of ten
/// years asks for millions. A clock answers what its zone answers; which years it has been asked
/// about makes no difference to anybody.
///
/// ```
/// use mercato_patterns::{Clock, Zone};
///
/// let new_york = Clock::new(Zone::iana("America/New_York")?);
/// assert_eq!(new_york.offset_seconds(1_785_342_600_000_000), -4 * 3600);
/// # Ok::<(), mercato_patterns::ZoneError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Clock {
    zone: Zone,
    stretches: Box<[OnceLock<Box<[Offset]>>]>,
}

/// Seconds to add to UTC until an instant, in seconds since the Unix epoch.
#[derive(Debug, Clone, Copy)]
struct Offset {
    seconds: i64,
    until: i64,
}

impl Clock {
    /// The clock of `zone`.
    pub fn new(zone: Zone) -> Self {
        Self { zone, stretches: (0..STRETCHES).map(|_| OnceLock::new()).collect() }
    }

    /// The zone.
    pub fn zone(&self) -> Zone {
        self.zone
    }

    /// Seconds to add to UTC at an instant, in microseconds since the Unix epoch, to get local
    /// time.
    #[inline]
    pub fn offset_seconds(&self, at_micros: i64) -> i64 {
        let second = at_micros.div_euclid(1_000_000);
        self.known(second).map_or_else(|| self.zone.offset_at_second(second), |known| known.seconds)
    }

    /// The offset at `second`, and the first second up to `to` at which it is another, else `to`.
    ///
    /// The offset must change at most once in between.
    #[inline]
    pub(crate) fn offset_until(&self, second: i64, to: i64) -> (i64, i64) {
        let Some(Offset { seconds, mut until }) = self.known(second) else {
            return (self.zone.offset_at_second(second), self.zone.change_between(second, to));
        };
        while until < to {
            match self.known(until) {
                Some(next) if next.seconds == seconds => until = next.until,
                Some(_) => break,
                None => return (seconds, self.zone.change_between(second, to)),
            }
        }
        (seconds, until.min(to))
    }

    #[inline]
    fn known(&self, second: i64) -> Option<Offset> {
        let number = usize::try_from((second >> STRETCH) - FIRST).ok()?;
        let offsets = self.stretches.get(number)?.get_or_init(|| self.find(second >> STRETCH));
        offsets.iter().find(|offset| second < offset.until).copied()
    }

    /// The offsets of a stretch, each until the next.
    fn find(&self, stretch: i64) -> Box<[Offset]> {
        let (mut second, end) = (stretch << STRETCH, (stretch + 1) << STRETCH);
        let mut offsets: Vec<Offset> = Vec::new();
        while second < end {
            let seconds = self.zone.offset_at_second(second);
            let until = self.zone.change_between(second, end.min(second + STEP));
            match offsets.last_mut() {
                Some(last) if last.seconds == seconds => last.until = until,
                _ => offsets.push(Offset { seconds, until }),
            }
            second = until;
        }
        offsets.into()
    }
}

/// Clocks of the same zone are equal, whatever they have been asked.
impl PartialEq for Clock {
    fn eq(&self, other: &Self) -> bool {
        self.zone == other.zone
    }
}

impl Eq for Clock {}

#[cfg(test)]
mod tests {
    use chrono_tz::TZ_VARIANTS;
    use proptest::prelude::*;

    use super::*;

    /// Second at which a stretch that is known begins.
    const KNOWN: i64 = FIRST << STRETCH;

    fn clocks() -> impl Iterator<Item = Clock> {
        TZ_VARIANTS.iter().map(|zone| Clock::new(Zone::iana(zone.name()).unwrap()))
    }

    #[test]
    fn a_clock_shows_what_its_zone_shows_before_and_after_each_change() {
        for clock in clocks() {
            let mut changes = 0;
            // From 1970 to 2106.
            for stretch in 0..128 {
                for Offset { seconds, until } in clock.find(stretch) {
                    assert_eq!(clock.zone.offset_at_second(until - 1), seconds, "{clock:?}");
                    assert_eq!(clock.known(until - 1).unwrap().seconds, seconds);
                    let after = clock.zone.offset_at_second(until);
                    assert_eq!(clock.offset_seconds(until * 1_000_000), after, "{clock:?}");
                    changes += usize::from(after != seconds);
                }
            }
            assert!(changes < 1_000, "{clock:?}");
        }
    }

    proptest! {
        #[test]
        fn a_clock_shows_what_its_zone_shows(
            second in prop_oneof![KNOWN - 90_000_000..5_000_000_000, any::<i64>().prop_map(|at| at / 1_000_000)],
            ahead in 1i64..3_600,
            index in 0..TZ_VARIANTS.len(),
        ) {
            let clock = Clock::new(Zone::iana(TZ_VARIANTS[index].name()).unwrap());
            prop_assert_eq!(clock.offset_seconds(second * 1_000_000), clock.zone.offset_at_second(second));
            let expected = (clock.zone.offset_at_second(second), clock.zone.change_between(second, second + ahead));
            prop_assert_eq!(clock.offset_until(second, second + ahead), expected);
        }

        #[test]
        fn the_ends_of_what_is_known_are_seamless(edge in prop_oneof![Just(KNOWN), Just(KNOWN + ((STRETCHES as i64) << STRETCH))], near in -5_000i64..5_000) {
            let clock = Clock::new(Zone::fixed_minutes(330).unwrap());
            prop_assert_eq!(clock.offset_until(edge + near, edge + near + 3_600), (19_800, edge + near + 3_600));
        }
    }
}
