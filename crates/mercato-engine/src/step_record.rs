//! The record of one step of an entity.

use std::fmt;

use mercato_encode::{Change, Coordinates, WriteRecord, Writer};

use crate::fold::Accumulator;
use crate::settings::BLOCK_LEN;
use crate::stream::{Step, Stream};

/// The record of a step, for an [encoding](mercato_encode::Encoding) of its topic's layout.
pub struct StepRecord<'a, S: Stream> {
    stream: &'a S,
    entity: &'a S::Entity,
    step: Step,
    block_len: u16,
    accumulator: Option<&'a mut Accumulator>,
}

impl<'a, S: Stream> StepRecord<'a, S> {
    /// The record of a step of `entity`.
    pub fn new(stream: &'a S, entity: &'a S::Entity, step: Step) -> Self {
        Self { stream, entity, step, block_len: BLOCK_LEN, accumulator: None }
    }

    /// The same in a run of blocks of this length, and what it says is added to `accumulator` when
    /// it is written.
    #[inline]
    pub(crate) fn accumulated(
        stream: &'a S,
        entity: &'a S::Entity,
        step: Step,
        block_len: u16,
        accumulator: Option<&'a mut Accumulator>,
    ) -> Self {
        Self { stream, entity, step, block_len, accumulator }
    }
}

impl<S: Stream> WriteRecord for StepRecord<'_, S> {
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write<W: Writer>(&mut self, writer: &mut W) {
        // Written again, in a larger room, it is not added up again.
        self.stream.write_accumulated(self.entity, self.step, writer, self.accumulator.take());
    }

    fn change(&self) -> Change {
        let Step { arrival, substream, number, at, .. } = self.step;
        let block_len = u64::from(self.block_len.max(1));
        let coordinates = Coordinates {
            rank: self.stream.id().rank,
            substream,
            block: arrival / block_len,
            position: (arrival % block_len) as u16,
            step: number,
            copy: 0,
        };
        Change { kind: self.stream.change(self.entity, self.step), at, coordinates }
    }

    fn write_before<W: Writer>(&mut self, writer: &mut W) {
        self.stream.write_before(self.entity, self.step, writer);
    }
}

impl<S: Stream> fmt::Debug for StepRecord<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepRecord").field("step", &self.step).finish_non_exhaustive()
    }
}
