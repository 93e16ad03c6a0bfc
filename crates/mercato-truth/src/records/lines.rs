//! The records of a file or a pipe, plain or compressed: lines or JSON values, or rows of CSV.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use memchr::memchr_iter;

use super::actual::{Actual, Found, Layout};
use super::form::Hints;
use super::framing::{Cut, Framing};
use super::input::{Input, MAX_BYTES};
use super::meter::Meter;
use super::opening::{Files, Opened};

/// Why records cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LinesError {
    /// The file cannot be opened.
    #[error("cannot open {}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Reading failed.
    #[error("cannot read {name} after {unit} {line}")]
    Read {
        /// The file's path, or what else the records are called.
        name: String,
        /// Number of whole lines read, or of records where they are no lines.
        line: u64,
        /// The word for what is counted: line or record.
        unit: &'static str,
        /// The error of the system or the decompressor.
        source: io::Error,
    },
    /// A record has no end.
    #[error(
        "the record at line {line} of {name} is longer than {max_bytes} bytes: is a quote or a bracket never closed?"
    )]
    TooLong {
        /// The file's path, or what else the records are called.
        name: String,
        /// Number of the line, counted from 1.
        line: u64,
        /// Longest record that is read.
        max_bytes: usize,
    },
    /// A JSON array has no end.
    #[error("{name} ends inside a JSON array, after line {line}: the file is cut off")]
    Unclosed {
        /// The file's path, or what else the records are called.
        name: String,
        /// Number of whole lines read.
        line: u64,
    },
}

/// The records of a reader, in a buffer of fixed size as long as no record is longer.
///
/// JSON comes one record a line, as values over several lines, or as an array; blank lines, `\r`
/// before a line feed and a byte order mark are passed over. With [`Lines::rows`] it is CSV by
/// RFC 4180: a record is a row, over as many lines as its quoted fields need.
pub struct Lines {
    input: Input,
    framing: Framing,
    name: String,
    /// Line feeds that were passed.
    line: u64,
    /// The files that follow the one being read.
    files: Option<Files>,
    header: RowsHeader,
    layout: Layout,
}

/// What is known of the header of rows in several files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RowsHeader {
    /// Every row is a record.
    Record,
    /// It has not been read.
    Unread,
    /// It has been read, and the next row is one.
    Read,
    /// It has been read, and the next row is the header once more.
    Again,
}

/// A record's place in the input, and the line that it begins at.
struct Located {
    place: (usize, usize),
    line: u64,
}

impl Lines {
    /// The longest record that is read: 16 MiB.
    pub const MAX_BYTES: usize = MAX_BYTES;

