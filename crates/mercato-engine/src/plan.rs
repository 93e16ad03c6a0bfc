//! The planner: cuts a run into tasks, sequentially and without drawing anything but time.
//!
//! It walks the arrival processes, always the one that lags furthest behind, and hands out a task
//! for each block.
//! Once all arrivals before some time are planned, the slice up to that time follows, with the
//! blocks that reach into it.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::assembly::Assembly;
use crate::draw::Limit;
use crate::erased::ErasedStream;
use crate::error::guarded;
use crate::fold::{Accumulation, OpenWindows, RunFold, window_start};
use crate::last_arrival::last_arrival;
use crate::limit::RecordLimit;
use crate::process::BlockPlan;
use crate::scratch::Scratch;
use crate::slice::{Slice, Slot};
use crate::substream::{OpenBlock, Substream};
use crate::{Cursor, EngineError, Extent, Key, World};

/// The streams and the fold of a run, and the part of it that is evaluated.
#[derive(Debug, Clone)]
pub(crate) struct PlannedRun {
    pub(crate) world: World,
    pub(crate) block_len: u16,
    pub(crate) extent: Extent,
    pub(crate) streams: Vec<Arc<dyn ErasedStream>>,
    /// The fold; none where nobody wants its records.
    pub(crate) fold: Option<Arc<RunFold>>,
}

/// A piece of work that any thread may carry out.
#[derive(Debug)]
pub enum Task {
    /// Draws a block; slices that were handed out later wait for it.
    Draw(BlockTask),
    /// Renders the next stretch of release time.
    Render(Slice),
}

/// The drawing of one block.
#[derive(Debug)]
pub struct BlockTask {
    stream: Arc<dyn ErasedStream>,
    substream: u8,
    plan: BlockPlan,
    limit: Limit,
    on_time: Slot,
    displaced: Option<Slot>,
}

impl BlockTask {
    /// Draws the block and lets the slices that wait for it go on; fails when the stream panics.
    pub fn draw(&self, scratch: &mut Scratch) -> Result<(), EngineError> {
        let draw = || {
            let stream = Arc::clone(&self.stream);
            let drawn = stream.draw(self.substream, &self.plan, self.limit, &mut scratch.draw);
            self.on_time.fill(Some(drawn.on_time));
            if let Some(slot) = &self.displaced {
                slot.fill(drawn.displaced);
            }
        };
        guarded(|| self.stream.id().name, draw)
    }
}

/// Whoever waits for a block that was not drawn would wait for ever.
impl Drop for BlockTask {
    fn drop(&mut self) {
        self.on_time.fill(None);
        if let Some(slot) = &self.displaced {
            slot.fill(None);
        }
    }
}

/// Hands out the tasks of a run in an order in which no task waits for a later one.
#[derive(Debug)]
pub struct Planner {
    substreams: Vec<Substream>,
    block_len: u16,
    reach: i64,
    longest_trace: i64,
    /// Number of arrivals after which the run ends.
    count: Option<u64>,
    drain: bool,
    /// Arrivals at this time or later do not take part.
    until: i64,
    /// Records at this time or later are not emitted.
    stop: i64,
    /// The last arrival, once it is known.
    end: Option<Key>,
    /// The last record to be emitted.
    last: Option<Key>,
    after: Option<Key>,
    /// No record before is emitted; those before it that a fold needs are only accumulated.
    first: i64,
    /// Up to where slices have been handed out.
    emitted: i64,
    ahead: usize,
    limit: RecordLimit,
    fold: Option<Arc<RunFold>>,
    /// No more arrivals come although the run has no end: then windows are over as long as a record
    /// follows them.
    has_ended: bool,
    slices: VecDeque<Slice>,
}

