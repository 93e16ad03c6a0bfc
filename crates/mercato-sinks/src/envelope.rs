//! Records of several topics in one place: each in an envelope that names its topic and key.

use std::fmt;
use std::ops::Range;

use mercato_encode::{Batch, json};

use crate::{Delivery, Sink, SinkError};

/// What is put around a record, so that one line tells all of it: `{"topic":"orders","key":"o1","value":{…}}`.
///
/// The value stands there as it is; a record that was made malformed on purpose makes a line that is as malformed.
/// A record without a key has `null` for it.
///
/// ```
/// use mercato_sinks::Envelope;
///
/// let envelope = Envelope::new(&["orders".to_owned()]);
/// let mut line = Vec::new();
/// envelope.append(&mut line, 0, b"o\"1", b"{\"total\":5}");
/// assert_eq!(line, br#"{"topic":"orders","key":"o\"1","value":{"total":5}}"#);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Envelope {
    /// The beginning of a line for each topic, up to the key.
    heads: Vec<Vec<u8>>,
}

impl Envelope {
    /// Envelopes for records of `topics`, indexed by a span's topic.
    pub fn new(topics: &[String]) -> Self {
        let head = |topic: &String| {
            let mut head = b"{\"topic\":".to_vec();
            json::string(&mut head, topic);
            head.extend_from_slice(b",\"key\":");
            head
        };
        Self { heads: topics.iter().map(head).collect() }
    }

    /// Appends a record in its envelope, without a line feed.
    pub fn append(&self, line: &mut Vec<u8>, topic: u16, key: &[u8], value: &[u8]) {
        line.extend_from_slice(self.heads.get(usize::from(topic)).map_or(b"", Vec::as_slice));
        if key.is_empty() {
            line.extend_from_slice(b"null");
        } else {
            json::string(line, &String::from_utf8_lossy(key));
        }
        line.extend_from_slice(b",\"value\":");
        line.extend_from_slice(value);
        line.push(b'}');
    }
}

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
