//! Why a record could not go where it should.

use std::error::Error;
use std::io;
use std::path::PathBuf;

/// Why a sink could not take or keep records.
///
/// The message says what was attempted and where; the cause is the error's source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SinkError {
    /// Whoever read the output has gone away (`| head`); a run ends quietly on it.
    #[error("the reader closed the output")]
    Closed,

    /// A file or standard output could not be opened, written or completed.
    #[error("cannot {action} {}; {}", path.display(), written(*records, *bytes))]
    File {
        /// The attempted action: `open`, `create`, `write`, or `complete` (hand to the disk and
        /// rename).
        action: &'static str,
        /// The file that holds the records counted below: the partial file if it was kept, else the
        /// file asked for.
        path: PathBuf,
        /// Records that were written whole before the failure, and that a reader gets back from
        /// `path`.
        records: u64,
        /// Bytes handed to the file before the failure, as stored (compressed, if the file is).
        bytes: u64,
        /// The underlying I/O error.
        source: io::Error,
    },

    /// The destination cannot be reached or does not let us in.
    #[error("cannot reach {destination}: {advice}")]
    Connect {
        /// Address, as the user gave it.
        destination: String,
        /// The recommended next step.
        advice: String,
        /// The client's error.
        source: Box<dyn Error + Send + Sync>,
    },

    /// Records were refused for good.
    #[error("cannot deliver {failed} records to {destination}: {advice}")]
    Undelivered {
        /// Topic or address.
        destination: String,
        /// Records that failed permanently.
        failed: u64,
        /// Records from the first on of which none is lost: where a run can be taken up again.
        complete: u64,
        /// The recommended next step.
        advice: String,
        /// The client's error of the first of them.
        source: Box<dyn Error + Send + Sync>,
    },

    /// Another instance of the same run has taken over, so this one sends nothing more.
    #[error("the run {run} was taken over by another instance, {winner}")]
    Fenced {
        /// The run's name and shard.
        run: String,
        /// The other instance.
        winner: String,
        /// Records of this instance from the first on that are committed.
        complete: u64,
    },

    /// The destination cannot keep records and the position of their run together.
    #[error("{destination} cannot be used for exactly-once delivery: {problem}")]
    Unfit {
        /// Topic.
        destination: String,
        /// The problem, and what to do.
        problem: String,
    },

    /// The topic does not exist, and nothing there creates it on demand.
    #[error("topic {topic} does not exist on {destination}: create it with `{command}`")]
    MissingTopic {
        /// The topic.
        topic: String,
        /// Address of the cluster, as the user gave it.
        destination: String,
        /// The exact command that creates it.
        command: String,
    },
}

impl SinkError {
    /// A failure at `path` after `records` whole records in `bytes` stored bytes.
    ///
    /// A broken pipe is no failure of the file but a reader who has gone: it becomes
    /// [`SinkError::Closed`].
    pub fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
        records: u64,
        bytes: u64,
        source: io::Error,
    ) -> Self {
        match source.kind() {
            io::ErrorKind::BrokenPipe => Self::Closed,
            _ => Self::File { action, path: path.into(), records, bytes, source },
        }
    }
}

/// The second half of a file error's message.
fn written(records: u64, bytes: u64) -> String {
    match (records, bytes) {
        (_, 0) => "nothing was written".to_owned(),
        (1, _) => format!("1 whole record in {bytes} bytes was written before"),
        _ => format!("{records} whole records in {bytes} bytes were written before"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(records: u64, bytes: u64) -> String {
        SinkError::file("write", "a.csv.partial", records, bytes, io::ErrorKind::StorageFull.into())
            .to_string()
    }

    #[test]
    fn a_file_error_names_path_records_and_bytes() {
        assert_eq!(message(0, 0), "cannot write a.csv.partial; nothing was written");
        assert_eq!(
            message(1, 9),
            "cannot write a.csv.partial; 1 whole record in 9 bytes was written before"
        );
        assert_eq!(
            message(2, 19),
            "cannot write a.csv.partial; 2 whole records in 19 bytes were written before"
        );
    }

    #[test]
    fn a_broken_pipe_is_a_closed_output() {
        let error = SinkError::file("write", "a.csv", 1, 1, io::ErrorKind::BrokenPipe.into());
        assert!(matches!(error, SinkError::Closed));
    }
}
