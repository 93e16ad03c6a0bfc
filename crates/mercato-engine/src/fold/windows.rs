//! The open windows of a fold: rows of slices are added up here, in the order of the run.

use std::sync::Arc;

use mercato_encode::{Batch, Coordinates};

use super::{Accumulator, FOLD_RANK, PartialAccumulator, RunFold, Window, window_start};
use crate::error::guarded;
use crate::{EngineError, Key};

/// The windows of a fold that are open, and those that wait to be closed.
#[derive(Debug)]
pub(crate) struct OpenWindows {
    fold: Arc<RunFold>,
    /// Sums of the open window of each length, without the shortest for all but the first.
    rows: Vec<Accumulator>,
    /// Start of the shortest open window.
    at: i64,
    /// Windows that end here or before are over.
    complete: i64,
    /// Records up to this one have been emitted before.
    after: Option<Key>,
    /// Records after this one do not belong to the run.
    last: Option<Key>,
}

impl OpenWindows {
    /// The windows from the shortest one on in which `from` lies.
    pub(crate) fn new(
        fold: &Arc<RunFold>,
        from: i64,
        after: Option<Key>,
        last: Option<Key>,
    ) -> Self {
        let rows = fold.windows.iter().map(|_| Accumulator::of(fold.fold.cells())).collect();
        let at = window_start(from, fold.shortest());
        Self { fold: Arc::clone(fold), rows, at, complete: at, after, last }
    }

    /// Returns true if a window is over and not yet closed.
    pub(crate) fn is_due(&self) -> bool {
        self.at.checked_add(self.fold.shortest()).is_some_and(|end| end <= self.complete)
    }

    /// Adds what a slice has accumulated; all windows before it have been closed by then.
    pub(crate) fn add(&mut self, partial: &PartialAccumulator) {
        // Windows that are not over when the run ends are accumulated and never closed.
        if let Some(row) = self.rows.first_mut().filter(|_| partial.window == self.at) {
            for (cell, amount) in &partial.cells {
                row.add(*cell as usize, *amount);
            }
        }
        self.complete = self.complete.max(partial.complete);
    }

    /// Closes windows that are over and appends their records, until `batch` is full.
    pub(crate) fn close_until_full(&mut self, batch: &mut Batch) -> Result<(), EngineError> {
        let fold = Arc::clone(&self.fold);
        guarded(
            || fold.fold.name(),
            || {
                while self.is_due() && !batch.is_full() {
                    self.close(&fold, batch);
                }
            },
        )
    }

    /// Closes the shortest open window, and the longer ones that end with it.
    fn close(&mut self, fold: &RunFold, batch: &mut Batch) {
        let to = self.at.saturating_add(fold.shortest());
        for length in 0..self.rows.len() {
            if to.rem_euclid(fold.windows[length].micros) != 0 {
                break;
            }
            self.append(fold, fold.window(length, to), batch);
            let (row, longer) = self.rows[length..].split_at_mut(1);
            // What a window adds up to is part of the next longer one.
            if row[0].is_touched() {
                if let Some(longer) = longer.first_mut() {
                    longer.add_all(&row[0]);
                }
                row[0].clear();
            }
        }
        self.at = to;
    }

    /// Appends those records of a window that belong to what is emitted.
    fn append(&self, fold: &RunFold, window: Window, batch: &mut Batch) {
        let length = usize::from(window.length);
        for number in 0..fold.windows[length].records {
            let coordinates = Coordinates {
                rank: FOLD_RANK,
                substream: window.length,
                block: window.number,
                position: number,
                ..Coordinates::default()
            };
            let key = Key::on_time(window.event_time(), coordinates);
            if self.after.is_none_or(|after| key > after)
                && self.last.is_none_or(|last| key <= last)
            {
                fold.append(window, self.rows[length].cells(), number, coordinates, batch);
            }
        }
    }
}
