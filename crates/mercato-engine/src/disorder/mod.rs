//! Disorder: deviations of records from their ideal form, order and number, made on purpose.
//!
//! What becomes of a record is a function of its coordinates, so the same records deviate on every
//! machine, in every shard and after a resume.
//! The order of a run is that of release. What folds count is the record as it was meant, once and
//! at its event time.

mod deviation;
mod malformed;

use std::sync::Arc;

use mercato_encode::{Batch, Coordinates, Fault, Format, Stamp};

use crate::EngineError;
use crate::world::World;

pub use deviation::{Deviation, Deviations};
pub(crate) use deviation::{Draws, Laws};
pub use malformed::Malformed;
use malformed::Malformer;

/// Purpose of the disorder stage's draws, beside those of the streams.
const PURPOSE: u8 = 0;

/// Deviations of a run's records from their ideal form, order and number; by default none.
#[derive(Debug, Clone, Default)]
pub struct Disorder {
    /// Records whose text is changed; only JSON records can be.
    pub malformed: Option<Malformed>,
    /// Records that are late, repeated, left out or ahead of their time.
    pub deviations: Deviations,
    /// The same for topics that have deviations of their own; names that the run does not have
    /// change nothing.
    pub topics: Vec<(String, Deviations)>,
}

/// The disorder of one run, ready to be applied.
#[derive(Debug, Clone, Default)]
pub(crate) struct DisorderStage {
    malformer: Option<Malformer>,
    /// The laws of deviations by topic of the run; none where no record deviates.
    laws: Option<Arc<[Laws]>>,
    world: Option<World>,
}

impl DisorderStage {
    pub(crate) fn new(
        world: World,
        disorder: &Disorder,
        format: Format,
        topics: &[String],
    ) -> Result<Self, EngineError> {
        let malformed = disorder.malformed.as_ref().filter(|_| format == Format::Json);
        let malformer = malformed.and_then(|malformed| Malformer::new(world, malformed));
        let of_topic = |topic: &String| {
            let own = disorder.topics.iter().find(|(name, _)| name == topic);
            own.map_or(&disorder.deviations, |(_, deviations)| deviations)
        };
        let laws = if topics.iter().all(|topic| of_topic(topic).is_none()) {
            None
        } else {
            let laws = topics.iter().map(|topic| Laws::new(of_topic(topic)));
            Some(laws.collect::<Result<_, _>>()?)
        };
        Ok(Self { malformer, laws, world: Some(world) })
    }

    /// Returns true if any record may deviate.
    pub(crate) fn deviates(&self) -> bool {
        self.malformer.is_some() || self.laws.is_some()
    }

    /// The laws of deviations by topic; none where no record deviates.
    pub(crate) fn laws(&self) -> Option<&[Laws]> {
        self.laws.as_deref()
    }

    /// The longest time from an event to the release of its record or of the record's duplicate, in
    /// microseconds.
    pub(crate) fn longest_delay(&self) -> i64 {
        let longest = self.laws().unwrap_or_default().iter().map(Laws::longest_delay).max();
        longest.unwrap_or(0)
    }

    /// Ends the record at the end of `batch`, with a fault in it if its coordinates say so.
    #[expect(
        clippy::inline_always,
        reason = "a stamp handed on by address costs a tenth of an event"
    )]
    #[inline(always)]
    pub(crate) fn seal(&self, batch: &mut Batch, stamp: Stamp) {
        if let Some(malformer) = &self.malformer {
            malformer.apply(batch, stamp.coordinates, stamp.event_time);
        }
        batch.seal(stamp);
    }

    /// Ends or takes back the record at the end of `batch`, which deviates, and says how.
    #[cold]
    pub(crate) fn seal_deviant(&self, batch: &mut Batch, stamp: Stamp) {
        let Coordinates { position, step, copy, .. } = stamp.coordinates;
        let laws = self.laws().unwrap_or_default().get(usize::from(stamp.topic));
        let (Some(world), Some(laws)) = (self.world, laws) else { return };
        let fate = laws.fate(Draws::at(world, stamp.coordinates), position, step);
        if fate.is_dropped() {
            batch.drop_open(stamp);
            return;
        }
        let event_time = stamp.event_time - fate.ahead();
        let span = batch.len() as u32;
        self.seal(batch, stamp);
        let faults = fate.faults(copy > 0);
        batch.faults.extend(faults.map(|(kind, micros)| Fault { span, kind, event_time, micros }));
    }
}
