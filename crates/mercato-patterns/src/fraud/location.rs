//! Location: two purchases with less time between them than the way takes.

use mercato_draw::below;

use super::SECOND;

/// Nobody travels faster, in kilometres an hour: an airliner.
pub const POSSIBLE_KMH: u32 = 900;
/// Shorter ways are no anomaly, in metres.
pub const LEAST_METRES: u32 = 1_000_000;
/// Longest time between the two purchases, in microseconds: two hours.
pub const LONGEST_GAP: i64 = 7_200 * SECOND;
/// Shortest: five minutes.
pub const SHORTEST_GAP: i64 = 300 * SECOND;
/// Per cent of the time that the way takes which is left at most, so that nobody can say it was a
/// near thing.
const LEFT: i64 = 60;

/// Microseconds from a purchase to the one so many metres away, each possible time as likely;
/// none where the way is shorter than [`LEAST_METRES`].
#[inline]
pub fn gap(metres: u32, word: u64) -> Option<i64> {
    if metres < LEAST_METRES {
        return None;
    }
    let most = (travel_time(metres) * LEFT / 100).min(LONGEST_GAP);
    Some(SHORTEST_GAP + below(word, (most - SHORTEST_GAP) as u64) as i64)
}

/// Microseconds that the way takes at [`POSSIBLE_KMH`].
pub(crate) fn travel_time(metres: u32) -> i64 {
    i64::from(metres) * 3_600 * SECOND / (i64::from(POSSIBLE_KMH) * 1_000)
}

/// Whole kilometres an hour that are needed for so many metres in so many microseconds.
#[inline]
pub fn kmh(metres: u32, micros: i64) -> u32 {
    let speed = u64::from(metres) * 3_600 * 1_000 / micros.max(1) as u64;
    u32::try_from(speed).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn nobody_could_have_made_the_way(metres in LEAST_METRES..20_040_000, word: u64) {
            let gap = gap(metres, word).unwrap();
            prop_assert!((SHORTEST_GAP..=LONGEST_GAP).contains(&gap));
            prop_assert!(kmh(metres, gap) >= POSSIBLE_KMH * 3 / 2, "{} km/h", kmh(metres, gap));
        }
    }

    #[test]
    fn speeds_are_plain() {
        assert_eq!(kmh(900_000, 3_600 * SECOND), 900);
        assert_eq!(travel_time(900_000), 3_600 * SECOND);
        assert_eq!(kmh(1, 0), 3_600_000);
        assert_eq!(gap(LEAST_METRES - 1, 7), None);
    }
}
