//! The week of a time zone as a factor on a rate of arrivals: where patterns meet the engine.

use std::sync::Arc;

use mercato_engine::Curve;
use mercato_patterns::Zone;
use mercato_patterns::temporal::{Week, WeeklyCurve};

/// Hours of a week, after which a curve that has not changed does not change at all, or only for
/// daylight saving.
const WEEK_HOURS: usize = 168;

/// Activity of a zone by local time.
#[derive(Debug)]
struct LocalWeek(WeeklyCurve);

impl Curve for LocalWeek {
    /// Hours of the same factor are one piece: a substream of few arrivals has blocks of years, and
    /// a quarter of the pieces is a quarter of the memory.
    fn piece(&self, at: i64) -> (u64, i64) {
        let (factor, mut until) = self.0.piece(at);
        for _ in 0..WEEK_HOURS {
            let (next, end) = self.0.piece(until);
            if next != factor {
                break;
            }
            until = end;
        }
        (factor, until)
    }
}

/// The curve of `week` in `zone`; none where every hour has the factor 1, so that nothing is looked
/// up.
pub(crate) fn local_week(week: &Week, zone: Zone) -> Option<Arc<dyn Curve>> {
    (*week != Week::flat())
        .then(|| -> Arc<dyn Curve> { Arc::new(LocalWeek(WeeklyCurve::new(week.clone(), zone))) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hold_as_long_as_the_hours_they_are_made_of() {
        let zone = Zone::iana("America/New_York").unwrap();
        let hourly = WeeklyCurve::new(Week::business_hours(), zone);
        let curve = local_week(&Week::business_hours(), zone).unwrap();
        // 2025-11-01T00:00:00Z; the clocks go back on the second.
        let mut at = 1_761_955_200_000_000;
        for _ in 0..100 {
            let (factor, until) = curve.piece(at);
            let mut inside = at;
            while inside < until {
                let (hours, next) = hourly.piece(inside);
                assert_eq!(hours, factor);
                inside = next;
            }
            assert_eq!(inside, until, "a piece ends where an hour ends");
            assert_ne!(curve.piece(until).0, factor, "and not before the factor changes");
            at = until;
        }
    }

    #[test]
    fn a_flat_week_is_no_curve() {
        assert!(local_week(&Week::flat(), Zone::UTC).is_none());
    }
}
