//! The footers of files that lie on the disk, as far as a table's log repeats them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::path::Path;

use crate::decode::Value;

/// Bytes after the footer: its length, and the magic number.
const TAIL: u64 = 8;

/// What a file says about itself.
#[derive(Debug)]
pub(crate) struct Footer {
    /// Bytes of the file.
    pub(crate) bytes: u64,
    /// Number of its records.
    pub(crate) records: u64,
    /// Its metadata, by name.
    pub(crate) metadata: BTreeMap<String, String>,
    columns: Vec<Value>,
}

impl Footer {
    /// Reads the footer of the file at `path`.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let mut file = File::open(path)?;
        let bytes = file.seek(SeekFrom::End(0))?;
        let mut tail = [0; TAIL as usize];
        let no_parquet = || Error::new(ErrorKind::InvalidData, "it is not a Parquet file");
        file.seek(SeekFrom::Start(bytes.checked_sub(TAIL).ok_or_else(no_parquet)?))?;
        file.read_exact(&mut tail)?;
        let [a, b, c, d, magic @ ..] = tail;
        let length = u64::from(u32::from_le_bytes([a, b, c, d]));
        let start = bytes.checked_sub(TAIL + length).filter(|_| magic == *b"PAR1");
        file.seek(SeekFrom::Start(start.ok_or_else(no_parquet)?))?;
        let mut footer = Vec::new();
        file.take(length).read_to_end(&mut footer)?;
        let about = Value::structure(&footer)?;
        let text = |entry: &Value, field| {
            entry.binary(field).map(|text| String::from_utf8_lossy(text).into_owned())
        };
        Ok(Self {
            bytes,
            records: about.whole(3).and_then(|records| records.try_into().ok()).unwrap_or(0),
            metadata: about
                .list(5)
                .iter()
                .filter_map(|entry| Some((text(entry, 1)?, text(entry, 2)?)))
                .collect(),
            columns: about
                .list(4)
                .iter()
                .flat_map(|group| group.list(1))
                .filter_map(|chunk| chunk.field(3).cloned())
                .collect(),
        })
    }

    /// The smallest and the largest value of a column of the record itself whose values have 64
    /// bits; none where a row group does not know them.
    pub(crate) fn bounds(&self, column: &str) -> Option<(i64, i64)> {
        let is_it = |chunk: &&Value| chunk.list(3) == [Value::Binary(column.into())];
        let number = |statistics: &Value, field| {
            Some(i64::from_le_bytes(statistics.binary(field)?.try_into().ok()?))
        };
        let each = self.columns.iter().filter(is_it).map(|chunk| {
            let statistics = chunk.field(12)?;
            Some((number(statistics, 6)?, number(statistics, 5)?))
        });
        each.reduce(|all, one| {
            let ((low, high), (least, most)) = (all?, one?);
            Some((low.min(least), high.max(most)))
        })?
    }
}
