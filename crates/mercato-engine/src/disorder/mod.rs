//! Disorder: deviations of records from their ideal form and order, made on purpose.
//!
//! The faults of a record (malformed, released late) are a function of its coordinates, so
//! the same records are on every machine, in every shard and after a resume.
//! The order of a run is that of release. What folds count is the record as it was meant, at its
//! event time.

mod delay;
mod malformed;

use std::sync::Arc;

use mercato_encode::{Batch, Format, Stamp};

use crate::world::World;

pub(crate) use delay::BoundedDelay;
pub use delay::Delay;
pub use malformed::Malformed;
use malformed::Malformer;

/// Deviations of a run's records from their ideal form and order; by default none.
#[derive(Debug, Clone, Default)]
pub struct Disorder {
    /// Records whose text is changed; only JSON records can be.
    pub malformed: Option<Malformed>,
    /// Records that are released after their event time; none: each is released at its event time.
    pub delay: Option<Arc<dyn Delay>>,
}

/// The disorder of one run, ready to be applied.
#[derive(Debug, Clone, Default)]
pub(crate) struct DisorderStage {
    malformer: Option<Malformer>,
    pub(crate) delay: Option<BoundedDelay>,
}

impl DisorderStage {
    pub(crate) fn new(world: World, disorder: Disorder, format: Format) -> Self {
        let malformed = disorder.malformed.filter(|_| format == Format::Json);
        let malformer = malformed.and_then(|malformed| Malformer::new(world, &malformed));
        Self { malformer, delay: disorder.delay.map(BoundedDelay::new) }
    }

    /// Returns true if any record may deviate.
    pub(crate) fn deviates(&self) -> bool {
        self.malformer.is_some() || self.delay.is_some()
    }

    /// The longest time from an event to the release of its record, in microseconds.
    pub(crate) fn longest_delay(&self) -> i64 {
        self.delay.as_ref().map_or(0, BoundedDelay::longest)
    }

    /// Ends the record at the end of `batch`, with a fault in it if its coordinates say so.
    #[expect(
        clippy::inline_always,
        reason = "a stamp handed on by address costs a tenth of an event"
    )]
    #[inline(always)]
    pub(crate) fn seal(&self, batch: &mut Batch, stamp: Stamp) {
        if let Some(malformer) = &self.malformer {
            malformer.apply(stamp.coordinates, batch);
        }
        batch.seal(stamp);
    }
}
