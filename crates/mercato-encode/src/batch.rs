//! Batches and spans: what the generator hands over, and what a sink sees.
//!
//! A batch holds many encoded records behind one another, one line each, so that a file or a pipe
//! takes all of them in one write.
//! Its spans say where each record ends, which topic and key it has and when it is due,
//! so that a broker's client takes them one by one and a pacing valve can cut between any two.

use std::fmt;
use std::ops::Range;

use crate::out::Buffer;
use crate::{Columns, Dropped, Fault, Flaw, Rejection};

/// The size at which a batch is full, in bytes of encoded records.
///
/// Measured: writes of 64 to 256 KiB are the cheapest; 4 KiB doubles the cost of a file, above
/// 1 MiB the batch leaves the second-level cache and costs a third more.
pub const BATCH_BYTES: usize = 256 * 1024;

/// Where a record comes from: the arrival that caused it and the step of its trace.
///
/// Coordinates name a record for ever: the same stream, block, position and step of the same run
/// are the same bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coordinates {
    /// Causal rank of the stream: at one instant a cause sorts before its effect.
    pub rank: u8,
    /// Index of the arrival process of the stream, 0 when it has one.
    pub substream: u8,
    /// Index of the block of 1,024 arrivals.
    pub block: u64,
    /// Position of the arrival in its block.
    pub position: u16,
    /// Step of the arrival's trace, 0 for the arrival itself.
    pub step: u16,
    /// 0 for the record itself, 1 for its duplicate.
    pub copy: u8,
}

/// The metadata of a record; [`Batch::seal`] turns it into a [`Span`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// Event time in microseconds since the Unix epoch.
    pub event_time: i64,
    /// The moment the record may leave, in microseconds since the Unix epoch.
    pub release_time: i64,
    /// Where the record comes from.
    pub coordinates: Coordinates,
    /// Index of the topic among the run's topics.
    pub topic: u16,
    /// Index of the record's kind (an order's status, an event's type) among its stream's kinds.
    pub kind: u16,
    /// True if the record is the first of its entity.
    pub first: bool,
    /// True if the record is the last of its entity.
    pub last: bool,
}

impl fmt::Display for Coordinates {
    /// Rank, substream, block, position and step, joined by dots, and of a duplicate its number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rank, substream, block, position, step, copy } = self;
        write!(f, "{rank}.{substream}.{block}.{position}.{step}")?;
        if *copy > 0 { write!(f, ".{copy}") } else { Ok(()) }
    }
}

impl Stamp {
    /// A record of topic 0 that is due at its event time and is all there is of its entity.
    pub fn at(event_time: i64, coordinates: Coordinates) -> Self {
        Self {
            event_time,
            release_time: event_time,
            coordinates,
            topic: 0,
            kind: 0,
            first: true,
            last: true,
        }
    }
}

/// One record in a batch: its stamp, and where its bytes and key end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The metadata of the record.
    pub stamp: Stamp,
    bytes_end: u32,
    key_end: u32,
}

/// The bytes around each record that let a reader split a file into records.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Framing {
    /// A line feed after it.
    #[default]
    Line,
    /// Nothing.
    None,
    /// Its length before it, in base 128.
    Length,
}

/// Encoded records behind one another, with a span for each: lines, or binary values.
///
/// Sinks take a batch by reference and give it back, so one allocation serves a whole run.
#[derive(Debug, Default)]
pub struct Batch {
    /// Records in their framing; nothing where they are columns.
    bytes: Buffer,
    framing: Framing,
    /// Some records have no value, so no line.
    pub(crate) has_absent: bool,
    /// The records' keys, without anything between them.
    pub(crate) keys: Vec<u8>,
    /// Records as columns, by topic; nothing where they are lines.
    columns: Vec<Columns>,
    spans: Vec<Span>,
    /// Which records were changed on purpose, in order.
    pub faults: Vec<Fault>,
    /// Records that were left out on purpose, in order.
    dropped: Vec<Dropped>,
    rejections: Vec<Rejection>,
}

impl Framing {
    /// The value inside what stands around it.
    #[inline]
    fn value(self, framed: &[u8]) -> &[u8] {
        match self {
            Self::Line => framed.strip_suffix(b"\n").unwrap_or(framed),
            Self::None => framed,
            Self::Length => {
                let length = framed.iter().position(|byte| *byte < 0x80).map_or(0, |last| last + 1);
                framed.get(length..).unwrap_or_default()
            }
        }
    }
}

