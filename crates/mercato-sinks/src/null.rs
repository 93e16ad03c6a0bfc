//! The sink that keeps nothing.

use std::ops::Range;

use mercato_encode::Batch;

use crate::{Delivery, Sink, SinkError};

/// A sink that counts records and forgets them; it cannot fail.
#[derive(Debug, Default)]
pub struct NullSink {
    delivery: Delivery,
}

impl Sink for NullSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        self.delivery.accept(batch, &range);
        self.delivery.acknowledged = self.delivery.accepted;
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    fn delivery(&self) -> Delivery {
        self.delivery
    }

    fn finish(self: Box<Self>) -> Result<Delivery, SinkError> {
        Ok(self.delivery)
    }
}
