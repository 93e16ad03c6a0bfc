//! The ledger: one line for each fault that was made on purpose, and for each record that was not
//! sent because it was too late.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use mercato_encode::{Batch, Coordinates, Dropped, Fault, FaultKind, Stamp};
use mercato_sinks::{PartialFile, SinkError};
use serde::{Deserialize, Serialize};

use super::positions::{Position, Positions};
use crate::counts::faults_in;

/// Records that a client can have on their way at most: what is so far behind was refused, because
/// nobody hears of the position of such a record.
const MOST_ON_THEIR_WAY: u64 = 1 << 20;

/// Names each changed record by its kind of fault and its coordinates, as NDJSON.
///
/// A run to Kafka also names where each has arrived there, which is known later than that it was
/// sent: lines wait for it, in order, no more of them than records are on their way.
/// Like every file of a run it is written beside its name and renamed when whole.
#[derive(Debug)]
pub struct Ledger {
    out: BufWriter<PartialFile>,
    lines: u64,
    positions: Option<Positions>,
    /// Records that the sink was given.
    sent: u64,
    waiting: VecDeque<Waiting>,
}

/// A line that waits for the position of its record, or for the lines before it.
#[derive(Debug)]
struct Waiting {
    /// The record's number; none for one that was not sent.
    number: Option<u64>,
    entry: Entry<'static>,
}

/// A line of the ledger.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry<'a> {
    #[serde(borrow)]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    topic: Cow<'a, str>,
    #[serde(borrow)]
    key: Cow<'a, str>,
    /// Microseconds since the Unix epoch.
    event_time: i64,
    rank: u8,
    substream: u8,
    block: u64,
    position: u16,
    step: u16,
    /// In Kafka, unless it was not acknowledged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    partition: Option<i32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    /// 1 where the record is the duplicate of the one at the same coordinates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    copy: Option<u8>,
    /// Microseconds by which the record is late, behind the one that it repeats, or ahead of its
    /// time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    micros: Option<i64>,
}

impl<'a> Entry<'a> {
    fn of(kind: &'a str, stamp: &Stamp, key: &'a [u8], topics: &'a [String]) -> Self {
        let Coordinates { rank, substream, block, position, step, copy } = stamp.coordinates;
        Self {
            kind: kind.into(),
            topic: topics.get(usize::from(stamp.topic)).map_or("", String::as_str).into(),
            key: std::str::from_utf8(key).unwrap_or_default().into(),
            event_time: stamp.event_time,
            rank,
            substream,
            block,
            position,
            step,
            partition: None,
            offset: None,
            copy: Some(copy).filter(|copy| *copy > 0),
            micros: None,
        }
    }

    fn owned(self) -> Entry<'static> {
        let text = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        Entry { kind: text(self.kind), topic: text(self.topic), key: text(self.key), ..self }
    }

    /// The same with the position, if it is known.
    fn at(self, position: Option<Position>) -> Self {
        let partition = position.map(|position| position.partition);
        let offset = position.and_then(|position| position.offset);
        Self { partition, offset, ..self }
    }

    /// The entry of a fault of record `fault.span`, at the time at which it was meant to be.
    fn of_fault(fault: &Fault, batch: &'a Batch, topics: &'a [String]) -> Self {
        let index = fault.span as usize;
        let entry =
            Self::of(fault.kind.name(), &batch.spans()[index].stamp, batch.key(index), topics);
        let deviates = !FaultKind::MALFORMED.contains(&fault.kind);
        Self { event_time: fault.event_time, micros: deviates.then_some(fault.micros), ..entry }
    }
}

impl Ledger {
    /// Begins a ledger that will stand at `path`.
    pub fn create(path: &Path) -> Result<Self, SinkError> {
        let file = PartialFile::create(path)
            .map_err(|source| SinkError::file("create", path, 0, 0, source))?;
        let out = BufWriter::new(file);
        Ok(Self { out, lines: 0, positions: None, sent: 0, waiting: VecDeque::new() })
    }

    /// The same with the positions of its records.
    #[must_use]
    pub fn with_positions(self, positions: Option<Positions>) -> Self {
        Self { positions, ..self }
    }

