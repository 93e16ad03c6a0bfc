//! A drawn block: its entities and the steps of their traces in the order of release.

use std::fmt;
use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use mercato_encode::{Batch, Coordinates, Stamp};

use crate::check::Claim;
use crate::scheduled::{COPY, DEVIANT, FIRST, HURRIED, LAST, MOVED, SILENT, ScheduledStep};
use crate::step_record::StepRecord;
use crate::stream::{Step, Stream};
use crate::stream_spec::StreamSpec;
use crate::{Accumulator, Key};

/// A block of any stream.
pub(crate) trait Block: Send + Sync {
    /// Name of the stream.
    fn stream(&self) -> &'static str;

    /// Indices of the steps released in `from..to`.
    fn range(&self, from: i64, to: i64) -> Range<u32>;

    /// Number of entities in memory.
    fn entities(&self) -> usize;

    /// Returns true if the block holds displaced steps, which are not released at their event time.
    fn is_displaced(&self) -> bool;

    /// Release time of step `index`.
    fn at(&self, index: u32) -> i64;

    /// Reads the entity of step `index` and forgets it, so that it is in the cache when it is
    /// rendered.
    fn touch(&self, index: u32);

    /// Place of step `index` in the order of the run.
    fn key(&self, index: u32) -> Key;

    /// Renders step `index` at the end of `batch`, and adds what it says to `accumulator`.
    fn render(&self, index: u32, batch: &mut Batch, accumulator: Option<&mut Accumulator>);

    /// Renders the steps of `range` one after the other and takes them from it, until `batch` is
    /// full.
    fn render_until_full(
        &self,
        range: &mut Range<u32>,
        batch: &mut Batch,
        accumulator: Option<&mut Accumulator>,
    );

    /// Adds what the steps of `range` say to `accumulator`.
    fn accumulate(&self, range: Range<u32>, accumulator: &mut Accumulator);
}

/// A block in its two parts.
pub(crate) struct Drawn {
    /// The steps that are released at their event time.
    pub(crate) on_time: Arc<dyn Block>,
    /// The others; none where no record is displaced.
    pub(crate) displaced: Option<Arc<dyn Block>>,
}

/// A drawn block of a stream, or the displaced part of it.
pub(crate) struct DrawnBlock<S: Stream> {
    pub(crate) spec: Arc<StreamSpec<S>>,
    pub(crate) substream: u8,
    pub(crate) block: u64,
    pub(crate) entities: Box<[S::Entity]>,
    /// Positions in the block of the entities kept, which may be only some.
    pub(crate) positions: Box<[u16]>,
    /// In the order of release.
    pub(crate) steps: Box<[ScheduledStep]>,
    /// Event times of displaced steps; none where steps are released at their event time.
    pub(crate) event_times: Option<Box<[i64]>>,
    /// The end of the last range. Slices come one after the other, so the next begins about there;
    /// a wrong hint costs a longer search and nothing else.
    pub(crate) hint: AtomicU32,
}

impl<S: Stream> DrawnBlock<S> {
    #[inline]
    fn coordinates(&self, index: u32) -> Coordinates {
        let scheduled = &self.steps[index as usize];
        Coordinates {
            rank: self.spec.rank,
            substream: self.substream,
            block: self.block,
            position: self.positions[usize::from(scheduled.slot)],
            step: scheduled.number,
            copy: u8::from(scheduled.flags & COPY != 0),
        }
    }

    /// The event time of step `index`.
    #[inline]
    fn event_time(&self, index: u32) -> i64 {
        match &self.event_times {
            None => self.steps[index as usize].at,
            Some(event_times) => event_times[index as usize],
        }
    }

    /// Step `index` as the stream sees it.
    #[inline]
    fn step(&self, index: u32) -> Step {
        let scheduled = &self.steps[index as usize];
        let position = self.positions[usize::from(scheduled.slot)];
        let arrival = self.block * u64::from(self.spec.settings.block_len) + u64::from(position);
        let (at, ScheduledStep { number, kind, flags, .. }) = (self.event_time(index), *scheduled);
        Step { arrival, substream: self.substream, number, kind, at, hurried: flags & HURRIED != 0 }
    }

