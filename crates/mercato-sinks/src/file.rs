//! Records in a file, plain or compressed.
//!
//! The bytes of the file are a function of its records: neither how they were cut into batches nor
//! when the sink was flushed can be seen in it.
//! For compressed files that holds as long as the compressors' versions stay the same; what they
//! unpack to always holds.

use std::ops::Range;
use std::path::Path;
use std::{fmt, io};

use mercato_encode::Batch;

use crate::account::Account;
use crate::body::{Body, Contents};
use crate::packed::{self, CHUNK_BYTES, Packed};
use crate::partial::PartialFile;
use crate::plain::Plain;
use crate::{Compression, Delivery, Safe, SafePoint, Sink, SinkError, TopicFile, UnfinishedFile};

/// Below this, ranges of a plain file are gathered before they are written; measured, smaller
/// writes cost more.
const GATHER_BYTES: usize = 64 * 1024;

/// A sink that writes a file beside its name and renames it when finished; see [`PartialFile`] for
/// the names.
///
/// Records count as acknowledged when a reader could get them back from what the system has taken:
/// at once or at the next flush in a plain file, once a mebibyte in a compressed one, and all of
/// them when finished.
///
/// A sink that fails or is dropped keeps its partial file if whole records are in it, and removes
/// it otherwise.
/// A file kept after a failure never has the name of a finished file, and if compressed it has no
/// end of stream.
pub struct FileSink {
    body: Box<dyn Body<PartialFile>>,
    account: Account,
}

impl FileSink {
    /// Creates the file and writes `header`, a line that is no record; its line feed is added if it
    /// has none.
    ///
    /// Fails with [`SinkError::File`] if the file cannot be created or written.
    pub fn create(
        path: impl AsRef<Path>,
        compression: Compression,
        header: Option<&[u8]>,
    ) -> Result<Self, SinkError> {
        let topic = TopicFile { topic: String::new(), header: header.map(<[u8]>::to_vec) };
        Self::create_with(path, &Lines(compression), &topic)
    }

    /// Creates the file for records of `topic`, with `contents` in it.
    ///
    /// Fails with [`SinkError::File`] if the file cannot be created or its content not begun.
    pub(crate) fn create_with(
        path: impl AsRef<Path>,
        contents: &dyn Contents,
        topic: &TopicFile,
    ) -> Result<Self, SinkError> {
        let path = path.as_ref();
        let failed = |source| SinkError::file("create", path, 0, 0, source);
        let file = PartialFile::create(path).map_err(failed)?;
        Ok(Self { body: contents.begin(topic, file).map_err(failed)?, account: Account::default() })
    }

    /// Resumes the file of this name among `left`, or writes it again if it cannot be resumed; creates
    /// it if it is not among them.
    ///
    /// Fails with [`SinkError::File`] where what is left is not what the earlier run wrote.
    pub(crate) fn open(
        path: &Path,
        contents: &dyn Contents,
        topic: &TopicFile,
        left: &[UnfinishedFile],
    ) -> Result<Self, SinkError> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let Some(UnfinishedFile { target, partial, bytes }) =
            left.iter().find(|left| left.target == absolute)
        else {
            return Self::create_with(path, contents, topic);
        };
        let failed = |source| SinkError::file("resume", partial, 0, 0, source);
        // An earlier run that was killed while it ended may have given the file its name already.
        let is_named = || std::fs::metadata(target).is_ok_and(|found| found.len() == *bytes);
        if *bytes > 0 && !partial.exists() && is_named() {
            std::fs::rename(target, partial).map_err(failed)?;
        }
        if *bytes == 0 {
            match std::fs::remove_file(partial) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                _ => return Self::create_with(path, contents, topic),
            }
        }
        let file = PartialFile::reopen(target.clone(), partial.clone(), *bytes).map_err(failed)?;
        Ok(Self { body: contents.go_on(file).map_err(failed)?, account: Account::default() })
    }

    /// Flushes to disk what was written; returns whether the file can be resumed after it, and the
    /// unfinished file.
    pub(crate) fn unfinished(&mut self) -> Result<(bool, Option<UnfinishedFile>), SinkError> {
        let bytes = self.account.check().and_then(|()| self.body.checkpoint());
        let bytes = self.settle("write", bytes)?;
        if bytes.is_some() {
            let settled = self.body.out_mut().settle();
            self.settle("write", settled)?;
        }
        let Some(partial) = self.body.out().partial() else { return Ok((true, None)) };
        let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let target = absolute(self.body.out().target());
        let (partial, is_safe) = (absolute(partial), bytes.is_some());
        Ok((is_safe, Some(UnfinishedFile { target, partial, bytes: bytes.unwrap_or(0) })))
    }

    /// Removes the file, of which nothing is wanted.
    pub(crate) fn discard(mut self) {
        self.body.out_mut().discard();
    }

    /// Returns the current path of the bytes: the partial file, or the target if it is written in
    /// place.
    pub fn path(&self) -> &Path {
        self.body.out().path()
    }

    /// Hands on everything, a compressor's trailer included; the file still lies beside its name.
    pub(crate) fn end(&mut self) -> Result<(), SinkError> {
        let result = self.account.check().and_then(|()| self.body.end());
        self.settle("write", result)
    }

    /// Waits for the disk and gives the file its name.
    pub(crate) fn complete(&mut self) -> Result<(), SinkError> {
        let result = self.body.out_mut().complete();
        self.settle("complete", result)
    }

    /// Notes what an attempt has led to, and turns a failure into the sink's error.
    fn settle<T>(&mut self, action: &'static str, result: io::Result<T>) -> Result<T, SinkError> {
        let records = self.body.whole();
        self.account.settle(records, &result);
        result.map_err(|source| {
            self.give_up();
            let file = self.body.out();
            let path = if file.stays() { file.path() } else { file.target() };
            SinkError::file(action, path, records, file.bytes(), source)
        })
    }

    /// Makes sure that not one more byte is written, and that whole records are kept.
    fn give_up(&mut self) {
        let records = self.body.whole();
        let file = self.body.out_mut();
        file.close();
        if records > 0 {
            file.keep_partial();
        }
    }
}

