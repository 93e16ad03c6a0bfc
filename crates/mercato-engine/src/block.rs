//! A drawn block: its entities, and the stubs of their steps in order of time.

use std::fmt;
use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use mercato_draw::{Label, Words};
use mercato_encode::{Batch, Coordinates, Stamp};

use crate::check::{Check, Claim};
use crate::disorder::Disorder;
use crate::radix::{RadixSpare, sort_by_bits};
use crate::skeleton::BlockPlan;
use crate::stream::{Arrival, Step, Stream, Trace, World};
use crate::{Format, Key, Record, Shard, Tally};

/// One step of one entity, to be rendered when it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stub {
    at: i64,
    /// Index of the entity among those kept.
    slot: u16,
    number: u16,
    kind: u16,
    flags: u8,
}

/// The first step of its entity that is emitted.
const FIRST: u8 = 1;
/// The last one.
const LAST: u8 = 2;
/// The step, or one before it, was brought forward.
const HURRIED: u8 = 4;
/// The stream wanted a time that no step may have.
const MOVED: u8 = 8;
/// The step is tallied and makes no record: its topic is not wanted, or it belongs to another
/// shard.
const SILENT: u8 = 16;

/// What the topic and the name of one kind of record are among those of the run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Outlet {
    /// Index of the topic; none where its records are not wanted.
    pub(crate) topic: Option<u16>,
    /// Index of the kind among the run's.
    pub(crate) kind: u16,
    /// Number of CSV columns.
    pub(crate) columns: u16,
}

/// What the blocks of one stream share.
pub(crate) struct Context<S> {
    pub(crate) stream: S,
    pub(crate) world: World,
    pub(crate) rank: u8,
    pub(crate) purpose: u8,
    pub(crate) words: usize,
    pub(crate) longest_trace: i64,
    pub(crate) block_len: u16,
    pub(crate) shard: Shard,
    /// Whether everything is drawn for the run's fold, also what makes no record.
    pub(crate) tallied: bool,
    /// Whether its entities are those that a run is counted in.
    pub(crate) counted: bool,
    pub(crate) format: Format,
    /// Where records of each kind go.
    pub(crate) outlets: Box<[Outlet]>,
    pub(crate) check: Check,
    pub(crate) disorder: Option<Disorder>,
}

/// Which arrivals of a block take part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// Arrivals at this time or later do not.
    pub(crate) until: i64,
    /// Arrivals after this one do not.
    pub(crate) end: Option<Key>,
}

/// A block of any stream.
pub(crate) trait Block: Send + Sync {
    /// Name of the stream.
    fn stream(&self) -> &'static str;

    /// Indices of the stubs whose time lies in `from..to`.
    fn range(&self, from: i64, to: i64) -> Range<u32>;

    /// Event time of stub `index`.
    fn at(&self, index: u32) -> i64;

    /// Reads the entity of stub `index` and forgets it, so that it is in the cache when it is
    /// rendered.
    fn touch(&self, index: u32);

    /// Coordinates of stub `index`.
    fn coordinates(&self, index: u32) -> Coordinates;

    /// Renders stub `index` at the end of `batch`, and adds what it says to `tally`.
    fn render(&self, index: u32, batch: &mut Batch, tally: Option<&mut Tally>);

    /// Renders the stubs of `range` one after the other and takes them from it, until `batch` is
    /// full.
    fn render_until_full(
        &self,
        range: &mut Range<u32>,
        batch: &mut Batch,
        tally: Option<&mut Tally>,
    );

    /// Adds what the stubs of `range` say to `tally`.
    fn tally(&self, range: Range<u32>, tally: &mut Tally);
}

/// Ends the record at the end of `batch`, with a fault in it if `disorder` wants one there.
#[inline]
pub(crate) fn seal(batch: &mut Batch, stamp: Stamp, disorder: Option<&Disorder>) {
    if let Some(disorder) = disorder {
        disorder.apply(stamp.coordinates, batch);
    }
    batch.bytes.push(b'\n');
    batch.seal(stamp);
}

/// Memory that drawing needs only while it draws.
#[derive(Debug, Default)]
pub(crate) struct DrawScratch {
    words: Vec<u64>,
    times: Vec<i64>,
    stubs: Vec<Stub>,
    keys: Vec<u64>,
    spare: RadixSpare,
    trace: Trace,
    owner: Vec<u8>,
}

