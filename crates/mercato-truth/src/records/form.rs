//! The forms in which records are stored, and what is known of records before they are read.

use std::path::Path;

use mercato_schema::Description;

/// The form of the records in a file or a pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Text: JSON or CSV.
    Text,
    /// An Avro object container file.
    Avro,
    /// Protobuf messages, each after its length.
    Protobuf,
    /// A Parquet file.
    Parquet,
}

impl Form {
    /// The form that the name of a file says; none for one of text, and for one that says nothing.
    pub(super) fn named(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
        match plain.rsplit_once('.')?.1 {
            "avro" => Some(Self::Avro),
            "pb" | "protobuf" => Some(Self::Protobuf),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    /// The form that files beginning like this have; none where that cannot be said.
    pub(super) fn beginning(first: &[u8]) -> Option<Self> {
        match first {
            b"Obj\x01" => Some(Self::Avro),
            b"PAR1" => Some(Self::Parquet),
            [b'{' | b'[', b'"' | b'{' | b' ' | b'\r' | b'\n', ..] => Some(Self::Text),
            _ => None,
        }
    }

    /// The name in sentences.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Avro => "Avro",
            Self::Protobuf => "Protobuf",
            Self::Parquet => "Parquet",
        }
    }
}

/// What is known of records before they are read.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// The form that somebody says they have; without it a file's name decides, and then its first
    /// bytes.
    pub form: Option<Form>,
    /// The records that they may be, the likeliest first.
    ///
    /// Protobuf cannot be read without; Avro and Parquet have the spelling of such records then.
    pub records: Vec<Description>,
}

impl Hints {
    /// Records that are probably of this description.
    pub fn of(description: Option<&Description>) -> Self {
        Self { form: None, records: description.cloned().into_iter().collect() }
    }

    /// The same, with the form that somebody says they have.
    #[must_use]
    pub fn stored_as(mut self, form: Option<Form>) -> Self {
        self.form = form;
        self
    }
}
