//! The places of a run's records that are to be verified.

use std::path::{Path, PathBuf};

use mercato::engine::Shard;
use mercato::runtime::exit::{Exit, Failure};

use crate::files;
use crate::reading::{ReadingArgs, is_csv};

/// Records that are in one place.
#[derive(Debug)]
pub(crate) struct Part {
    /// The topic they are of; none where a run has only one, and where all are in one place.
    pub(crate) topic: Option<u16>,
    pub(crate) name: String,
    pub(crate) source: Source,
}

/// A place with records.
#[derive(Debug)]
pub(crate) enum Source {
    StandardInput,
    File(PathBuf),
    /// The days of a topic, in their order, and whether they are rows.
    Days {
        files: Vec<PathBuf>,
        rows: bool,
    },
    Topic(String),
}

impl Source {
    pub(crate) fn file(path: Option<&PathBuf>) -> Self {
        path.filter(|path| path.as_os_str() != "-")
            .map_or(Self::StandardInput, |path| Self::File(path.clone()))
    }

    /// Returns whether the records are rows.
    pub(crate) fn is_csv(&self, reading: &ReadingArgs) -> bool {
        match self {
            Self::File(path) => reading.is_csv(Some(path)),
            Self::Days { rows, .. } => *rows,
            Self::StandardInput => reading.is_csv(None),
            Self::Topic(_) => false,
        }
    }
}

/// The records of a topic in a folder: those of its days, if it has any, else its file.
pub(crate) fn in_folder(folder: &Path, topic: &str, shard: Shard) -> Result<Source, Failure> {
    let days = folder.join(topic);
    // Only the first shard has analytics, and what another has none of has no files either.
    let may_be_nothing = shard.index() > 0;
    if !days.is_dir() {
        return match file_of(folder, topic) {
            Err(_) if may_be_nothing => Ok(Source::Days { files: Vec::new(), rows: false }),
            found => found.map(Source::File),
        };
    }
    let found = files::below(&days)?;
    // Of one shard only its own part is to be compared with.
    let own = format!("part-{:05}.", shard.index());
    let is_own = |path: &PathBuf| {
        shard.is_whole()
            || path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&own))
    };
    let files: Vec<PathBuf> = found.into_iter().filter(is_own).collect();
    let is_row = |path: &PathBuf| is_csv(path);
    let rows = files.first().is_some_and(is_row);
    if (files.is_empty() && !may_be_nothing) || files.iter().any(|path| is_row(path) != rows) {
        let reason = match files.first() {
            None => format!("no files of {topic} in {}", days.display()),
            Some(_) => format!("{} contains both ndjson and csv", days.display()),
        };
        return Err(Failure::new(Exit::File, reason));
    }
    Ok(Source::Days { files, rows })
}

/// The file of a topic in a folder, whatever its ending.
fn file_of(folder: &Path, topic: &str) -> Result<PathBuf, Failure> {
    let endings = ["ndjson", "csv", "pb"]
        .into_iter()
        .flat_map(|format| ["", ".gz", ".zst"].map(|packed| format!("{format}{packed}")));
    let mut files = endings
        .chain(["avro", "parquet"].map(str::to_owned))
        .map(|ending| folder.join(format!("{topic}.{ending}")))
        .filter(|path| path.is_file());
    let missing = || {
        let reason = format!(
            "no file of {topic} in {}: expected {topic}.ndjson, {topic}.csv or {topic}.pb, also with .gz or .zst, \
             {topic}.avro or {topic}.parquet",
            folder.display()
        );
        Failure::new(Exit::File, reason)
    };
    let first = files.next().ok_or_else(missing)?;
    if let Some(second) = files.next() {
        let reason = format!("both {} and {} exist", first.display(), second.display());
        return Err(Failure::new(Exit::Usage, reason)
            .advise("give one of them, and its topic with --topic"));
    }
    Ok(first)
}
