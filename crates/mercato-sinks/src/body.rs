//! Encodes records as the bytes of a file: the contract of plain, compressed and columnar bodies.

use std::io;
use std::ops::Range;

use mercato_encode::Batch;

use crate::{PartialFile, TopicFile};

/// The entry of a file's metadata that names the run, where a format has a place for that.
pub const RUN: &str = "mercato.run";

/// The entry of a file's metadata that names the shard of the run.
pub const SHARD: &str = "mercato.shard";

/// Records on their way into the writer `W`.
///
/// A body knows at every moment how many whole records a reader could get back from what `W` has
/// taken.
/// After an error it must not be used again, except for asking that.
pub trait Body<W>: Send {
    /// Puts `line`, which is no record, in front.
    fn head(&mut self, line: &[u8]) -> io::Result<()>;

    /// Takes the records `range` of `batch`.
    fn take(&mut self, batch: &Batch, range: Range<usize>) -> io::Result<()>;

    /// Hands on what can be handed on without changing a byte of the file.
    fn flush(&mut self) -> io::Result<()>;

    /// Writes out everything and returns the number of bytes after which the file can be resumed;
    /// does nothing and returns `None` if it has to be written again.
    fn checkpoint(&mut self) -> io::Result<Option<u64>> {
        Ok(None)
    }

    /// Hands on everything, a compressor's trailer included.
    fn end(&mut self) -> io::Result<()>;

    /// Records that a reader could get back whole.
    fn whole(&self) -> u64;

    /// Returns the destination of the bytes.
    fn out(&self) -> &W;

    /// Returns the destination of the bytes.
    fn out_mut(&mut self) -> &mut W;
}

/// Contents of the files of topics: lines, or another encoding.
pub trait Contents: Send + Sync {
    /// Begins the content of `file`, which is empty and takes records of `topic`.
    ///
    /// Fails where nothing can be written, and with [`io::ErrorKind::InvalidInput`] where records
    /// of the topic have no place in such a file.
    fn begin(&self, topic: &TopicFile, file: PartialFile)
    -> io::Result<Box<dyn Body<PartialFile>>>;

    /// Resumes `file` after the bytes of an earlier [`Body::checkpoint`].
    ///
    /// Fails by default, for contents whose bodies have no checkpoints.
    fn go_on(&self, _file: PartialFile) -> io::Result<Box<dyn Body<PartialFile>>> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "such a file must be begun again"))
    }
}

/// Returns the number of records at the start of `range` that end within its first `bytes` bytes.
pub(crate) fn records_within(batch: &Batch, range: &Range<usize>, bytes: usize) -> usize {
    let (mut low, mut high) = (0, range.len());
    while low < high {
        let middle = (low + high).div_ceil(2);
        if batch.lines(range.start..range.start + middle).len() <= bytes {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    low
}
