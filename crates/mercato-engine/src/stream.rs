//! The `Stream` trait: what a stream is, so that everything else is the same for all of them.
//!
//! The built-in streams and a user's own implement this one trait.
//! In exchange they get threads, shards, seek, resume, pacing, sinks, Kafka and verification,
//! none of which a stream can see.

use mercato_draw::Words;
use mercato_encode::{ChangeKind, Layout, Writer};

use crate::{Accumulator, Arrivals};

/// Identifies a stream among all streams of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamId {
    /// The name in commands, summaries and ledgers.
    pub name: &'static str,
    /// The purpose of the stream's draws; 1 to 127 are the built-in streams', 128 to 255 are free
    /// for others.
    pub purpose: u8,
    /// Causal rank: at one instant the records of a lower rank come first.
    pub rank: u8,
}

/// An entity enters: an order is placed, a session opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// Number of the arrival in its substream, from 0.
    pub index: u64,
    /// The substream, an index into [`Stream::arrivals`].
    pub substream: u8,
    /// Event time of the arrival in microseconds since the Unix epoch.
    pub at: i64,
}

/// One record to be rendered: a step of an entity's trace that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Number of the entity's arrival in its substream.
    pub arrival: u64,
    /// The substream of the arrival.
    pub substream: u8,
    /// Number of the step in the trace, 0 for the arrival itself.
    pub number: u16,
    /// The kind passed to [`Trace::push`], an index into [`Stream::kinds`].
    pub kind: u16,
    /// Event time in microseconds since the Unix epoch.
    pub at: i64,
    /// True if this step or one before it in its trace was brought forward; see
    /// [`Trace::end_before`].
    pub hurried: bool,
}

/// The timed steps of one entity, in the order in which they are pushed.
#[derive(Debug, Default)]
pub struct Trace {
    pub(crate) steps: Vec<(i64, u16)>,
    pub(crate) room: Option<u64>,
    /// Number of leading steps that are no part of what hurries.
    introductions: usize,
    /// Number of trailing steps that are answers to others.
    followers: usize,
}

impl Trace {
    /// Appends a step of `kind` at `at` microseconds since the Unix epoch.
    ///
    /// A step must not lie before the arrival or the step before it, nor later than
    /// [`Stream::longest_trace`] after the arrival; its record is a broken one then.
    #[inline]
    pub fn push(&mut self, at: i64, kind: u16) {
        self.steps.push((at, kind));
    }

    /// Asks for the trace to be over before the arrival comes that is `arrivals` after this one in
    /// its substream, so that two visits of one customer never overlap however busy the shop is.
    ///
    /// Steps in the order of time that would be later are brought forward into the last eighth of
    /// the time between the two;
    /// [`Step::hurried`] says so. Only where arrivals come at a rate that is
    /// [spread](crate::Rate::spread_by)
    /// by less than half of `arrivals`; elsewhere it is not heard.
    #[inline]
    pub fn end_before(&mut self, arrivals: u64) {
        self.room = Some(arrivals);
    }

    /// Appends a step of `kind` at the arrival, before all others, that [`Trace::end_before`] is not
    /// about: the times of the others are the same with it and without it.
    #[inline]
    pub fn introduce(&mut self, at: i64, kind: u16) {
        self.steps.push((at, kind));
        self.introductions += 1;
    }

    /// Appends a step of `kind` that others make of the one before: `after` microseconds after it,
    /// wherever that comes to lie.
    ///
    /// [`Trace::end_before`] is not about it: an alarm may come when the customer has long come
    /// again. What is pushed after it must follow too.
    #[inline]
    pub fn follow(&mut self, after: i64, kind: u16) {
        let before = self.steps.last().map_or(0, |(at, _)| *at);
        self.steps.push((before.saturating_add(after), kind));
        self.followers += 1;
    }

    /// The steps pushed so far: when, and of which kind.
    pub fn steps(&self) -> impl Iterator<Item = (i64, u16)> {
        self.steps.iter().copied()
    }

    pub(crate) fn clear(&mut self) {
        self.steps.clear();
        self.room = None;
        self.followers = 0;
        self.introductions = 0;
    }

    /// Lets `hurry` bring steps forward; what follows them comes along.
    #[inline]
    pub(crate) fn hurry(
        &mut self,
        hurry: impl FnOnce(&mut [(i64, u16)]) -> Option<usize>,
    ) -> Option<usize> {
        let own = self.steps.len().saturating_sub(self.followers);
        let (steps, followers) = self.steps.split_at_mut(own);
        let steps = steps.get_mut(self.introductions..).unwrap_or_default();
        let last = steps.last().map_or(0, |(at, _)| *at);
        let first = hurry(steps).map(|first| first + self.introductions);
        let sooner = last - steps.last().map_or(0, |(at, _)| *at);
        followers.iter_mut().for_each(|(at, _)| *at -= sooner);
        first
    }
}

