//! Since when the oldest record that has not arrived has been due: the lag of a run, also while it
//! is held back; and how late those were that have arrived.
//!
//! The moments are kept by number of record, and the sink's own counters say how many of them are
//! settled, so the lag of a run that a broker holds back grows although the run itself stands
//! still.

use std::collections::VecDeque;

use crate::lateness::Lateness;

/// Pieces that are kept; with more of them unsettled every two, every four, ... make one, which makes
/// the lag too large by one distance between them.
const MOST: usize = 4096;

/// Records that were handed over one after the other, and when they were due, in microseconds since
/// the Unix epoch.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Records before it.
    before: u64,
    first: i64,
    last: i64,
}

impl Piece {
    /// When its record after so many records of the run was due, if this piece ends after `end`;
    /// those between its first and its last are taken to be evenly spread.
    fn due(&self, record: u64, end: u64) -> i64 {
        let steps = i128::from(end.saturating_sub(self.before).max(2) - 1);
        let span = i128::from(self.last) - i128::from(self.first);
        let passed = span * i128::from(record.saturating_sub(self.before)) / steps;
        // Between two 64-bit numbers.
        self.first.saturating_add(i64::try_from(passed).unwrap_or(0))
    }
}

/// Records that were handed to a sink, and when they were due.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// A first record that is not settled is always among them.
    waiting: VecDeque<Piece>,
    /// Pieces to be joined to the one before, and how many are each time.
    skip: u32,
    skipped_each: u32,
    /// Records handed over so far, and how many of them are settled.
    left: u64,
    settled: u64,
    /// When the last of them was due, unless the run is up to its plan.
    behind: Option<i64>,
    /// Lateness of those that are settled; none where that is not measured.
    pub(super) acknowledged: Option<Lateness>,
}

impl Due {
    /// So many records are about to be handed over, the first due at `first` and the last at
    /// `last`.
    pub(super) fn leaving(&mut self, records: u64, first: i64, last: i64) {
        if self.waiting.len() == MOST {
            self.thin();
        }
        let piece = Piece { before: self.left, first, last };
        if let Some(back) = self.waiting.back_mut().filter(|_| self.skip > 0) {
            back.last = last;
            self.skip -= 1;
        } else {
            self.waiting.push_back(piece);
            self.skip = self.skipped_each;
        }
        self.left += records;
        self.behind = Some(last);
    }

    /// Nothing is due that was not handed over.
    pub(super) fn on_time(&mut self) {
        self.behind = None;
    }

    /// When the oldest record that is not settled was due; none where nothing is late.
    pub(super) fn oldest(&self) -> Option<i64> {
        self.waiting.front().map(|piece| piece.first).or(self.behind)
    }

    /// So many records are settled by `now`; `late` is told how late how many of them are.
    pub(super) fn settle(&mut self, settled: u64, now: i64, mut late: impl FnMut(u64, u64)) {
        let settled = settled.min(self.left);
        while self.settled < settled {
            let Some(piece) = self.waiting.front() else { return };
            let end = self.waiting.get(1).map_or(self.left, |next| next.before);
            let to = settled.min(end);
            if let Some(acknowledged) = &mut self.acknowledged {
                let (due, records) = (piece.due(self.settled.midpoint(to), end), to - self.settled);
                if let Some(micros) = acknowledged.add(due, now, records) {
                    late(micros, records);
                }
            }
            self.settled = to;
            if to == end {
                self.waiting.pop_front();
            }
        }
        if self.waiting.len() < MOST / 2 {
            self.skipped_each = 0;
        }
    }

    /// Joins every two pieces.
    fn thin(&mut self) {
        let pieces = self.waiting.make_contiguous().chunks(2);
        let joined =
            pieces.filter_map(|two| Some(Piece { last: two.last()?.last, ..*two.first()? }));
        self.waiting = joined.collect();
        self.skipped_each = 2 * self.skipped_each + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn oldest(due: &mut Due, settled: u64) -> Option<i64> {
        due.settle(settled, 0, |_, _| {});
        due.oldest()
    }

    #[test]
    fn the_oldest_unsettled_record_counts_and_then_the_plan() {
        let mut due = Due::default();
        assert_eq!(oldest(&mut due, 0), None);
        due.leaving(10, 100, 190);
        due.leaving(5, 200, 240);
        assert_eq!(
            [0, 9, 10, 14].map(|settled| oldest(&mut due, settled)),
            [100, 100, 200, 200].map(Some)
        );
        assert_eq!(
            oldest(&mut due, 15),
            Some(240),
            "the run has not said that it is up to its plan"
        );
        due.on_time();
        assert_eq!(oldest(&mut due, 15), None);
        due.leaving(1, 300, 300);
        due.on_time();
        assert_eq!(
            oldest(&mut due, 15),
            Some(300),
            "it waits for its plan, but the record has not arrived"
        );
        assert_eq!(oldest(&mut due, 16), None);
    }

    #[test]
    fn many_moments_are_thinned_and_never_make_the_lag_too_small() {
        let mut due = Due::default();
        for record in 0..100_000 {
            due.leaving(1, record, record);
        }
        assert!(due.waiting.len() <= MOST);
        for settled in [0, 1, 500, 50_000, 99_999] {
            let oldest = oldest(&mut due, settled).unwrap();
            assert!(
                oldest <= settled as i64 && oldest > settled as i64 - 64,
                "{settled}: {oldest}"
            );
        }
        due.leaving(1, 100_000, 100_000);
        due.settle(100_000, 0, |_, _| {});
        due.leaving(1, 100_001, 100_001);
        assert_eq!(oldest(&mut due, 100_000), Some(100_000), "exact again once the jam is over");
    }

    #[test]
    fn each_record_is_late_by_the_time_until_it_is_settled() {
        let mut due = Due { acknowledged: Lateness::since(1_000), ..Due::default() };
        let mut late = Vec::new();
        due.leaving(4, 400, 700);
        due.leaving(10, 1_000, 1_900);
        due.settle(2, 5_000, |_, _| panic!("history is not late"));
        due.settle(8, 5_000, |micros, records| late.push((micros, records)));
        assert_eq!(late, [(3_800, 4)], "due from 1,000 to 1,300");
        due.settle(8, 9_000, |_, _| panic!("nothing has arrived"));
        due.settle(99, 2_000, |micros, records| late.push((micros, records)));
        assert_eq!(late[1..], [(300, 6)], "due from 1,400 to 1,900");
        let acknowledged = due.acknowledged.unwrap();
        assert_eq!((acknowledged.records(), acknowledged.max_micros()), (10, 3_801));
    }

    #[test]
    fn no_record_is_counted_twice_or_forgotten_where_moments_are_thinned() {
        let mut due = Due { acknowledged: Lateness::since(0), ..Due::default() };
        let mut counted = 0;
        for record in 0..50_000 {
            due.leaving(3, record, record + 1);
            let settled = (record as u64).saturating_sub(20_000) * 3;
            due.settle(settled, record, |_, records| counted += records);
            assert_eq!(counted, settled);
        }
        due.settle(150_000, 50_000, |_, records| counted += records);
        assert_eq!(counted, 150_000);
    }
}
