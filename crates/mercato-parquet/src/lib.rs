//! Columns of records as Parquet files.
//!
//! A stream writes its records as typed columns ([`mercato_encode::Columns`]); their layout says
//! what they hold, and a file is made of them without any text in between.
//! A field of a [table](mercato_encode::Layout::table) comes as the number of a row, which leads to
//! its place in the file's dictionary without a look at the value.
//!
//! | kind | column |
//! |---|---|
//! | decimal number, such as money | `INT64`, `DECIMAL` |
//! | instant | `INT64`, `TIMESTAMP` in UTC, of milliseconds or microseconds |
//! | other number | `DOUBLE` |
//! | text | `BYTE_ARRAY`, `STRING`, with a dictionary as long as that is smaller |
//! | whole number | `INT32` or `INT64` |
//! | struct, list, map | group, `LIST`, `MAP` |
//!
//! Files are the same however records were cut into batches: row groups and pages end by the number
//! of records, and the footer names neither a time nor a machine.
//! A row group has at most 131,072 records or about 64 MiB; no more is kept in memory.
//!
//! The format is written here and not by the `parquet` crate, which hashes every value of a
//! dictionary-encoded array again and takes 2.5 times as long for the same columns, as the benchmark
//! `parquet` shows; that crate reads the files back in the tests.
//!
//! ```
//! use mercato_encode::{Batch, Coordinates, Encoding, Format, Layout, Stamp, WriteRecord, Writer};
//! use mercato_parquet::Parquet;
//! use mercato_schema::{InstantForm, Order};
//! use mercato_sinks::Compression;
//!
//! struct First;
//!
//! impl WriteRecord for First {
//!     fn write<W: Writer>(&mut self, writer: &mut W) {
//!         writer.string("orderId", "order_1");
//!         writer.string("customerId", "c1");
//!         writer.decimal("amount", 1116, 2);
//!         writer.instant("timestamp", 1_000_000, InstantForm::EpochMillis);
//!         writer.piece("category", 1);
//!     }
//! }
//!
//! let rows = ["Books", "Toys"].map(|name| [name.into()]);
//! let layout = Layout::of::<Order>().table("category", ["category"], rows);
//! let mut batch = Batch::default();
//! let encoding = Encoding::new(&layout.clone().into(), Format::Columns, |_| true);
//! assert!(encoding.encode::<true>(&mut batch, 0, &mut First).complete);
//! batch.seal(Stamp::at(1_000_000, Coordinates::default()));
//!
//! let parquet = Parquet::new([("orders", &layout)], Compression::Zstd)?;
//! assert!(parquet.file_len("orders", 0, &[batch])? > 500);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod codec;
mod column;
mod constants;
mod decode;
pub mod delta;
mod dictionary;
mod error;
mod feed;
mod file;
mod footer;
mod hybrid;
mod misfit;
mod number;
mod pages;
mod physical;
mod schema;
#[cfg(test)]
mod tests;
mod thrift;

use std::collections::BTreeMap;
use std::io;

pub use error::ParquetError;
use mercato_encode::{Batch, Layout};
use mercato_sinks::{Body, Compression, Contents, PartialFile, RUN, SHARD, TopicFile};
use mercato_units::Shard;

use crate::file::{File, Limits};
use crate::schema::Schema;

/// The content of Parquet files: one for each topic and partition.
#[derive(Debug, Clone)]
pub struct Parquet {
    layouts: BTreeMap<String, Layout>,
    compression: Compression,
    limits: Limits,
    metadata: Vec<(&'static str, String)>,
}

impl Parquet {
    /// Files of the topics, each with the layout of its records, whose pages are compressed so.
    ///
    /// Fails with [`ParquetError::Field`] if a field has a form that is not written.
    pub fn new<'a>(
        topics: impl IntoIterator<Item = (&'a str, &'a Layout)>,
        compression: Compression,
    ) -> Result<Self, ParquetError> {
        let known = |(topic, layout): (&str, &Layout)| {
            Schema::new(&layout.description().fields)?;
            Ok((topic.to_owned(), layout.clone()))
        };
        let layouts = topics.into_iter().map(known).collect::<Result<_, _>>()?;
        Ok(Self { layouts, compression, limits: Limits::USUAL, metadata: Vec::new() })
    }

    /// The same with `run` and its `shard` named in the metadata of every file.
    #[must_use]
    pub fn with_run(mut self, run: &str, shard: Shard) -> Self {
        self.metadata = vec![(RUN, run.to_owned()), (SHARD, shard.to_string())];
        self
    }

    /// The same with row groups and pages of so many records.
    #[cfg(test)]
    fn with_groups_of(mut self, records: u64, page_records: u64) -> Self {
        self.limits.group_records = records.max(1);
        self.limits.page_records = page_records.max(1);
        self
    }

    /// Bytes of a file that holds the columns of `batches` for `topic`, which has this index among
    /// the run's topics.
    ///
    /// Fails if the topic is unknown or the columns are not those of its layout.
    pub fn file_len(&self, topic: &str, index: u16, batches: &[Batch]) -> io::Result<u64> {
        let mut file = self.file(topic, io::sink())?;
        for columns in batches.iter().filter_map(|batch| batch.columns(index)) {
            file.take_rows(columns, 0..columns.rows())?;
        }
        file.finish()?;
        Ok(file.written())
    }

    fn file<W: io::Write>(&self, topic: &str, out: W) -> io::Result<File<W>> {
        let unknown = || ParquetError::UnknownTopic { topic: topic.to_owned() };
        let layout = self
            .layouts
            .get(topic)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, unknown()))?;
        File::begin(out, topic, layout, self.compression, self.limits, &self.metadata)
    }
}

impl Contents for Parquet {
    fn begin(
        &self,
        topic: &TopicFile,
        file: PartialFile,
    ) -> io::Result<Box<dyn Body<PartialFile>>> {
        Ok(Box::new(self.file(&topic.topic, file)?))
    }
}
