//! Slices: stretches of release time that are merged and rendered side by side and written in
//! order.

use std::cell::Cell;
use std::cmp::Ordering;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use crate::block::Block;
use crate::error::guarded;
use crate::fold::{Accumulation, Meter};
use crate::output::{Output, Part, first_not};
use crate::scratch::Scratch;
use crate::{EngineError, Key, SubstreamStart};

/// A block that has been planned and is, or soon will be, drawn; `None` once it is known that it
/// never will be.
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

/// A stretch of release time and the blocks that reach into it.
#[derive(Debug)]
pub struct Slice {
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// Records up to this one have been emitted before.
    pub(crate) after: Option<Key>,
    /// Records after this one do not belong to the run.
    pub(crate) end: Option<Key>,
    /// In the order of rank, substream and block.
    pub(crate) blocks: Vec<Slot>,
    pub(crate) lookback: Arc<[SubstreamStart]>,
    /// The accumulation for the run's fold.
    pub(crate) accumulation: Option<Accumulation>,
}

/// A due step: time, block and index in one number, so that sorting compares once.
///
/// Blocks come in the order of rank, substream and block index, and a block's steps in the order of
/// time, position and step:
/// the number's order is the order of the run.
#[inline]
fn due(at: i64, block: usize, index: u32) -> u128 {
    let ordered = at as u64 ^ 1 << 63;
    u128::from(ordered) << 64 | (block as u128) << 32 | u128::from(index)
}

/// Release time of a due step.
#[inline]
fn time_of(due: u128) -> i64 {
    ((due >> 64) as u64 ^ 1 << 63) as i64
}

/// The number of the block, among the slice's, to which a due step belongs.
#[inline]
fn block_of(due: u128) -> usize {
    (due >> 32) as u32 as usize
}

/// The index of a due step in its block.
#[inline]
fn index_of(due: u128) -> u32 {
    due as u32
}

/// Blocks whose entities stay in the cache by themselves.
const FEW_BLOCKS: usize = 32;

/// Where there are more, each entity is far away in memory. Reading a group of them before any is
/// rendered lets the processor fetch them side by side instead of waiting for each: twice as many
/// records a second with 670,000 orders open.
const TOUCHED_TOGETHER: usize = 64;

impl Slice {
    /// The arrival processes from which a run goes on after any record of this slice.
    pub fn lookback(&self) -> &Arc<[SubstreamStart]> {
        &self.lookback
    }

    /// Number of blocks that reach into the slice.
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Number of entities in memory for the records of the slice, as far as their blocks are drawn.
    pub fn held(&self) -> usize {
        self.blocks.iter().filter_map(Slot::drawn).map(Block::entities).sum()
    }

    /// Waits until every block that reaches into the slice has been drawn; false if one of them
    /// never will be, because its stream panicked or its task was dropped. Such a slice cannot be
    /// rendered.
    ///
    /// Only of use where tasks run on several threads; alone, tasks come in an order that never
    /// waits.
    #[must_use]
    pub fn wait(&self) -> bool {
        self.blocks.iter().all(|slot| slot.0.wait().is_some())
    }

    /// Merges the blocks' steps and renders the slice's records in order; `emit` takes each full
    /// batch and the last, and what the records of each window add up to, for an
    /// [`Assembly`](crate::Assembly).
    ///
    /// Fails when a stream panics; some of the slice's parts may have been emitted by then.
    ///
    /// # Panics
    ///
    /// In debug builds, when a block has not been drawn yet.
    pub fn render(
        &self,
        scratch: &mut Scratch,
        mut emit: impl FnMut(&mut Scratch, Part),
    ) -> Result<(), EngineError> {
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
        emit: &mut impl FnMut(&mut Scratch, Part),
    ) {
        let mut output = Output::new(self.accumulation, scratch, emit);
        match self.only_block(blocks) {
            Some((number, range)) => self.render_one(blocks, number, range, current, &mut output),
            None => self.render_merged(blocks, current, &mut output),
        }
        output.finish();
    }

    /// The index of the block that has all of the slice's steps but the displaced ones, if one has,
    /// and which of its steps they are.
    fn only_block(&self, blocks: &[&dyn Block]) -> Option<(usize, Range<u32>)> {
        let on_time = blocks.iter().enumerate().filter(|(_, block)| !block.is_displaced());
        let mut reaching = on_time.map(|(number, block)| (number, block.range(self.from, self.to)));
        let one = reaching.find(|(_, range)| !range.is_empty())?;
        reaching.all(|(_, range)| range.is_empty()).then_some(one)
    }