impl Planner {
    pub(crate) fn new(run: &PlannedRun, cursor: Option<&Cursor>) -> Result<Self, EngineError> {
        let extent = run.extent;
        let mut substreams: Vec<Substream> =
            run.streams.iter().flat_map(|stream| Substream::of(stream, run.world)).collect();
        substreams.sort_by_key(|substream| (substream.rank, substream.number));
        let longest = |of: fn(&dyn ErasedStream) -> i64| {
            substreams.iter().map(|substream| of(&*substream.stream)).max().unwrap_or(0)
        };
        let (reach, longest_trace) =
            (longest(|stream| stream.reach()), longest(|stream| stream.longest_trace()));
        let first = extent.from.unwrap_or(run.world.origin).max(run.world.origin);
        let mut planner = Self {
            substreams,
            block_len: run.block_len,
            reach,
            longest_trace,
            count: extent.arrivals,
            drain: extent.drain,
            until: extent.until.unwrap_or(i64::MAX),
            stop: extent
                .to
                .unwrap_or(i64::MAX)
                .min(extent.last.map_or(i64::MAX, |last| last.release_time.saturating_add(1))),
            last: extent.last,
            end: None,
            after: cursor.map(Cursor::key),
            first,
            emitted: first,
            ahead: 0,
            limit: RecordLimit::new(
                extent
                    .records
                    .map(|records| records.saturating_sub(cursor.map_or(0, Cursor::records))),
            ),
            fold: run.fold.clone(),
            has_ended: false,
            slices: VecDeque::new(),
        };
        planner.find_end();
        planner.seek(cursor)?;
        Ok(planner)
    }

    /// The assembly that puts the parts of the slices together; the planner hands out tasks without
    /// regard to it.
    ///
    /// To be asked for before the first task.
    pub fn assembly(&self) -> Assembly {
        let windows = self
            .fold
            .as_ref()
            .map(|fold| OpenWindows::new(fold, self.emitted, self.after, self.last));
        Assembly::new(windows, self.limit)
    }

    /// Plans this many blocks further than the next slice needs, so that several threads find work.
    #[must_use]
    pub fn ahead(mut self, blocks: usize) -> Self {
        self.ahead = blocks;
        self
    }

    /// The next task; none once every record of the run is in a task that was handed out.
    ///
    /// Fails when the curve of a stream's rate panics.
    pub fn next_task(&mut self) -> Result<Option<Task>, EngineError> {
        if self.slices.len() > self.ahead {
            return Ok(self.slices.pop_front().map(Task::Render));
        }
        let Some(substream) = (0..self.substreams.len())
            .min_by_key(|substream| self.substreams[*substream].watermark)
        else {
            return Ok(None);
        };
        if self.substreams[substream].watermark >= self.arrivals_end() {
            self.emit_until(self.last_time());
            return Ok(self.slices.pop_front().map(Task::Render));
        }
        let task = self.plan_block(substream)?;
        let frontier =
            self.substreams.iter().map(|substream| substream.watermark).min().unwrap_or(i64::MAX);
        self.emit_until(frontier.min(self.last_time()));
        Ok(Some(Task::Draw(task)))
    }

    /// Starts every arrival process where the first record to be emitted can have its cause.
    fn seek(&mut self, cursor: Option<&Cursor>) -> Result<(), EngineError> {
        if let Some(cursor) = cursor {
            if cursor.substreams().len() != self.substreams.len() {
                return Err(EngineError::Cursor {
                    found: cursor.substreams().len(),
                    expected: self.substreams.len(),
                });
            }
            self.emitted = self.emitted.max(cursor.key().release_time);
        }
        self.begin_windows();
        for (number, substream) in self.substreams.iter_mut().enumerate() {
            let reach = substream.stream.reach();
            match cursor {
                Some(cursor) => substream.go_back(cursor.substreams()[number], self.emitted, reach),
                None => substream.process.seek(self.emitted, reach),
            }
            substream.watermark = substream.process.watermark();
        }
        Ok(())
    }

    /// Begins early enough for every window of the fold that is open where the first record is
    /// emitted; what lies before that record is accumulated and nothing else.
    fn begin_windows(&mut self) {
        let Some(fold) = &self.fold else { return };
        let begin = window_start(self.emitted, fold.longest()).max(fold.origin);
        if begin < self.emitted {
            let before = Key::last_before(self.first);
            self.after = Some(self.after.map_or(before, |after| after.max(before)));
            self.emitted = begin;
        }
    }

    /// Finds the last arrival of a run of several substreams; a single substream finds it when it
    /// gets there.
    fn find_end(&mut self) {
        if self.substreams.len() > 1 {
            self.end = self.last_arrival();
        }
    }

    /// The last arrival by count; none if there is no count, or if time ends the run before.
    pub(crate) fn last_arrival(&self) -> Option<Key> {
        let counted = self.substreams.iter().filter(|substream| substream.stream.is_counted());
        last_arrival(&counted.collect::<Vec<_>>(), self.count?, self.until.min(self.stop))
    }