/// Bytes of a rejected record that are kept to be shown.
const EXCERPT_BYTES: usize = 100;

/// Records as columns with which a batch is full.
const BATCH_ROWS: usize = 2048;

impl Batch {
    /// Appends a record as one line, `value` without its line feed.
    ///
    /// For lines that come from elsewhere; a stream's records are [encoded](crate::Encoding::encode) in place.
    pub fn push(&mut self, key: &[u8], value: &[u8], stamp: Stamp) {
        self.framing = Framing::Line;
        self.keys.extend_from_slice(key);
        self.bytes.extend(value);
        self.bytes.extend(b"\n");
        self.seal(stamp);
    }

    /// Ends the open record.
    #[inline]
    pub fn seal(&mut self, stamp: Stamp) {
        let bytes_end = match self.columns.get(usize::from(stamp.topic)) {
            Some(columns) => columns.rows(),
            None => self.bytes.len(),
        };
        let key_end = self.keys.len() as u32;
        self.spans.push(Span { stamp, bytes_end: bytes_end as u32, key_end });
    }

    /// Puts `value`, without a line feed, in the place of the open record.
    pub fn replace_open(&mut self, value: &[u8]) {
        self.bytes.truncate(self.start_of(self.spans.len()).0);
        self.bytes.extend(value);
        self.bytes.extend(b"\n");
    }

    /// Replaces the key of the open record, which begins at `start` of the keys, by what `fill`
    /// makes of the record's line.
    pub(crate) fn rekey(&mut self, start: usize, fill: impl FnOnce(&[u8], &mut Vec<u8>)) {
        let mut keys = std::mem::take(&mut self.keys);
        keys.truncate(start);
        fill(self.open_value(), &mut keys);
        self.keys = keys;
    }

    /// Takes back the open record because of `flaw`.
    pub fn reject(&mut self, flaw: Flaw, event_time: i64, coordinates: Coordinates) {
        let value = self.open_value();
        let excerpt =
            String::from_utf8_lossy(&value[..value.len().min(EXCERPT_BYTES)]).into_owned();
        self.rejections.push(Rejection {
            before: self.spans.len(),
            flaw,
            event_time,
            coordinates,
            excerpt,
        });
        self.discard_open();
    }

    /// Takes back the open record on purpose.
    pub fn drop_open(&mut self, stamp: Stamp) {
        let key = self.open_key().to_vec();
        self.dropped.push(Dropped { before: self.spans.len(), stamp, key });
        self.discard_open();
    }

    /// Records that were left out on purpose, each directly before one of `range`, in order; those
    /// before the record that would come next are behind the last.
    pub fn dropped(&self, range: &Range<usize>) -> &[Dropped] {
        let upto = |index: usize| self.dropped.partition_point(|record| record.before < index);
        &self.dropped[upto(range.start)..upto(range.end)]
    }

    /// Records that were taken back, in order.
    pub fn rejections(&self) -> &[Rejection] {
        &self.rejections
    }

