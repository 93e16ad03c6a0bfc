//! Working memory of one thread.

use mercato_encode::Batch;

use crate::Accumulator;
use crate::scheduled::DrawScratch;

/// Working memory of one thread: reused from task to task, never part of a result.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) draw: DrawScratch,
    pub(crate) due: Vec<u128>,
    pub(crate) accumulator: Accumulator,
    free: Vec<Batch>,
}

impl Scratch {
    /// Takes back a batch whose records have left, so that its memory serves again.
    pub fn recycle(&mut self, mut batch: Batch) {
        batch.clear();
        self.free.push(batch);
    }

    /// Number of empty batches at hand.
    pub fn spare_batches(&self) -> usize {
        self.free.len()
    }

    /// Takes an empty batch.
    pub(crate) fn spare(&mut self) -> Batch {
        self.free.pop().unwrap_or_default()
    }
}
