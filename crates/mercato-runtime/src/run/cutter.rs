//! Where the transactions of a run are cut, for a sink that has them.
//!
//! A cut changes no record, so it may depend on the clock: a slow stream is committed before its
//! transaction is full.

use std::ops::Range;

use mercato_encode::Batch;

/// Bytes of values after which a transaction is cut, because a sink holds what it may have to send
/// again.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// The size of transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transactions {
    /// Most records, at least 1.
    pub records: u64,
    /// Longest span of event time in microseconds; none for no limit.
    pub event_micros: Option<i64>,
    /// Longest time in microseconds of the clock of a paced run; none for no limit.
    pub wall_micros: Option<i64>,
}

/// The present transaction of a run.
#[derive(Debug)]
pub(super) struct Cutter {
    limits: Transactions,
    records: u64,
    bytes: u64,
    /// Event time of the first record.
    first: i64,
    /// When the first record left.
    began: i64,
}

impl Cutter {
    pub(super) fn new(limits: Transactions) -> Self {
        Self { limits, records: 0, bytes: 0, first: 0, began: 0 }
    }

    /// Number of the records of `range`, from the first on, that fit into the transaction; 0 if the
    /// next begins another.
    pub(super) fn room(&self, batch: &Batch, range: &Range<usize>) -> usize {
        let spans = &batch.spans()[range.clone()];
        let most =
            self.limits.records.saturating_sub(self.records).min(spans.len() as u64) as usize;
        let (Some(span), Some(next)) = (self.limits.event_micros, spans.first()) else {
            return most;
        };
        let first = if self.records == 0 { next.stamp.release_time } else { self.first };
        let end = first.saturating_add(span);
        spans[..most].iter().take_while(|span| span.stamp.release_time < end).count()
    }

    /// Counts records that have left at `now`.
    pub(super) fn add(&mut self, batch: &Batch, range: &Range<usize>, now: i64) {
        let Some(first) = batch.spans()[range.clone()].first() else { return };
        if self.records == 0 {
            (self.first, self.began) = (first.stamp.release_time, now);
        }
        self.records += range.len() as u64;
        self.bytes += batch.value_bytes(range.clone()) as u64;
    }

    /// Returns whether the transaction takes no more.
    pub(super) fn is_full(&self) -> bool {
        self.records >= self.limits.records || self.bytes >= MOST_BYTES
    }

    /// The time by which a paced run commits; none while nothing waits for it.
    pub(super) fn due(&self) -> Option<i64> {
        let wall = self.limits.wall_micros.filter(|_| self.records > 0)?;
        Some(self.began.saturating_add(wall))
    }

    /// Begins another transaction.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.limits);
    }
}

#[cfg(test)]
mod tests {
    use mercato_encode::{Coordinates, Stamp};

    use super::*;

    const LIMITS: Transactions =
        Transactions { records: 3, event_micros: Some(100), wall_micros: Some(50) };

    fn batch(times: &[i64]) -> Batch {
        let mut batch = Batch::default();
        for time in times {
            batch.push(b"", b"{}", Stamp::at(*time, Coordinates::default()));
        }
        batch
    }

    /// The number of records of each transaction of records at `times`.
    fn cuts(limits: Transactions, times: &[i64]) -> Vec<usize> {
        let (batch, mut cutter) = (batch(times), Cutter::new(limits));
        let (mut cuts, mut start, mut sum) = (Vec::new(), 0, 0);
        while start < times.len() {
            let room = cutter.room(&batch, &(start..times.len()));
            cutter.add(&batch, &(start..start + room), 0);
            (start, sum) = (start + room, sum + room);
            if room == 0 || cutter.is_full() {
                cuts.push(std::mem::take(&mut sum));
                cutter.reset();
            }
        }
        cuts.push(sum);
        cuts
    }

    #[test]
    fn a_transaction_is_cut_at_the_first_limit() {
        assert_eq!(cuts(LIMITS, &[0, 1, 2, 3, 4]), [3, 2]);
        assert_eq!(cuts(LIMITS, &[0, 99, 100, 199, 200]), [2, 2, 1]);
        assert_eq!(cuts(LIMITS, &[0, 1_000, 2_000]), [1, 1, 1]);
        let endless = Transactions { event_micros: None, ..LIMITS };
        assert_eq!(cuts(endless, &[0, 1_000, 2_000, 3_000]), [3, 1]);
        let equal = Transactions { event_micros: Some(1), ..LIMITS };
        assert_eq!(cuts(equal, &[5, 5, 5, 5]), [3, 1]);
    }

    #[test]
    fn a_paced_run_commits_in_time() {
        let batch = batch(&[0]);
        let mut cutter = Cutter::new(LIMITS);
        assert_eq!(cutter.due(), None, "nothing waits");
        cutter.add(&batch, &(0..1), 1_000);
        assert_eq!(cutter.due(), Some(1_050));
        cutter.reset();
        assert_eq!(cutter.due(), None);
    }
}