    /// Returns true if the batch has as much as is handed over at once: [`BATCH_BYTES`], or 2,048
    /// records as columns.
    pub fn is_full(&self) -> bool {
        self.bytes.len() >= BATCH_BYTES || self.is_columnar() && self.spans.len() >= BATCH_ROWS
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Returns true if the batch holds no records; rejected ones do not count.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Returns true if there is nothing in the batch: no records, and none rejected or left out.
    pub fn is_blank(&self) -> bool {
        self.spans.is_empty() && self.rejections.is_empty() && self.dropped.is_empty()
    }

    /// The spans in order.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Record `index` as it stands in a file: a line with its line feed, or bytes.
    pub fn line(&self, index: usize) -> &[u8] {
        self.lines(index..index + 1)
    }

    /// Record `index` without its line feed or its length: the value of a Kafka message.
    pub fn value(&self, index: usize) -> &[u8] {
        self.framing.value(self.line(index))
    }

    /// The records of `range` behind one another as they stand in a file; nothing where they are columns.
    pub fn lines(&self, range: Range<usize>) -> &[u8] {
        if self.is_columnar() {
            return &[];
        }
        let start = self.start_of(range.start).0;
        let end = self.start_of(range.end).0;
        &self.bytes.as_slice()[start..end]
    }

    /// Bytes of the records of `range`: of their lines, or of their values as columns.
    pub fn size(&self, range: Range<usize>) -> usize {
        if !self.is_columnar() {
            return self.lines(range).len();
        }
        let size = |index: usize| {
            let columns = self.columns(self.spans[index].stamp.topic);
            columns.map_or(0, |columns| columns.size_of(self.row(index)))
        };
        range.map(size).sum()
    }

    /// Bytes of the values of the records of `range`, without line feeds or lengths.
    pub fn value_bytes(&self, range: Range<usize>) -> usize {
        match self.framing {
            _ if self.is_columnar() => self.size(range),
            Framing::Line if !self.has_absent => self.lines(range.clone()).len() - range.len(),
            Framing::None => self.lines(range).len(),
            Framing::Line | Framing::Length => range.map(|index| self.value(index).len()).sum(),
        }
    }

    /// All records as they stand in a file.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// Returns true if records are columns.
    pub fn is_columnar(&self) -> bool {
        !self.columns.is_empty()
    }

    /// The records of a topic as columns; none where records are lines.
    pub fn columns(&self, topic: u16) -> Option<&Columns> {
        self.columns.get(usize::from(topic))
    }

    /// The row of record `index` in the columns of its topic.
    pub fn row(&self, index: usize) -> usize {
        (self.spans[index].bytes_end as usize).saturating_sub(1)
    }

    /// The columns of a topic, which are like `empty` before the first record.
    pub(crate) fn columns_mut(&mut self, topic: u16, empty: &Columns) -> &mut Columns {
        let topic = usize::from(topic);
        while self.columns.len() <= topic {
            self.columns.push(Columns::default());
        }
        let columns = &mut self.columns[topic];
        if columns.columns().is_empty() {
            columns.clone_from(empty);
        }
        columns
    }

    /// Sets what stands around the values of all records.
    #[inline]
    pub(crate) fn frame(&mut self, framing: Framing) {
        self.framing = framing;
    }

    /// The room for one more record, and the keys.
    #[inline]
    pub(crate) fn room(&mut self, least: usize) -> (&mut [u8], &mut Vec<u8>) {
        (self.bytes.room(least), &mut self.keys)
    }

    /// Makes the first bytes of the room the open record.
    #[inline]
    pub(crate) fn advance(&mut self, len: usize) {
        self.bytes.advance(len);
    }

    /// The key of record `index`; empty when the record has none.
    pub fn key(&self, index: usize) -> &[u8] {
        let start = self.start_of(index).1;
        let end = self.start_of(index + 1).1;
        &self.keys[start..end]
    }

    /// Takes back the open record.
    pub fn discard_open(&mut self) {
        self.truncate(self.spans.len());
    }

    /// Keeps the first `records` records and what was rejected or left out before the last of them;
    /// a batch with fewer stays as it is.
    pub fn truncate(&mut self, records: usize) {
        let records = records.min(self.spans.len());
        if records < self.spans.len() {
            self.rejections.retain(|rejection| rejection.before < records);
            self.dropped.retain(|dropped| dropped.before < records);
        }
        let (bytes, keys) = self.start_of(records);
        self.keys.truncate(keys);
        self.spans.truncate(records);
        if self.is_columnar() {
            let rows = |topic: usize| {
                self.spans.iter().filter(|span| usize::from(span.stamp.topic) == topic).count()
            };
            let rows: Vec<usize> = (0..self.columns.len()).map(rows).collect();
            self.columns.iter_mut().zip(rows).for_each(|(columns, rows)| columns.truncate(rows));
        } else {
            self.bytes.truncate(bytes);
        }
        self.faults.retain(|fault| (fault.span as usize) < records);
    }

    /// The open record without its line feed or its length; nothing where records are columns.
    pub fn open_value(&self) -> &[u8] {
        if self.is_columnar() {
            return &[];
        }
        self.framing.value(&self.bytes.as_slice()[self.start_of(self.spans.len()).0..])
    }

    /// The key of the open record.
    pub fn open_key(&self) -> &[u8] {
        &self.keys[self.start_of(self.spans.len()).1..]
    }

    /// Empties the batch and keeps its memory.
    pub fn clear(&mut self) {
        self.bytes.truncate(0);
        self.has_absent = false;
        self.columns.iter_mut().for_each(Columns::clear);
        self.keys.clear();
        self.spans.clear();
        self.faults.clear();
        self.dropped.clear();
        self.rejections.clear();
    }

    /// Where record `index` begins in `bytes` and in `keys`.
    fn start_of(&self, index: usize) -> (usize, usize) {
        match index.checked_sub(1).map(|before| self.spans[before]) {
            None => (0, 0),
            Some(span) => (span.bytes_end as usize, span.key_end as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FaultKind;

    fn batch_of(records: &[(&str, &str)]) -> Batch {
        let mut batch = Batch::default();
        for (key, value) in records {
            let stamp = Stamp::at(0, Coordinates::default());
            batch.push(key.as_bytes(), value.as_bytes(), stamp);
        }
        batch
    }

    #[test]
    fn records_and_keys_are_found_where_they_were_sealed() {
        let batch = batch_of(&[("a", "1"), ("", "22"), ("ccc", "")]);
        assert_eq!(batch.value(1), b"22");
        assert_eq!(batch.key(1), b"");
        assert_eq!(batch.key(2), b"ccc");
        assert_eq!(batch.value(2), b"");
        assert_eq!(batch.lines(0..2), b"1\n22\n");
        assert_eq!(batch.lines(1..1), b"");
    }

    #[test]
    fn a_truncated_batch_is_as_if_the_rest_had_never_been() {
        let mut batch = batch_of(&[("a", "1"), ("bb", "22"), ("ccc", "333")]);
        let fault = |span| Fault { span, kind: FaultKind::WrongType, event_time: 0, micros: 0 };
        batch.faults = (0..3).map(fault).collect();
        batch.bytes.extend(b"open");
        batch.keys.extend_from_slice(b"open");
        batch.discard_open();
        assert_eq!(
            (batch.bytes.as_slice(), batch.keys.as_slice()),
            (&b"1\n22\n333\n"[..], &b"abbccc"[..])
        );
        batch.reject(Flaw::Kind, 0, Coordinates::default());
        batch.truncate(3);
        assert_eq!(batch.rejections().len(), 1);
        batch.truncate(2);
        assert_eq!(
            (batch.len(), batch.value(1), batch.key(1), batch.faults.len()),
            (2, &b"22"[..], &b"bb"[..], 2)
        );
        assert_eq!(batch.rejections(), []);
        batch.truncate(5);
        assert_eq!(batch.len(), 2);
    }

    #[test]
    fn a_rejected_record_leaves_nothing_but_its_rejection() {
        let mut batch = batch_of(&[("a", "1")]);
        let before = (batch.bytes().to_vec(), batch.keys.clone());
        batch.bytes.extend("ö".repeat(80).as_bytes());
        batch.keys.extend_from_slice(b"k");
        batch.reject(Flaw::TooLarge, 7, Coordinates::default());
        assert_eq!((batch.bytes(), &batch.keys, batch.len()), (&*before.0, &before.1, 1));
        let [Rejection { before: 1, flaw: Flaw::TooLarge, event_time: 7, excerpt, .. }] =
            batch.rejections()
        else {
            panic!("{:?}", batch.rejections());
        };
        assert_eq!(*excerpt, "ö".repeat(50));
        batch.clear();
        assert!(batch.rejections().is_empty());
    }

    #[test]
    fn a_dropped_record_leaves_its_stamp_and_its_key() {
        let mut batch = batch_of(&[("a", "1")]);
        batch.bytes.extend(b"2\n");
        batch.keys.extend_from_slice(b"b");
        let stamp = Stamp::at(7, Coordinates::default());
        batch.drop_open(stamp);
        batch.push(b"c", b"3", stamp);
        assert_eq!((batch.bytes(), batch.keys.as_slice()), (&b"1\n3\n"[..], &b"ac"[..]));
        let dropped = Dropped { before: 1, stamp, key: b"b".to_vec() };
        assert_eq!(batch.dropped(&(0..1)), []);
        assert_eq!(batch.dropped(&(1..2)), std::slice::from_ref(&dropped));
        batch.truncate(2);
        assert_eq!(batch.dropped(&(0..3)), [dropped]);
        batch.truncate(1);
        assert_eq!(batch.dropped(&(0..3)), [], "nothing is left out behind the last record");
        batch.drop_open(stamp);
        batch.clear();
        assert!(batch.is_blank());
    }

    #[test]
    fn a_cleared_batch_is_empty_and_keeps_its_memory() {
        let mut batch = batch_of(&[("a", "1")]);
        let room = batch.room(1).0.len();
        batch.clear();
        assert!(batch.is_empty() && batch.bytes().is_empty());
        assert!(batch.room(1).0.len() > room);
    }
}
