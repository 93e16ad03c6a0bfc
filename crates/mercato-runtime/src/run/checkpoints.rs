//! Cursors at some records of a run, so that a failed run can resume after the last acknowledged
//! one.
//!
//! Which record that is shows only when everything is over, and it may lie far back.
//! So cursors are kept at growing distances, few enough to cost nothing; the rest of the way is
//! walked again, which a run, being a pure function, can do.

use mercato_engine::{Cursor, EngineError, Run};

use super::interrupt::Interrupt;
use super::pipeline::Pipeline;

/// Cursors that are kept at most.
const MOST: usize = 256;

/// Cursors after some of a run's records.
#[derive(Debug)]
pub(super) struct Checkpoints {
    /// Records before it, and the cursor; none where a run begins at its beginning.
    kept: Vec<(u64, Option<Cursor>)>,
    stride: u64,
}

impl Checkpoints {
    /// The checkpoints of a run that begins after `start`.
    pub(super) fn new(start: Option<Cursor>) -> Self {
        Self { kept: vec![(0, start)], stride: 1 }
    }

    /// The run is after its record number `records`, counted from 1, at `cursor`.
    pub(super) fn pass(&mut self, records: u64, cursor: Option<&Cursor>) {
        let last = self.kept.last().map_or(0, |(before, _)| *before);
        if records < last + self.stride {
            return;
        }
        self.kept.push((records, cursor.cloned()));
        if self.kept.len() > MOST {
            let mut index = 0;
            self.kept.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.stride *= 2;
        }
    }

    /// Records of the run before those that are counted here.
    fn begin(&self) -> u64 {
        let first = self.kept.first().and_then(|(_, start)| start.as_ref());
        first.map_or(0, Cursor::records)
    }

    /// The cursor of `run` after its first `records` records; none is its beginning.
    pub(super) fn behind(&self, run: &Run, records: u64) -> Result<Option<Cursor>, EngineError> {
        let found = self.kept.iter().rev().find(|(before, _)| *before <= records);
        let Some((before, start)) = found else { return Ok(None) };
        let mut rest = records - before;
        if rest == 0 {
            return Ok(start.clone());
        }
        let planner = match start {
            Some(cursor) => run.resume(cursor)?,
            None => run.planner()?,
        };
        let mut pipeline = Pipeline::inline(planner);
        while let Some(portion) = pipeline.next(&Interrupt::default())? {
            let spans = portion.batch.spans();
            if rest <= spans.len() as u64 {
                let last = spans.get((rest - 1) as usize);
                let emitted = self.begin() + records;
                let cursor = |stamp| Cursor::after(stamp, &portion.lookback).with_records(emitted);
                return Ok(last.map(|span| cursor(&span.stamp)));
            }
            rest -= spans.len() as u64;
            pipeline.recycle(portion);
        }
        Ok(start.clone())
    }
}

#[cfg(test)]
mod tests {
    use mercato_engine::Key;

    use super::*;
    use crate::run::toy;

    const RECORDS: u64 = 2_000;

    /// The cursor after each record of `run`.
    fn walked(run: &Run) -> Vec<Cursor> {
        let mut pipeline = Pipeline::inline(run.planner().unwrap());
        let mut cursors = Vec::new();
        while let Some(portion) = pipeline.next(&Interrupt::default()).unwrap() {
            for span in portion.batch.spans() {
                let cursor = Cursor::after(&span.stamp, &portion.lookback);
                cursors.push(cursor.with_records(cursors.len() as u64 + 1));
            }
        }
        cursors
    }

    /// Returns the key of a cursor: the record it follows, and its number.
    fn key(cursor: Option<Cursor>) -> Option<(Key, u64)> {
        cursor.map(|cursor| (cursor.key(), cursor.records()))
    }

    #[test]
    fn the_cursor_behind_any_record_is_found_again() {
        let run = toy::run(RECORDS, 10);
        let cursors = walked(&run);
        let mut checkpoints = Checkpoints::new(None);
        // Told of in pieces of any length, as records leave.
        let pieces = [1, 7, 40, 3].iter().cycle().scan(0_u64, |sum, piece| {
            *sum += piece;
            Some(*sum)
        });
        for records in pieces.take_while(|records| *records <= cursors.len() as u64) {
            checkpoints.pass(records, cursors.get(records as usize - 1));
        }
        assert_eq!(
            key(checkpoints.behind(&run, 0).unwrap()),
            None,
            "before the first record is the beginning"
        );
        for records in (1..=cursors.len()).step_by(97).chain([cursors.len()]) {
            let found = checkpoints.behind(&run, records as u64).unwrap();
            assert_eq!(key(found), key(Some(cursors[records - 1].clone())), "{records}");
        }
    }

    #[test]
    fn a_run_that_was_taken_up_counts_from_where_it_was() {
        let run = toy::run(RECORDS, 10);
        let cursors = walked(&run);
        let checkpoints = Checkpoints::new(Some(cursors[499].clone()));
        assert_eq!(key(checkpoints.behind(&run, 0).unwrap()), key(Some(cursors[499].clone())));
        assert_eq!(key(checkpoints.behind(&run, 300).unwrap()), key(Some(cursors[799].clone())));
    }

    #[test]
    fn few_are_kept_evenly_however_long_the_run() {
        let mut checkpoints = Checkpoints::new(None);
        for records in 1..=1_000_000 {
            checkpoints.pass(records, None);
        }
        let kept: Vec<u64> = checkpoints.kept.iter().map(|(records, _)| *records).collect();
        assert!((MOST / 2..=MOST).contains(&kept.len()), "{}", kept.len());
        let widest = kept.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
        assert!(kept[0] == 0 && widest <= 2 * 1_000_000 / (MOST as u64 / 2), "{widest}");
        assert!(1_000_000 - kept[kept.len() - 1] <= widest);
    }
}
