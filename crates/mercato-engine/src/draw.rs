//! Drawing: the entities of a block from their words, and the steps of their traces.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use mercato_draw::Words;
use mercato_encode::Coordinates;

use crate::Key;
use crate::block::{Block, DrawnBlock};
use crate::disorder::BoundedDelay;
use crate::process::BlockPlan;
use crate::scheduled::{DrawScratch, FIRST, HURRIED, LAST, LATE, MOVED, SILENT, ScheduledStep};
use crate::shard::owns;
use crate::stream::{Arrival, Stream};
use crate::stream_spec::StreamSpec;

/// Bounds on the arrivals of a block that take part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    /// Arrivals at this time or later do not.
    pub(crate) until: i64,
    /// Arrivals after this one do not.
    pub(crate) end: Option<Key>,
}

impl<S: Stream> StreamSpec<S> {
    /// Draws the entities of a block and sorts their steps.
    pub(crate) fn draw(
        self: &Arc<Self>,
        substream: u8,
        plan: &BlockPlan,
        limit: Limit,
        scratch: &mut DrawScratch,
    ) -> Arc<dyn Block> {
        let mut block = BlockBuilder::new(self, substream, plan.start.block);
        let count = self.times(substream, plan, limit, scratch);
        self.fill(substream, plan.start.block, 0, count, scratch);
        for position in 0..count {
            block.keep(position as u16, plan, scratch, position);
        }
        block.finish(scratch)
    }

    /// Draws one entity of a block and nothing else.
    pub(crate) fn draw_alone(
        self: &Arc<Self>,
        substream: u8,
        plan: &BlockPlan,
        position: u16,
        scratch: &mut DrawScratch,
    ) -> Option<Arc<dyn Block>> {
        let mut block = BlockBuilder::new(self, substream, plan.start.block);
        let count = self.times(substream, plan, Limit { until: i64::MAX, end: None }, scratch);
        (usize::from(position) < count).then(|| {
            self.fill(substream, plan.start.block, usize::from(position), 1, scratch);
            block.keep(position, plan, scratch, 0);
            block.finish(scratch)
        })
    }

    /// Finds the arrival times of a block; returns how many take part.
    fn times(
        &self,
        substream: u8,
        plan: &BlockPlan,
        limit: Limit,
        scratch: &mut DrawScratch,
    ) -> usize {
        let block = plan.start.block;
        scratch.words.resize(usize::from(self.settings.block_len), 0);
        if plan.is_random() {
            self.settings.world.seed.fill_block(
                self.label(substream),
                block,
                0,
                &mut scratch.words,
            );
        }
        scratch.times.clear();
        plan.times(&mut scratch.words, &mut scratch.times);
        let mut count = scratch.times.partition_point(|at| *at < limit.until);
        if let Some(end) = limit.end {
            let key = |index: usize| {
                let (rank, position) = (self.rank, index as u16);
                let coordinates = Coordinates { rank, substream, block, position, step: 0 };
                Key::on_time(scratch.times[index], coordinates)
            };
            while count > 0 && key(count - 1) > end {
                count -= 1;
            }
        }
        count
    }

    /// Fills the words of `count` arrivals, beginning with `first`.
    fn fill(
        &self,
        substream: u8,
        block: u64,
        first: usize,
        count: usize,
        scratch: &mut DrawScratch,
    ) {
        scratch.words.resize(count * self.words, 0);
        let skipped = u64::from(self.settings.block_len) + (first * self.words) as u64;
        self.settings.world.seed.fill_block(
            self.label(substream),
            block,
            skipped,
            &mut scratch.words,
        );
    }
}

/// A block while its entities are drawn.
struct BlockBuilder<'a, S: Stream> {
    spec: &'a Arc<StreamSpec<S>>,
    substream: u8,
    block: u64,
    entities: Vec<S::Entity>,
    positions: Vec<u16>,
}

impl<'a, S: Stream> BlockBuilder<'a, S> {
    fn new(spec: &'a Arc<StreamSpec<S>>, substream: u8, block: u64) -> Self {
        let room = spec.settings.block_len.into();
        let (entities, positions) = (Vec::with_capacity(room), Vec::with_capacity(room));
        Self { spec, substream, block, entities, positions }
    }