    /// Index of the first step at `time` or later, found by steps of growing width from `near`.
    fn first_from(&self, time: i64, near: usize) -> usize {
        let before =
            |index: usize| self.steps.get(index).is_some_and(|scheduled| scheduled.at < time);
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
            high = high.min(self.steps.len());
        }
        low + self.steps[low..high].partition_point(|scheduled| scheduled.at < time)
    }
}

impl<S: Stream> Block for DrawnBlock<S> {
    fn stream(&self) -> &'static str {
        self.spec.stream.id().name
    }

    fn range(&self, from: i64, to: i64) -> Range<u32> {
        let start = self.first_from(from, self.hint.load(Ordering::Relaxed) as usize);
        let end = self.first_from(to, start);
        self.hint.store(end as u32, Ordering::Relaxed);
        start as u32..end as u32
    }

    fn entities(&self) -> usize {
        self.entities.len()
    }

    fn is_displaced(&self) -> bool {
        self.event_times.is_some()
    }

    #[inline]
    fn at(&self, index: u32) -> i64 {
        self.steps[index as usize].at
    }

    #[inline]
    fn touch(&self, index: u32) {
        black_box(self.entities[usize::from(self.steps[index as usize].slot)]);
    }

    fn key(&self, index: u32) -> Key {
        let release_time = self.steps[index as usize].at;
        let (event_time, coordinates) = (self.event_time(index), self.coordinates(index));
        Key { release_time, event_time, coordinates }
    }

    #[inline]
    fn render(&self, index: u32, batch: &mut Batch, accumulator: Option<&mut Accumulator>) {
        let spec = &*self.spec;
        let scheduled = self.steps[index as usize];
        let coordinates = self.coordinates(index);
        let ScheduledStep { kind, flags, .. } = scheduled;
        let (entity, step) = (&self.entities[usize::from(scheduled.slot)], self.step(index));
        if flags & SILENT != 0 {
            if let Some(accumulator) = accumulator {
                spec.stream.accumulate(entity, step, accumulator);
            }
            return;
        }
        let route = spec.route(kind);
        let Some(encoding) = spec.encoding(route) else { return };
        let topic = route.topic.unwrap_or_default();
        // A displaced record was counted when it happened.
        let accumulator = accumulator.filter(|_| !self.is_displaced());
        let block_len = spec.settings.block_len;
        let mut record =
            StepRecord::accumulated(&spec.stream, entity, step, block_len, accumulator);
        let encoded = if S::CHECKED {
            encoding.encode::<true>(batch, topic, &mut record)
        } else {
            encoding.encode::<false>(batch, topic, &mut record)
        };
        if S::CHECKED {
            let known = usize::from(kind) < spec.routes.len();
            let claim = Claim { known, moved: flags & MOVED != 0, columns: route.columns, encoded };
            if let Some(flaw) = spec.settings.check().flaw(batch, claim) {
                batch.reject(flaw, step.at, coordinates);
                return;
            }
        }
        let stamp = Stamp {
            event_time: step.at,
            release_time: scheduled.at,
            coordinates,
            topic,
            kind: route.kind,
            first: spec.counted && flags & FIRST != 0,
            last: spec.counted && flags & LAST != 0,
        };
        if flags & DEVIANT == 0 {
            spec.settings.disorder.seal(batch, stamp);
        } else {
            spec.settings.disorder.seal_deviant(batch, stamp);
        }
    }

    fn render_until_full(
        &self,
        range: &mut Range<u32>,
        batch: &mut Batch,
        mut accumulator: Option<&mut Accumulator>,
    ) {
        for index in range.by_ref() {
            self.render(index, batch, accumulator.as_deref_mut());
            if batch.is_full() {
                return;
            }
        }
    }

    fn accumulate(&self, range: Range<u32>, accumulator: &mut Accumulator) {
        if self.is_displaced() {
            return;
        }
        for index in range {
            let scheduled = &self.steps[index as usize];
            let entity = &self.entities[usize::from(scheduled.slot)];
            self.spec.stream.accumulate(entity, self.step(index), accumulator);
        }
    }
}

impl fmt::Debug for dyn Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Block")
    }
}
