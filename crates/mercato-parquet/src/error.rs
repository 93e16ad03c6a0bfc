//! Why records cannot be kept as columns.

/// Why records cannot be kept as columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParquetError {
    /// It is not known what the fields of a topic's records hold.
    #[error(
        "records of {topic} have no known column types, so they cannot be written as Parquet: take ndjson or csv"
    )]
    NoTable {
        /// The topic.
        topic: String,
    },
    /// A record is not written as its table says.
    #[error(
        "record {record} of {topic} is not as its columns are: at byte {at}, {expected} was expected, not {found:?}"
    )]
    Record {
        /// The topic.
        topic: String,
        /// Which record of the file, from 0 on.
        record: u64,
        /// Where in the record.
        at: usize,
        /// What should stand there.
        expected: String,
        /// What stands there: the next bytes, at most forty.
        found: String,
    },
}
