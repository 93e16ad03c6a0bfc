//! From a file or a pipe to lines of text, whatever form its records are stored in.
//!
//! Compression is recognised by the first bytes and not by the name, so that a pipe needs no name.
//! A byte order mark, which Excel and PowerShell write, is skipped at the start of each file.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::form::{Form, Hints};
use super::meter::Meter;
use super::{binary, columns};

/// Bytes of a file that are read at a time.
const BUFFER: usize = 256 * 1024;

/// Bytes by which forms are told apart.
const FIRST: usize = 4;

/// Records as text.
pub(super) struct Opened {
    /// The text.
    pub(super) text: Box<dyn Read>,
    /// True if the text is what was stored, so that its lines can be looked up there.
    pub(super) has_lines: bool,
}

impl Opened {
    fn lines(text: Box<dyn Read>) -> Self {
        Self { text, has_lines: true }
    }

    fn records(text: impl Read + 'static) -> Self {
        Self { text: Box::new(text), has_lines: false }
    }

    /// The records of `reader`: plain, gzip or Zstandard.
    pub(super) fn of(reader: impl Read + 'static, hints: &Hints) -> io::Result<Self> {
        opened(Box::new(reader), hints.form, hints)
    }

    /// The records of the file at `path`, whose bytes are counted by `meter`.
    pub(super) fn of_file(path: &Path, meter: &Meter, hints: &Hints) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let about = file.metadata()?;
        // A folder can be opened; only reading from it fails, as if a line of it were wrong.
        if about.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let form = hints.form.or_else(|| Form::named(path));
        // Columns are read from the end, which a pipe does not have.
        if about.is_file() {
            let mut first = Vec::with_capacity(FIRST);
            file.by_ref().take(FIRST as u64).read_to_end(&mut first)?;
            file.rewind()?;
            let begins = Form::beginning(&first);
            if begins == Some(Form::Parquet) && hints.form.is_none_or(|form| form == Form::Parquet)
            {
                return Ok(Self::records(columns::lines(file, &hints.records)?));
            }
            if form == Some(Form::Parquet) {
                return Err(another(Form::Parquet, &first));
            }
        }
        opened(Box::new(BufReader::with_capacity(BUFFER, meter.count(file))), form, hints)
    }
}

/// The records of `reader`, which are probably stored as `form`.
fn opened(reader: Box<dyn Read>, form: Option<Form>, hints: &Hints) -> io::Result<Opened> {
    let (first, whole) = peeked::<FIRST>(unpacked(reader)?)?;
    match (form, Form::beginning(&first)) {
        (Some(Form::Parquet), _) | (None, Some(Form::Parquet)) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "Parquet is read from its end, so it can neither come through a pipe nor be compressed \
             as a whole: give the file itself",
        )),
        (
            Some(form @ (Form::Text | Form::Protobuf)),
            Some(found @ (Form::Avro | Form::Parquet)),
        ) => Err(io::Error::new(io::ErrorKind::InvalidData, contradiction(form, found))),
        (Some(Form::Avro) | None, Some(Form::Avro)) => {
            Ok(Opened::records(binary::avro_lines(whole, &hints.records)?))
        }
        (Some(Form::Avro), _) => Err(another(Form::Avro, &first)),
        (Some(Form::Protobuf), begins) => {
            if hints.records.is_empty() {
                return Err(nameless());
            }
            let is_text = begins == Some(Form::Text);
            Ok(Opened::records(binary::protobuf_lines(whole, hints.records.clone(), is_text)))
        }
        (Some(Form::Text) | None, _) => unmarked(whole).map(Opened::lines),
    }
}

/// The error of Protobuf messages of which nothing is known.
fn nameless() -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidInput,
        "Protobuf does not say what its fields are, and no topic has this name: name the file \
         after its topic, such as transactions.pb, or give --format protobuf, and the first record \
         decides",
    )
}

/// The error of a file of another form than the one that is expected.
fn another(expected: Form, first: &[u8]) -> io::Error {
    let reason = match Form::beginning(first) {
        Some(found) => contradiction(expected, found),
        None if first.is_empty() => format!(
            "the file is empty, but {} begins with a header even without records: it is cut off",
            expected.title()
        ),
        None => format!(
            "it does not begin as {} does: the file is damaged, or --format must say what it is",
            expected.title()
        ),
    };
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

fn contradiction(expected: Form, found: Form) -> String {
    let (name, flag) = match found {
        Form::Text => ("JSON", "ndjson"),
        Form::Avro => ("an Avro file", "avro"),
        Form::Protobuf => ("Protobuf", "protobuf"),
        Form::Parquet => ("a Parquet file", "parquet"),
    };
    format!(
        "its name or --format says {}, but it begins like {name}: give --format {flag}",
        expected.title()
    )
}

/// Files behind one another, each opened when its turn comes.
pub(super) struct Files {
    rest: std::vec::IntoIter<PathBuf>,
    meter: Meter,
    hints: Hints,
}

impl Files {
    /// The bytes of `files`, counted by `meter`, of records of which `hints` are known.
    pub(super) fn new(files: Vec<PathBuf>, meter: &Meter, hints: &Hints) -> Self {
        Self { rest: files.into_iter(), meter: meter.clone(), hints: hints.clone() }
    }

    /// The records of the next file; none after the last.
    pub(super) fn open_next(&mut self) -> io::Result<Option<Opened>> {
        let Some(path) = self.rest.next() else { return Ok(None) };
        let named =
            |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
        Opened::of_file(&path, &self.meter, &self.hints).map(Some).map_err(named)
    }
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
