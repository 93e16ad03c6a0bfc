//! The ledger: one line for each fault that was made on purpose, and for each record that was not
//! sent because it was too late.

use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use mercato_encode::{Batch, Coordinates, Dropped, Fault, FaultKind, Stamp};
use mercato_sinks::{PartialFile, SinkError};
use serde::{Deserialize, Serialize};

use crate::counts::faults_in;

/// Names each changed record by its kind of fault and its coordinates, as NDJSON.
///
/// Like every file of a run it is written beside its name and renamed when whole.
#[derive(Debug)]
pub struct Ledger {
    out: BufWriter<PartialFile>,
    lines: u64,
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
            copy: Some(copy).filter(|copy| *copy > 0),
            micros: None,
        }
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
        Ok(Self { out: BufWriter::new(file), lines: 0 })
    }

    /// Returns whether `line` is a line of a ledger, and not a record.
    pub fn has_line(line: &[u8]) -> bool {
        serde_json::from_slice::<Entry<'_>>(line).is_ok()
    }

    /// Names the faults of records and what was left out before each, in order.
    pub(super) fn add(
        &mut self,
        batch: &Batch,
        range: &Range<usize>,
        topics: &[String],
    ) -> Result<(), SinkError> {
        let mut dropped = batch.dropped(range);
        for fault in faults_in(batch, range) {
            let before = dropped.partition_point(|record| record.before <= fault.span as usize);
            self.add_dropped(&dropped[..before], topics)?;
            dropped = &dropped[before..];
            self.write(&Entry::of_fault(fault, batch, topics))?;
        }
        self.add_dropped(dropped, topics)
    }

    /// Names records that were left out on purpose.
    pub(super) fn add_dropped(
        &mut self,
        dropped: &[Dropped],
        topics: &[String],
    ) -> Result<(), SinkError> {
        let kind = FaultKind::Drop.name();
        let entry =
            |record: &'_ Dropped| self.write(&Entry::of(kind, &record.stamp, &record.key, topics));
        dropped.iter().try_for_each(entry)
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
            self.write(&Entry::of("shed", stamp, batch.key(index), topics))
        })
    }

    /// Gives the ledger its name.
    pub fn finish(mut self) -> Result<(), SinkError> {
        let (path, lines) = (self.out.get_ref().target().to_owned(), self.lines);
        let failed = |source| SinkError::file("complete", &path, lines, 0, source);
        self.out.flush().map_err(failed)?;
        self.out.into_inner().map_err(|error| failed(error.into_error()))?.finish().map_err(failed)
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
