//! The files of a session, looked at before the first record leaves.

use std::path::{Path, PathBuf};

use mercato_sinks::PartialFile;

use super::{Session, SessionError};
use crate::summary::SummaryError;

impl Session<'_> {
    /// Refuses two of `outputs` and of the other files, the log among them, under one name, and a
    /// summary that could not be written when the run is over.
    pub(super) fn check_files(&self, outputs: Vec<PathBuf>) -> Result<(), SessionError> {
        if self.ledger_path().is_some_and(|path| path.as_os_str() == "-") {
            let reason = "--ledger: - is not a file; give the name of one, or /dev/stdout";
            return Err(SessionError::usage(reason.to_owned()));
        }
        let summary = self.output.summary_json.as_ref().map(|path| path.value.clone());
        let state = self.output.state.as_ref().map(|path| path.value.clone());
        let log = self.log_file.clone();
        let beside = [
            ("--ledger", self.ledger_path()),
            ("--summary-json", summary.clone()),
            ("--state", state.clone()),
            ("--log-file", log),
        ];
        let named = outputs.into_iter().map(|path| ("--output", Some(path))).chain(beside);
        let files: Vec<(&str, PathBuf)> = named
            .filter_map(|(flag, path)| Some((flag, std::path::absolute(path?).ok()?)))
            .filter(|(_, path)| is_a_file_to_be(path))
            .collect();
        files.iter().try_for_each(|(flag, path)| keep_settings(flag, path, self.files_read()))?;
        for (index, (flag, path)) in files.iter().enumerate() {
            if let Some((other, _)) = files[index + 1..].iter().find(|(_, other)| other == path) {
                return Err(SessionError::usage(format!(
                    "{flag} and {other} both name {}: use a separate file for each",
                    path.display()
                )));
            }
        }
        // A summary describes the last run and is replaced by the next; a ledger belongs to its
        // records.
        if let Some(path) = self.ledger_path().filter(|path| path.is_file())
            && !self.output.force.value
        {
            return Err(SessionError::Exists { path });
        }
        summary.into_iter().chain(state).filter(|path| is_a_file_to_be(path)).try_for_each(|path| {
            // Created beside its name and removed again.
            let probed = PartialFile::create(&path).map(drop);
            probed.map_err(|source| SummaryError::Write { path, source }.into())
        })
    }
}

impl Session<'_> {
    /// The files that the settings came from.
    fn files_read(&self) -> impl Iterator<Item = PathBuf> {
        let kafka = self.kafka.iter().flat_map(|kafka| &kafka.connection.files);
        let dotenv = Path::new(".env");
        self.layers
            .read_files()
            .chain(kafka.map(PathBuf::as_path))
            .chain([dotenv])
            .map(Path::to_owned)
    }
}

/// Refuses to write to `path`, which `flag` names, where it is one of the files that were `read` for
/// the settings, or there already and not to be replaced by `force`.
///
/// Fails with exit code 2 or 8.
pub fn check_output<'p>(
    flag: &str,
    path: &Path,
    read: impl IntoIterator<Item = &'p Path>,
    force: bool,
) -> Result<(), SessionError> {
    keep_settings(flag, path, read.into_iter().map(Path::to_owned))?;
    if path.is_file() && !force {
        return Err(SessionError::Exists { path: path.to_owned() });
    }
    Ok(())
}

/// Refuses to replace a file that the settings came from.
fn keep_settings(
    flag: &str,
    path: &Path,
    mut read: impl Iterator<Item = PathBuf>,
) -> Result<(), SessionError> {
    if !read.any(|read| is_same(&read, path)) {
        return Ok(());
    }
    Err(SessionError::usage(format!(
        "{flag}: {} is read for the settings of this run and would be replaced: choose another file",
        path.display()
    )))
}

/// Returns whether both names are of one file.
fn is_same(one: &Path, other: &Path) -> bool {
    let found = |path: &Path| std::fs::canonicalize(path).ok();
    found(one).is_some_and(|one| found(other) == Some(one))
}

/// Returns whether writing to `path` makes a file, and not a pipe or a device.
fn is_a_file_to_be(path: &Path) -> bool {
    std::fs::metadata(path).map_or(true, |found| found.is_file() || found.is_dir())
}
