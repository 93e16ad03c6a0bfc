//! Files of records, read side by side in the order of their times.
//!
//! The files of one topic and one writer (`dt=2026-01-01/part-00000.ndjson`,
//! `dt=2026-01-02/part-00000.ndjson`, …)
//! follow each other; those of different topics and writers are merged, so that a cause is seen
//! before its effect.

mod files;
mod reader;

use std::path::{Path, PathBuf};

use super::{Checker, Topic};
use crate::records::{FolderError, Form, Hints, Lines, LinesError};
use files::Sequence;
use reader::Reader;

/// Why records cannot be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A file cannot be read.
    #[error(transparent)]
    Lines(#[from] LinesError),
    /// A folder cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// There is nothing to check.
    #[error(
        "no record files in {}: expected .ndjson, .csv or .pb, also with .gz or .zst, or .parquet or .avro",
        path.display()
    )]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
    /// It cannot be told what the records are.
    #[error("neither its name nor its first record says of which topic {name} is")]
    Unknown {
        /// The file.
        name: String,
    },
}

/// What is known of records that are of `topic`, or of any of the shop's, stored as `form` if
/// somebody says so.
pub fn hints(topic: Option<Topic>, form: Option<Form>) -> Hints {
    let topics = topic.map_or_else(|| Topic::ALL.to_vec(), |topic| vec![topic]);
    let records = topics.into_iter().map(|topic| topic.description().clone()).collect();
    Hints { form, records }
}

/// Checks the records of the file or the folder at `path`, which are of `topic` if it is given.
///
/// Fails where something cannot be read, and where it cannot be told which topic a file is of.
pub fn check(checker: &mut Checker, path: &Path, topic: Option<Topic>) -> Result<(), SourceError> {
    let sequences =
        if path.is_dir() { files::sequences(path, checker)? } else { vec![Sequence::of(path)] };
    let mut readers: Vec<Reader> =
        sequences.into_iter().map(|files| Reader::new(files, topic)).collect();
    merge(checker, &mut readers)
}

/// Checks the records of `lines`, rows of CSV if `is_csv`, which are of `topic` if it is given.
///
/// Fails where they cannot be read, and where it cannot be told which topic they are of.
pub fn check_lines(
    checker: &mut Checker,
    lines: Lines,
    is_csv: bool,
    topic: Option<Topic>,
) -> Result<(), SourceError> {
    let mut reader = Reader::of_lines(lines, is_csv, topic);
    reader.advance(checker)?;
    while reader.check(checker) {
        reader.advance(checker)?;
    }
    Ok(())
}

/// Hands on the earliest of all next records until there is none.
fn merge(checker: &mut Checker, readers: &mut [Reader]) -> Result<(), SourceError> {
    for reader in &mut *readers {
        reader.advance(checker)?;
    }
    loop {
        let waiting = readers.iter_mut().filter(|reader| reader.due().is_some());
        let Some(reader) = waiting.min_by_key(|reader| reader.due()) else { return Ok(()) };
        reader.check(checker);
        reader.advance(checker)?;
    }
}
