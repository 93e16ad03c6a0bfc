//! Files of records in folders, as `historical` and other writers lay them out.

use std::fs;
use std::path::{Path, PathBuf};

use mercato::runtime::exit::{Exit, Failure};
use mercato::sinks::OutputPath;

/// The files of records below `folder` at any depth, in the order of their names; unfinished ones
/// are none.
pub(crate) fn below(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let failed = |error| {
        Failure::new(Exit::File, format!("cannot read the folder {}: {error}", folder.display()))
    };
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if OutputPath::parse(&path).is_ok() && !is_ledger(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// Returns whether the file is the ledger of faults that lies beside records.
fn is_ledger(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("faults.ndjson"))
}

/// Returns whether the file is columns and not lines.
pub(crate) fn is_columnar(path: &Path) -> bool {
    OutputPath::parse(path).is_ok_and(|path| path.format().is_columnar())
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
