//! Lines of runs and cursors after them, for every suite here.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use mercato_encode::Batch;
use mercato_engine::{Batches, Cursor, Key, Run};

/// A record with its place in the order of the run, its topic, key and value.
pub(crate) type Line = (Key, String, Vec<u8>, String);

pub(crate) fn lines_of(run: &Run, batches: impl Iterator<Item = Batch>) -> Vec<Line> {
    let line = |batch: &Batch, index: usize| {
        let stamp = &batch.spans()[index].stamp;
        let text = String::from_utf8(batch.value(index).to_vec()).unwrap();
        (
            Key::from(stamp),
            run.topics()[usize::from(stamp.topic)].clone(),
            batch.key(index).to_vec(),
            text,
        )
    };
    batches
        .flat_map(|batch| (0..batch.len()).map(|index| line(&batch, index)).collect::<Vec<_>>())
        .collect()
}

pub(crate) fn lines(run: &Run) -> Vec<Line> {
    lines_of(run, run.batches().unwrap())
}

/// The lines of a run whose tasks are planned this far ahead.
pub(crate) fn lines_ahead(run: &Run, ahead: usize) -> Vec<Line> {
    lines_of(run, Batches::of(run.planner().unwrap().ahead(ahead)))
}

/// The lines of a run that is resumed at `cursor`.
pub(crate) fn lines_after(run: &Run, cursor: &Cursor) -> Vec<Line> {
    lines_of(run, Batches::of(run.resume(cursor).unwrap()))
}

/// The cursor after a record, by its number in the run.
pub(crate) fn cursor_after(run: &Run, record: usize) -> Cursor {
    let mut batches = run.batches().unwrap();
    let mut seen = 0;
    while let Some(batch) = batches.next() {
        if record < seen + batch.len() {
            let cursor = Cursor::after(&batch.spans()[record - seen].stamp, batches.lookback());
            return cursor.with_records(record as u64 + 1);
        }
        seen += batch.len();
    }
    panic!("the run has only {seen} records");
}
