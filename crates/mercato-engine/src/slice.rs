//! Slices: stretches of event time that are merged and rendered side by side and written in order.

use std::cell::Cell;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use mercato_encode::Batch;

use crate::block::{Block, DrawScratch};
use crate::error::guarded;
use crate::{EngineError, Key, LaneStart};

/// A block that has been planned and is, or soon will be, drawn; `None` once it is known that it never will be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slot(Arc<OnceLock<Option<Arc<dyn Block>>>>);

impl Slot {
    /// Settles the slot; what it already holds stays.
    pub(crate) fn fill(&self, block: Option<Arc<dyn Block>>) {
        let _ = self.0.set(block);
    }

    fn drawn(&self) -> Option<&dyn Block> {
        self.0.get()?.as_deref()
    }
}

/// Working memory of one thread: reused from task to task, never part of a result.
#[derive(Debug, Default)]
pub struct Scratch {
    pub(crate) draw: DrawScratch,
    due: Vec<u128>,
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

    /// Hands over a batch that is full, and takes an empty one in its place.
    fn emit_if_full(&mut self, batch: &mut Batch, emit: &mut impl FnMut(&mut Self, Batch)) {
        if batch.is_full() {
            let next = self.free.pop().unwrap_or_default();
            emit(self, std::mem::replace(batch, next));
        }
    }
}

/// A stretch of event time and the blocks that reach into it.
#[derive(Debug)]
pub struct Slice {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// Records up to this one have been emitted before.
    pub(crate) after: Option<Key>,
    /// Records behind this one do not belong to the run.
    pub(crate) end: Option<Key>,
    /// In the order of rank, lane and block.
    pub(crate) blocks: Vec<Slot>,
    pub(crate) lookback: Arc<[LaneStart]>,
}

/// A due stub: time, block and index in one number, so that sorting compares once.
///
/// Blocks come in the order of rank, lane and block index, and a block's stubs in the order of time, position and step:
/// the number's order is the order of the run.
#[inline]
fn due(at: i64, block: usize, index: u32) -> u128 {
    let ordered = at as u64 ^ 1 << 63;
    u128::from(ordered) << 64 | (block as u128) << 32 | u128::from(index)
}

/// Which of the slice's blocks a due stub belongs to.
#[inline]
fn block_of(due: u128) -> usize {
    (due >> 32) as u32 as usize
}

/// The index of a due stub in its block.
#[inline]
fn index_of(due: u128) -> u32 {
    due as u32
}

/// Blocks whose entities stay in the cache by themselves.
const FEW_BLOCKS: usize = 32;

/// Where there are more, each entity is far away in memory. Reading a group of them before any is rendered
/// lets the processor fetch them side by side instead of waiting for each: twice as many records a second
/// with 670,000 orders open.
const TOUCHED_TOGETHER: usize = 64;

impl Slice {
    /// The skeletons from which a run goes on behind any record of this slice.
    pub fn lookback(&self) -> &Arc<[LaneStart]> {
        &self.lookback
    }

    /// Number of blocks that reach into the slice.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Waits until every block that reaches into the slice has been drawn; false if one of them never will be,
    /// because its stream panicked or its task was dropped. Such a slice cannot be rendered.
    ///
    /// Only of use where tasks run on several threads; alone, tasks come in an order that never waits.
    #[must_use]
    pub fn wait(&self) -> bool {
        self.blocks.iter().all(|slot| slot.0.wait().is_some())
    }

    /// Merges the blocks' stubs and renders the slice's records in order; `emit` takes each full batch and the last.
    ///
    /// Fails when a stream panics; some of the slice's batches may have been emitted by then.
    ///
    /// # Panics
    ///
    /// In debug builds, when a block has not been drawn yet.
    pub fn render(&self, scratch: &mut Scratch, mut emit: impl FnMut(&mut Scratch, Batch)) -> Result<(), EngineError> {
        let blocks: Vec<&dyn Block> = self.blocks.iter().filter_map(Slot::drawn).collect();
        debug_assert_eq!(blocks.len(), self.blocks.len(), "a block has not been drawn");
        let current = Cell::new(0);
        guarded(
            || blocks.get(current.get()).map_or("", |block| block.stream()),
            || self.render_blocks(&blocks, &current, scratch, &mut emit),
        )
    }

