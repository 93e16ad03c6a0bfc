//! What the name of an output says: how records are written, how they are compressed, and where.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::partial::in_place;
use crate::{FileSink, NullSink, Sink, SinkError};

/// How records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line: `.ndjson`, `.jsonl` or `.json`.
    Json,
    /// One row a line after a header: `.csv`.
    Csv,
}

/// How a file is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip: `.gz`.
    Gzip,
    /// Zstandard: `.zst`.
    Zstd,
}

/// Why a name says too little to write there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutputPathError {
    /// The ending is not one of those that are known.
    #[error(
        "the ending of `{}` is not known: allowed are .ndjson, .jsonl, .json and .csv, each also followed by .gz or \
         .zst, and `null:` to keep nothing",
        path.display()
    )]
    Ending {
        /// The name as given.
        path: PathBuf,
    },
}

/// An output's name, understood.
///
/// ```
/// use mercato_sinks::{Compression, Format, OutputPath};
///
/// let output: OutputPath = "out/sales.csv.zst".parse()?;
/// assert_eq!((output.format(), output.compression()), (Format::Csv, Compression::Zstd));
/// assert!("null:".parse::<OutputPath>()?.is_null());
/// assert!("sales.txt".parse::<OutputPath>().is_err());
/// # Ok::<(), mercato_sinks::OutputPathError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputPath {
    path: Option<PathBuf>,
    format: Format,
    compression: Compression,
}

impl OutputPath {
    /// Reads `text`: a path whose ending says format and compression (upper and lower case alike), or `null:`.
    ///
    /// A pipe, device or descriptor (`/dev/stdout`, a fifo) needs no ending and then takes plain JSON lines; telling
    /// one from a file that is yet to be made is the only reason to look at the file system.
    pub fn parse(text: impl AsRef<OsStr>) -> Result<Self, OutputPathError> {
        let text = text.as_ref();
        if text == "null:" {
            return Ok(Self { path: None, format: Format::Json, compression: Compression::None });
        }
        let path = PathBuf::from(text);
        match ending(&path) {
            Some((format, compression)) => Ok(Self { path: Some(path), format, compression }),
            None if in_place(&path) => {
                Ok(Self { path: Some(path), format: Format::Json, compression: Compression::None })
            }
            None => Err(OutputPathError::Ending { path }),
        }
    }

    /// How records are to be written; JSON for `null:`.
    pub fn format(&self) -> Format {
        self.format
    }

    /// How the file is to be compressed.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    /// The file; none for `null:`.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Whether records are to be made and not kept.
    pub fn is_null(&self) -> bool {
        self.path.is_none()
    }

    /// Opens the sink: a [`FileSink`] with `header` as its first line, or a [`NullSink`].
    ///
    /// Fails as [`FileSink::create`] does.
    pub fn open(&self, header: Option<&[u8]>) -> Result<Box<dyn Sink>, SinkError> {
        match &self.path {
            None => Ok(Box::new(NullSink::default())),
            Some(path) => Ok(Box::new(FileSink::create(path, self.compression, header)?)),
        }
    }
}

impl FromStr for OutputPath {
    type Err = OutputPathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// What the endings of `path` say, if they are known.
fn ending(path: &Path) -> Option<(Format, Compression)> {
    let compression = match extension(path)?.as_str() {
        "gz" => Compression::Gzip,
        "zst" => Compression::Zstd,
        _ => Compression::None,
    };
    let inner =
        if compression == Compression::None { extension(path) } else { extension(Path::new(path.file_stem()?)) };
    match inner?.as_str() {
        "ndjson" | "jsonl" | "json" => Some((Format::Json, compression)),
        "csv" => Some((Format::Csv, compression)),
        _ => None,
    }
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_allowed_ending_is_read() {
        let formats = [("ndjson", Format::Json), ("jsonl", Format::Json), ("JSON", Format::Json), ("csv", Format::Csv)];
        let compressions = [("", Compression::None), (".gz", Compression::Gzip), (".ZST", Compression::Zstd)];
        for (name, format) in formats {
            for (suffix, compression) in compressions {
                let text = format!("a.b/c.d.{name}{suffix}");
                let output = OutputPath::parse(&text).unwrap();
                assert_eq!((output.format(), output.compression()), (format, compression), "{text}");
                assert_eq!(output.path(), Some(Path::new(&text)));
            }
        }
    }

    #[test]
    fn an_unknown_ending_is_refused_with_what_is_allowed() {
        for text in ["", "sales", "sales.txt", "sales.gz", "sales.csv.bz2", "sales.gz.csv.gz.gz", ".csv", "csv", "a/"] {
            let message = OutputPath::parse(text).unwrap_err().to_string();
            for allowed in [".ndjson", ".jsonl", ".json", ".csv", ".gz", ".zst", "null:"] {
                assert!(message.contains(allowed), "{message}");
            }
            assert!(message.contains(&format!("`{text}`")), "{message}");
        }
    }

    #[test]
    fn null_and_devices_need_no_ending() {
        assert!(OutputPath::parse("null:").unwrap().is_null());
        for device in ["/dev/null", "/dev/stdout", "/dev/fd/1"] {
            let output = OutputPath::parse(device).unwrap();
            assert_eq!((output.format(), output.compression()), (Format::Json, Compression::None));
        }
    }
}
