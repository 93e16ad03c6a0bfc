//! The output of a slice while it is rendered: batches of records, and between them what
//! windows add up to.

use std::ops::Range;

use mercato_encode::Batch;

use crate::block::Block;
use crate::fold::{Accumulation, Meter, PartialAccumulator};
use crate::scratch::Scratch;

/// A part of the output of a slice, in order.
#[derive(Debug)]
pub enum Part {
    /// Records.
    Batch(Batch),
    /// The sums of records of one window.
    Accumulator(PartialAccumulator),
}

/// Collects the records of a slice and hands them over in parts.
pub(crate) struct Output<'a, E> {
    pub(crate) batch: Batch,
    pub(crate) meter: Option<Meter>,
    pub(crate) scratch: &'a mut Scratch,
    emit: &'a mut E,
}

impl<'a, E: FnMut(&mut Scratch, Part)> Output<'a, E> {
    pub(crate) fn new(
        accumulation: Option<Accumulation>,
        scratch: &'a mut Scratch,
        emit: &'a mut E,
    ) -> Self {
        let meter = accumulation
            .map(|accumulation| Meter::new(accumulation, std::mem::take(&mut scratch.accumulator)));
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

    /// Adds what the steps of `range` say to the window.
    pub(crate) fn accumulate(&mut self, block: &dyn Block, range: Range<u32>) {
        if let Some(meter) = &mut self.meter {
            block.accumulate(range, meter.row());
        }
    }

    /// Ends the window if `at` lies after it.
    #[inline]
    pub(crate) fn turn(&mut self, at: i64) {
        if self.meter.as_ref().is_some_and(|meter| meter.is_over(at)) {
            self.turn_to(at);
        }
    }

    /// Hands over the sums of the window after its records.
    fn turn_to(&mut self, at: i64) {
        let Some(meter) = &mut self.meter else { return };
        let partial = meter.turn(at);
        if !self.batch.is_blank() {
            self.emit_batch();
        }
        (self.emit)(self.scratch, Part::Accumulator(partial));
    }

    /// Hands those steps of `range` that share a window to `each`, window by window.
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
        if self.batch.is_blank() {
            self.scratch.recycle(self.batch);
        } else {
            let batch = std::mem::take(&mut self.batch);
            (self.emit)(self.scratch, Part::Batch(batch));
        }
        if let Some(meter) = self.meter {
            let (partial, row) = meter.end();
            self.scratch.accumulator = row;
            (self.emit)(self.scratch, Part::Accumulator(partial));
        }
    }
}

/// The first index of `range` for which `holds` does not hold, where it holds for all before and
/// for none behind.
pub(crate) fn first_not(range: Range<u32>, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    low
}
