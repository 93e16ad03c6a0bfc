//! The ledger: one line for each record that was changed on purpose, or not sent because it was too
//! late.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use mercato_encode::Batch;
use mercato_sinks::{PartialFile, SinkError};
use serde::{Deserialize, Serialize};

use super::positions::{Position, Positions};
use crate::counts::faults_in;

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
}

impl<'a> Entry<'a> {
    fn of(kind: &'a str, batch: &'a Batch, index: usize, topics: &'a [String]) -> Self {
        let stamp = &batch.spans()[index].stamp;
        Self {
            kind: kind.into(),
            topic: topics.get(usize::from(stamp.topic)).map_or("", String::as_str).into(),
            key: std::str::from_utf8(batch.key(index)).unwrap_or_default().into(),
            event_time: stamp.event_time,
            rank: stamp.coordinates.rank,
            substream: stamp.coordinates.substream,
            block: stamp.coordinates.block,
            position: stamp.coordinates.position,
            step: stamp.coordinates.step,
            partition: None,
            offset: None,
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

    /// Names the changed records among those that have been sent.
    pub(super) fn add(
        &mut self,
        batch: &Batch,
        range: &Range<usize>,
        topics: &[String],
    ) -> Result<(), SinkError> {
        for fault in faults_in(batch, range) {
            let index = fault.span as usize;
            let entry = Entry::of(fault.kind.name(), batch, index, topics);
            self.list(Some(self.number(range, index)), entry)?;
        }
        self.sent += range.len() as u64;
        self.write_known()
    }

    /// The number of the record at `index` of a range that is the next to be sent.
    fn number(&self, range: &Range<usize>, index: usize) -> u64 {
        self.sent + (index - range.start) as u64
    }

    /// Names records that were not sent because they were too late.
    pub(super) fn add_shed(
        &mut self,
        batch: &Batch,
        range: &Range<usize>,
        topics: &[String],
    ) -> Result<(), SinkError> {
        range.clone().try_for_each(|index| self.list(None, Entry::of("shed", batch, index, topics)))
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
                Some((_, None)) => break,
                Some((number, found)) => {
                    positions.forget_before(number + 1);
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
