//! The name of an output: format, compression and path.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use crate::file::Lines;
use crate::folder::file_in;
use crate::packed::packed_len;
use crate::partial::in_place;
use crate::{
    Contents, EnvelopeSink, FileSink, FolderSink, NullSink, PartitionedSink, Partitions, Sink,
    SinkError, TopicFile, UnfinishedFile,
};

/// Format of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line: `.ndjson`, `.jsonl` or `.json`.
    Json,
    /// One row a line after a header: `.csv`.
    Csv,
    /// Columns with types, in row groups: `.parquet`; written by what [`OutputPath::open_with`] is
    /// given.
    Parquet,
    /// Binary records in blocks after their schema: `.avro`; also written by what
    /// [`OutputPath::open_with`] is given.
    Avro,
    /// Binary messages, each after its length: `.pb`.
    Protobuf,
}

impl Format {
    /// Every format, by the name that a flag gives it.
    pub const ALL: [(&'static str, Self); 5] = [
        ("ndjson", Self::Json),
        ("csv", Self::Csv),
        ("parquet", Self::Parquet),
        ("avro", Self::Avro),
        ("protobuf", Self::Protobuf),
    ];

    /// Returns true if a file holds columns of one topic, and no lines.
    pub fn is_columnar(self) -> bool {
        match self {
            Self::Json | Self::Csv | Self::Avro | Self::Protobuf => false,
            Self::Parquet => true,
        }
    }

    /// Returns true if records are bytes that only their schema explains, of one topic in a file.
    pub fn is_binary(self) -> bool {
        match self {
            Self::Json | Self::Csv | Self::Parquet => false,
            Self::Avro | Self::Protobuf => true,
        }
    }

    /// Returns true if a file is compressed inside, so that its name does not say how.
    pub fn is_packed_inside(self) -> bool {
        match self {
            Self::Json | Self::Csv | Self::Protobuf => false,
            Self::Parquet | Self::Avro => true,
        }
    }

    /// The format's name in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Self::Json => "NDJSON",
            Self::Csv => "CSV",
            Self::Parquet => "Parquet",
            Self::Avro => "Avro",
            Self::Protobuf => "Protobuf",
        }
    }
}

/// Compression of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip: `.gz`.
    Gzip,
    /// Zstandard: `.zst`.
    Zstd,
    /// Snappy, of pages within a Parquet file and of blocks within an Avro file.
    Snappy,
}

impl Compression {
    /// Returns the size in bytes of a file that holds `lines`.
    pub fn packed_len<'a>(self, lines: impl Iterator<Item = &'a [u8]>) -> u64 {
        packed_len(self, lines)
    }
}

/// Why a name says too little to write there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OutputPathError {
    /// The ending is not one of those that are known.
    #[error(
        "unknown extension of `{}`: expected .ndjson, .jsonl, .json or .csv, each also followed by .gz or \
         .zst, .parquet, .avro, .pb, a directory (ending in /) or `null:` to discard the output",
        path.display()
    )]
    Ending {
        /// The name as given.
        path: PathBuf,
    },
    /// A file of a format that is compressed inside is to be compressed as a whole.
    #[error(
        "`{}`: files of {} are compressed inside and not as a whole: omit the .{packed}",
        path.display(), format.title()
    )]
    Packed {
        /// The name as given.
        path: PathBuf,
        /// The format.
        format: Format,
        /// The ending of the compression.
        packed: String,
    },
    /// `-`, which other tools take for standard output.
    #[error("`-` is not a file; to write to standard output, omit the path or give /dev/stdout")]
    Dash,
    /// The name says another format than the one asked for.
    #[error("the extension of `{}` contradicts the format {wanted}: omit one of the two", path.display())]
    Format {
        /// The name as given.
        path: PathBuf,
        /// The format asked for.
        wanted: FileFormat,
    },
    /// The format is not one of those that are known.
    #[error("invalid format `{text}`: {}", FileFormat::ALLOWED)]
    Unknown {
        /// The format as given.
        text: String,
    },
}

/// A format and a compression: the ending of a file's name, `csv.gz`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileFormat {
    /// Format of records.
    pub format: Format,
    /// Compression of the file.
    pub compression: Compression,
}

impl FileFormat {
    /// The formats that there are, for a message about one that there is not.
    pub const ALLOWED: &'static str = "expected ndjson, csv or protobuf, each also followed by .gz or .zst, or parquet or avro, which are \
         compressed inside";

    /// JSON lines as they are.
    pub const NDJSON: Self = Self { format: Format::Json, compression: Compression::None };

