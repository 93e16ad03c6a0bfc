//! The state of a byte sink: its counts, and whether it has failed.

use std::io;
use std::ops::Range;

use mercato_encode::Batch;

use crate::Delivery;

/// Counts of a sink that writes bytes, and its first failure.
///
/// A failure is final: after one, a gap would be in the output, so nothing more is taken.
#[derive(Debug, Default)]
pub(crate) struct Account {
    delivery: Delivery,
    // `io::Error` cannot be cloned; its kind is enough to fail again in the same way.
    failure: Option<io::ErrorKind>,
}

impl Account {
    /// The counts so far.
    pub(crate) fn delivery(&self) -> Delivery {
        self.delivery
    }

    /// Fails as the sink failed before, if it did.
    pub(crate) fn check(&self) -> io::Result<()> {
        self.failure.map_or(Ok(()), |kind| Err(kind.into()))
    }

    /// Counts records that the sink is about to write.
    pub(crate) fn accept(&mut self, batch: &Batch, range: &Range<usize>) {
        self.delivery.accept(batch, range);
    }

    /// Notes how many records are whole after an attempt, and whether it failed.
    pub(crate) fn settle<T>(&mut self, whole: u64, result: &io::Result<T>) {
        self.delivery.acknowledged = whole;
        if let Err(error) = result {
            self.failure = Some(error.kind());
            self.delivery.failed = self.delivery.accepted - whole;
        }
    }
}
