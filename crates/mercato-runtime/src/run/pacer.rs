//! The pacer: which records may leave now, as a pure function of plan and time.
//!
//! There is no clock in here; time comes in as an argument, so every case can be proved.

use mercato_encode::Span;

/// The relation between event time and wall-clock time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// Nothing waits.
    Fast,
    /// A record leaves at its event time; what lies in the past is due at once.
    Wall,
    /// Event time passes `numerator` / `denominator` times as quickly as the wall clock.
    Scaled {
        /// Microseconds of event time ...
        numerator: u64,
        /// ... in so many microseconds on the wall.
        denominator: u64,
    },
}

/// Cuts batches at the first record that is not due yet.
#[derive(Debug, Clone, Copy)]
pub struct Pacer {
    pace: Pace,
    /// Event time that belongs to `wall_start`.
    event_start: i64,
    wall_start: i64,
    /// By how much the plan has shifted, in microseconds.
    shifted: i64,
}

/// The next action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Release {
    /// So many records may leave, at least one.
    Records(usize),
    /// The next record is due at this wall time, in microseconds since the Unix epoch.
    WaitUntil(i64),
}

impl Pacer {
    /// The pacer of a run that starts at `wall_start` with the event time `event_start`.
    pub fn new(pace: Pace, event_start: i64, wall_start: i64) -> Self {
        Self { pace, event_start, wall_start, shifted: 0 }
    }

    /// Returns whether records ever wait.
    pub fn is_paced(&self) -> bool {
        self.pace != Pace::Fast
    }

    /// Shifts the plan: whatever has not left is due so many microseconds later.
    pub fn shift(&mut self, micros: i64) {
        self.shifted = self.shifted.saturating_add(micros);
    }

    /// The wall time at which a record of `release_time` may leave.
    pub fn due(&self, release_time: i64) -> i64 {
        match self.pace {
            Pace::Fast => i64::MIN,
            Pace::Wall => release_time.saturating_add(self.shifted),
            Pace::Scaled { numerator, denominator } => {
                let passed = i128::from(release_time) - i128::from(self.event_start);
                let on_the_wall = passed * i128::from(denominator) / i128::from(numerator.max(1));
                let start = self.wall_start.saturating_add(self.shifted);
                start.saturating_add(i64::try_from(on_the_wall).unwrap_or(i64::MAX))
            }
        }
    }

    /// The event time that has been reached at wall time `now`; none where nothing waits.
    pub fn event_time(&self, now: i64) -> Option<i64> {
        match self.pace {
            Pace::Fast => None,
            Pace::Wall => Some(now.saturating_sub(self.shifted)),
            Pace::Scaled { numerator, denominator } => {
                let passed =
                    i128::from(now) - i128::from(self.wall_start) - i128::from(self.shifted);
                let of_events = passed * i128::from(numerator) / i128::from(denominator.max(1));
                Some(self.event_start.saturating_add(i64::try_from(of_events).unwrap_or(i64::MAX)))
            }
        }
    }

    /// Returns how many of `spans`, which must not be empty, may leave at wall time `now`.
    pub fn release(&self, spans: &[Span], now: i64) -> Release {
        if !self.is_paced() {
            return Release::Records(spans.len());
        }
        match spans.partition_point(|span| self.due(span.stamp.release_time) <= now) {
            0 => Release::WaitUntil(
                spans.first().map_or(now, |span| self.due(span.stamp.release_time)),
            ),
            due => Release::Records(due),
        }
    }
}

#[cfg(test)]
mod tests {
    use mercato_encode::{Batch, Coordinates, Stamp};
    use proptest::prelude::*;

    use super::*;

    fn batch(times: &[i64]) -> Batch {
        let mut batch = Batch::default();
        for at in times {
            batch.push(b"", b"", Stamp::at(*at, Coordinates::default()));
        }
        batch
    }

    fn pace() -> impl Strategy<Value = Pace> {
        prop_oneof![
            Just(Pace::Fast),
            Just(Pace::Wall),
            (1u64..1000, 1u64..1000)
                .prop_map(|(numerator, denominator)| Pace::Scaled { numerator, denominator }),
        ]
    }

    proptest! {
        #[test]
        fn exactly_what_is_due_leaves(pace in pace(), mut times in prop::collection::vec(0i64..1000, 1..20), now in 0i64..2000) {
            times.sort_unstable();
            let pacer = Pacer::new(pace, 0, 500);
            let batch = batch(&times);
            let due = times.iter().filter(|at| pacer.due(**at) <= now).count();
            match pacer.release(batch.spans(), now) {
                Release::Records(count) => prop_assert_eq!(count, due),
                Release::WaitUntil(at) => {
                    prop_assert_eq!(due, 0);
                    prop_assert!(at > now);
                    prop_assert!(matches!(pacer.release(batch.spans(), at), Release::Records(_)), "one wait is enough");
                }
            }
        }
    }

    #[test]
    fn sixty_times_as_fast_lets_an_hour_pass_in_a_minute() {
        let pacer = Pacer::new(Pace::Scaled { numerator: 60, denominator: 1 }, 1_000, 50);
        assert_eq!(pacer.due(1_000), 50);
        assert_eq!(pacer.due(1_000 + 3_600_000_000), 50 + 60_000_000);
    }
}
