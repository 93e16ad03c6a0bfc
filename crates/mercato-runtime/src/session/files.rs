//! The files of a session, looked at before the first record leaves.

use std::path::{Path, PathBuf};

use mercato_engine::Run;
use mercato_sinks::PartialFile;

use super::Session;
use crate::exit::Failure;
use crate::summary::SummaryError;
use mercato_config::ConfigError;

impl Session<'_> {
    /// Refuses two outputs under one name, the log among them, and a summary that could not be
    /// written when the run is over.
    pub(super) fn check_files(&self, run: &Run) -> Result<(), Failure> {
        let outputs = self
            .output
            .output
            .as_ref()
            .map(|output| output.value.files(run.topics()))
            .unwrap_or_default();
        let summary = self.output.summary_json.as_ref().map(|path| path.value.clone());
        let log = self.log_file.clone();
        let beside = [
            ("--ledger", self.ledger_path()),
            ("--summary-json", summary.clone()),
            ("--log-file", log),
        ];
        let named = outputs.into_iter().map(|path| ("--output", Some(path))).chain(beside);
        let files: Vec<(&str, PathBuf)> = named
            .filter_map(|(flag, path)| Some((flag, std::path::absolute(path?).ok()?)))
            .filter(|(_, path)| is_a_file_to_be(path))
            .collect();
        for (index, (flag, path)) in files.iter().enumerate() {
            if let Some((other, _)) = files[index + 1..].iter().find(|(_, other)| other == path) {
                let reason = format!(
                    "{flag} and {other} both name {}: give each a file of its own",
                    path.display()
                );
                return Err(ConfigError::Usage { reason }.into());
            }
        }
        summary.filter(|path| is_a_file_to_be(path)).map_or(Ok(()), |path| {
            // Created beside its name and removed again.
            let probed = PartialFile::create(&path).map(drop);
            probed.map_err(|source| SummaryError::Write { path, source }.into())
        })
    }
}

/// Whether writing to `path` makes a file, and not a pipe or a device.
fn is_a_file_to_be(path: &Path) -> bool {
    std::fs::metadata(path).map_or(true, |found| found.is_file() || found.is_dir())
}
