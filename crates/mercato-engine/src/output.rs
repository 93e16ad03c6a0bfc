//! What a slice leaves behind while it is rendered: batches of records, and between them what
//! windows add up to.

use std::ops::Range;

use mercato_encode::Batch;

use crate::block::Block;
use crate::fold::window_start;
use crate::slice::first_not;
use crate::{Part, PartialTally, Scratch, Tally};

/// How the records of a slice are tallied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tallying {
    /// Length of the shortest windows.
    pub(crate) length: i64,
    /// Counters in a row.
    pub(crate) cells: usize,
    /// Windows that end here or before are complete behind the slice.
    pub(crate) complete: i64,
    /// Windows that end later are not over when the run ends.
    pub(crate) over: i64,
}

/// Where the parts of a slice come to be.
pub(crate) struct Output<'a, E> {
    pub(crate) batch: Batch,
    pub(crate) meter: Option<Meter>,
    pub(crate) scratch: &'a mut Scratch,
    emit: &'a mut E,
}

impl<'a, E: FnMut(&mut Scratch, Part)> Output<'a, E> {
    pub(crate) fn new(
        tallying: Option<Tallying>,
        scratch: &'a mut Scratch,
        emit: &'a mut E,
    ) -> Self {
        let meter =
            tallying.map(|tallying| Meter::new(tallying, std::mem::take(&mut scratch.tally)));
        Self { batch: scratch.spare(), meter, scratch, emit }
    }

    /// Hands over the batch if it is full, and takes an empty one in its place.
    #[inline]
    pub(crate) fn emit_if_full(&mut self) {
        if self.batch.is_full() {
            self.emit_batch();
        }
    }

    fn emit_batch(&mut self) {
        let next = self.scratch.spare();
        (self.emit)(self.scratch, Part::Batch(std::mem::replace(&mut self.batch, next)));
    }

    /// Whether there is something in the batch.
    fn is_begun(&self) -> bool {
        !self.batch.is_empty() || !self.batch.rejections().is_empty()
    }

    /// Adds what the stubs of `range` say to the window.
    pub(crate) fn tally(&mut self, block: &dyn Block, range: Range<u32>) {
        if let Some(meter) = &mut self.meter {
            block.tally(range, &mut meter.row);
        }
    }

    /// Ends the window if `at` lies behind it.
    #[inline]
    pub(crate) fn turn(&mut self, at: i64) {
        if self.meter.as_ref().is_some_and(|meter| meter.is_over(at)) {
            self.turn_to(at);
        }
    }

    /// What the window adds up to goes out behind its records.
    fn turn_to(&mut self, at: i64) {
        let Some(meter) = &mut self.meter else { return };
        let partial = meter.turn(at);
        if self.is_begun() {
            self.emit_batch();
        }
        (self.emit)(self.scratch, Part::Tally(partial));
    }

    /// Hands those stubs of `range` that share a window to `each`, window by window.
    pub(crate) fn each_window(
        &mut self,
        block: &dyn Block,
        range: Range<u32>,
        mut each: impl FnMut(&mut Self, Range<u32>),
    ) {
        let mut rest = range;
        while !rest.is_empty() {
            self.turn(block.at(rest.start));
            let end = match &self.meter {
                Some(meter) => first_not(rest.clone(), |index| !meter.is_over(block.at(index))),
                None => rest.end,
            };
            each(self, rest.start..end);
            rest.start = end;
        }
    }

    /// Hands over what is left.
    pub(crate) fn finish(mut self) {
        if self.is_begun() {
            let batch = std::mem::take(&mut self.batch);
            (self.emit)(self.scratch, Part::Batch(batch));
        } else {
            self.scratch.recycle(self.batch);
        }
        if let Some(mut meter) = self.meter {
            let partial = meter.end();
            self.scratch.tally = meter.row;
            (self.emit)(self.scratch, Part::Tally(partial));
        }
    }
}

/// What the records of a slice add up to in the window where it is.
pub(crate) struct Meter {
    tallying: Tallying,
    row: Tally,
    /// First microsecond of the window.
    window: i64,
    /// Last microsecond of the window.
    last: i64,
}

impl Meter {
    /// Before the first record: that one turns to its window, so that those before it are known to
    /// be complete.
    fn new(tallying: Tallying, mut row: Tally) -> Self {
        // What a slice that failed has left behind is not read.
        row.reset(tallying.cells);
        Self { tallying, row, window: i64::MIN, last: i64::MIN }
    }

    /// Whether the window ends before `at`.
    #[inline]
    fn is_over(&self, at: i64) -> bool {
        at > self.last
    }

    #[inline]
    pub(crate) fn row(&mut self) -> &mut Tally {
        &mut self.row
    }

    /// Goes on to the window in which `at` lies; what the one before adds up to.
    fn turn(&mut self, at: i64) -> PartialTally {
        let (window, cells) = (self.window, self.row.take());
        self.window = window_start(at, self.tallying.length);
        self.last = self.window.saturating_add(self.tallying.length - 1);
        PartialTally { window, cells, complete: self.window.min(self.tallying.over) }
    }

    /// What the last window adds up to.
    fn end(&mut self) -> PartialTally {
        PartialTally {
            window: self.window,
            cells: self.row.take(),
            complete: self.tallying.complete,
        }
    }
}