impl Sink for FileSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        self.account.accept(batch, &range);
        let result = self.account.check().and_then(|()| self.body.take(batch, range));
        self.settle("write", result)
    }

    /// Hands a plain file's bytes to the system; does nothing to a compressed one, whose bytes
    /// would depend on it.
    fn flush(&mut self) -> Result<(), SinkError> {
        let result = self.account.check().and_then(|()| self.body.flush());
        self.settle("write", result)
    }

    fn delivery(&self) -> Delivery {
        self.account.delivery()
    }

    /// All records if the file can be resumed, none if it has to be written again.
    fn safe_point(&mut self) -> Result<SafePoint, SinkError> {
        let (is_safe, file) = self.unfinished()?;
        let safe = if is_safe { Safe::Records(self.delivery().accepted) } else { Safe::None };
        Ok(SafePoint { safe, files: file.into_iter().collect() })
    }

    /// Leaves the file unfinished if it will be resumed.
    fn stop(mut self: Box<Self>, goes_on: bool) -> Result<Delivery, SinkError> {
        if !goes_on {
            return self.finish();
        }
        self.unfinished()?;
        Ok(self.delivery())
    }

    /// Writes what is left, waits for the disk and renames the file.
    ///
    /// A sink that has failed before fails again: its file is never whole.
    fn finish(mut self: Box<Self>) -> Result<Delivery, SinkError> {
        self.end()?;
        self.complete()?;
        Ok(self.delivery())
    }

    /// Leaves the whole records in the partial file, without the file's name.
    fn abandon(self: Box<Self>) -> Result<Delivery, SinkError> {
        Ok(self.delivery())
    }
}

impl Drop for FileSink {
    fn drop(&mut self) {
        self.give_up();
    }
}

impl fmt::Debug for FileSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSink")
            .field("file", self.body.out())
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

/// Writes `header` and the line feed it may lack.
pub(crate) fn write_header<W>(body: &mut dyn Body<W>, header: &[u8]) -> io::Result<()> {
    let line = header.strip_suffix(b"\n").unwrap_or(header);
    body.head(&[line, b"\n"].concat())
}

/// Records as they are, a line each after the topic's header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lines(pub(crate) Compression);

impl Contents for Lines {
    fn begin(
        &self,
        topic: &TopicFile,
        file: PartialFile,
    ) -> io::Result<Box<dyn Body<PartialFile>>> {
        let mut body: Box<dyn Body<PartialFile>> = match self.0 {
            Compression::None => Box::new(Plain::new(file, GATHER_BYTES)),
            Compression::Gzip => Box::new(Packed::new(packed::gzip(file), CHUNK_BYTES)),
            Compression::Zstd => Box::new(Packed::new(packed::zstd(file)?, CHUNK_BYTES)),
            Compression::Snappy => {
                let reason =
                    "ndjson and csv cannot be compressed with Snappy: use gzip or Zstandard";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
            }
        };
        if let Some(header) = &topic.header {
            write_header(body.as_mut(), header)?;
        }
        Ok(body)
    }

    fn go_on(&self, file: PartialFile) -> io::Result<Box<dyn Body<PartialFile>>> {
        // Only plain lines have checkpoints.
        Ok(Box::new(Plain::after(file.bytes(), file, GATHER_BYTES)))
    }
}
