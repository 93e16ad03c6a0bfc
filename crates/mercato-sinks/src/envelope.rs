//! Records of several topics in one place: each in an envelope that names its topic and key.

use std::fmt;
use std::ops::Range;

use mercato_encode::{Batch, Envelope};

use crate::{Delivery, SafePoint, Sink, SinkError};

/// A sink that puts each record into its envelope and hands it to another.
///
/// Its counts are those of the records without what is put around them.
pub struct EnvelopeSink {
    envelope: Envelope,
    inner: Box<dyn Sink>,
    batch: Batch,
    line: Vec<u8>,
    bytes: u64,
}

impl EnvelopeSink {
    /// A sink before `inner`, for records of `topics`.
    pub fn new(topics: &[String], inner: Box<dyn Sink>) -> Self {
        let (envelope, batch) = (Envelope::new(topics), Batch::default());
        Self { envelope, inner, batch, line: Vec::new(), bytes: 0 }
    }
}

impl Sink for EnvelopeSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        self.batch.clear();
        for index in range {
            let stamp = batch.spans()[index].stamp;
            let value = batch.value(index);
            self.line.clear();
            self.envelope.append(&mut self.line, stamp.topic, batch.key(index), value);
            self.batch.push(batch.key(index), &self.line, stamp);
            self.bytes += value.len() as u64;
        }
        self.inner.write(&self.batch, 0..self.batch.len())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.inner.flush()
    }

    fn delivery(&self) -> Delivery {
        Delivery { bytes: self.bytes, ..self.inner.delivery() }
    }

    fn safe_point(&mut self) -> Result<SafePoint, SinkError> {
        self.inner.safe_point()
    }

    fn stop(self: Box<Self>, goes_on: bool) -> Result<Delivery, SinkError> {
        let bytes = self.bytes;
        self.inner.stop(goes_on).map(|delivery| Delivery { bytes, ..delivery })
    }

    fn finish(self: Box<Self>) -> Result<Delivery, SinkError> {
        let bytes = self.bytes;
        self.inner.finish().map(|delivery| Delivery { bytes, ..delivery })
    }

    fn abandon(self: Box<Self>) -> Result<Delivery, SinkError> {
        let bytes = self.bytes;
        self.inner.abandon().map(|delivery| Delivery { bytes, ..delivery })
    }
}

impl fmt::Debug for EnvelopeSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvelopeSink").field("delivery", &self.delivery()).finish_non_exhaustive()
    }
}
