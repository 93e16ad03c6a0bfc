//! The records of the open transaction, as a new producer would have to send them again.

use std::ops::Range;

use mercato_encode::Coordinates;

/// One record.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) topic: usize,
    pub(super) partition: u32,
    pub(super) coordinates: Coordinates,
    /// Milliseconds for `CreateTime`; none for the moment of sending.
    pub(super) timestamp: Option<i64>,
    key: Range<usize>,
    value: Range<usize>,
}

/// Records in the order in which they were taken.
#[derive(Debug, Default)]
pub(super) struct Held {
    bytes: Vec<u8>,
    records: Vec<Record>,
    /// Records of these that the present producer has.
    pub(super) sent: usize,
}

impl Held {
    pub(super) fn push(
        &mut self,
        (topic, partition): (usize, u32),
        (coordinates, timestamp): (Coordinates, Option<i64>),
        key: &[u8],
        (prefix, value): (&[u8], &[u8]),
    ) {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(key);
        let middle = self.bytes.len();
        self.bytes.extend_from_slice(prefix);
        self.bytes.extend_from_slice(value);
        let (key, value) = (start..middle, middle..self.bytes.len());
        self.records.push(Record { topic, partition, coordinates, timestamp, key, value });
    }

    /// The next record that the present producer does not have.
    pub(super) fn next(&self) -> Option<&Record> {
        self.records.get(self.sent)
    }

    /// The key of a record; none if it is empty.
    pub(super) fn key(&self, record: &Record) -> Option<&[u8]> {
        Some(&self.bytes[record.key.clone()]).filter(|key| !key.is_empty())
    }

    pub(super) fn value(&self, record: &Record) -> &[u8] {
        &self.bytes[record.value.clone()]
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
        self.sent = 0;
    }
}
