//! Records of several topics in one place: each in an envelope that names its topic and key.

use std::fmt;
use std::ops::Range;

use mercato_encode::{Batch, Envelope};

use crate::{Delivery, Sink, SinkError};

/// A sink that puts each record into its envelope and hands it to another.
///
/// Its counts are those of the records without what is put around them.
pub struct EnvelopeSink {
    envelope: Envelope,
    inner: Box<dyn Sink>,
    batch: Batch,
    bytes: u64,
}

impl EnvelopeSink {
    /// A sink before `inner`, for records of `topics`.
    pub fn new(topics: &[String], inner: Box<dyn Sink>) -> Self {
        Self { envelope: Envelope::new(topics), inner, batch: Batch::default(), bytes: 0 }
    }
}

impl Sink for EnvelopeSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        self.batch.clear();
        for index in range {
            let stamp = batch.spans()[index].stamp;
            let value = batch.value(index);
            self.envelope.append(&mut self.batch.bytes, stamp.topic, batch.key(index), value);
            self.batch.bytes.push(b'\n');
            self.batch.keys.extend_from_slice(batch.key(index));
            self.batch.seal(stamp);
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