    /// Parquet with pages compressed by Zstandard: every common reader knows it, and it is smaller
    /// than Snappy.
    pub const PARQUET: Self = Self { format: Format::Parquet, compression: Compression::Zstd };

    /// Avro with blocks as they are: every reader knows them.
    pub const AVRO: Self = Self { format: Format::Avro, compression: Compression::None };
}

impl fmt::Display for FileFormat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let format = match self.format {
            Format::Json => "ndjson",
            Format::Csv => "csv",
            // Its pages say how they are compressed; the file as a whole is not.
            Format::Parquet => return formatter.write_str("parquet"),
            Format::Avro => return formatter.write_str("avro"),
            Format::Protobuf => "pb",
        };
        let compression = match self.compression {
            Compression::None | Compression::Snappy => "",
            Compression::Gzip => ".gz",
            Compression::Zstd => ".zst",
        };
        write!(formatter, "{format}{compression}")
    }
}

impl FromStr for FileFormat {
    type Err = OutputPathError;

    /// Reads an ending without its first dot: `ndjson`, `csv.zst`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // A name of one letter, so that what follows is its ending, and nothing else.
        let known = ending(Path::new(&format!("x.{text}"))).filter(|form| {
            let packed = form.compression != Compression::None && !form.format.is_packed_inside();
            let parts = if packed { 2 } else { 1 };
            !text.contains('/') && text.split('.').count() == parts
        });
        known.ok_or_else(|| OutputPathError::Unknown { text: text.to_owned() })
    }
}

/// An output's name, understood.
///
/// ```
/// use mercato_sinks::{Compression, Format, OutputPath};
///
/// let output: OutputPath = "out/sales.csv.zst".parse()?;
/// assert_eq!((output.format(), output.compression()), (Format::Csv, Compression::Zstd));
/// assert!("null:".parse::<OutputPath>()?.is_null());
/// assert!("out/".parse::<OutputPath>()?.is_folder());
/// assert!("sales.txt".parse::<OutputPath>().is_err());
/// # Ok::<(), mercato_sinks::OutputPathError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputPath {
    path: Option<PathBuf>,
    form: FileFormat,
    folder: bool,
    partitions: Option<Partitions>,
    /// The unfinished files of the earlier run, if one is resumed.
    left: Option<Vec<UnfinishedFile>>,
}

impl OutputPath {
    /// Reads `text` as a folder, which need neither end in `/` nor be there yet, or as `null:`.
    pub fn folder(text: impl AsRef<OsStr>) -> Self {
        let text = text.as_ref();
        let path = (text != "null:").then(|| PathBuf::from(text));
        Self {
            folder: path.is_some(),
            path,
            form: FileFormat::NDJSON,
            partitions: None,
            left: None,
        }
    }

    /// The same with a folder divided by days; nothing else is.
    #[must_use]
    pub fn partitioned(mut self, partitions: Partitions) -> Self {
        self.partitions = Some(partitions).filter(|_| self.folder);
        self
    }

    /// The same, resuming the files that an earlier run has left unfinished.
    #[must_use]
    pub fn going_on_with(mut self, left: Vec<UnfinishedFile>) -> Self {
        self.left = Some(left);
        self
    }

    /// Reads `text`: a path whose ending says format and compression (upper and lower case alike),
    /// a folder, or `null:`.
    ///
    /// A folder is a path that ends in `/` or a folder that exists; it takes a file for each topic.
    /// A pipe, device or descriptor (`/dev/stdout`, a fifo) needs no ending and then takes plain
    /// JSON lines; telling one from a file that is yet to be made is the only reason to look at the
    /// file system.
    pub fn parse(text: impl AsRef<OsStr>) -> Result<Self, OutputPathError> {
        let text = text.as_ref();
        if text == "null:" {
            return Ok(Self {
                path: None,
                form: FileFormat::NDJSON,
                folder: false,
                partitions: None,
                left: None,
            });
        }
        if text == "-" {
            return Err(OutputPathError::Dash);
        }
        let path = PathBuf::from(text);
        if text.as_encoded_bytes().ends_with(b"/") || path.is_dir() {
            return Ok(Self::folder(path));
        }
        match ending(&path) {
            Some(form) => {
                Ok(Self { path: Some(path), form, folder: false, partitions: None, left: None })
            }
            None if in_place(&path) => Ok(Self {
                path: Some(path),
                form: FileFormat::NDJSON,
                folder: false,
                partitions: None,
                left: None,
            }),
            None => Err(unknown(path)),
        }
    }

