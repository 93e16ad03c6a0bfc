//! Records as they are: big ranges in one write, small ones gathered first.

use std::io::{self, ErrorKind, Write};
use std::ops::Range;

use mercato_encode::Batch;

use crate::body::{Body, records_within};

/// A body that changes no byte.
///
/// Ranges of at least `gather_bytes` go to the writer straight from the batch, in one call.
/// Smaller ones are copied together until they are that much, or until a flush.
#[derive(Debug)]
pub(crate) struct Plain<W> {
    out: W,
    gather_bytes: usize,
    gathered: Vec<u8>,
    // Where each gathered record ends, so that a write that fails half-way can be told in records.
    ends: Vec<usize>,
    /// Bytes that the writer has taken, those of an earlier run included.
    bytes: u64,
    whole: u64,
}

impl<W: Write> Plain<W> {
    /// A body that gathers up to `gather_bytes`; with 0 it writes every range as it comes.
    pub(crate) fn new(out: W, gather_bytes: usize) -> Self {
        Self {
            out,
            gather_bytes,
            gathered: Vec::with_capacity(gather_bytes),
            ends: Vec::new(),
            bytes: 0,
            whole: 0,
        }
    }

    /// A body that goes on after the first `bytes` bytes of a file.
    pub(crate) fn after(bytes: u64, out: W, gather_bytes: usize) -> Self {
        Self { bytes, ..Self::new(out, gather_bytes) }
    }

    fn gather(&mut self, batch: &Batch, range: Range<usize>) {
        for index in range {
            self.gathered.extend_from_slice(batch.line(index));
            self.ends.push(self.gathered.len());
        }
    }

    fn hand_on_gathered(&mut self) -> io::Result<()> {
        let (taken, result) = write_counted(&mut self.out, &self.gathered);
        self.bytes += taken as u64;
        self.whole += self.ends.partition_point(|&end| end <= taken) as u64;
        self.gathered.clear();
        self.ends.clear();
        result
    }
}

impl<W: Write + Send> Body<W> for Plain<W> {
    fn head(&mut self, line: &[u8]) -> io::Result<()> {
        let (taken, result) = write_counted(&mut self.out, line);
        self.bytes += taken as u64;
        result
    }

    fn take(&mut self, batch: &Batch, range: Range<usize>) -> io::Result<()> {
        let lines = batch.lines(range.clone());
        if self.gathered.len() + lines.len() > self.gather_bytes {
            self.hand_on_gathered()?;
        }
        if lines.len() < self.gather_bytes {
            self.gather(batch, range);
            return Ok(());
        }
        let (taken, result) = write_counted(&mut self.out, lines);
        self.bytes += taken as u64;
        self.whole += records_within(batch, &range, taken) as u64;
        result
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_on_gathered()?;
        self.out.flush()
    }

    fn checkpoint(&mut self) -> io::Result<Option<u64>> {
        self.flush()?;
        Ok(Some(self.bytes))
    }

    fn end(&mut self) -> io::Result<()> {
        self.flush()
    }

    fn whole(&self) -> u64 {
        self.whole
    }

    fn out(&self) -> &W {
        &self.out
    }

    fn out_mut(&mut self) -> &mut W {
        &mut self.out
    }
}

/// Writes all of `bytes` and says how many of them were taken, which `write_all` keeps to itself.
fn write_counted(out: &mut impl Write, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut taken = 0;
    while taken < bytes.len() {
        match out.write(&bytes[taken..]) {
            Ok(0) => return (taken, Err(ErrorKind::WriteZero.into())),
            Ok(count) => taken += count,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (taken, Err(error)),
        }
    }
    (taken, Ok(()))
}
