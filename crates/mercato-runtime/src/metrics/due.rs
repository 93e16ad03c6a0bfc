//! Since when the oldest record that has not arrived has been due: the lag of a run, also while it
//! is held back.
//!
//! The moments are kept by number of record, and the sink's own counters say how many of them are
//! settled, so the lag of a run that a broker holds back grows although the run itself stands
//! still.

use std::collections::VecDeque;

/// Moments that are kept; with more of them unsettled only every second, every fourth, ... is,
/// which makes the lag too large by one distance between them.
const MOST: usize = 4096;

/// Records that were handed to a sink, and when they were due, in microseconds since the Unix
/// epoch.
#[derive(Debug, Default)]
pub(super) struct Due {
    /// Records before it, and when it was due; a first one that is not settled is always among
    /// them.
    waiting: VecDeque<(u64, i64)>,
    /// Moments to be skipped before the next is kept, and how many are each time.
    skip: u32,
    skipped_each: u32,
    /// Records handed over so far.
    left: u64,
    /// When the last of them was due, unless the run is up to its plan.
    behind: Option<i64>,
}

impl Due {
    /// So many records are about to be handed over, the first due at `first` and the last at
    /// `last`;
    /// of those before them `settled` are.
    pub(super) fn leaving(&mut self, settled: u64, records: u64, first: i64, last: i64) {
        self.settle(settled);
        if self.waiting.len() == MOST {
            self.thin();
        }
        if self.skip == 0 || self.waiting.is_empty() {
            self.waiting.push_back((self.left, first));
            self.skip = self.skipped_each;
        } else {
            self.skip -= 1;
        }
        self.left += records;
        self.behind = Some(last);
    }

    /// Nothing is due that was not handed over.
    pub(super) fn on_time(&mut self) {
        self.behind = None;
    }

    /// When the oldest record after the first `settled` ones was due; none where nothing is late.
    pub(super) fn oldest(&mut self, settled: u64) -> Option<i64> {
        self.settle(settled);
        self.waiting.front().map(|(_, due)| *due).or(self.behind)
    }

    fn settle(&mut self, settled: u64) {
        if settled >= self.left {
            self.waiting.clear();
        }
        while self.waiting.get(1).is_some_and(|(before, _)| *before <= settled) {
            self.waiting.pop_front();
        }
        if self.waiting.len() < MOST / 2 {
            self.skipped_each = 0;
        }
    }

    fn thin(&mut self) {
        let mut index = 0;
        self.waiting.retain(|_| {
            index += 1;
            index % 2 == 1
        });
        self.skipped_each = 2 * self.skipped_each + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_unsettled_record_counts_and_then_the_plan() {
        let mut due = Due::default();
        assert_eq!(due.oldest(0), None);
        due.leaving(0, 10, 100, 190);
        due.leaving(0, 5, 200, 240);
        assert_eq!(
            [due.oldest(0), due.oldest(9), due.oldest(10), due.oldest(14)],
            [100, 100, 200, 200].map(Some)
        );
        assert_eq!(due.oldest(15), Some(240), "the run has not said that it is up to its plan");
        due.on_time();
        assert_eq!(due.oldest(15), None);
        due.leaving(15, 1, 300, 300);
        due.on_time();
        assert_eq!(
            due.oldest(15),
            Some(300),
            "it waits for its plan, but the record has not arrived"
        );
        assert_eq!(due.oldest(16), None);
    }

    #[test]
    fn many_moments_are_thinned_and_never_make_the_lag_too_small() {
        let mut due = Due::default();
        for record in 0..100_000 {
            due.leaving(0, 1, record, record);
        }
        assert!(due.waiting.len() <= MOST);
        for settled in [0, 1, 500, 50_000, 99_999] {
            let oldest = due.oldest(settled).unwrap();
            assert!(
                oldest <= settled as i64 && oldest > settled as i64 - 64,
                "{settled}: {oldest}"
            );
        }
        due.leaving(99_999, 1, 100_000, 100_000);
        due.leaving(100_000, 1, 100_001, 100_001);
        assert_eq!(due.oldest(100_000), Some(100_000), "exact again once the jam is over");
    }
}