    /// `current` is kept at the index of the block whose stream is rendering.
    fn render_blocks(
        &self,
        blocks: &[&dyn Block],
        current: &Cell<usize>,
        scratch: &mut Scratch,
        emit: &mut impl FnMut(&mut Scratch, Batch),
    ) {
        let mut batch = scratch.free.pop().unwrap_or_default();
        match self.only_block(blocks) {
            Some((number, range)) => {
                current.set(number);
                self.render_one(blocks[number], range, &mut batch, scratch, emit);
            }
            None => self.render_merged(blocks, current, &mut batch, scratch, emit),
        }
        if batch.is_empty() && batch.rejections().is_empty() {
            scratch.free.push(batch);
        } else {
            emit(scratch, batch);
        }
    }

    /// The index of the block that has all of the slice's stubs, if one has, and which of its stubs they are.
    fn only_block(&self, blocks: &[&dyn Block]) -> Option<(usize, Range<u32>)> {
        let mut reaching = blocks.iter().map(|block| block.range(self.from, self.to)).enumerate();
        let one = reaching.find(|(_, range)| !range.is_empty())?;
        reaching.all(|(_, range)| range.is_empty()).then_some(one)
    }

    /// Renders stubs of one block, which are in the order of the run as they are.
    ///
    /// Streams of one record an arrival have no other slices: without merging and with one dynamic call a batch
    /// a record takes half the time.
    fn render_one(
        &self,
        block: &dyn Block,
        range: Range<u32>,
        batch: &mut Batch,
        scratch: &mut Scratch,
        emit: &mut impl FnMut(&mut Scratch, Batch),
    ) {
        let key = |index| Key { at: block.at(index), coordinates: block.coordinates(index) };
        let end = self.end.map_or(range.end, |end| first_not(range.clone(), |index| key(index) <= end));
        let start = self.after.map_or(range.start, |after| first_not(range.start..end, |index| key(index) <= after));
        let mut rest = start..end;
        while !rest.is_empty() {
            block.render_until_full(&mut rest, batch);
            scratch.emit_if_full(batch, emit);
        }
    }

    /// Merges the blocks' stubs and renders them.
    fn render_merged(
        &self,
        blocks: &[&dyn Block],
        current: &Cell<usize>,
        batch: &mut Batch,
        scratch: &mut Scratch,
        emit: &mut impl FnMut(&mut Scratch, Batch),
    ) {
        let mut due = std::mem::take(&mut scratch.due);
        self.gather(blocks, &mut due);
        for group in due.chunks(TOUCHED_TOGETHER) {
            if blocks.len() > FEW_BLOCKS {
                for stub in group {
                    blocks[block_of(*stub)].touch(index_of(*stub));
                }
            }
            for stub in group {
                current.set(block_of(*stub));
                blocks[block_of(*stub)].render(index_of(*stub), batch);
                scratch.emit_if_full(batch, emit);
            }
        }
        scratch.due = due;
    }

    /// Collects the stubs of the slice in the order of the run.
    fn gather(&self, blocks: &[&dyn Block], due_stubs: &mut Vec<u128>) {
        due_stubs.clear();
        for (number, block) in blocks.iter().enumerate() {
            let range = block.range(self.from, self.to);
            due_stubs.extend(range.map(|index| due(block.at(index), number, index)));
        }
        // Each block's stubs come sorted; the stable sort finds such runs and merges them where they are long.
        due_stubs.sort_by_key(|stub| *stub);
        let key = |stub: &u128| {
            let (block, index) = (blocks[block_of(*stub)], index_of(*stub));
            Key { at: block.at(index), coordinates: block.coordinates(index) }
        };
        if let Some(end) = self.end {
            due_stubs.truncate(due_stubs.partition_point(|stub| key(stub) <= end));
        }
        if let Some(after) = self.after {
            due_stubs.drain(..due_stubs.partition_point(|stub| key(stub) <= after));
        }
    }
}

/// The first index of `range` for which `holds` does not hold, where it holds for all before and for none behind.
fn first_not(range: Range<u32>, holds: impl Fn(u32) -> bool) -> u32 {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) { low = middle + 1 } else { high = middle }
    }
    low
}