    /// The same with the files of a folder written as `form`; refuses a file whose ending says
    /// otherwise.
    pub fn with_format(mut self, form: FileFormat) -> Result<Self, OutputPathError> {
        // What is compressed inside a file is so in any way without its name saying so.
        let is_named = |named: FileFormat| {
            named == form || named.format == form.format && form.format.is_packed_inside()
        };
        match &self.path {
            Some(path) if !self.folder && !is_named(self.form) => {
                Err(OutputPathError::Format { path: path.clone(), wanted: form })
            }
            _ => {
                self.form = form;
                Ok(self)
            }
        }
    }

    /// Format and compression.
    pub fn file_format(&self) -> FileFormat {
        self.form
    }

    /// Returns the format of records; JSON for `null:`.
    pub fn format(&self) -> Format {
        self.form.format
    }

    /// Returns the compression of the file.
    pub fn compression(&self) -> Compression {
        self.form.compression
    }

    /// Returns whether each topic has a file of its own.
    pub fn is_folder(&self) -> bool {
        self.folder
    }

    /// Returns whether each day of each topic has a file of its own.
    pub fn is_partitioned(&self) -> bool {
        self.partitions.is_some()
    }

    /// The days that the files of a folder are divided by.
    pub fn partitions(&self) -> Option<&Partitions> {
        self.partitions.as_ref()
    }

    /// The files that records of `topics` go to; none for `null:`.
    pub fn files(&self, topics: &[String]) -> Vec<PathBuf> {
        match &self.path {
            None => Vec::new(),
            Some(folder) if let Some(days) = &self.partitions => {
                days.files(folder, topics, self.form)
            }
            Some(folder) if self.folder => {
                topics.iter().map(|topic| file_in(folder, topic, &self.form.to_string())).collect()
            }
            Some(path) => vec![path.clone()],
        }
    }

    /// The file or the folder; none for `null:`.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Returns whether records are to be made and not kept.
    pub fn is_null(&self) -> bool {
        self.path.is_none()
    }

    /// Opens the sink for records of `topics`: a [`FolderSink`] or a [`PartitionedSink`], a
    /// [`FileSink`] (where there are several topics, with each record in its
    /// [`Envelope`](mercato_encode::Envelope)), or a [`NullSink`].
    ///
    /// Fails as [`FileSink::create`], [`FolderSink::create`] and [`PartitionedSink::create`] do.
    pub fn open(&self, topics: &[TopicFile]) -> Result<Box<dyn Sink>, SinkError> {
        self.open_with(topics, Arc::new(Lines(self.form.compression)))
    }

    /// The same with files that hold `contents`: how a format that this crate does not know gets
    /// into them.
    pub fn open_with(
        &self,
        topics: &[TopicFile],
        contents: Arc<dyn Contents>,
    ) -> Result<Box<dyn Sink>, SinkError> {
        let Some(path) = &self.path else { return Ok(Box::new(NullSink::default())) };
        if let Some(partitions) = &self.partitions {
            return Ok(Box::new(PartitionedSink::create(
                path,
                partitions.clone(),
                self.form,
                contents,
                topics,
                self.left.is_some(),
            )?));
        }
        let left = self.left.as_deref().unwrap_or_default();
        if self.folder {
            return Ok(Box::new(FolderSink::create(
                path,
                &self.form.to_string(),
                contents.as_ref(),
                topics,
                left,
            )?));
        }
        let none = TopicFile { topic: String::new(), header: None };
        let file = FileSink::open(path, contents.as_ref(), topics.first().unwrap_or(&none), left)?;
        Ok(in_envelopes(topics, Box::new(file)))
    }
}

