//! Files of records, read side by side in the order of their times.
//!
//! The files of one topic and one writer (`dt=2026-01-01/part-00000.ndjson`,
//! `dt=2026-01-02/part-00000.ndjson`, …)
//! follow each other; those of different topics and writers are merged, so that a cause is seen
//! before its effect.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::{fs, io};

use mercato_schema::Timestamp;
use serde_json::Value;

use super::record::{of_row, topic_named, topic_shaped_like, with_columns};
use super::{Checker, Topic};
use crate::records::{Actual, Lines, LinesError, cells};

/// Why records cannot be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// A file cannot be read.
    #[error(transparent)]
    Lines(#[from] LinesError),
    /// A folder cannot be read.
    #[error("cannot read the folder {}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is nothing to check.
    #[error("no record files in {}: expected .ndjson or .csv, also with .gz or .zst", path.display())]
    Nothing {
        /// The folder.
        path: PathBuf,
    },
    /// The file is no file of lines.
    #[error("{} is Parquet, and rules read lines: check the same history as ndjson or csv", path.display())]
    Columns {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be told what the records are.
    #[error("neither its name nor its first record says of which topic {name} is")]
    Unknown {
        /// The file.
        name: String,
    },
}

/// Checks the records of the file or the folder at `path`, which are of `topic` if it is given.
///
/// Fails where something cannot be read, and where it cannot be told which topic a file is of.
pub fn check(checker: &mut Checker, path: &Path, topic: Option<Topic>) -> Result<(), SourceError> {
    let sequences = if path.is_dir() { sequences(path)? } else { vec![Sequence::of(path)?] };
    let mut readers: Vec<Reader> =
        sequences.into_iter().map(|files| Reader::new(files, topic)).collect();
    merge(checker, &mut readers)
}

/// Checks the records of `lines`, which are of `topic` if it is given.
///
/// Fails where they cannot be read, and where it cannot be told which topic they are of.
pub fn check_lines(
    checker: &mut Checker,
    name: &str,
    lines: Lines,
    topic: Option<Topic>,
) -> Result<(), SourceError> {
    let mut reader = Reader::new(Sequence { named: None, files: VecDeque::new() }, topic);
    reader.open =
        Some(Open { name: name.to_owned(), lines, line: 0, is_csv: false, columns: None });
    merge(checker, &mut [reader])
}

/// Hands on the earliest of all next records until there is none.
fn merge(checker: &mut Checker, readers: &mut [Reader]) -> Result<(), SourceError> {
    for reader in &mut *readers {
        reader.advance(checker)?;
    }
    loop {
        let due = |reader: &Reader| reader.next.as_ref().map(|next| (next.at, next.topic.rank));
        let first = readers
            .iter_mut()
            .filter(|reader| reader.next.is_some())
            .min_by_key(|reader| due(reader));
        let Some(reader) = first else { return Ok(()) };
        if let Some(Next { topic, value, place, .. }) = reader.next.take() {
            checker.check(topic, &place, &value);
        }
        reader.advance(checker)?;
    }
}

/// Files that follow each other.
#[derive(Debug)]
struct Sequence {
    /// The topic that their names say.
    named: Option<Topic>,
    files: VecDeque<PathBuf>,
}

impl Sequence {
    fn of(path: &Path) -> Result<Self, SourceError> {
        if is_columnar(path) {
            return Err(SourceError::Columns { path: path.to_owned() });
        }
        Ok(Self { named: named(path), files: [path.to_owned()].into() })
    }
}

/// The files below a folder, by topic and writer.
fn sequences(folder: &Path) -> Result<Vec<Sequence>, SourceError> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let mut sequences: BTreeMap<(PathBuf, String), Sequence> = BTreeMap::new();
    for path in files {
        let sequence = Sequence::of(&path)?;
        let is_day =
            |part: &std::path::Component<'_>| part.as_os_str().to_string_lossy().starts_with("dt=");
        let parent = path.parent().unwrap_or(folder);
        let of_all_days: PathBuf = parent.components().filter(|part| !is_day(part)).collect();
        let name =
            path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match sequences.get_mut(&(of_all_days.clone(), name.clone())) {
            Some(known) => known.files.push_back(path),
            None => {
                sequences.insert((of_all_days, name), sequence);
            }
        }
    }
    if sequences.is_empty() {
        return Err(SourceError::Nothing { path: folder.to_owned() });
    }
    Ok(sequences.into_values().collect())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), SourceError> {
    let failed = |source| SourceError::Folder { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if is_records(&path) || is_columnar(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// What the name of a file ends in, compression left out.
fn ending(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    plain.rsplit_once('.').map(|(_, ending)| ending.to_owned())
}

fn is_records(path: &Path) -> bool {
    // A ledger of faults lies beside the records that it is about.
    let is_ledger =
        path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("faults.ndjson"));
    ending(path).is_some_and(|ending| ["ndjson", "jsonl", "json", "csv"].contains(&ending.as_str()))
        && !is_ledger
}

fn is_columnar(path: &Path) -> bool {
    ending(path).is_some_and(|ending| ending == "parquet")
}

/// The topic that the file is called like, or the nearest folder around it.
fn named(path: &Path) -> Option<Topic> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let file = name(path).and_then(|name| topic_named(name.split('.').next().unwrap_or_default()));
    file.or_else(|| path.ancestors().skip(1).find_map(|folder| topic_named(&name(folder)?)))
}

/// Reads a sequence one record ahead.
#[derive(Debug)]
struct Reader {
    files: Sequence,
    topic: Option<Topic>,
    open: Option<Open>,
    next: Option<Next>,
    last: i64,
}

/// A file that is being read.
#[derive(Debug)]
struct Open {
    name: String,
    lines: Lines,
    line: u64,
    is_csv: bool,
    columns: Option<Vec<String>>,
}

/// A record that was read and not yet checked.
#[derive(Debug)]
struct Next {
    at: i64,
    topic: Topic,
    value: Value,
    place: String,
}

impl Reader {
    fn new(files: Sequence, topic: Option<Topic>) -> Self {
        let topic = topic.or(files.named);
        Self { files, topic, open: None, next: None, last: i64::MIN }
    }

    /// Reads the next record; one that cannot be read is told and passed over.
    fn advance(&mut self, checker: &mut Checker) -> Result<(), SourceError> {
        while self.next.is_none() {
            let Some(open) = &mut self.open else {
                let Some(path) = self.files.files.pop_front() else { return Ok(()) };
                let is_csv = ending(&path).is_some_and(|ending| ending == "csv");
                let (name, lines) = (path.display().to_string(), Lines::open(&path)?);
                self.open = Some(Open { name, lines, line: 0, is_csv, columns: None });
                continue;
            };
            let Some(found) = open.lines.next(0)? else {
                self.open = None;
                continue;
            };
            open.line += 1;
            let place = format!("{}:{}", open.name, open.line);
            let Ok(text) = str::from_utf8(found.value) else {
                checker.unreadable(&place, &String::from_utf8_lossy(found.value));
                continue;
            };
            if open.is_csv && open.columns.is_none() {
                let columns = cells(text);
                self.topic = self.topic.or_else(|| with_columns(&columns));
                open.columns = Some(columns);
                continue;
            }
            let value = match &open.columns {
                Some(columns) => of_row(text, columns, self.topic),
                None => serde_json::from_str(text).ok(),
            };
            let Some(value) = value else {
                checker.unreadable(&place, text);
                continue;
            };
            let (enclosed, value) = opened(value);
            let topic = enclosed.or(self.topic).or_else(|| topic_shaped_like(&value));
            let Some(topic) = topic else {
                return Err(SourceError::Unknown { name: open.name.clone() });
            };
            // A time that cannot be read does not hold up the others.
            let text = value.get("timestamp").and_then(Value::as_str);
            let at = text
                .and_then(|text| Timestamp::of_record(text).ok())
                .map_or(self.last, Timestamp::micros);
            self.last = at;
            self.next = Some(Next { at, topic, value, place });
        }
        Ok(())
    }
}

/// The record in an envelope, and the topic on it.
fn opened(mut value: Value) -> (Option<Topic>, Value) {
    let topic = value.get("topic").and_then(Value::as_str).and_then(topic_named);
    match (topic, value.get_mut("value")) {
        (Some(topic), Some(inner @ Value::Object(_))) => (Some(topic), inner.take()),
        _ => (None, value),
    }
}
