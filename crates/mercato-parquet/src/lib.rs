//! Batches of JSON records as Parquet files.
//!
//! A sink sees bytes, so a columnar file is made of the same JSON lines that any other file gets.
//! What the fields hold is the schema's knowledge ([`mercato_schema::Description`]); with it the
//! text is
//! read once, straight into columns, and whatever is not written exactly as the table says is an
//! error that names topic, record and place.
//!
//! | field | column |
//! |---|---|
//! | money | `INT64`, `DECIMAL(15, 2)` |
//! | instant | `INT64`, `TIMESTAMP(MILLIS, UTC)` |
//! | degrees, scores | `DOUBLE` |
//! | text | `BYTE_ARRAY`, `STRING`, with a dictionary as long as that is smaller |
//! | whole number | `INT32` or `INT64` |
//! | group, list, map | group, `LIST` of groups, `MAP` |
//!
//! Files end up the same however records were cut into batches: row groups and pages end by the
//! number of records, the footer names no time. A row group has at most 131,072 records or 128 MiB
//! of JSON; no more is kept in memory.
//!
//! The format is written here and not by the `parquet` crate, whose generic encoders take several
//! times as long for records that are mostly short, repeated texts; that crate reads the files back
//! in the tests.
//!
//! ```
//! use mercato_parquet::Parquet;
//! use mercato_schema::{Described, ProductUpdate};
//! use mercato_sinks::Compression;
//!
//! let columns = ProductUpdate::description().columns();
//! let parquet = Parquet::new([("product-updates", &columns[..])], Compression::Zstd)?;
//! let line = r#"{"update_id":"upd_000000000","product_id":"prod_000001","update_type":"price_change","timestamp":"2024-07-18T14:30:45.123Z","name":"Lamp","category":"Home","old_price":9.99,"new_price":8.5,"quantity":null,"replaces":null}"#;
//! assert!(parquet.file_len("product-updates", format!("{line}\n").as_bytes())? > 500);
//! let error = parquet.file_len("product-updates", b"{}\n").unwrap_err().to_string();
//! assert!(error.contains("record 0 of product-updates"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod codec;
mod column;
mod decode;
mod dictionary;
mod error;
mod file;
mod hybrid;
mod objects;
mod pages;
mod schema;
mod steps;
#[cfg(test)]
mod tests;
mod text;
mod thrift;

use std::collections::BTreeMap;
use std::io;

pub use error::ParquetError;
use mercato_schema::{
    AnalyticsResult, Chargeback, Described, Description, FraudAlert, ProductUpdate, Purchase,
    SessionEvent,
};
use mercato_sinks::{Body, Compression, Contents, PartialFile, TopicFile};

use crate::file::{File, Limits};

/// The content of Parquet files: one for each topic and partition.
#[derive(Debug, Clone)]
pub struct Parquet {
    tables: BTreeMap<String, Description>,
    compression: Compression,
    limits: Limits,
}

impl Parquet {
    /// Files of the topics, each with the names of its CSV columns, whose pages are compressed so.
    ///
    /// Fails with [`ParquetError::NoTable`] where it is not known what a topic's columns hold.
    pub fn new<'a, N: AsRef<str> + 'a>(
        topics: impl IntoIterator<Item = (&'a str, &'a [N])>,
        compression: Compression,
    ) -> Result<Self, ParquetError> {
        let known = |(topic, columns): (&str, &[N])| match with_columns(columns) {
            Some(table) => Ok((topic.to_owned(), table)),
            None => Err(ParquetError::NoTable { topic: topic.to_owned() }),
        };
        let tables = topics.into_iter().map(known).collect::<Result<_, _>>()?;
        Ok(Self { tables, compression, limits: Limits::USUAL })
    }

    /// The same with row groups and pages of so many records.
    #[must_use]
    pub fn with_groups_of(mut self, records: u64, page_records: u64) -> Self {
        self.limits.group_records = records.max(1);
        self.limits.page_records = page_records.max(1);
        self
    }

    /// Bytes of a file that holds `lines`, records of `topic` each ended by a line feed.
    ///
    /// Fails where the topic is not known, and where a record is not as its table says.
    pub fn file_len(&self, topic: &str, lines: &[u8]) -> io::Result<u64> {
        let mut file = self.file(topic, io::sink())?;
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', lines) {
            file.record(&lines[start..end])?;
            start = end + 1;
        }
        file.finish()?;
        Ok(file.written())
    }

    fn file<W: io::Write>(&self, topic: &str, out: W) -> io::Result<File<W>> {
        let no_table = || ParquetError::NoTable { topic: topic.to_owned() };
        let description = self
            .tables
            .get(topic)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, no_table()))?;
        File::begin(out, topic, &description.fields, self.compression, self.limits)
    }
}

/// The descriptions of the records that files can hold.
fn descriptions() -> [Description; 6] {
    [
        Purchase::description(),
        SessionEvent::description(),
        ProductUpdate::description(),
        FraudAlert::description(),
        AnalyticsResult::description(),
        Chargeback::description(),
    ]
}

/// The description of the records whose CSV file has the columns `names`, if files can hold them.
fn with_columns(names: &[impl AsRef<str>]) -> Option<Description> {
    let has_names = |description: &Description| {
        let columns = description.columns();
        columns.len() == names.len()
            && columns.iter().zip(names).all(|(own, name)| own == name.as_ref())
    };
    descriptions().into_iter().find(has_names)
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
