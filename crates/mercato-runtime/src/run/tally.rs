//! Counting what has left, and how late.

use std::ops::Range;

use hdrhistogram::Histogram;
use mercato_encode::{Batch, FaultKind};

use super::valve::Valve;
use crate::metrics::Metrics;

/// What has left so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records by topic, in the order of the run's topics.
    pub by_topic: Vec<u64>,
    /// Records by kind, in the order of the run's kinds.
    pub by_kind: Vec<u64>,
    /// Entities whose first record has left.
    pub entered: u64,
    /// Entities whose last record has left.
    pub completed: u64,
    /// Records changed on purpose, by [`FaultKind::ALL`].
    pub faults: [u64; FaultKind::ALL.len()],
    /// Bytes of the records, line feeds included.
    pub bytes: u64,
}

impl Counts {
    pub(super) fn new(topics: usize, kinds: usize) -> Self {
        Self { by_topic: vec![0; topics], by_kind: vec![0; kinds], ..Self::default() }
    }

    /// All records.
    pub fn records(&self) -> u64 {
        self.by_topic.iter().sum()
    }

    pub(super) fn add(&mut self, batch: &Batch, range: &Range<usize>) {
        for span in &batch.spans()[range.clone()] {
            let stamp = &span.stamp;
            if let Some(count) = self.by_topic.get_mut(usize::from(stamp.topic)) {
                *count += 1;
            }
            if let Some(count) = self.by_kind.get_mut(usize::from(stamp.kind)) {
                *count += 1;
            }
            self.entered += u64::from(stamp.first);
            self.completed += u64::from(stamp.last);
        }
        for fault in faults_in(batch, range) {
            self.faults[fault.kind as usize] += 1;
        }
        self.bytes += batch.lines(range.clone()).len() as u64;
    }
}

/// The faults among the records of `range`.
pub(super) fn faults_in<'a>(batch: &'a Batch, range: &Range<usize>) -> impl Iterator<Item = &'a mercato_encode::Fault> {
    let range = range.start as u32..range.end as u32;
    batch.faults.iter().filter(move |fault| range.contains(&fault.span))
}

/// How far records left behind their plan, in microseconds.
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

    pub(super) fn add(&mut self, valve: &Valve, batch: &Batch, range: &Range<usize>, now: i64, metrics: Option<&Metrics>) {
        for span in &batch.spans()[range.clone()] {
            let due = valve.due(span.stamp.release_time);
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
    pub fn percentile_micros(&self, percent: f64) -> u64 {
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
    pub fn spans_micros(&self) -> Option<(i64, i64)> {
        let (first, last) = (self.first?, self.last?);
        Some((last.due - first.due, last.left - first.left))
    }
}