    /// No arrival takes part at this time or later.
    fn arrivals_end(&self) -> i64 {
        let counted = self.end.map_or(i64::MAX, |end| end.release_time.saturating_add(1));
        self.until.min(counted).min(self.stop)
    }

    /// No record is emitted at this time or later.
    fn last_time(&self) -> i64 {
        let end =
            self.until.min(self.end.map_or(i64::MAX, |end| end.release_time.saturating_add(1)));
        let drained =
            if self.drain { end.saturating_add(self.reach).saturating_add(1) } else { end };
        drained.min(self.stop)
    }

    fn plan_block(&mut self, number: usize) -> Result<BlockTask, EngineError> {
        let single = self.substreams.len() == 1 && self.substreams[0].stream.is_counted();
        let substream = &mut self.substreams[number];
        let stream = Arc::clone(&substream.stream);
        let plan = guarded(|| stream.id().name, || substream.process.advance())?;
        substream.watermark = plan.watermark;
        if single && let Some(count) = self.count {
            let first = plan.start.block * u64::from(self.block_len);
            if first + u64::from(self.block_len) >= count {
                let last = count
                    .checked_sub(first + 1)
                    .and_then(|position| substream.keys(&plan).nth(position as usize));
                // A run that is entered after its end has no arrivals left.
                self.end = Some(last.unwrap_or(Key::FIRST));
                substream.watermark = i64::MAX;
            }
        }
        let on_time = Slot::default();
        let displaced = stream.has_displaced().then(Slot::default);
        let over = |reach: i64| plan.watermark.saturating_add(reach).saturating_add(1);
        substream.open.push_back(OpenBlock {
            start: plan.start,
            from: plan.from,
            over: over(stream.reach()),
            on_time_over: over(stream.longest_trace()),
            on_time: Some(on_time.clone()),
            displaced: displaced.clone(),
        });
        let limit = Limit { until: self.until, end: self.end };
        Ok(BlockTask { stream, substream: substream.number, plan, limit, on_time, displaced })
    }

    /// Appends the slices from where the last one ended to `to`.
    fn emit_until(&mut self, to: i64) {
        self.has_ended |= to == i64::MAX;
        let width = to.saturating_sub(self.emitted);
        if width <= 0 {
            return;
        }
        // Where a slice spans much of the time in which traces end, it would hold most of what is
        // open:
        // it is cut so that each part holds about as much as a block brings.
        let blocks = self.substreams.iter().flat_map(|substream| &substream.open);
        let open = blocks.filter(|block| block.on_time.is_some()).count();
        let reach = self.longest_trace.max(1);
        let pieces =
            (open as i64).saturating_mul(width.min(reach)).checked_div(reach).unwrap_or(1).max(1);
        let step = (width.min(reach) / pieces).max(1);
        for _ in 1..pieces {
            self.push_slice((self.emitted.saturating_add(step)).min(to));
        }
        self.push_slice(to);
    }

    fn push_slice(&mut self, to: i64) {
        let from = self.emitted;
        if from >= to {
            return;
        }
        self.substreams.iter_mut().for_each(|substream| substream.close_before(from));
        let lookback = self.substreams.iter_mut().map(Substream::lookback).collect();
        let reaching = self
            .substreams
            .iter()
            .flat_map(|substream| &substream.open)
            .filter(|block| block.from < to);
        let blocks = reaching.flat_map(OpenBlock::slots).cloned().collect();
        let end = self.end.filter(|_| !self.drain).into_iter().chain(self.last).min();
        let accumulation = self.accumulation(from, to);
        self.slices.push_back(Slice {
            from,
            to,
            after: self.after,
            end,
            blocks,
            lookback,
            accumulation,
        });
        if self.after.is_some_and(|after| after.release_time < to) {
            self.after = None;
        }
        self.emitted = to;
    }

    /// The accumulation of a slice; none behind the last window that is complete when the run
    /// ends.
    fn accumulation(&self, from: i64, to: i64) -> Option<Accumulation> {
        let fold = self.fold.as_ref()?;
        // The last arrival comes before the records of a window that ends with it, so these are
        // after the end.
        // What is drained afterwards is in no window that is whole.
        let over = self.until.min(self.stop).min(self.end.map_or(i64::MAX, |end| end.release_time));
        let complete = if self.has_ended { i64::MIN } else { to.min(over) };
        (from < over).then(|| Accumulation {
            length: fold.shortest(),
            cells: fold.fold.cells(),
            complete,
            over,
        })
    }
}
