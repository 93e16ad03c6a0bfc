//! Lag behind the schedule: detected, logged once, and handled as configured; a pure machine
//! without a clock.
//!
//! What was due before a run has kept its plan for the first time is history that is made up for:
//! it is neither logged nor shed nor a reason to shift the schedule.

use mercato_encode::Span;

use super::pacer::Pacer;
use mercato_config::OnLag;

/// Watches how late records leave.
#[derive(Debug, Clone)]
pub(super) struct LagKeeper {
    policy: OnLag,
    /// Microseconds of lateness beyond which a run counts as behind.
    bound: i64,
    live: bool,
    /// The worst lateness since the run fell behind.
    behind: Option<i64>,
}

/// The decision about records that are due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Verdict {
    /// Number of leading records to drop.
    pub(super) shed: usize,
    /// The plan shifts by so many microseconds.
    pub(super) shift: i64,
    /// The message to log.
    pub(super) news: Option<News>,
}

/// A change worth a line in the log; lateness in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// The run has fallen behind by this much.
    Behind(i64),
    /// It has caught up, after having been this far behind.
    CaughtUp(i64),
}

impl LagKeeper {
    pub(super) fn new(policy: OnLag, bound: i64) -> Self {
        Self { policy, bound: bound.max(1), live: false, behind: None }
    }

    /// Judges records that are due at `now`, of which there is at least one.
    pub(super) fn judge(&mut self, pacer: &Pacer, due: &[Span], now: i64) -> Verdict {
        let late = |span: &Span| now.saturating_sub(pacer.due(span.stamp.release_time));
        let lag = due.first().map_or(0, late);
        if lag <= self.bound {
            // Half the bound, so that a run at its limit does not flicker.
            return if lag <= self.bound / 2 { self.on_time() } else { Verdict::default() };
        }
        if !self.live {
            return Verdict::default();
        }
        let news = self.behind.is_none().then_some(News::Behind(lag));
        self.behind = Some(self.behind.unwrap_or(0).max(lag));
        match self.policy {
            OnLag::CatchUp => Verdict { news, ..Verdict::default() },
            OnLag::Shed => Verdict {
                shed: due.partition_point(|span| late(span) > self.bound),
                shift: 0,
                news,
            },
            OnLag::Stretch => Verdict { shed: 0, shift: lag, news },
        }
    }

    /// Nothing is due that has not left.
    pub(super) fn on_time(&mut self) -> Verdict {
        self.live = true;
        Verdict { news: self.behind.take().map(News::CaughtUp), ..Verdict::default() }
    }
}

#[cfg(test)]
mod tests {
    use mercato_encode::{Batch, Coordinates, Stamp};
    use proptest::prelude::*;

    use super::super::pacer::Pace;
    use super::*;

    fn batch(times: &[i64]) -> Batch {
        let mut batch = Batch::default();
        for at in times {
            batch.push(b"", b"", Stamp::at(*at, Coordinates::default()));
        }
        batch
    }

    fn judge(keeper: &mut LagKeeper, pacer: &Pacer, times: &[i64], now: i64) -> Verdict {
        keeper.judge(pacer, batch(times).spans(), now)
    }

    #[test]
    fn falling_behind_and_catching_up_are_told_once_each() {
        let pacer = Pacer::new(Pace::Wall, 0, 0);
        let mut keeper = LagKeeper::new(OnLag::CatchUp, 100);
        assert_eq!(judge(&mut keeper, &pacer, &[0], 5000), Verdict::default(), "history is no lag");
        assert_eq!(judge(&mut keeper, &pacer, &[5000], 5001), Verdict::default());
        assert_eq!(judge(&mut keeper, &pacer, &[5010], 5200).news, Some(News::Behind(190)));
        assert_eq!(judge(&mut keeper, &pacer, &[5020], 5400).news, None);
        assert_eq!(
            judge(&mut keeper, &pacer, &[5330], 5401).news,
            None,
            "between half and whole nothing changes"
        );
        assert_eq!(judge(&mut keeper, &pacer, &[5400], 5401).news, Some(News::CaughtUp(380)));
        assert_eq!(keeper.on_time().news, None);
    }

    #[test]
    fn stretching_makes_the_latest_record_punctual() {
        let mut pacer = Pacer::new(Pace::Wall, 0, 0);
        let mut keeper = LagKeeper::new(OnLag::Stretch, 100);
        keeper.on_time();
        let Verdict { shift, shed: 0, news: Some(News::Behind(500)) } =
            judge(&mut keeper, &pacer, &[1000], 1500)
        else {
            panic!("it is behind")
        };
        pacer.shift(shift);
        assert_eq!((pacer.due(1000), pacer.due(1200)), (1500, 1700));
        assert_eq!(judge(&mut keeper, &pacer, &[1200], 1700).news, Some(News::CaughtUp(500)));
    }

    proptest! {
        #[test]
        fn exactly_what_is_too_late_is_shed(mut times in prop::collection::vec(0i64..1000, 1..20), now in 1000i64..3000, bound in 1i64..2000) {
            times.sort_unstable();
            let pacer = Pacer::new(Pace::Wall, 0, 0);
            let mut keeper = LagKeeper::new(OnLag::Shed, bound);
            keeper.on_time();
            let too_late = times.iter().filter(|at| now - **at > bound).count();
            prop_assert_eq!(judge(&mut keeper, &pacer, &times, now).shed, too_late);
        }
    }
}
