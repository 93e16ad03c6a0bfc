//! Files below a folder.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The files that were found below a folder.
#[derive(Debug, Default)]
pub struct Below {
    /// The wanted files, in the order of their paths.
    pub files: Vec<PathBuf>,
    /// Entries that have a wanted name and are no files: a pipe, a socket or a device.
    pub skipped: Vec<PathBuf>,
}

/// A folder cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the folder {}", path.display())]
pub struct FolderError {
    /// The folder.
    pub path: PathBuf,
    /// The system's error.
    pub source: io::Error,
}

impl Below {
    /// Finds the files below `folder` at any depth whose path is `wanted`.
    ///
    /// Opening a named pipe waits until somebody writes, so that only regular files are taken.
    /// Links are followed, to each folder once. Folders whose names begin with `_` or `.` are left out, as
    /// other readers do: the log of a Delta table, and what a writer has not finished.
    pub fn of(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<Self, FolderError> {
        let mut below = Self::default();
        below.collect(folder, wanted, &mut BTreeSet::new())?;
        below.files.sort();
        below.skipped.sort();
        Ok(below)
    }

    fn collect(
        &mut self,
        folder: &Path,
        wanted: &dyn Fn(&Path) -> bool,
        seen: &mut BTreeSet<PathBuf>,
    ) -> Result<(), FolderError> {
        let failed = |source| FolderError { path: folder.to_owned(), source };
        if !seen.insert(fs::canonicalize(folder).map_err(failed)?) {
            return Ok(());
        }
        for entry in fs::read_dir(folder).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            // A link to nothing is nothing.
            let Ok(about) = fs::metadata(&path) else { continue };
            if about.is_dir() && path.file_name().is_some_and(is_hidden) {
                continue;
            }
            if about.is_dir() {
                self.collect(&path, wanted, seen)?;
            } else if wanted(&path) {
                let found = if about.is_file() { &mut self.files } else { &mut self.skipped };
                found.push(path);
            }
        }
        Ok(())
    }
}

/// Returns whether a folder of this name holds no records.
fn is_hidden(name: &OsStr) -> bool {
    name.to_string_lossy().starts_with(['_', '.'])
}
