//! Lateness of records.

use std::ops::Range;

use hdrhistogram::Histogram;
use mercato_encode::Batch;

use super::pacer::Pacer;
use crate::metrics::Metrics;

/// Lateness of records against their schedule, in microseconds.
///
/// Records that were due before the run began are history made up for, not late, and do not count.
#[derive(Debug, Clone)]
pub struct Lateness {
    histogram: Histogram<u64>,
    since: i64,
    first: Option<Release>,
    last: Option<Release>,
}

#[derive(Debug, Clone, Copy)]
struct Release {
    due: i64,
    left: i64,
}

impl Lateness {
    pub(super) fn since(started: i64) -> Option<Self> {
        // Three digits of precision up to an hour; what is later still is counted as an hour.
        let histogram = Histogram::new_with_bounds(1, 3_600_000_000, 3).ok()?;
        Some(Self { histogram, since: started, first: None, last: None })
    }

    pub(super) fn add(
        &mut self,
        pacer: &Pacer,
        batch: &Batch,
        range: &Range<usize>,
        now: i64,
        metrics: Option<&Metrics>,
    ) {
        for span in &batch.spans()[range.clone()] {
            let due = pacer.due(span.stamp.release_time);
            if due < self.since {
                continue;
            }
            let late = now.saturating_sub(due).max(0) as u64;
            self.histogram.saturating_record(late);
            if let Some(metrics) = metrics {
                metrics.late(late, 1);
            }
            let release = Release { due, left: now };
            self.first.get_or_insert(release);
            self.last = Some(release);
        }
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
        Some((last.due - first.due, last.left - first.left))
    }
}
