//! The log of a table: reading its versions, and adding one.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use mercato_sinks::PartialFile;
use serde_json::Value;

use super::error::DeltaError;
use super::part::TablePart;

/// The folder of the log in that of the table.
const FOLDER: &str = "_delta_log";
/// The newest readers and writers that a log may ask for; version 2 of writers keeps promises that
/// whoever only adds whole files does not touch.
const MOST_READER: u64 = 1;
const MOST_WRITER: u64 = 2;
/// Digits of a version in the name of its file.
const DIGITS: usize = 20;

/// What a log says, as far as a writer that only adds files needs it.
#[derive(Debug, Default)]
pub(super) struct Log {
    /// The newest version.
    pub(super) version: u64,
    /// The newest `metaData` action.
    pub(super) metadata: Value,
    /// The parts of runs that were added, each with its version.
    pub(super) parts: Vec<(TablePart, u64)>,
    /// Every file that was ever added, with its version: one that was removed again still belongs
    /// to older versions.
    pub(super) files: BTreeMap<String, u64>,
}

impl Log {
    /// Reads the log of the table in this folder; none where there is no table.
    pub(super) fn read(table: &Path) -> Result<Option<Self>, DeltaError> {
        let Some(newest) = newest(table)? else { return Ok(None) };
        let mut log = Self { version: newest, ..Self::default() };
        let mut protocol = None;
        for version in 0..=newest {
            let path = file(table, version);
            let text = fs::read_to_string(&path).map_err(|source| match source.kind() {
                ErrorKind::NotFound => incomplete(table, version),
                _ => DeltaError::File { action: "read", path: path.clone(), source },
            })?;
            for line in text.lines().filter(|line| !line.trim().is_empty()) {
                let action: Value = serde_json::from_str(line)
                    .map_err(|source| DeltaError::Json { path: path.clone(), source })?;
                if let Some(found) = action.get("protocol") {
                    protocol = Some(found.clone());
                }
                log.take(&action, version);
            }
        }
        let wrong = |reason: String| DeltaError::Log { table: table.to_owned(), reason };
        if log.metadata.is_null() {
            return Err(wrong("its log has no metadata".to_owned()));
        }
        let asked = |name| protocol.as_ref().and_then(|protocol| protocol.get(name)?.as_u64());
        let (Some(reader), Some(writer)) = (asked("minReaderVersion"), asked("minWriterVersion"))
        else {
            return Err(wrong("its log has no protocol".to_owned()));
        };
        if reader > MOST_READER || writer > MOST_WRITER {
            return Err(wrong(format!(
                "it needs a reader of version {reader} and a writer of version {writer}, but this \
                 program is one of {MOST_READER} and {MOST_WRITER}"
            )));
        }
        Ok(Some(log))
    }

    fn take(&mut self, action: &Value, version: u64) {
        if let Some(metadata) = action.get("metaData") {
            self.metadata = metadata.clone();
        }
        if let Some(path) = action.pointer("/add/path").and_then(Value::as_str) {
            self.files.insert(path.to_owned(), version);
        }
        let app = action.pointer("/txn/appId").and_then(Value::as_str);
        if let Some(part) = app.and_then(|app| app.parse().ok()) {
            self.parts.push((part, version));
        }
    }
}

/// Writes a version of the log, which is there whole or not at all; returns false if another writer
/// has added that version meanwhile.
pub(super) fn add(table: &Path, version: u64, text: &str) -> Result<bool, DeltaError> {
    let path = file(table, version);
    let failed = |action| {
        let path = path.clone();
        move |source| DeltaError::File { action, path, source }
    };
    fs::create_dir_all(table.join(FOLDER)).map_err(failed("create"))?;
    let written = || -> io::Result<()> {
        let mut file = PartialFile::create(&path)?;
        file.write_all(text.as_bytes())?;
        file.finish_new()
    };
    match written() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        result => result.map(|()| true).map_err(failed("write")),
    }
}

/// The newest version of the log, if there is one.
fn newest(table: &Path) -> Result<Option<u64>, DeltaError> {
    let folder = table.join(FOLDER);
    let failed = |source| DeltaError::File { action: "read", path: folder.clone(), source };
    let entries = match fs::read_dir(&folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        entries => entries.map_err(failed)?,
    };
    let mut newest = None;
    for entry in entries {
        let name = entry.map_err(failed)?.file_name();
        newest = newest.max(version_of(&name.to_string_lossy()));
    }
    Ok(newest)
}

/// The version that a file of the log is about: its own, or that of a checkpoint.
fn version_of(name: &str) -> Option<u64> {
    let (digits, rest) = name.split_at_checked(DIGITS)?;
    let is_log = rest == ".json" || rest.starts_with(".checkpoint.");
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_log && is_number { digits.parse().ok() } else { None }
}

fn file(table: &Path, version: u64) -> PathBuf {
    table.join(FOLDER).join(format!("{version:020}.json"))
}

fn incomplete(table: &Path, version: u64) -> DeltaError {
    DeltaError::Log {
        table: table.to_owned(),
        reason: format!(
            "version {version} is gone from its log; another program has replaced it by a checkpoint, \
             which this one does not read"
        ),
    }
}
