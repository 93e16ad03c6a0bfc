//! Records of one topic in memory: to be read as values, or sent as they are.

use mercato_encode::Batch;
use mercato_engine::Run;
use mercato_sinks::{Sink, SinkError};
use serde::Deserialize;

use super::GeneratorError;

/// Records of one topic, encoded, each with its key and event time.
#[derive(Debug)]
pub struct Records {
    topic: String,
    batches: Vec<Batch>,
}

impl Records {
    /// All records of a run of one topic.
    pub(super) fn of(run: &Run) -> Result<Self, GeneratorError> {
        let topic = run.topics().first().cloned().unwrap_or_default();
        let (mut batches, mut found) = (run.batches()?, Vec::new());
        while let Some(batch) = batches.try_next()? {
            found.push(batch);
        }
        Ok(Self { topic, batches: found })
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Returns the number of records.
    pub fn len(&self) -> usize {
        self.batches.iter().map(Batch::len).sum()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Each record as a line of JSON, without a line feed.
    pub fn lines(&self) -> impl Iterator<Item = &[u8]> {
        self.batches.iter().flat_map(|batch| (0..batch.len()).map(|index| batch.value(index)))
    }

    /// Each record's Kafka key.
    pub fn keys(&self) -> impl Iterator<Item = &[u8]> {
        self.batches.iter().flat_map(|batch| (0..batch.len()).map(|index| batch.key(index)))
    }

    /// Each record as a value, such as a [`Purchase`](mercato_schema::Purchase) or a
    /// `serde_json::Value`.
    ///
    /// An item is an error where `T` is not what the topic's records are.
    pub fn values<'a, T: Deserialize<'a>>(
        &'a self,
    ) -> impl Iterator<Item = Result<T, serde_json::Error>> {
        self.lines().map(serde_json::from_slice)
    }

    /// Hands all records to `sink`, which was opened for this topic alone; what it says of their
    /// delivery comes with its `finish`.
    pub fn send(&self, sink: &mut dyn Sink) -> Result<(), SinkError> {
        self.batches.iter().try_for_each(|batch| sink.write(batch, 0..batch.len()))
    }
}
