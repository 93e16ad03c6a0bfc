//! The record of one step of an entity.

use std::fmt;

use mercato_encode::{WriteRecord, Writer};

use crate::fold::Tally;
use crate::stream::{Step, Stream};

/// The record of a step, for an [encoding](mercato_encode::Encoding) of its topic's layout.
pub struct StepRecord<'a, S: Stream> {
    stream: &'a S,
    entity: &'a S::Entity,
    step: Step,
    tally: Option<&'a mut Tally>,
}

impl<'a, S: Stream> StepRecord<'a, S> {
    /// The record of a step of `entity`.
    pub fn new(stream: &'a S, entity: &'a S::Entity, step: Step) -> Self {
        Self { stream, entity, step, tally: None }
    }

    /// The same, and what it says is added to `tally` when it is written.
    #[inline]
    pub(crate) fn tallied(
        stream: &'a S,
        entity: &'a S::Entity,
        step: Step,
        tally: Option<&'a mut Tally>,
    ) -> Self {
        Self { stream, entity, step, tally }
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
        self.stream.write_tallied(self.entity, self.step, writer, self.tally.take());
    }
}

impl<S: Stream> fmt::Debug for StepRecord<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StepRecord").field("step", &self.step).finish_non_exhaustive()
    }
}
