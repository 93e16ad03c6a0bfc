//! A stream with the arrivals, entities and traces of another, whose records are only what a
//! question needs of it.
//!
//! It is a stream itself, so that windows, shards and threads work for folds as they do for
//! records.

use mercato_draw::Words;
use mercato_engine::{Arrival, Arrivals, Record, Step, Stream, StreamId, Trace};

/// The stream `S`, each of whose records is what `R` makes of a step.
#[derive(Debug)]
pub struct Reduced<S, R> {
    stream: S,
    reduction: R,
}

/// What a record is reduced to.
pub trait Reduction<S: Stream>: Send + Sync + 'static {
    /// Appends what is needed of a step to `record`.
    fn append(&self, stream: &S, entity: &S::Entity, step: Step, record: &mut Record<'_>);
}

impl<S, R> Reduced<S, R> {
    pub(super) fn by(stream: S, reduction: R) -> Self {
        Self { stream, reduction }
    }
}

impl<S: Stream, R: Reduction<S>> Stream for Reduced<S, R> {
    type Entity = S::Entity;
    // These records are no text, and nobody is sent them.
    const CHECKED: bool = false;

    fn id(&self) -> StreamId {
        self.stream.id()
    }

    fn narrow(&mut self, wanted: &[bool]) {
        self.stream.narrow(wanted);
    }

    fn topic_of(&self, kind: u16) -> u16 {
        self.stream.topic_of(kind)
    }

    fn topics(&self) -> Vec<String> {
        self.stream.topics()
    }

    fn kinds(&self) -> Vec<String> {
        self.stream.kinds()
    }

    fn arrivals(&self) -> Vec<Arrivals> {
        self.stream.arrivals()
    }

    fn words(&self) -> usize {
        self.stream.words()
    }

    #[inline]
    fn draw(&self, arrival: Arrival, words: &mut Words<'_>) -> S::Entity {
        self.stream.draw(arrival, words)
    }

    fn owner(&self, entity: &S::Entity, arrival: Arrival, key: &mut Vec<u8>) {
        self.stream.owner(entity, arrival, key);
    }

    #[inline]
    fn trace(&self, entity: &S::Entity, arrival: Arrival, trace: &mut Trace) {
        self.stream.trace(entity, arrival, trace);
    }

    fn longest_trace(&self) -> i64 {
        self.stream.longest_trace()
    }

    #[inline]
    fn render(&self, entity: &S::Entity, step: Step, record: &mut Record<'_>) {
        self.reduction.append(&self.stream, entity, step, record);
    }

    fn columns(&self) -> Vec<String> {
        self.stream.columns()
    }

    fn columns_of(&self, topic: u16) -> Vec<String> {
        self.stream.columns_of(topic)
    }
}