impl DrawScratch {
    /// The stubs in the order of time; those of one moment keep the order in which they were
    /// pushed, which is that of position and step.
    fn take_stubs_in_order(&mut self) -> Box<[Stub]> {
        let Self { stubs, keys, spare, .. } = self;
        // Traces of one step come in the order of their arrivals, and looking costs a tenth of
        // sorting.
        if stubs.is_sorted_by_key(|stub| stub.at) {
            let sorted = stubs.as_slice().into();
            stubs.clear();
            return sorted;
        }
        let earliest = stubs.iter().map(|stub| stub.at).min().unwrap_or(0);
        let latest = stubs.iter().map(|stub| stub.at).max().unwrap_or(0);
        let index_bits = usize::BITS - stubs.len().leading_zeros();
        let time_bits = u64::BITS - latest.abs_diff(earliest).leading_zeros();
        let sorted = if index_bits + time_bits <= u64::BITS {
            keys.clear();
            let key = |(index, stub): (usize, &Stub)| {
                stub.at.abs_diff(earliest) << index_bits | index as u64
            };
            keys.extend(stubs.iter().enumerate().map(key));
            sort_by_bits(keys, index_bits, index_bits + time_bits, spare);
            let mask = (1 << index_bits) - 1;
            keys.iter().map(|key| stubs[(key & mask) as usize]).collect()
        } else {
            // Only a block of more than a hundred thousand years gets here.
            stubs.sort_by_key(|stub| stub.at);
            stubs.as_slice().into()
        };
        stubs.clear();
        sorted
    }
}

struct DrawnBlock<S: Stream> {
    context: Arc<Context<S>>,
    lane: u8,
    block: u64,
    entities: Box<[S::Entity]>,
    /// Positions in the block of the entities kept, where a shard keeps only some.
    positions: Box<[u16]>,
    stubs: Box<[Stub]>,
    /// Where the last range ended. Slices come one after the other, so the next begins about there;
    /// a wrong hint costs a longer search and nothing else.
    hint: AtomicU32,
}

impl<S> Context<S> {
    fn label(&self, lane: u8) -> Label {
        Label::new(self.purpose, lane)
    }

    /// Where records of `kind` go; a kind that has no name goes where those of the first do.
    #[inline]
    fn outlet(&self, kind: u16) -> Outlet {
        self.outlets.get(usize::from(kind)).or(self.outlets.first()).copied().unwrap_or_default()
    }
}

impl<S: Stream> Context<S> {
    /// Draws the entities of a block and sorts their stubs.
    pub(crate) fn draw(
        self: &Arc<Self>,
        lane: u8,
        plan: &BlockPlan,
        limit: Limit,
        scratch: &mut DrawScratch,
    ) -> Arc<dyn Block> {
        let mut block = BlockBuilder::new(self, lane, plan.start.block);
        let count = self.times(lane, plan, limit, scratch);
        self.fill(lane, plan.start.block, 0, count, scratch);
        for position in 0..count {
            block.keep(position as u16, plan, scratch, position);
        }
        block.finish(scratch)
    }

    /// Draws one entity of a block and nothing else.
    pub(crate) fn draw_alone(
        self: &Arc<Self>,
        lane: u8,
        plan: &BlockPlan,
        position: u16,
        scratch: &mut DrawScratch,
    ) -> Option<Arc<dyn Block>> {
        let mut block = BlockBuilder::new(self, lane, plan.start.block);
        let count = self.times(lane, plan, Limit { until: i64::MAX, end: None }, scratch);
        (usize::from(position) < count).then(|| {
            self.fill(lane, plan.start.block, usize::from(position), 1, scratch);
            block.keep(position, plan, scratch, 0);
            block.finish(scratch)
        })
    }

    /// Finds the arrival times of a block; returns how many take part.
    fn times(&self, lane: u8, plan: &BlockPlan, limit: Limit, scratch: &mut DrawScratch) -> usize {
        let block = plan.start.block;
        scratch.words.resize(usize::from(self.block_len), 0);
        if plan.is_random() {
            self.world.seed.fill_block(self.label(lane), block, 0, &mut scratch.words);
        }
        scratch.times.clear();
        plan.times(&mut scratch.words, &mut scratch.times);
        let mut count = scratch.times.partition_point(|at| *at < limit.until);
        if let Some(end) = limit.end {
            let key = |position: usize| Key {
                at: scratch.times[position],
                coordinates: Coordinates {
                    rank: self.rank,
                    lane,
                    block,
                    position: position as u16,
                    step: 0,
                },
            };
            while count > 0 && key(count - 1) > end {
                count -= 1;
            }
        }
        count
    }

