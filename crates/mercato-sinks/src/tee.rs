//! Two sinks as one.

use std::fmt;
use std::ops::Range;

use mercato_encode::Batch;

use crate::{Delivery, DeliveryView, Sink, SinkError};

/// A sink that gives every record to two others.
///
/// Both get every call, even when one of them fails, so neither lacks what the other has.
/// The first sink's error goes before the second's; the second's is lost if both fail in one call.
///
/// A record is delivered when both have it and lost when either has lost it, so the counts are the
/// smaller number of acknowledged records and the larger of failed ones.
/// (Their sum would count a record twice that both have lost.)
pub struct TeeSink {
    first: Box<dyn Sink>,
    second: Box<dyn Sink>,
}

impl TeeSink {
    /// A sink over both; put the one whose errors matter more first.
    pub fn new(first: Box<dyn Sink>, second: Box<dyn Sink>) -> Self {
        Self { first, second }
    }
}

impl Sink for TeeSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        let first = self.first.write(batch, range.clone());
        let second = self.second.write(batch, range);
        first.and(second)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        let first = self.first.flush();
        let second = self.second.flush();
        first.and(second)
    }

    fn delivery(&self) -> Delivery {
        both(self.first.delivery(), self.second.delivery())
    }

    /// Both views as one; a sink without a view settles its records in each call, so the other's
    /// says it all.
    fn view(&self) -> Option<DeliveryView> {
        match (self.first.view(), self.second.view()) {
            (Some(first), Some(second)) => {
                Some(DeliveryView::new(move || both(first.delivery(), second.delivery())))
            }
            (first, second) => first.or(second),
        }
    }

    /// Finishes both, the second also when the first fails.
    fn finish(self: Box<Self>) -> Result<Delivery, SinkError> {
        let first = self.first.finish();
        let second = self.second.finish();
        worse(first, second)
    }

    /// Abandons both, the second also when the first fails.
    fn abandon(self: Box<Self>) -> Result<Delivery, SinkError> {
        let first = self.first.abandon();
        let second = self.second.abandon();
        worse(first, second)
    }
}

impl fmt::Debug for TeeSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TeeSink").field("delivery", &self.delivery()).finish_non_exhaustive()
    }
}

/// The outcome of both; a reader that has gone is the lesser trouble.
fn worse(
    first: Result<Delivery, SinkError>,
    second: Result<Delivery, SinkError>,
) -> Result<Delivery, SinkError> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok(both(first, second)),
        (Ok(_) | Err(SinkError::Closed), Err(error)) | (Err(error), _) => Err(error),
    }
}

/// Returns the delivery counts of records given to both sinks.
fn both(first: Delivery, second: Delivery) -> Delivery {
    Delivery {
        accepted: first.accepted.max(second.accepted),
        acknowledged: first.acknowledged.min(second.acknowledged),
        failed: first.failed.max(second.failed),
        bytes: first.bytes.max(second.bytes),
    }
}
