//! Lateness of records.

use hdrhistogram::Histogram;

/// Lateness of records against their schedule, in microseconds.
///
/// Records that were due before the run began are history made up for, not late, and do not count.
#[derive(Debug, Clone)]
pub struct Lateness {
    histogram: Histogram<u64>,
    since: i64,
    first: Option<Passage>,
    last: Option<Passage>,
}

/// When a record was due, and when it passed the place where lateness is measured.
#[derive(Debug, Clone, Copy)]
struct Passage {
    due: i64,
    passed: i64,
}

impl Lateness {
    pub(crate) fn since(started: i64) -> Option<Self> {
        // Three digits of precision up to an hour; what is later still is counted as an hour.
        let histogram = Histogram::new_with_bounds(1, 3_600_000_000, 3).ok()?;
        Some(Self { histogram, since: started, first: None, last: None })
    }

    /// Counts so many records that were due at `due` and pass at `now`; their lateness, if they had a
    /// plan to keep.
    pub(crate) fn add(&mut self, due: i64, now: i64, records: u64) -> Option<u64> {
        if due < self.since {
            return None;
        }
        let late = now.saturating_sub(due).max(0) as u64;
        self.histogram.saturating_record_n(late, records);
        let passage = Passage { due, passed: now };
        self.first.get_or_insert(passage);
        self.last = Some(passage);
        Some(late)
    }

    /// Lateness below which `percent` of the records stayed, in microseconds.
    pub(crate) fn percentile_micros(&self, percent: f64) -> u64 {
        self.histogram.value_at_percentile(percent)
    }

    /// The latest record, in microseconds.
    pub fn max_micros(&self) -> u64 {
        self.histogram.max()
    }

    /// Records that had a plan to keep.
    pub fn records(&self) -> u64 {
        self.histogram.len()
    }

    /// Wall time from the first to the last record: planned and achieved, in microseconds.
    pub(crate) fn spans_micros(&self) -> Option<(i64, i64)> {
        let (first, last) = (self.first?, self.last?);
        Some((last.due - first.due, last.passed - first.passed))
    }
}
