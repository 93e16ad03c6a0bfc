//! Files of records in folders, as `historical` and other writers lay them out.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::logging;
use mercato::runtime::progress::ReadingProgress;
use mercato::runtime::run::Ledger;
use mercato::sinks::OutputPath;
use mercato::truth::{Below, Meter};

/// The most bytes of a ledger's line: names and coordinates of one record.
const LEDGER_LINE: u64 = 4096;

/// The files of records below `folder` at any depth, in the order of their names; unfinished ones
/// are none, and pipes, sockets and devices are skipped with a warning.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let is_record = |path: &Path| OutputPath::parse(path).is_ok() && !is_ledger(path);
    let Below { files, skipped } =
        Below::of(folder, &is_record).map_err(|error| Failure::new(Exit::File, error))?;
    for path in skipped {
        logging::warn(&format!("skipped {}: not a regular file", path.display()));
    }
    Ok(files)
}

/// Shows how much of `files` has been read, until the result is dropped.
pub(crate) fn progress<'a>(
    meter: &Meter,
    files: impl IntoIterator<Item = &'a PathBuf>,
) -> ReadingProgress {
    let size =
        |path: &PathBuf| Some(std::fs::metadata(path).ok()?).filter(std::fs::Metadata::is_file);
    let sizes = files.into_iter().map(|path| size(path).map(|about| about.len()));
    ReadingProgress::start(meter.counter(), sizes.sum())
}

/// The failure of a command that has found nothing to look at, which must not look like success.
pub(crate) fn nothing(what: &str) -> Failure {
    Failure::new(Exit::Difference, format!("{what} is empty: nothing was checked"))
        .advise("give --allow-empty if that is expected")
}

/// Returns whether the file is a ledger of faults that lies beside records, by its name or by its
/// first line.
fn is_ledger(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    name.ends_with("faults.ndjson") || name.ends_with(".ndjson") && begins_as_ledger(path)
}

/// Returns whether the first line of a regular file is one of a ledger.
fn begins_as_ledger(path: &Path) -> bool {
    // Opening a pipe would wait for its writer.
    if !path.is_file() {
        return false;
    }
    let Ok(file) = File::open(path) else { return false };
    let mut line = Vec::new();
    let read = BufReader::new(file.take(LEDGER_LINE)).read_until(b'\n', &mut line);
    read.is_ok() && Ledger::has_line(&line)
}

/// The topic of a file: the folder that holds its `dt=` partition, or else its own name up to the
/// first dot.
pub(crate) fn topic_of(path: &Path) -> String {
    let name = |path: &Path| {
        path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let day = path.parent().filter(|folder| name(folder).starts_with("dt="));
    match day.and_then(Path::parent) {
        Some(topic) => name(topic),
        None => name(path).split('.').next().unwrap_or_default().to_owned(),
    }
}
