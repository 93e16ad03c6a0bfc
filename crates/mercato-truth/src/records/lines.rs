//! Lines: the records of a file or a pipe, plain or compressed.
//!
//! Compression is recognised by the first bytes and not by the name, so that a pipe needs no name.
//! A line is the unit: a CSV field that holds a line break makes two lines of its record.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use memchr::memchr;

use super::actual::{Actual, Found, Layout};

/// Bytes read at a time; with 256 KiB a line is seldom cut, and the buffer stays in the
/// second-level cache.
const BUFFER: usize = 256 * 1024;

/// Why lines cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinesError {
    /// The file cannot be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Reading failed.
    #[error("cannot read {name} behind line {line}")]
    Read {
        /// The file's path, or what else the lines are called.
        name: String,
        /// Number of whole lines read.
        line: u64,
        /// What the system or the decompressor says.
        source: io::Error,
    },
    /// A line has no end.
    #[error(
        "line {line} of {name} is longer than {max_bytes} bytes, so these are not lines of records"
    )]
    TooLong {
        /// The file's path, or what else the lines are called.
        name: String,
        /// Number of the line, counted from 1.
        line: u64,
        /// Longest line that is read.
        max_bytes: usize,
    },
}

/// The lines of a reader, in a buffer of fixed size as long as no line is longer.
pub struct Lines {
    reader: Box<dyn Read>,
    name: String,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    line: u64,
    ended: bool,
}

impl Lines {
    /// The longest line that is read: 16 MiB.
    pub const MAX_BYTES: usize = 16 * 1024 * 1024;

    /// The lines of the file at `path`: plain, gzip or Zstandard.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LinesError> {
        let path = path.as_ref();
        let unopened = |source| LinesError::Open { path: path.to_owned(), source };
        let file = File::open(path).map_err(unopened)?;
        // A folder can be opened; only reading from it fails, as if a line of it were wrong.
        if file.metadata().map_err(unopened)?.is_dir() {
            return Err(unopened(io::ErrorKind::IsADirectory.into()));
        }
        Self::new(path.display().to_string(), file)
    }

    /// The lines of several files behind one another, called `name` in messages; of `rows` only the
    /// first keeps its header.
    ///
    /// Lines are counted through all of them. A file is opened when its turn comes.
    pub fn of_files(
        name: impl Into<String>,
        files: Vec<PathBuf>,
        rows: bool,
    ) -> Result<Self, LinesError> {
        Self::new(name, Files { rest: files.into_iter(), current: None, rows, is_first: true })
    }

    /// The lines of `reader`, called `name` in messages: plain, gzip or Zstandard.
    pub fn new(name: impl Into<String>, reader: impl Read + 'static) -> Result<Self, LinesError> {
        let name = name.into();
        let reader = decompressed(Box::new(reader)).map_err(|source| LinesError::Read {
            name: name.clone(),
            line: 0,
            source,
        })?;
        Ok(Self { reader, name, buffer: vec![0; BUFFER], start: 0, end: 0, line: 0, ended: false })
    }

    /// Where the next line is in the buffer, without its line feed; none at the end.
    fn locate(&mut self) -> Result<Option<(usize, usize)>, LinesError> {
        let mut searched = self.start;
        loop {
            if let Some(length) = memchr(b'\n', &self.buffer[searched..self.end]) {
                let line = (self.start, searched + length);
                self.start = line.1 + 1;
                return Ok(Some(line));
            }
            if self.ended {
                let line = (self.start, self.end);
                self.start = self.end;
                return Ok((line.0 < line.1).then_some(line));
            }
            let behind = self.end - self.start;
            self.fill()?;
            searched = self.start + behind;
        }
    }

    /// Moves what is left to the front and reads more.
    fn fill(&mut self) -> Result<(), LinesError> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.end == self.buffer.len() {
            if self.end >= Self::MAX_BYTES {
                let (name, line) = (self.name.clone(), self.line + 1);
                return Err(LinesError::TooLong { name, line, max_bytes: Self::MAX_BYTES });
            }
            self.buffer.resize(self.end * 2, 0);
        }
        let read = loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        let read = read.map_err(|source| LinesError::Read {
            name: self.name.clone(),
            line: self.line,
            source,
        })?;
        self.end += read;
        self.ended = read == 0;
        Ok(())
    }
}

impl Actual for Lines {
    type Error = LinesError;

    fn layout(&self) -> Layout {
        Layout::Lines
    }

    #[inline]
    fn next(&mut self, _: u32) -> Result<Option<Found<'_>>, LinesError> {
        let Some((start, end)) = self.locate()? else {
            return Ok(None);
        };
        self.line += 1;
        Ok(Some(Found { key: b"", value: &self.buffer[start..end], position: self.line }))
    }
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines")
            .field("name", &self.name)
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}

/// Files behind one another.
struct Files {
    rest: std::vec::IntoIter<PathBuf>,
    current: Option<Box<dyn Read>>,
    rows: bool,
    is_first: bool,
}

impl Read for Files {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(current) = &mut self.current {
                let read = current.read(buffer)?;
                if read > 0 || buffer.is_empty() {
                    return Ok(read);
                }
            }
            let Some(path) = self.rest.next() else { return Ok(0) };
            let named = |error: io::Error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            };
            let file = File::open(&path).map_err(named)?;
            let mut reader =
                decompressed(Box::new(BufReader::with_capacity(BUFFER, file))).map_err(named)?;
            if self.rows && !self.is_first {
                skip_line(reader.as_mut()).map_err(named)?;
            }
            self.is_first = false;
            self.current = Some(reader);
        }
    }
}

/// Reads up to the first line feed.
fn skip_line(reader: &mut dyn Read) -> io::Result<()> {
    let mut byte = [0];
    while reader.read(&mut byte)? > 0 && byte[0] != b'\n' {}
    Ok(())
}

/// `reader` without its compression.
fn decompressed(mut reader: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    const GZIP: &[u8] = &[0x1f, 0x8b];
    const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
    let mut first = Vec::with_capacity(ZSTD.len());
    reader.by_ref().take(ZSTD.len() as u64).read_to_end(&mut first)?;
    let (is_gzip, is_zstd) = (first.starts_with(GZIP), first == ZSTD);
    let whole = io::Cursor::new(first).chain(reader);
    Ok(if is_gzip {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, whole)))
    } else if is_zstd {
        Box::new(zstd::stream::read::Decoder::new(whole)?)
    } else {
        Box::new(whole)
    })
}