    /// Renders the steps of block `number`, which are in the order of the run as they are, and
    /// between them the displaced ones, which are few.
    ///
    /// Streams of one record an arrival have no other slices: without merging and with one dynamic
    /// call a batch a record takes half the time.
    fn render_one<E: FnMut(&mut Scratch, Part)>(
        &self,
        blocks: &[&dyn Block],
        number: usize,
        range: Range<u32>,
        current: &Cell<usize>,
        output: &mut Output<'_, E>,
    ) {
        let block = blocks[number];
        let end = self
            .end
            .map_or(range.end, |end| first_not(range.clone(), |index| block.key(index) <= end));
        let start = self.after.map_or(range.start, |after| {
            first_not(range.start..end, |index| block.key(index) <= after)
        });
        current.set(number);
        if output.meter.is_some() {
            output.each_window(block, range.start..start, |output, part| {
                output.accumulate(block, part);
            });
        }
        let mut displaced = std::mem::take(&mut output.scratch.due);
        let before = self.gather(blocks, |block| block.is_displaced(), &mut displaced);
        let mut next = start;
        for step in &displaced[before..] {
            let (other, index) = (block_of(*step), index_of(*step));
            let key = blocks[other].key(index);
            let behind =
                first_not(next..end, |index| match block.at(index).cmp(&key.release_time) {
                    Ordering::Equal => block.key(index) < key,
                    order => order.is_lt(),
                });
            current.set(number);
            render_range(block, next..behind, output);
            next = behind;
            current.set(other);
            output.turn(time_of(*step));
            render_step(blocks[other], index, output);
        }
        output.scratch.due = displaced;
        current.set(number);
        render_range(block, next..end, output);
    }

    /// Merges the blocks' steps and renders them.
    fn render_merged<E: FnMut(&mut Scratch, Part)>(
        &self,
        blocks: &[&dyn Block],
        current: &Cell<usize>,
        output: &mut Output<'_, E>,
    ) {
        let mut due = std::mem::take(&mut output.scratch.due);
        let before = self.gather(blocks, |_| true, &mut due);
        if output.meter.is_some() {
            for step in &due[..before] {
                let (block, index) = (block_of(*step), index_of(*step));
                current.set(block);
                output.turn(time_of(*step));
                output.accumulate(blocks[block], index..index + 1);
            }
        }
        let on_time = blocks.iter().filter(|block| !block.is_displaced()).count();
        for group in due[before..].chunks(TOUCHED_TOGETHER) {
            if on_time > FEW_BLOCKS {
                for step in group {
                    blocks[block_of(*step)].touch(index_of(*step));
                }
            }
            for step in group {
                let (block, index) = (block_of(*step), index_of(*step));
                current.set(block);
                output.turn(time_of(*step));
                render_step(blocks[block], index, output);
            }
        }
        output.scratch.due = due;
    }

    /// Collects the slice's steps of the `wanted` blocks in the order of the run; returns how many
    /// of them have been emitted before.
    fn gather(
        &self,
        blocks: &[&dyn Block],
        wanted: impl Fn(&dyn Block) -> bool,
        due_steps: &mut Vec<u128>,
    ) -> usize {
        due_steps.clear();
        let mut is_displaced = false;
        // Displaced steps are few and lie behind the others, or they would cut up the long runs.
        for displaced in [false, true] {
            let its = |block: &dyn Block| block.is_displaced() == displaced && wanted(block);
            for (number, block) in blocks.iter().enumerate().filter(|(_, block)| its(**block)) {
                let range = block.range(self.from, self.to);
                is_displaced |= displaced && !range.is_empty();
                due_steps.extend(range.map(|index| due(block.at(index), number, index)));
            }
        }
        let key = |step: &u128| blocks[block_of(*step)].key(index_of(*step));
        // Each block's steps come sorted; the stable sort finds such runs and merges them where
        // they are long.
        due_steps.sort_by_key(|step| *step);
        if is_displaced {
            // Of those released at one moment, the earlier event comes first.
            for moment in due_steps.chunk_by_mut(|one, other| time_of(*one) == time_of(*other)) {
                if moment.len() > 1 {
                    moment.sort_by_key(key);
                }
            }
        }
        if let Some(end) = self.end {
            due_steps.truncate(due_steps.partition_point(|step| key(step) <= end));
        }
        self.after.map_or(0, |after| due_steps.partition_point(|step| key(step) <= after))
    }
}

/// Renders one step.
#[inline]
fn render_step<E: FnMut(&mut Scratch, Part)>(
    block: &dyn Block,
    index: u32,
    output: &mut Output<'_, E>,
) {
    block.render(index, &mut output.batch, output.meter.as_mut().map(Meter::row));
    output.emit_if_full();
}

/// Renders steps that follow one another.
fn render_range<E: FnMut(&mut Scratch, Part)>(
    block: &dyn Block,
    range: Range<u32>,
    output: &mut Output<'_, E>,
) {
    output.each_window(block, range, |output, mut part| {
        while !part.is_empty() {
            block.render_until_full(
                &mut part,
                &mut output.batch,
                output.meter.as_mut().map(Meter::row),
            );
            output.emit_if_full();
        }
    });
}
