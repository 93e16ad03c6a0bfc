//! Delta tables: the log beside the Parquet files that makes a folder of them a table.
//!
//! A table has a folder `_delta_log` with a file for each version, and a version lists the files
//! that it adds.
//! A version is written when all files of the run are complete, and its file gets its name at once
//! or not at all: a run that is killed leaves files, and a table that does not know them.
//!
//! Nothing in the log comes from a clock or from chance, so the same run writes the same log.
//! What it says of a file, it reads from the file's footer; the files of days that an earlier
//! process of a resumed run completed are therefore as good as those of this one.
//!
//! Logs are written and read without a Delta library, for readers from version 1 and writers from
//! version 2 on: no deletion vectors, no column mapping, no checkpoints.

mod actions;
mod error;
mod log;
mod part;
mod schema;
mod sink;
mod table;
mod tables;

pub use error::DeltaError;
pub use part::{TablePart, TableRun};
pub use table::TableVersion;
pub use tables::DeltaTables;
