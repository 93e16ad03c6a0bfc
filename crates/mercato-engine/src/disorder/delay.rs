//! Delays: records that are released after their event time.

use std::fmt;
use std::sync::Arc;

use mercato_encode::Coordinates;

/// A law by which records are released after their event time.
pub trait Delay: fmt::Debug + Send + Sync {
    /// The longest delay in microseconds; the look-back of a run grows by it.
    fn longest_micros(&self) -> i64;

    /// The delay of one record in microseconds, from 0 to [`Delay::longest_micros`]; another value
    /// is moved to the nearest bound.
    ///
    /// A function of the arguments alone: it is asked again in each shard and after each resume.
    fn delay_micros(&self, event_time: i64, coordinates: Coordinates) -> i64;
}

/// A law of delays that keeps to its bounds.
#[derive(Debug, Clone)]
pub(crate) struct BoundedDelay {
    law: Arc<dyn Delay>,
    longest: i64,
}

impl BoundedDelay {
    pub(super) fn new(law: Arc<dyn Delay>) -> Self {
        let longest = law.longest_micros().max(0);
        Self { law, longest }
    }

    pub(super) fn longest(&self) -> i64 {
        self.longest
    }

    /// The release time of a record.
    pub(crate) fn release_time(&self, event_time: i64, coordinates: Coordinates) -> i64 {
        let delay = self.law.delay_micros(event_time, coordinates).clamp(0, self.longest);
        event_time.saturating_add(delay)
    }
}
