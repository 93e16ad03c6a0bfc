//! The assembly: what slices left behind, side by side, becomes the run, one behind the other.
//!
//! Two things show only here, where records are in order: what the windows of a fold add up to,
//! whose records are put where their windows end, and which record is the last of a run that ends
//! by their number.
//! Whoever carries out the tasks of a planner hands each slice's parts in, in the order of the
//! slices, and takes the batches out.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use mercato_encode::{Batch, Coordinates, Stamp};

use crate::block::{Outlet, seal};
use crate::check::{Check, Claim};
use crate::disorder::Disorder;
use crate::error::guarded;
use crate::fold::{Fold, FoldWindow, Tally, Window, window_start};
use crate::{EngineError, Format, Key, Record, RecordLimit};

/// What rendering a slice leaves behind, in order.
#[derive(Debug)]
pub enum Part {
    /// Records.
    Batch(Batch),
    /// What records of one window add up to.
    Tally(PartialTally),
}

/// What the records of a slice add to one window, and how far windows are complete.
#[derive(Debug)]
pub struct PartialTally {
    /// First microsecond of the window.
    pub(crate) window: i64,
    /// Counters that are not 0.
    pub(crate) cells: Box<[(u32, i64)]>,
    /// Every record before has been tallied: windows that end here or before are over.
    pub(crate) complete: i64,
}

/// The rank of a fold's records: behind those of all streams.
pub(crate) const FOLD_RANK: u8 = u8::MAX;

/// A fold as a run has it.
pub(crate) struct Folded {
    pub(crate) fold: Box<dyn Fold>,
    pub(crate) windows: Vec<FoldWindow>,
    /// Where the records of each length go.
    pub(crate) outlets: Box<[Outlet]>,
    pub(crate) origin: i64,
    pub(crate) format: Format,
    pub(crate) check: Option<Check>,
    pub(crate) disorder: Option<Disorder>,
}

impl Folded {
    /// Length of the shortest windows.
    pub(crate) fn shortest(&self) -> i64 {
        self.windows.first().map_or(1, |window| window.micros)
    }

    /// Length of the longest windows.
    pub(crate) fn longest(&self) -> i64 {
        self.windows.last().map_or(1, |window| window.micros)
    }

    /// Event time of a record of the fold; none if it is none.
    pub(crate) fn time_of(&self, coordinates: Coordinates) -> Option<i64> {
        let window = self
            .windows
            .get(usize::from(coordinates.lane))
            .filter(|_| coordinates.rank == FOLD_RANK)?;
        let windows = i64::try_from(coordinates.block).ok()?.checked_add(1)?;
        window_start(self.origin, window.micros)
            .checked_add(windows.checked_mul(window.micros)?)?
            .checked_sub(1)
    }

    /// The window of a length that ends at `to`.
    fn window(&self, length: usize, to: i64) -> Window {
        let micros = self.windows[length].micros;
        let from = to.saturating_sub(micros);
        let first = window_start(self.origin, micros);
        Window {
            length: length as u8,
            from,
            to,
            number: from.abs_diff(first) / micros.unsigned_abs(),
        }
    }

    /// Appends a record of a window; nothing if the stream's own check finds a flaw in it.
    fn append(
        &self,
        window: Window,
        cells: &[i64],
        number: u16,
        coordinates: Coordinates,
        batch: &mut Batch,
    ) {
        let outlet = self.outlets[usize::from(window.length)];
        let mut record = Record::new(batch, self.format);
        self.fold.render(window, cells, number, &mut record);
        let serialized = !record.by_hand;
        let claim = Claim { known: true, moved: false, columns: outlet.columns, serialized };
        let at = window.event_time();
        if let Some(flaw) = self.check.and_then(|check| check.flaw(batch, claim)) {
            batch.reject(flaw, at, coordinates);
            return;
        }
        let stamp = Stamp {
            event_time: at,
            release_time: at,
            coordinates,
            topic: outlet.topic.unwrap_or_default(),
            kind: outlet.kind,
            first: false,
            last: false,
        };
        seal(batch, stamp, self.disorder.as_ref());
    }
}

impl fmt::Debug for Folded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fold")
            .field("name", &self.fold.name())
            .field("windows", &self.windows)
            .finish_non_exhaustive()
    }
}

/// Puts the parts of a run's slices together.
#[derive(Debug)]
pub struct Assembly {
    parts: VecDeque<Part>,
    folding: Option<Folding>,
    limit: RecordLimit,
}

impl Assembly {
    pub(crate) fn new(folding: Option<Folding>, limit: RecordLimit) -> Self {
        Self { parts: VecDeque::new(), folding, limit }
    }

    /// Whether no more record may leave, because the run ends by their number.
    pub fn is_over(&self) -> bool {
        self.limit.is_reached()
    }