impl FromStr for OutputPath {
    type Err = OutputPathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The sink for one place that takes the records of all `topics`: in envelopes if there are
/// several.
pub fn in_envelopes(topics: &[TopicFile], sink: Box<dyn Sink>) -> Box<dyn Sink> {
    if topics.len() < 2 {
        return sink;
    }
    let names: Vec<String> = topics.iter().map(|file| file.topic.clone()).collect();
    Box::new(EnvelopeSink::new(&names, sink))
}

/// Returns the format given by the extensions of `path`, if known.
fn ending(path: &Path) -> Option<FileFormat> {
    let compression = match extension(path)?.as_str() {
        "gz" => Compression::Gzip,
        "zst" => Compression::Zstd,
        _ => Compression::None,
    };
    let inner = if compression == Compression::None {
        extension(path)
    } else {
        extension(Path::new(path.file_stem()?))
    };
    match inner?.as_str() {
        "ndjson" | "jsonl" | "json" => Some(FileFormat { format: Format::Json, compression }),
        "csv" => Some(FileFormat { format: Format::Csv, compression }),
        "parquet" if compression == Compression::None => Some(FileFormat::PARQUET),
        "avro" if compression == Compression::None => Some(FileFormat::AVRO),
        "pb" | "protobuf" => Some(FileFormat { format: Format::Protobuf, compression }),
        _ => None,
    }
}

/// The error of a name whose ending is not known.
fn unknown(path: PathBuf) -> OutputPathError {
    let inner = path.file_stem().and_then(|inner| ending(Path::new(inner)));
    match (inner, extension(&path)) {
        (Some(FileFormat { format, .. }), Some(packed))
            if format.is_packed_inside() && matches!(&*packed, "gz" | "zst") =>
        {
            OutputPathError::Packed { path, format, packed }
        }
        _ => OutputPathError::Ending { path },
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
        let formats = [
            ("ndjson", Format::Json),
            ("jsonl", Format::Json),
            ("JSON", Format::Json),
            ("csv", Format::Csv),
        ];
        let compressions =
            [("", Compression::None), (".gz", Compression::Gzip), (".ZST", Compression::Zstd)];
        for (name, format) in formats {
            for (suffix, compression) in compressions {
                let text = format!("a.b/c.d.{name}{suffix}");
                let output = OutputPath::parse(&text).unwrap();
                assert_eq!(
                    (output.format(), output.compression()),
                    (format, compression),
                    "{text}"
                );
                assert_eq!(output.path(), Some(Path::new(&text)));
            }
        }
    }

    #[test]
    fn an_unknown_ending_is_refused_with_what_is_allowed() {
        for text in [
            "",
            "sales",
            "sales.txt",
            "sales.gz",
            "sales.csv.bz2",
            "sales.gz.csv.gz.gz",
            ".csv",
            "csv",
        ] {
            let message = OutputPath::parse(text).unwrap_err().to_string();
            for allowed in [".ndjson", ".jsonl", ".json", ".csv", ".gz", ".zst", "null:"] {
                assert!(message.contains(allowed), "{message}");
            }
            assert!(message.contains(&format!("`{text}`")), "{message}");
        }
    }

    #[test]
    fn a_folder_is_what_ends_in_a_slash_or_exists() {
        let folder = tempfile::tempdir().unwrap();
        assert!(OutputPath::parse(folder.path()).unwrap().is_folder());
        let out = OutputPath::parse("out/").unwrap();
        assert_eq!(
            out.files(&["a".to_owned(), "b".to_owned()]),
            [Path::new("out/a.ndjson"), Path::new("out/b.ndjson")]
        );
        let csv = out.with_format("csv.gz".parse().unwrap()).unwrap();
        assert_eq!(csv.files(&["a".to_owned()]), [Path::new("out/a.csv.gz")]);
        assert_eq!((csv.format(), csv.compression()), (Format::Csv, Compression::Gzip));
    }

    #[test]
    fn a_format_must_be_that_of_a_files_ending() {
        let file = OutputPath::parse("a.csv").unwrap();
        assert_eq!(file.clone().with_format("csv".parse().unwrap()).unwrap(), file);
        let message = file.with_format("ndjson".parse().unwrap()).unwrap_err().to_string();
        assert!(message.contains("`a.csv`") && message.contains("ndjson"), "{message}");
        for text in ["parquet.gz", "avro.gz", "orc", "", "a.csv", "a/b.csv", "csv.gz.zst"] {
            assert!(
                text.parse::<FileFormat>()
                    .unwrap_err()
                    .to_string()
                    .contains("ndjson, csv or protobuf"),
                "{text}"
            );
        }
    }

    #[test]
    fn the_pages_of_a_parquet_file_are_compressed_in_any_way() {
        let file = OutputPath::parse("a.parquet").unwrap();
        assert_eq!((file.format(), file.compression()), (Format::Parquet, Compression::Zstd));
        let form: FileFormat = "parquet".parse().unwrap();
        assert_eq!((form, form.to_string().as_str()), (FileFormat::PARQUET, "parquet"));
        let snappy = FileFormat { compression: Compression::Snappy, ..form };
        assert_eq!(file.with_format(snappy).unwrap().compression(), Compression::Snappy);
        assert!(OutputPath::parse("a.parquet.gz").is_err());
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
