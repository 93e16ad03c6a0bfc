//! The files of a folder, by topic and writer.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};

use super::super::record::topic_named;
use super::super::{Checker, Topic};
use super::SourceError;
use crate::records::Below;

/// Files that follow each other.
#[derive(Debug, Default)]
pub(super) struct Sequence {
    /// The topic that their names say.
    pub(super) named: Option<Topic>,
    pub(super) files: VecDeque<PathBuf>,
}

impl Sequence {
    pub(super) fn of(path: &Path) -> Self {
        Self { named: named(path), files: [path.to_owned()].into() }
    }
}

/// The files below a folder, by topic and writer.
pub(super) fn sequences(
    folder: &Path,
    checker: &mut Checker,
) -> Result<Vec<Sequence>, SourceError> {
    let Below { files, skipped } = Below::of(folder, &is_records)?;
    checker.skip(skipped);
    let mut sequences: BTreeMap<(PathBuf, String), Sequence> = BTreeMap::new();
    for path in files {
        let sequence = Sequence::of(&path);
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

/// The ending of a file's name, compression left out.
fn ending(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let plain = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    plain.rsplit_once('.').map(|(_, ending)| ending.to_owned())
}

/// Endings of files of records.
const ENDINGS: [&str; 8] = ["ndjson", "jsonl", "json", "csv", "parquet", "avro", "pb", "protobuf"];

fn is_records(path: &Path) -> bool {
    // A ledger of faults lies beside the records that it is about.
    let is_ledger =
        path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("faults.ndjson"));
    ending(path).is_some_and(|ending| ENDINGS.contains(&ending.as_str())) && !is_ledger
}

pub(super) fn is_csv(path: &Path) -> bool {
    ending(path).is_some_and(|ending| ending == "csv")
}

/// The topic that the file is called like, or the nearest folder around it.
fn named(path: &Path) -> Option<Topic> {
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let file = name(path).and_then(|name| topic_named(name.split('.').next().unwrap_or_default()));
    file.or_else(|| path.ancestors().skip(1).find_map(|folder| topic_named(&name(folder)?)))
}