    /// Takes a part of the slice whose turn it is.
    ///
    /// The parts of another slice follow when [`Assembly::next_batch`] has nothing more, because a
    /// batch has the look-back of its slice.
    pub fn push(&mut self, part: Part) {
        self.parts.push_back(part);
    }

    /// The next batch; none before another part has come. `spare` makes an empty batch where one is
    /// needed.
    ///
    /// Fails when the fold panics.
    pub fn next_batch(
        &mut self,
        spare: impl FnMut() -> Batch,
    ) -> Result<Option<Batch>, EngineError> {
        let batch = self.assemble(spare)?;
        Ok(batch.and_then(|batch| self.limit.admit(batch)))
    }

    /// The next batch without regard to the number of records.
    fn assemble(&mut self, mut spare: impl FnMut() -> Batch) -> Result<Option<Batch>, EngineError> {
        let mut open: Option<Batch> = None;
        loop {
            // Records of a fold end the batch of the records before them: one write where there
            // would be two.
            if let Some(folding) = self.folding.as_mut().filter(|folding| folding.is_due()) {
                let mut batch = open.take().unwrap_or_else(&mut spare);
                folding.close_until_full(&mut batch)?;
                if batch.is_full() {
                    return Ok(Some(batch));
                }
                open = Some(batch);
                continue;
            }
            match self.parts.pop_front() {
                Some(Part::Batch(batch)) => match open.take() {
                    Some(before) if !(before.is_empty() && before.rejections().is_empty()) => {
                        self.parts.push_front(Part::Batch(batch));
                        return Ok(Some(before));
                    }
                    _ => open = Some(batch),
                },
                Some(Part::Tally(partial)) => {
                    if let Some(folding) = &mut self.folding {
                        folding.add(&partial);
                    }
                }
                None => {
                    return Ok(
                        open.filter(|batch| !(batch.is_empty() && batch.rejections().is_empty()))
                    );
                }
            }
        }
    }
}

/// The windows of a fold that are open, and those that wait to be closed.
#[derive(Debug)]
pub(crate) struct Folding {
    folded: Arc<Folded>,
    /// What the open window of each length adds up to, without the shortest for all but the first.
    rows: Vec<Tally>,
    /// Where the shortest open window begins.
    at: i64,
    /// Windows that end here or before are over.
    complete: i64,
    /// Records up to this one have been emitted before.
    after: Option<Key>,
    /// Records behind this one do not belong to the run.
    last: Option<Key>,
}

impl Folding {
    /// The windows from the shortest one on in which `from` lies.
    pub(crate) fn new(
        folded: &Arc<Folded>,
        from: i64,
        after: Option<Key>,
        last: Option<Key>,
    ) -> Self {
        let rows = folded.windows.iter().map(|_| Tally::of(folded.fold.cells())).collect();
        let at = window_start(from, folded.shortest());
        Self { folded: Arc::clone(folded), rows, at, complete: at, after, last }
    }

    /// Whether a window is over and not yet closed.
    fn is_due(&self) -> bool {
        self.at.checked_add(self.folded.shortest()).is_some_and(|end| end <= self.complete)
    }

    /// Adds what a slice has tallied; all windows before it have been closed by then.
    fn add(&mut self, partial: &PartialTally) {
        // Windows that are not over when the run ends are tallied and never closed.
        if let Some(row) = self.rows.first_mut().filter(|_| partial.window == self.at) {
            for (cell, amount) in &partial.cells {
                row.add(*cell as usize, *amount);
            }
        }
        self.complete = self.complete.max(partial.complete);
    }

    /// Closes windows that are over and appends their records, until `batch` is full.
    fn close_until_full(&mut self, batch: &mut Batch) -> Result<(), EngineError> {
        let folded = Arc::clone(&self.folded);
        guarded(
            || folded.fold.name(),
            || {
                while self.is_due() && !batch.is_full() {
                    self.close(&folded, batch);
                }
            },
        )
    }

    /// Closes the shortest open window, and the longer ones that end with it.
    fn close(&mut self, folded: &Folded, batch: &mut Batch) {
        let to = self.at.saturating_add(folded.shortest());
        for length in 0..self.rows.len() {
            if to.rem_euclid(folded.windows[length].micros) != 0 {
                break;
            }
            self.append(folded, folded.window(length, to), batch);
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
    fn append(&self, folded: &Folded, window: Window, batch: &mut Batch) {
        let length = usize::from(window.length);
        for number in 0..folded.windows[length].records {
            let coordinates = Coordinates {
                rank: FOLD_RANK,
                lane: window.length,
                block: window.number,
                position: number,
                step: 0,
            };
            let key = Key { at: window.event_time(), coordinates };
            if self.after.is_none_or(|after| key > after)
                && self.last.is_none_or(|last| key <= last)
            {
                folded.append(window, self.rows[length].cells(), number, coordinates, batch);
            }
        }
    }
}