    /// Fills the words of `count` arrivals, beginning with `first`.
    fn fill(&self, lane: u8, block: u64, first: usize, count: usize, scratch: &mut DrawScratch) {
        scratch.words.resize(count * self.words, 0);
        let skipped = u64::from(self.block_len) + (first * self.words) as u64;
        self.world.seed.fill_block(self.label(lane), block, skipped, &mut scratch.words);
    }
}

/// A block while its entities are drawn.
struct BlockBuilder<'a, S: Stream> {
    context: &'a Arc<Context<S>>,
    lane: u8,
    block: u64,
    entities: Vec<S::Entity>,
    positions: Vec<u16>,
}

impl<'a, S: Stream> BlockBuilder<'a, S> {
    fn new(context: &'a Arc<Context<S>>, lane: u8, block: u64) -> Self {
        let room = context.block_len.into();
        let (entities, positions) = (Vec::with_capacity(room), Vec::with_capacity(room));
        Self { context, lane, block, entities, positions }
    }

    /// Draws the arrival at `position` from the `nth` set of words, if it belongs to the shard.
    #[inline]
    fn keep(&mut self, position: u16, plan: &BlockPlan, scratch: &mut DrawScratch, nth: usize) {
        let context = self.context;
        let index = self.block * u64::from(context.block_len) + u64::from(position);
        let arrival = Arrival { index, lane: self.lane, at: scratch.times[usize::from(position)] };
        let words = &scratch.words[nth * context.words..][..context.words];
        let entity = context.stream.draw(arrival, &mut Words::new(words));
        let mut own = true;
        if !context.shard.is_whole() {
            scratch.owner.clear();
            context.stream.owner(&entity, arrival, &mut scratch.owner);
            own = context.shard.owns(&scratch.owner);
            if !own && !context.tallied {
                return;
            }
        }
        self.push_stubs(&entity, arrival, position, own, plan, scratch);
        self.entities.push(entity);
        self.positions.push(position);
    }

    #[inline]
    fn push_stubs(
        &self,
        entity: &S::Entity,
        arrival: Arrival,
        position: u16,
        own: bool,
        plan: &BlockPlan,
        scratch: &mut DrawScratch,
    ) {
        let context = self.context;
        scratch.trace.clear();
        context.stream.trace(entity, arrival, &mut scratch.trace);
        let hurried = match (&plan.room, scratch.trace.room) {
            (Some(room), Some(nth)) => {
                scratch.trace.hurry(|steps| room.hurry(position, nth, steps))
            }
            _ => None,
        };
        // What a step says must not depend on later ones, which a burst behind it may move.
        let hurried = hurried.unwrap_or(usize::MAX);
        // A step outside its bounds would break the look-back for everyone, so it is moved to the
        // nearest bound.
        let latest = arrival.at.saturating_add(context.longest_trace);
        let slot = self.entities.len() as u16;
        let mut flags = FIRST;
        let mut last = None;
        let mut earliest = arrival.at;
        // Pushed one by one, because most traces have few steps or only one.
        for (number, (wanted, kind)) in scratch.trace.steps.iter().enumerate() {
            let at = (*wanted).clamp(arrival.at, latest);
            let moved = if S::CHECKED && !(earliest..=latest).contains(wanted) { MOVED } else { 0 };
            earliest = at;
            if number == hurried {
                flags |= HURRIED;
            }
            let stub = Stub { at, slot, number: number as u16, kind: *kind, flags: flags | moved };
            if !own || context.outlet(*kind).topic.is_none() {
                if context.tallied {
                    scratch.stubs.push(Stub { flags: stub.flags | SILENT, ..stub });
                }
                continue;
            }
            last = Some(scratch.stubs.len());
            scratch.stubs.push(stub);
            flags &= !FIRST;
        }
        if let Some(last) = last.and_then(|last| scratch.stubs.get_mut(last)) {
            last.flags |= LAST;
        }
    }

    fn finish(self, scratch: &mut DrawScratch) -> Arc<dyn Block> {
        let stubs = scratch.take_stubs_in_order();
        Arc::new(DrawnBlock {
            context: Arc::clone(self.context),
            lane: self.lane,
            block: self.block,
            entities: self.entities.into_boxed_slice(),
            positions: self.positions.into_boxed_slice(),
            stubs,
            hint: AtomicU32::new(0),
        })
    }
}

