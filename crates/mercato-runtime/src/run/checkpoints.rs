//! Where a run was at some of its records, so that a failed one can be taken up behind the last that arrived.
//!
//! Which record that is shows only when everything is over, and it may lie far back.
//! So cursors are kept at growing distances, few enough to cost nothing; the rest of the way is walked again,
//! which a run, being a pure function, can do.

use mercato_engine::{Cursor, EngineError, Run};

use super::pipeline::Pipeline;

/// Cursors that are kept at most.
const MOST: usize = 256;

/// Cursors behind some of a run's records.
#[derive(Debug)]
pub(super) struct Checkpoints {
    /// Records before it, and the cursor; none where a run begins at its beginning.
    kept: Vec<(u64, Option<Cursor>)>,
    stride: u64,
}

impl Checkpoints {
    /// The checkpoints of a run that begins behind `start`.
    pub(super) fn new(start: Option<Cursor>) -> Self {
        Self { kept: vec![(0, start)], stride: 1 }
    }

    /// The run is behind its record number `records`, counted from 1, at `cursor`.
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

    /// The cursor of `run` behind its first `records` records; none is its beginning.
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
        while let Some(portion) = pipeline.next()? {
            let spans = portion.batch.spans();
            if rest <= spans.len() as u64 {
                let last = spans.get((rest - 1) as usize);
                let emitted = self.begin() + records;
                let cursor = |stamp| Cursor::after(stamp, &portion.lookback).with_records(emitted);
                return Ok(last.map(|span| cursor(&span.stamp)));
            }
            rest -= spans.len() as u64;
            pipeline.recycle(portion.batch);
        }
        Ok(start.clone())
    }
}
