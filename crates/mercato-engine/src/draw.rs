//! Drawing: the entities of a block from their words, and the steps of their traces.

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use mercato_draw::Words;
use mercato_encode::Coordinates;

use crate::Key;
use crate::block::{Drawn, DrawnBlock};
use crate::disorder::{Draws, Laws};
use crate::process::BlockPlan;
use crate::scheduled::{
    COPY, DEVIANT, DrawScratch, FIRST, HURRIED, LAST, MOVED, SILENT, ScheduledStep,
};
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
    ) -> Drawn {
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
    ) -> Option<Drawn> {
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
                let coordinates =
                    Coordinates { rank, substream, block, position, ..Coordinates::default() };
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

/// The entities of a block, and the positions of their arrivals in it.
struct Entities<E> {
    entities: Vec<E>,
    positions: Vec<u16>,
}

impl<E> Entities<E> {
    fn with_room(room: usize) -> Self {
        Self { entities: Vec::with_capacity(room), positions: Vec::with_capacity(room) }
    }

    fn push(&mut self, entity: E, position: u16) {
        self.entities.push(entity);
        self.positions.push(position);
    }
}

/// A block while its entities are drawn.
struct BlockBuilder<'a, S: Stream> {
    spec: &'a Arc<StreamSpec<S>>,
    substream: u8,
    block: u64,
    kept: Entities<S::Entity>,
    /// Entities with records that are displaced; their records outlast the others.
    displaced: Entities<S::Entity>,
    draws: Draws,
}

impl<'a, S: Stream> BlockBuilder<'a, S> {
    fn new(spec: &'a Arc<StreamSpec<S>>, substream: u8, block: u64) -> Self {
        let kept = Entities::with_room(spec.settings.block_len.into());
        let draws = Draws::new(spec.settings.world, spec.rank, substream, block);
        Self { spec, substream, block, kept, displaced: Entities::with_room(0), draws }
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
        let begin = scratch.steps.len();
        self.push_steps(&entity, arrival, position, own, plan, scratch);
        if let Some(laws) = spec.settings.disorder.laws() {
            self.deviate(laws, &entity, position, begin, scratch);
        }
        self.kept.push(entity, position);
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
        let slot = self.kept.entities.len() as u16;
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
    }

    /// Decides for the steps of the entity, which begin at `begin`, which of them deviate.
    #[inline]
    fn deviate(
        &mut self,
        laws: &[Laws],
        entity: &S::Entity,
        position: u16,
        begin: usize,
        scratch: &mut DrawScratch,
    ) {
        let displaced = scratch.displaced.len();
        let mut index = begin;
        while let Some(step) = scratch.steps.get(index) {
            let topic = self.spec.route(step.kind).topic.unwrap_or_default();
            let law = laws.get(usize::from(topic)).filter(|_| step.flags & SILENT == 0);
            let touched = law.filter(|law| law.may_touch(self.draws, position, step.number));
            let stays = touched.is_none_or(|law| self.displace(law, position, index, scratch));
            index += usize::from(stays);
        }
        if scratch.displaced.len() > displaced {
            self.displaced.push(*entity, position);
            mark_ends(&mut scratch.steps[begin..], &mut scratch.displaced[displaced..]);
        }
    }

    /// Carries out what becomes of the record of step `index`; false if the step is no longer among
    /// those released when they happen.
    ///
    /// A fold counts a record as it was meant and when it happens: a displaced step leaves a silent
    /// one there.
    #[cold]
    fn displace(&self, law: &Laws, position: u16, index: usize, scratch: &mut DrawScratch) -> bool {
        let step = scratch.steps[index];
        let fate = law.fate(self.draws, position, step.number);
        if fate.is_dropped() {
            scratch.steps[index].flags |= DEVIANT;
            return true;
        }
        let (release, event_time) =
            (step.at.saturating_add(fate.delay()), step.at.saturating_add(fate.ahead()));
        let slot = self.displaced.entities.len() as u16;
        let mut push = |at: i64, flags: u16| {
            let kept = if flags & COPY == 0 { step.flags } else { step.flags & !(FIRST | LAST) };
            let step = ScheduledStep { at, slot, flags: kept | DEVIANT | flags, ..step };
            scratch.displaced.push((step, event_time));
        };
        let is_moved = (release, event_time) != (step.at, step.at);
        if is_moved {
            push(release, 0);
        }
        if let Some(gap) = fate.repeated() {
            push(release.saturating_add(gap), COPY);
        }
        if is_moved && self.spec.settings.accumulated {
            scratch.steps[index].flags |= SILENT;
        } else if is_moved {
            scratch.steps.remove(index);
            return false;
        }
        true
    }

    fn finish(self, scratch: &mut DrawScratch) -> Drawn {
        let (displaced_steps, event_times) = scratch.take_displaced_in_order();
        let steps = scratch.take_steps_in_order();
        let Self { spec, substream, block, kept, displaced, .. } = self;
        let drawn = |Entities { entities, positions }: Entities<S::Entity>, steps, event_times| {
            Arc::new(DrawnBlock {
                spec: Arc::clone(spec),
                substream,
                block,
                entities: entities.into_boxed_slice(),
                positions: positions.into_boxed_slice(),
                steps,
                event_times,
                hint: AtomicU32::new(0),
            })
        };
        let has_displaced = spec.settings.disorder.laws().is_some();
        Drawn {
            displaced: has_displaced
                .then(|| drawn(displaced, displaced_steps, Some(event_times)) as _),
            on_time: drawn(kept, steps, None),
        }
    }
}

/// Marks the first and the last record of an entity in the order of release, of which some may be
/// displaced; a duplicate is neither.
fn mark_ends(steps: &mut [ScheduledStep], displaced: &mut [(ScheduledStep, i64)]) {
    let (mut first, mut last) = (None, None);
    for (place, _) in heard(steps, displaced) {
        first = Some(first.map_or(place, |first| place.min(first)));
        last = last.max(Some(place));
    }
    for (place, step) in heard(steps, displaced) {
        step.flags &= !(FIRST | LAST);
        step.flags |= if Some(place) == first { FIRST } else { 0 };
        step.flags |= if Some(place) == last { LAST } else { 0 };
    }
}

/// The records of an entity that are emitted and no duplicates, each with its place in the order of
/// release.
fn heard<'a>(
    steps: &'a mut [ScheduledStep],
    displaced: &'a mut [(ScheduledStep, i64)],
) -> impl Iterator<Item = ((i64, i64, u16), &'a mut ScheduledStep)> {
    let on_time = steps.iter_mut().map(|step| (step.at, step));
    let displaced = displaced.iter_mut().map(|(step, event_time)| (*event_time, step));
    let emitted = on_time.chain(displaced).filter(|(_, step)| step.flags & (SILENT | COPY) == 0);
    emitted.map(|(event_time, step)| ((step.at, event_time, step.number), step))
}