impl<S: Stream> DrawnBlock<S> {
    /// What a stub is a step of.
    #[inline]
    fn step(&self, stub: &Stub) -> Step {
        let position = self.positions[usize::from(stub.slot)];
        let arrival = self.block * u64::from(self.context.block_len) + u64::from(position);
        let Stub { number, kind, at, flags, .. } = *stub;
        Step { arrival, lane: self.lane, number, kind, at, hurried: flags & HURRIED != 0 }
    }

    /// Index of the first stub at `time` or later, found by steps of growing width from `near`.
    fn first_from(&self, time: i64, near: usize) -> usize {
        let before = |index: usize| self.stubs.get(index).is_some_and(|stub| stub.at < time);
        let (mut low, mut high) = (near, near);
        let mut width = 1;
        if near > 0 && !before(near - 1) {
            while low > 0 && !before(low - 1) {
                high = low - 1;
                low = low.saturating_sub(width);
                width *= 2;
            }
        } else {
            while before(high) {
                low = high + 1;
                high += width;
                width *= 2;
            }
            high = high.min(self.stubs.len());
        }
        low + self.stubs[low..high].partition_point(|stub| stub.at < time)
    }
}

impl<S: Stream> Block for DrawnBlock<S> {
    fn stream(&self) -> &'static str {
        self.context.stream.id().name
    }

    fn range(&self, from: i64, to: i64) -> Range<u32> {
        let start = self.first_from(from, self.hint.load(Ordering::Relaxed) as usize);
        let end = self.first_from(to, start);
        self.hint.store(end as u32, Ordering::Relaxed);
        start as u32..end as u32
    }

    #[inline]
    fn at(&self, index: u32) -> i64 {
        self.stubs[index as usize].at
    }

    #[inline]
    fn touch(&self, index: u32) {
        black_box(self.entities[usize::from(self.stubs[index as usize].slot)]);
    }

    fn coordinates(&self, index: u32) -> Coordinates {
        let stub = &self.stubs[index as usize];
        Coordinates {
            rank: self.context.rank,
            lane: self.lane,
            block: self.block,
            position: self.positions[usize::from(stub.slot)],
            step: stub.number,
        }
    }

    #[inline]
    fn render(&self, index: u32, batch: &mut Batch, tally: Option<&mut Tally>) {
        let context = &*self.context;
        let stub = self.stubs[index as usize];
        let coordinates = self.coordinates(index);
        let Stub { kind, at, flags, .. } = stub;
        let (entity, step) = (&self.entities[usize::from(stub.slot)], self.step(&stub));
        if flags & SILENT != 0 {
            if let Some(tally) = tally {
                context.stream.tally(entity, step, tally);
            }
            return;
        }
        let mut record = Record::new(batch, context.format);
        match tally {
            Some(tally) => context.stream.render_tallied(entity, step, &mut record, tally),
            None => context.stream.render(entity, step, &mut record),
        }
        let outlet = context.outlet(kind);
        if S::CHECKED {
            let known = usize::from(kind) < context.outlets.len();
            let claim = Claim {
                known,
                moved: flags & MOVED != 0,
                columns: outlet.columns,
                serialized: !record.by_hand,
            };
            if let Some(flaw) = context.check.flaw(batch, claim) {
                batch.reject(flaw, at, coordinates);
                return;
            }
        }
        let stamp = Stamp {
            event_time: stub.at,
            release_time: stub.at,
            coordinates,
            topic: outlet.topic.unwrap_or_default(),
            kind: outlet.kind,
            first: context.counted && flags & FIRST != 0,
            last: context.counted && flags & LAST != 0,
        };
        seal(batch, stamp, context.disorder.as_ref());
    }

    fn render_until_full(
        &self,
        range: &mut Range<u32>,
        batch: &mut Batch,
        mut tally: Option<&mut Tally>,
    ) {
        for index in range.by_ref() {
            self.render(index, batch, tally.as_deref_mut());
            if batch.is_full() {
                return;
            }
        }
    }

    fn tally(&self, range: Range<u32>, tally: &mut Tally) {
        for stub in &self.stubs[range.start as usize..range.end as usize] {
            self.context.stream.tally(
                &self.entities[usize::from(stub.slot)],
                self.step(stub),
                tally,
            );
        }
    }
}

impl fmt::Debug for dyn Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Block")
    }
}