    /// Draws the arrival at `position` from the `nth` set of words, if it belongs to the shard.
    #[inline]
    fn keep(&mut self, position: u16, plan: &BlockPlan, scratch: &mut DrawScratch, nth: usize) {
        let spec = self.spec;
        let index = self.block * u64::from(spec.settings.block_len) + u64::from(position);
        let arrival =
            Arrival { index, substream: self.substream, at: scratch.times[usize::from(position)] };
        let words = &scratch.words[nth * spec.words..][..spec.words];
        let entity = spec.stream.draw(arrival, &mut Words::new(words));
        let mut own = true;
        if !spec.settings.shard.is_whole() {
            scratch.owner.clear();
            spec.stream.owner(&entity, arrival, &mut scratch.owner);
            own = owns(spec.settings.shard, &scratch.owner);
            if !own && !spec.settings.accumulated {
                return;
            }
        }
        self.push_steps(&entity, arrival, position, own, plan, scratch);
        self.entities.push(entity);
        self.positions.push(position);
    }

    #[inline]
    fn push_steps(
        &self,
        entity: &S::Entity,
        arrival: Arrival,
        position: u16,
        own: bool,
        plan: &BlockPlan,
        scratch: &mut DrawScratch,
    ) {
        let spec = self.spec;
        scratch.trace.clear();
        spec.stream.trace(entity, arrival, &mut scratch.trace);
        let hurried = match (&plan.room, scratch.trace.room) {
            (Some(room), Some(nth)) => {
                scratch.trace.hurry(|steps| room.hurry(position, nth, steps))
            }
            _ => None,
        };
        // The record of a step must not depend on later steps: a later burst may move them.
        let hurried = hurried.unwrap_or(usize::MAX);
        // A step outside its bounds would break the look-back for everyone, so it is moved to the
        // nearest bound.
        let latest = arrival.at.saturating_add(spec.longest_trace);
        let slot = self.entities.len() as u16;
        let begin = scratch.steps.len();
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
            let step = ScheduledStep {
                at,
                slot,
                number: number as u16,
                kind: *kind,
                flags: flags | moved,
            };
            if !own || spec.route(*kind).topic.is_none() {
                if spec.settings.accumulated {
                    scratch.steps.push(ScheduledStep { flags: step.flags | SILENT, ..step });
                }
                continue;
            }
            last = Some(scratch.steps.len());
            scratch.steps.push(step);
            flags &= !FIRST;
        }
        if let Some(last) = last.and_then(|last| scratch.steps.get_mut(last)) {
            last.flags |= LAST;
        }
        if let Some(delay) = &spec.settings.disorder.delay {
            self.delay(delay, position, begin, scratch);
        }
    }

    /// Moves the steps of the entity, which begin at `begin`, from their event to their release.
    ///
    /// The fold counts a record at its event time, as if it were not late: a late step leaves a
    /// silent one there.
    #[cold]
    fn delay(&self, delay: &BoundedDelay, position: u16, begin: usize, scratch: &mut DrawScratch) {
        let (rank, substream, block) = (self.spec.rank, self.substream, self.block);
        let drawn: Vec<ScheduledStep> = scratch.steps.drain(begin..).collect();
        for step in drawn {
            let coordinates = Coordinates { rank, substream, block, position, step: step.number };
            let event_time = step.at;
            let at = if step.flags & SILENT == 0 {
                delay.release_time(event_time, coordinates)
            } else {
                event_time
            };
            if at == event_time {
                scratch.push_released(step, event_time);
                continue;
            }
            if self.spec.settings.accumulated {
                let flags = step.flags | SILENT;
                scratch.push_released(ScheduledStep { flags, ..step }, event_time);
            }
            let flags = step.flags | LATE;
            scratch.push_released(ScheduledStep { at, flags, ..step }, event_time);
        }
        mark_ends(&mut scratch.steps[begin..]);
    }

    fn finish(self, scratch: &mut DrawScratch) -> Arc<dyn Block> {
        let event_times = scratch.take_event_times_in_order();
        let steps = scratch.take_steps_in_order();
        let Self { spec, substream, block, entities, positions } = self;
        let (entities, positions) = (entities.into_boxed_slice(), positions.into_boxed_slice());
        let spec = Arc::clone(spec);
        Arc::new(DrawnBlock {
            spec,
            substream,
            block,
            entities,
            positions,
            steps,
            event_times,
            hint: AtomicU32::new(0),
        })
    }
}

/// Marks the first and the last record of an entity in the order of release.
fn mark_ends(steps: &mut [ScheduledStep]) {
    let mut heard: Vec<&mut ScheduledStep> =
        steps.iter_mut().filter(|step| step.flags & SILENT == 0).collect();
    heard.iter_mut().for_each(|step| step.flags &= !(FIRST | LAST));
    if let Some(first) = heard.iter_mut().min_by_key(|step| step.at) {
        first.flags |= FIRST;
    }
    if let Some(last) = heard.iter_mut().max_by_key(|step| step.at) {
        last.flags |= LAST;
    }
}
