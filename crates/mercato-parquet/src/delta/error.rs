//! Reasons why a table cannot be written.

use std::io;
use std::path::PathBuf;

use super::part::TablePart;

/// Why a Delta table cannot be written, or must not.
///
/// Messages never repeat their source.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DeltaError {
    /// A topic's records have a field that is called like the column of the partitions.
    #[error(
        "cannot make a Delta table of {topic}: its records have a field `{field}`, the name of the partition"
    )]
    Partition {
        /// The topic.
        topic: String,
        /// The field.
        field: String,
    },
    /// A file of the table or of its log cannot be read or written.
    #[error("cannot {action} {}", path.display())]
    File {
        /// The attempted action, such as `read`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The underlying I/O error.
        source: io::Error,
    },
    /// A line of the log is not JSON.
    #[error("cannot read {}: it is not a file of a Delta log", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The parser's error.
        source: serde_json::Error,
    },
    /// The log lacks versions or an action that every log has.
    #[error("cannot add to the Delta table {}: {reason}", table.display())]
    Log {
        /// The folder of the table.
        table: PathBuf,
        /// The reason.
        reason: String,
    },
    /// Another program has made the table.
    #[error(
        "{} is a Delta table of another program, with the id {id} and partitioned by {partitions}, but \
         this run would make one of its own, partitioned by dt: choose another directory",
        table.display()
    )]
    Foreign {
        /// The folder of the table.
        table: PathBuf,
        /// The table's id.
        id: String,
        /// The columns that it is partitioned by.
        partitions: String,
    },
    /// The table holds records of another run.
    #[error(
        "the Delta table {} holds another run: its {setting} is {was}, but here it is {is}, and ids \
         of the two would repeat: use the settings of that run, or another directory",
        table.display()
    )]
    OtherRun {
        /// The folder of the table.
        table: PathBuf,
        /// The first setting that differs.
        setting: String,
        /// Its value in the table.
        was: String,
        /// Its value in this run.
        is: String,
    },
    /// The table has other columns.
    #[error(
        "the Delta table {} has another schema: it has {was}, but this run writes {is}: choose another \
         directory",
        table.display()
    )]
    OtherSchema {
        /// The folder of the table.
        table: PathBuf,
        /// The first column that differs, as the table has it.
        was: String,
        /// The same, as this run writes it.
        is: String,
    },
    /// The table holds some of the records already.
    #[error(
        "the Delta table {} holds some of these records already: version {version} added {held}, and \
         this run would add {part}: append other days with --from and --to, such as --from {}",
        table.display(), held.to
    )]
    Overlap {
        /// The folder of the table.
        table: PathBuf,
        /// The version that added them.
        version: u64,
        /// The part of the run that was added.
        held: TablePart,
        /// The part that this run would add.
        part: TablePart,
    },
    /// The table has a file that this run would write again.
    #[error(
        "the Delta table {} has {file} already, since version {version}, and it must not change: append \
         whole days with --from and --to at midnight, or choose another directory",
        table.display()
    )]
    Held {
        /// The folder of the table.
        table: PathBuf,
        /// The version that added the file.
        version: u64,
        /// The file, relative to the table.
        file: String,
    },
    /// A file in the window of this run is of another one.
    #[error("cannot add {} to its Delta table: it is of another run; remove it, and give the command again with --force", path.display())]
    ForeignFile {
        /// The file.
        path: PathBuf,
    },
}