    /// Returns whether `line` is a line of a ledger, and not a record.
    pub fn has_line(line: &[u8]) -> bool {
        serde_json::from_slice::<Entry<'_>>(line).is_ok()
    }

    /// Asks for the positions of changed records, which are about to be sent.
    pub(super) fn expect(&self, batch: &Batch, range: &Range<usize>) {
        let Some(positions) = &self.positions else { return };
        for fault in faults_in(batch, range) {
            positions.expect(self.number(range, fault.span as usize));
        }
    }

    /// Names the faults of records that have been sent and what was left out before each, in order.
    pub(super) fn add(
        &mut self,
        batch: &Batch,
        range: &Range<usize>,
        topics: &[String],
    ) -> Result<(), SinkError> {
        let mut dropped = batch.dropped(range);
        for fault in faults_in(batch, range) {
            let index = fault.span as usize;
            let before = dropped.partition_point(|record| record.before <= fault.span as usize);
            self.add_dropped(&dropped[..before], topics)?;
            dropped = &dropped[before..];
            self.list(Some(self.number(range, index)), Entry::of_fault(fault, batch, topics))?;
        }
        self.add_dropped(dropped, topics)?;
        self.sent += range.len() as u64;
        self.write_known()
    }

    /// The number of the record at `index` of a range that is the next to be sent.
    fn number(&self, range: &Range<usize>, index: usize) -> u64 {
        self.sent + (index - range.start) as u64
    }

    /// Names records that were left out on purpose.
    pub(super) fn add_dropped(
        &mut self,
        dropped: &[Dropped],
        topics: &[String],
    ) -> Result<(), SinkError> {
        let kind = FaultKind::Drop.name();
        dropped.iter().try_for_each(|record| {
            self.list(None, Entry::of(kind, &record.stamp, &record.key, topics))
        })
    }

    /// Names records that were not sent because they were too late.
    pub(super) fn add_shed(
        &mut self,
        batch: &Batch,
        range: &Range<usize>,
        topics: &[String],
    ) -> Result<(), SinkError> {
        range.clone().try_for_each(|index| {
            let stamp = &batch.spans()[index].stamp;
            self.list(None, Entry::of("shed", stamp, batch.key(index), topics))
        })
    }

    /// Gives the ledger its name; records whose position is not known now have none.
    pub fn finish(mut self) -> Result<(), SinkError> {
        while let Some(first) = self.waiting.pop_front() {
            let position = first.number.and_then(|number| self.positions.as_ref()?.find(number));
            self.write(&first.entry.at(position))?;
        }
        let (path, lines) = (self.out.get_ref().target().to_owned(), self.lines);
        let failed = |source| SinkError::file("complete", &path, lines, 0, source);
        self.out.flush().map_err(failed)?;
        self.out.into_inner().map_err(|error| failed(error.into_error()))?.finish().map_err(failed)
    }

    /// Writes a line, or has it wait for the position of its record.
    fn list(&mut self, number: Option<u64>, entry: Entry<'_>) -> Result<(), SinkError> {
        if self.positions.is_none() {
            return self.write(&entry);
        }
        self.waiting.push_back(Waiting { number, entry: entry.owned() });
        Ok(())
    }

    /// Writes the lines whose records have arrived, up to the first that has not.
    fn write_known(&mut self) -> Result<(), SinkError> {
        let Some(positions) = self.positions.clone() else { return Ok(()) };
        while let Some(Waiting { number, .. }) = self.waiting.front() {
            let position = match number.map(|number| (number, positions.find(number))) {
                Some((number, None)) if self.sent - number < MOST_ON_THEIR_WAY => break,
                Some((number, found)) => {
                    // The record itself may have another line.
                    positions.forget_before(number);
                    found
                }
                None => None,
            };
            if let Some(Waiting { entry, .. }) = self.waiting.pop_front() {
                self.write(&entry.at(position))?;
            }
        }
        Ok(())
    }

    fn write(&mut self, entry: &Entry<'_>) -> Result<(), SinkError> {
        let written = serde_json::to_writer(&mut self.out, entry).map_err(Into::into);
        written.and_then(|()| self.out.write_all(b"\n")).map_err(|source| {
            let file = self.out.get_ref();
            SinkError::file("write", file.path(), self.lines, file.bytes(), source)
        })?;
        self.lines += 1;
        Ok(())
    }
}
