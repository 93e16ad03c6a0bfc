//! Bytes of a file or a pipe, decompressed, in one buffer that holds a record at a time.
//!
//! Compression is recognised by the first bytes and not by the name, so that a pipe needs no name.
//! A byte order mark, which Excel and PowerShell write, is skipped at the start of each file.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use mercato_schema::Description;

use super::meter::Meter;
use super::{binary, columns};

/// Bytes read at a time; with 256 KiB a line is seldom cut, and the buffer stays in the
/// second-level cache.
const BUFFER: usize = 256 * 1024;

/// The longest record that is read: 16 MiB.
pub(super) const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A window over the bytes of a reader: what has been read and not yet taken.
pub(super) struct Input {
    reader: Box<dyn Read>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    /// The last byte that was read.
    last: u8,
}

impl Input {
    /// The bytes of `reader`: plain, gzip or Zstandard, or an Avro file of records that are perhaps `known`.
    pub(super) fn new(
        reader: impl Read + 'static,
        known: Option<&Description>,
    ) -> io::Result<Self> {
        let reader = plain(Box::new(reader), known)?;
        Ok(Self { reader, buffer: vec![0; BUFFER], start: 0, end: 0, ended: false, last: b'\n' })
    }

    /// The bytes that have been read and not yet taken.
    #[inline]
    pub(super) fn pending(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Goes on with the bytes of `reader`, which are plain, in the same buffer.
    pub(super) fn restart(&mut self, reader: Box<dyn Read>) {
        (self.reader, self.start, self.end, self.ended, self.last) = (reader, 0, 0, false, b'\n');
    }

    /// Returns true if a line has begun that so far has no line feed.
    pub(super) fn is_in_line(&self) -> bool {
        self.last != b'\n'
    }

    /// Returns true once there is nothing more to read.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes the first `length` pending bytes and returns where they are until the next read.
    #[inline]
    pub(super) fn take(&mut self, length: usize) -> (usize, usize) {
        let from = self.start;
        self.start += length.min(self.end - self.start);
        (from, self.start)
    }

    /// The bytes that [`Input::take`] has taken.
    #[inline]
    pub(super) fn taken(&self, (from, to): (usize, usize)) -> &[u8] {
        &self.buffer[from..to]
    }

    /// Reads more, and returns false if there is no room for it: a record may have [`MAX_BYTES`].
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.end == self.buffer.len() {
            if self.end >= MAX_BYTES {
                return Ok(false);
            }
            self.buffer.resize(self.end * 2, 0);
        }
        let read = loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.end += read;
        if read > 0 {
            self.last = self.buffer[self.end - 1];
        }
        self.ended = read == 0;
        Ok(true)
    }
}

/// The bytes of the file at `path`, counted by `meter`; those of a Parquet file are its rows as lines
/// of JSON, and those of a Protobuf file its messages, which must be `known`.
pub(super) fn opened(
    path: &Path,
    meter: &Meter,
    known: Option<&Description>,
) -> io::Result<Box<dyn Read>> {
    const PARQUET: &[u8] = b"PAR1";
    let mut file = File::open(path)?;
    let about = file.metadata()?;
    // A folder can be opened; only reading from it fails, as if a line of it were wrong.
    if about.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    // Columns are read from the end, which a pipe does not have.
    if about.is_file() {
        let mut first = Vec::with_capacity(PARQUET.len());
        file.by_ref().take(PARQUET.len() as u64).read_to_end(&mut first)?;
        file.rewind()?;
        if first == PARQUET {
            return Ok(Box::new(columns::lines(file)?));
        }
    }
    if !is_protobuf(path) {
        return Ok(Box::new(meter.count(file)));
    }
    let known = known.ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::InvalidInput,
            "Protobuf does not say what its fields are, and no topic has this name: name the file \
             after its topic, such as transactions.pb",
        )
    })?;
    let messages = unpacked(Box::new(meter.count(file)))?;
    Ok(Box::new(binary::protobuf_lines(messages, known)))
}

/// Returns true if a file is named as one of Protobuf messages.
fn is_protobuf(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_ascii_lowercase());
    let name = name.unwrap_or_default();
    let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    matches!(plain.rsplit_once('.'), Some((_, "pb" | "protobuf")))
}

/// Files behind one another, each opened when its turn comes.
pub(super) struct Files {
    rest: std::vec::IntoIter<PathBuf>,
    meter: Meter,
    known: Option<Description>,
}

impl Files {
    /// The bytes of `files`, counted by `meter`, of records that are perhaps `known`.
    pub(super) fn new(files: Vec<PathBuf>, meter: &Meter, known: Option<&Description>) -> Self {
        Self { rest: files.into_iter(), meter: meter.clone(), known: known.cloned() }
    }

    /// The plain bytes of the next file; none after the last.
    pub(super) fn open_next(&mut self) -> io::Result<Option<Box<dyn Read>>> {
        let Some(path) = self.rest.next() else { return Ok(None) };
        let known = self.known.as_ref();
        let reader = opened(&path, &self.meter, known)
            .and_then(|file| plain(Box::new(BufReader::with_capacity(BUFFER, file)), known));
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        reader.map(Some).map_err(named)
    }
}

/// `reader` without its compression and its byte order mark; the records of an Avro file as lines.
fn plain(reader: Box<dyn Read>, known: Option<&Description>) -> io::Result<Box<dyn Read>> {
    let (first, whole) = peeked::<4>(unpacked(reader)?)?;
    if first == binary::MAGIC {
        return Ok(Box::new(binary::avro_lines(whole, known)?));
    }
    unmarked(whole)
}

/// `reader` without its compression.
fn unpacked(reader: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    const GZIP: &[u8] = &[0x1f, 0x8b];
    const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
    let (first, whole) = peeked::<4>(reader)?;
    Ok(if first.starts_with(GZIP) {
        Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, whole)))
    } else if first == ZSTD {
        Box::new(zstd::stream::read::Decoder::new(whole)?)
    } else {
        whole
    })
}

/// `reader` without its byte order mark; one that says UTF-16 is refused.
fn unmarked(reader: Box<dyn Read>) -> io::Result<Box<dyn Read>> {
    let (first, whole) = peeked::<3>(reader)?;
    match first.as_slice() {
        [0xef, 0xbb, 0xbf] => skipped(whole, 3),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the text is UTF-16, as PowerShell's > writes it; convert it to UTF-8, for example with iconv",
        )),
        _ => Ok(whole),
    }
}

fn skipped(mut reader: Box<dyn Read>, bytes: u64) -> io::Result<Box<dyn Read>> {
    io::copy(&mut reader.by_ref().take(bytes), &mut io::sink())?;
    Ok(reader)
}

/// The first `N` bytes of `reader`, and a reader of all of them.
fn peeked<const N: usize>(mut reader: Box<dyn Read>) -> io::Result<(Vec<u8>, Box<dyn Read>)> {
    let mut first = Vec::with_capacity(N);
    reader.by_ref().take(N as u64).read_to_end(&mut first)?;
    let whole = io::Cursor::new(first.clone()).chain(reader);
    Ok((first, Box::new(whole)))
}