    /// The records of the file at `path`: lines, plain or compressed, or Parquet.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, LinesError> {
        Self::open_metered(path, &Meter::default())
    }

    /// The same, with the bytes that are read counted by `meter`.
    pub fn open_metered(path: impl AsRef<Path>, meter: &Meter) -> Result<Self, LinesError> {
        Self::open_known(path, meter, &Hints::default())
    }

    /// The same, of records of which something is known.
    pub fn open_known(
        path: impl AsRef<Path>,
        meter: &Meter,
        hints: &Hints,
    ) -> Result<Self, LinesError> {
        let path = path.as_ref();
        let unopened = |source| LinesError::Open { path: path.to_owned(), source };
        let opened = Opened::of_file(path, meter, hints).map_err(unopened)?;
        Ok(Self::of_opened(path.display().to_string(), opened))
    }

    /// The records of several files behind one another, called `name` in messages; of `rows` only
    /// the first that has a header keeps it.
    ///
    /// Lines are counted through all of them. A file is opened when its turn comes.
    pub fn of_files(
        name: impl Into<String>,
        files: Vec<PathBuf>,
        rows: bool,
        meter: &Meter,
    ) -> Result<Self, LinesError> {
        Self::of_known_files(name, files, rows, meter, &Hints::default())
    }

    /// The same, of records of which something is known.
    pub fn of_known_files(
        name: impl Into<String>,
        files: Vec<PathBuf>,
        rows: bool,
        meter: &Meter,
        hints: &Hints,
    ) -> Result<Self, LinesError> {
        let lines = Self::new(name, io::empty())?;
        let mut lines = if rows { lines.rows() } else { lines };
        lines.files = Some(Files::new(files, meter, hints));
        lines.header = if rows { RowsHeader::Unread } else { RowsHeader::Record };
        lines.advance()?;
        Ok(lines)
    }

    /// The records of `reader`, called `name` in messages: plain, gzip or Zstandard, or Avro.
    pub fn new(name: impl Into<String>, reader: impl Read + 'static) -> Result<Self, LinesError> {
        Self::new_known(name, reader, &Hints::default())
    }

    /// The same, of records of which something is known.
    pub fn new_known(
        name: impl Into<String>,
        reader: impl Read + 'static,
        hints: &Hints,
    ) -> Result<Self, LinesError> {
        let name = name.into();
        match Opened::of(reader, hints) {
            Ok(opened) => Ok(Self::of_opened(name, opened)),
            Err(source) => Err(LinesError::Read { name, line: 0, unit: LINE, source }),
        }
    }

    fn of_opened(name: String, opened: Opened) -> Self {
        Self {
            layout: layout_of(&opened),
            input: Input::new(opened.text),
            framing: Framing::Unseen,
            name,
            line: 0,
            files: None,
            header: RowsHeader::Record,
        }
    }

    /// Takes the records as rows of CSV.
    #[must_use]
    pub fn rows(mut self) -> Self {
        self.framing = Framing::rows();
        self
    }

    /// The file's path, or what else the records are called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The next record's place in the input and its line; none at the end.
    #[inline]
    fn locate(&mut self) -> Result<Option<Located>, LinesError> {
        loop {
            match self.framing.cut(self.input.pending(), self.input.has_ended()) {
                Cut::Record { next, .. } if self.header == RowsHeader::Again => {
                    self.header = RowsHeader::Read;
                    self.line += self.breaks(next);
                    self.input.take(next);
                }
                Cut::Record { from, to, next } => {
                    if self.header == RowsHeader::Unread {
                        self.header = RowsHeader::Read;
                    }
                    let breaks_before = self.breaks(from);
                    let line = self.line + breaks_before + 1;
                    self.line += breaks_before + self.breaks_in(from, next);
                    let (start, _) = self.input.take(next);
                    return Ok(Some(Located { place: (start + from, start + to), line }));
                }
                Cut::Skip(bytes) => {
                    self.line += self.breaks(bytes);
                    self.input.take(bytes);
                }
                Cut::More => self.fill()?,
                Cut::Unclosed => {
                    let (name, line) = (self.name.clone(), self.line);
                    return Err(LinesError::Unclosed { name, line });
                }
                Cut::End if self.advance()? => {}
                Cut::End => return Ok(None),
            }
        }
    }

    /// Goes on with the next file, which may be of another form; returns false after the last.
    fn advance(&mut self) -> Result<bool, LinesError> {
        let Some(files) = &mut self.files else { return Ok(false) };
        let (line, unit) = (self.line, unit_of(self.layout));
        let opened = files.open_next().map_err(|source| {
            let name = self.name.clone();
            LinesError::Read { name, line, unit, source }
        })?;
        let Some(opened) = opened else { return Ok(false) };
        if self.line == 0 {
            self.layout = layout_of(&opened);
        }
        // The last line of a file may lack its line feed, which lines are counted with already.
        if self.input.is_in_line() && !matches!(self.framing, Framing::Lines) {
            self.line += 1;
        }
        self.input.restart(opened.text);
        if !matches!(self.framing, Framing::Rows(_)) {
            self.framing = Framing::Unseen;
            return Ok(true);
        }
        self.framing = Framing::rows();
        if self.header == RowsHeader::Read {
            self.header = RowsHeader::Again;
        }
        Ok(true)
    }

    fn fill(&mut self) -> Result<(), LinesError> {
        let (name, line) = (|| self.name.clone(), self.line);
        match self.input.fill() {
            Ok(true) => Ok(()),
            Ok(false) => {
                Err(LinesError::TooLong { name: name(), line: line + 1, max_bytes: MAX_BYTES })
            }
            Err(source) => {
                let unit = unit_of(self.layout);
                Err(LinesError::Read { name: name(), line, unit, source })
            }
        }
    }

    #[inline]
    fn breaks(&self, bytes: usize) -> u64 {
        self.breaks_in(0, bytes)
    }

    #[inline]
    fn breaks_in(&self, from: usize, to: usize) -> u64 {
        match (&self.framing, to - from) {
            (_, 0) => 0,
            // A line has one line feed, which may be missing at the end only.
            (Framing::Lines, _) => 1,
            _ => memchr_iter(b'\n', &self.input.pending()[from..to]).count() as u64,
        }
    }
}

/// The words for what is counted.
const LINE: &str = "line";
const RECORD: &str = "record";

fn unit_of(layout: Layout) -> &'static str {
    if layout == Layout::Lines { LINE } else { RECORD }
}

fn layout_of(opened: &Opened) -> Layout {
    if opened.has_lines { Layout::Lines } else { Layout::Records }
}

impl Actual for Lines {
    type Error = LinesError;

    fn layout(&self) -> Layout {
        self.layout
    }

    #[inline]
    fn next(&mut self, _: u32) -> Result<Option<Found<'_>>, LinesError> {
        let Some(Located { place, line }) = self.locate()? else {
            return Ok(None);
        };
        Ok(Some(Found { key: b"", value: self.input.taken(place), position: line }))
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
