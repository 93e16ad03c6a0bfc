//! Progress reports: every few seconds, the position from which the run can be resumed if it is
//! killed.

use std::collections::VecDeque;

use mercato_engine::Cursor;
use mercato_sinks::{Safe, SafePoint};

use super::Outcome;

/// Microseconds between two reports.
const INTERVAL: i64 = 2_000_000;
/// Most cursors that are kept of records whose fate is not known yet.
const MOST: usize = 4096;

/// Receives progress reports of a run.
pub trait Reporter {
    /// Reports the outcome so far; `so_far.cursor` and `so_far.safe` say where to resume.
    fn report(&mut self, so_far: &Outcome);

    /// Returns the state from which to resume after `so_far`, for a sink that stores it with the
    /// records.
    fn state(&self, so_far: &Outcome) -> Vec<u8>;
}

/// The schedule of reports, and the cursors that the next one may need.
pub(super) struct Keeper<'a> {
    reporter: Option<&'a mut dyn Reporter>,
    due: i64,
    /// Cursors after so many records of this process, in order.
    passed: VecDeque<(u64, Option<Cursor>)>,
    /// The last cursor known to be safe.
    safe: Option<Cursor>,
    /// The last safe point.
    point: Option<SafePoint>,
}

impl<'a> Keeper<'a> {
    /// The keeper of a run that starts after the cursor `start`, at the time `now`; the first report
    /// is due at once, so that seed and start are never lost.
    pub(super) fn new(
        reporter: Option<&'a mut dyn Reporter>,
        start: Option<Cursor>,
        now: i64,
    ) -> Self {
        Self { reporter, due: now, passed: VecDeque::new(), safe: start, point: None }
    }

    /// The run is after its record number `records`, counted from 1, at `cursor`.
    pub(super) fn pass(&mut self, records: u64, cursor: Option<&Cursor>) {
        if self.reporter.is_none() {
            return;
        }
        if self.passed.len() == MOST {
            // Half of them, so that the oldest stays as long as nothing is known of it.
            let mut index = 0;
            self.passed.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
        self.passed.push_back((records, cursor.cloned()));
    }

    /// Returns whether a report is due.
    pub(super) fn is_due(&self, now: impl FnOnce() -> i64) -> bool {
        self.reporter.is_some() && now() >= self.due
    }

    /// Returns whether anybody wants to know.
    pub(super) fn is_wanted(&self) -> bool {
        self.reporter.is_some()
    }

    /// Notes what is safe, and gives the cursor that belongs to it.
    pub(super) fn note(&mut self, point: &SafePoint) -> Option<Cursor> {
        let is_safe = |records: u64| matches!(point.safe, Safe::Records(safe) if records <= safe);
        while self.passed.front().is_some_and(|(records, _)| is_safe(*records)) {
            self.safe = self.passed.pop_front().and_then(|(_, cursor)| cursor);
        }
        self.point = Some(point.clone());
        self.safe.clone()
    }

    /// What was safe last, with its cursor; `None` if nothing was noted.
    pub(super) fn last(&self) -> Option<(SafePoint, Option<Cursor>)> {
        Some((self.point.clone()?, self.safe.clone()))
    }

    /// The state after `so_far`; nothing without a reporter.
    pub(super) fn state(&self, so_far: &Outcome) -> Vec<u8> {
        self.reporter.as_ref().map_or_else(Vec::new, |reporter| reporter.state(so_far))
    }

    /// Passes a report to the reporter at `now`.
    pub(super) fn report(&mut self, so_far: &Outcome, now: i64) {
        self.due = now + INTERVAL;
        if let Some(reporter) = &mut self.reporter {
            reporter.report(so_far);
        }
    }
}

#[cfg(test)]
mod tests {
    use mercato_encode::{Coordinates, Stamp};

    use super::*;

    struct Nobody;

    impl Reporter for Nobody {
        fn report(&mut self, _: &Outcome) {}

        fn state(&self, _: &Outcome) -> Vec<u8> {
            Vec::new()
        }
    }

    fn cursor(records: u64) -> Cursor {
        Cursor::after(&Stamp::at(0, Coordinates::default()), &[]).with_records(records)
    }

    fn safe(keeper: &mut Keeper<'_>, records: u64) -> Option<u64> {
        keeper.note(&SafePoint::records(records)).map(|cursor| cursor.records())
    }

    #[test]
    fn the_cursor_of_a_report_is_never_behind_what_is_safe() {
        let mut nobody = Nobody;
        let mut keeper = Keeper::new(Some(&mut nobody), None, 0);
        for records in (10..=1_000).step_by(10) {
            keeper.pass(records, Some(&cursor(records)));
        }
        assert_eq!(safe(&mut keeper, 9), None);
        assert_eq!(safe(&mut keeper, 10), Some(10));
        assert_eq!(safe(&mut keeper, 999), Some(990));
        assert_eq!(safe(&mut keeper, 999), Some(990), "nothing new is safe");
        assert_eq!(keeper.last().unwrap().1, Some(cursor(990)));
    }

    #[test]
    fn as_much_as_ever_may_be_on_its_way() {
        let mut nobody = Nobody;
        let mut keeper = Keeper::new(Some(&mut nobody), Some(cursor(7)), 0);
        for records in 1..=100_000 {
            keeper.pass(records, Some(&cursor(records)));
        }
        assert!(keeper.passed.len() <= MOST);
        assert_eq!(safe(&mut keeper, 0), Some(7), "where it began");
        let found = safe(&mut keeper, 90_000).unwrap();
        assert!((80_000..=90_000).contains(&found), "{found}");
        assert_eq!(safe(&mut keeper, 100_000), Some(100_000));
    }

    #[test]
    fn a_report_is_due_every_few_seconds_if_anybody_listens() {
        let mut nobody = Nobody;
        let mut keeper = Keeper::new(Some(&mut nobody), None, 100);
        assert!(keeper.is_due(|| 100), "with the first records");
        keeper.due = 100 + INTERVAL;
        assert!(!keeper.is_due(|| 100 + INTERVAL - 1) && keeper.is_due(|| 100 + INTERVAL));
        assert!(!Keeper::new(None, None, 0).is_due(|| i64::MAX));
    }
}
