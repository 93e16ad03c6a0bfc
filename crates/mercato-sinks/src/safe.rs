//! Safe points: positions from which a run can be resumed.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The records that are safe whatever happens to this process, and what is needed to resume after
/// them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SafePoint {
    /// The records that need not be written again.
    pub safe: Safe,
    /// The files that do not have their names yet.
    pub files: Vec<UnfinishedFile>,
}

/// Records that need not be written again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Safe {
    /// The first so many that this sink was given.
    Records(u64),
    /// All before this event time, in microseconds since the Unix epoch.
    Before(i64),
    /// None: the run starts again.
    None,
}

/// A file that does not have its name yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnfinishedFile {
    /// The name it will have.
    pub target: PathBuf,
    /// Where its bytes are.
    pub partial: PathBuf,
    /// The number of bytes to keep; 0 if the file has to be written again.
    pub bytes: u64,
}

impl SafePoint {
    /// The first so many records, in no file.
    pub fn records(records: u64) -> Self {
        Self { safe: Safe::Records(records), files: Vec::new() }
    }

    /// The point that is safe in two places which are given the same records.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.safe = match (self.safe, other.safe) {
            (Safe::Records(one), Safe::Records(other)) => Safe::Records(one.min(other)),
            (Safe::Before(one), Safe::Before(other)) => Safe::Before(one.min(other)),
            // Records and times cannot be compared here.
            _ => Safe::None,
        };
        self.files.extend(other.files);
        self
    }
}
