//! The ledger: one line for each record that was changed on purpose, or not sent because it was too
//! late.

use std::borrow::Cow;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

use mercato_encode::Batch;
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
        }
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

    pub(super) fn add(
        &mut self,
        batch: &Batch,
        range: &Range<usize>,
        topics: &[String],
    ) -> Result<(), SinkError> {
        for fault in faults_in(batch, range) {
            self.write(&Entry::of(fault.kind.name(), batch, fault.span as usize, topics))?;
        }
        Ok(())
    }

    /// Names records that were not sent because they were too late.
    pub(super) fn add_shed(
        &mut self,
        batch: &Batch,
        range: &Range<usize>,
        topics: &[String],
    ) -> Result<(), SinkError> {
        range.clone().try_for_each(|index| self.write(&Entry::of("shed", batch, index, topics)))
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