/// A sequence of records for one or more topics, as a function of addresses.
///
/// An implementation holds only what is fixed for the run: parameters, tables, pre-rendered
/// segments.
/// Whatever is random about an entity comes from the words it is drawn from, or from a counter hash
/// keyed by the seed; nothing may depend on which entities were drawn before.
pub trait Stream: Send + Sync + 'static {
    /// Everything random about one order, session or campaign, as compact plain data.
    ///
    /// Many of them are open at a time and each is read again for every record: integers and table
    /// indices, no strings.
    type Entity: Copy + Send + Sync + 'static;

    /// True if each record is checked before it may leave: that its event time and kind are ones
    /// the stream may have, that it is no larger than [`crate::RunBuilder::largest_record`], and
    /// that its value is a line of JSON or CSV. What is not so is counted, reported and never sent.
    ///
    /// A stream whose types and tests guarantee all of that says `false` and pays nothing.
    const CHECKED: bool = true;

    /// Returns the identifier of the stream.
    fn id(&self) -> StreamId;

    /// Names of the topics, indexed by [`Stream::topic_of`].
    ///
    /// Streams of one run may name the same topic, if their records have the same columns: it is
    /// one topic then.
    fn topics(&self) -> Vec<String>;

    /// Names of the kinds of record (an order's status, an event's type), for counts by kind.
    ///
    /// Kinds of the same name, of one stream or of several, are counted together.
    fn kinds(&self) -> Vec<String>;

    /// The topic to which records of a kind go; by default all go to the first.
    fn topic_of(&self, _kind: u16) -> u16 {
        0
    }

    /// Told before a run which of its topics are wanted, by their index.
    ///
    /// A stream may leave out work for the others; what is wanted must keep its bytes.
    fn narrow(&mut self, _wanted: &[bool]) {}

    /// The laws by which entities arrive, one a substream; most streams have one substream.
    fn arrivals(&self) -> Vec<Arrivals>;

    /// Returns the number of words that [`Stream::draw`] may take; changing it changes every draw
    /// of the stream.
    fn words(&self) -> usize;

    /// Draws one entity from its words.
    fn draw(&self, arrival: Arrival, words: &mut Words<'_>) -> Self::Entity;

    /// Appends the key whose order matters to a consumer; it decides which shard the entity belongs
    /// to.
    fn owner(&self, entity: &Self::Entity, arrival: Arrival, key: &mut Vec<u8>);

    /// The entity's steps; by default one, at its arrival, of kind 0.
    fn trace(&self, _entity: &Self::Entity, arrival: Arrival, trace: &mut Trace) {
        trace.push(arrival.at, 0);
    }

    /// The longest time from an arrival to the last step of its trace, in microseconds.
    fn longest_trace(&self) -> i64 {
        0
    }

    /// The records of a topic: their description, and what the stream knows of them before the
    /// first; asked once for each topic that is wanted, which is where tables are rendered.
    fn layout(&self, topic: u16) -> Layout;

    /// Writes the record of one step: its key, and the slots of its topic's layout in order.
    fn write<W: Writer>(&self, entity: &Self::Entity, step: Step, writer: &mut W);

    /// The change of its row that a step is, where records are
    /// [rows of a table](mercato_encode::Layout::rows_of); by default each is a row of its own.
    ///
    /// The row before a change must be the one after the change before it of the same key, so both
    /// follow from the entity.
    fn change(&self, _entity: &Self::Entity, _step: Step) -> ChangeKind {
        ChangeKind::Create
    }

    /// Writes the row as it was before a step that updates or deletes it, and its key; asked for
    /// only where changes are written.
    fn write_before<W: Writer>(&self, _entity: &Self::Entity, _step: Step, _writer: &mut W) {}

    /// Adds what the record of one step says to the counters of the run's [fold](crate::Fold); by
    /// default nothing.
    ///
    /// It is asked for every step, whether or not its record is wanted, and must add the same each
    /// time.
    /// A record made malformed on purpose is accumulated as it was meant, a late one at its event
    /// time.
    fn accumulate(&self, _entity: &Self::Entity, _step: Step, _accumulator: &mut Accumulator) {}

    /// Writes the record of one step, and adds up what it says if asked to.
    ///
    /// A stream for which [`Stream::write`] and [`Stream::accumulate`] take the same pains can take
    /// them once here; it must do what the two do.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write_accumulated<W: Writer>(
        &self,
        entity: &Self::Entity,
        step: Step,
        writer: &mut W,
        accumulator: Option<&mut Accumulator>,
    ) {
        self.write(entity, step, writer);
        if let Some(accumulator) = accumulator {
            self.accumulate(entity, step, accumulator);
        }
    }
}
