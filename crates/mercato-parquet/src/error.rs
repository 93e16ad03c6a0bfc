//! The errors of records that cannot be kept as columns.

/// An error of records that cannot be kept as columns.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParquetError {
    /// The topic has no layout.
    #[error("cannot write {topic} as Parquet: its columns are unknown")]
    UnknownTopic {
        /// The topic.
        topic: String,
    },
    /// A field has a form that is not written as Parquet.
    #[error("cannot write field {path} as Parquet: it is {reason}")]
    Field {
        /// The field's dotted path.
        path: String,
        /// Its form.
        reason: &'static str,
    },
    /// A batch holds lines, or columns of another layout.
    #[error("the columns of a batch do not match those of {topic}")]
    Columns {
        /// The topic.
        topic: String,
    },
    /// A text is not UTF-8.
    #[error("a text of {topic} in column {column} is not UTF-8")]
    Text {
        /// The topic.
        topic: String,
        /// The column's dotted path.
        column: String,
    },
    /// A value is out of the range of its column.
    #[error("value {value} of {topic} is out of the range of column {column} ({allowed})")]
    Value {
        /// The topic.
        topic: String,
        /// The column's dotted path.
        column: String,
        /// The value in units of its last digit.
        value: i64,
        /// The range.
        allowed: &'static str,
    },
}
