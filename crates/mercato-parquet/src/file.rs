//! A file: row groups of bounded size one after another, and the footer that says where everything
//! is.

use std::io::{self, Write};
use std::ops::Range;

use mercato_encode::{Batch, Columns, Layout};
use mercato_sinks::{Body, Compression};

use crate::ParquetError;
use crate::codec::Codec;
use crate::column::Column;
use crate::feed::Feeds;
use crate::misfit::Misfit;
use crate::pages::{self, Chunk};
use crate::schema::Schema;
use crate::thrift::Structure;

/// The magic number at the start and end of a file.
const MAGIC: &[u8; 4] = b"PAR1";
/// Name of the writer: neither a time nor a machine, so the same records are the same file.
const CREATED_BY: &str = concat!("mercato version ", env!("CARGO_PKG_VERSION"));
/// Records after which a row group is asked how large it has become.
const STEP_RECORDS: u64 = 1 << 10;

/// Limits of buffering before writing, which bound the memory of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Records of a row group.
    pub(crate) group_records: u64,
    /// Bytes of values after which a row group of fewer records ends.
    pub(crate) group_bytes: usize,
    /// Records of a page.
    pub(crate) page_records: u64,
}

impl Limits {
    /// Row groups as large as engines like to read one on a thread; pages small enough to be
    /// skipped.
    pub(crate) const USUAL: Self =
        Self { group_records: 1 << 17, group_bytes: 64 << 20, page_records: 1 << 14 };
}

/// The content of a file that takes records of one topic.
pub(crate) struct File<W> {
    out: W,
    topic: String,
    limits: Limits,
    metadata: Vec<(&'static str, String)>,
    schema: Schema,
    feeds: Feeds,
    columns: Vec<Column>,
    codec: Codec,
    /// Records in the row group that is being gathered.
    gathered: u64,
    groups: Vec<Group>,
    /// Bytes of the file so far.
    written: u64,
    records: u64,
    whole: u64,
    chunk: Vec<u8>,
    page: Vec<u8>,
}

/// A row group that is written.
#[derive(Debug)]
struct Group {
    records: u64,
    chunks: Vec<Chunk>,
}

impl<W: Write> File<W> {
    /// Begins a file of records of `topic`, which have this layout; `metadata` stands in its footer.
    pub(crate) fn begin(
        mut out: W,
        topic: &str,
        layout: &Layout,
        compression: Compression,
        limits: Limits,
        metadata: &[(&'static str, String)],
    ) -> io::Result<Self> {
        let invalid = |error| io::Error::new(io::ErrorKind::InvalidInput, error);
        let schema = Schema::new(&layout.description().fields).map_err(invalid)?;
        out.write_all(MAGIC)?;
        let mut columns: Vec<_> = schema.leaves.iter().map(crate::schema::Leaf::column).collect();
        Ok(Self {
            out,
            topic: topic.to_owned(),
            limits,
            metadata: metadata.to_vec(),
            feeds: Feeds::new(layout, &mut columns, &mut 0),
            columns,
            schema,
            codec: Codec::new(compression)?,
            gathered: 0,
            groups: Vec::new(),
            written: MAGIC.len() as u64,
            records: 0,
            whole: 0,
            chunk: Vec::new(),
            page: Vec::new(),
        })
    }

    /// Takes the records that are `rows` of `columns`.
    pub(crate) fn take_rows(&mut self, columns: &Columns, rows: Range<usize>) -> io::Result<()> {
        let mut start = rows.start;
        while start < rows.end {
            let Limits { group_records, page_records, .. } = self.limits;
            let step = page_records.min(STEP_RECORDS);
            let room = (step - self.gathered % step)
                .min(page_records - self.gathered % page_records)
                .min(group_records - self.gathered);
            let end = rows.end.min(start + room as usize);
            self.feeds
                .take(columns, &(start..end), None, &mut self.columns)
                .map_err(|misfit| self.refused(misfit))?;
            self.records += (end - start) as u64;
            self.gathered += (end - start) as u64;
            start = end;
            if self.gathered == group_records
                || self.gathered.is_multiple_of(step) && self.is_large()
            {
                self.end_group()?;
            } else if self.gathered.is_multiple_of(page_records) {
                self.columns.iter_mut().for_each(Column::end_page);
            }
        }
        Ok(())
    }

    fn is_large(&self) -> bool {
        self.columns.iter().map(Column::bytes).sum::<usize>() >= self.limits.group_bytes
    }

    #[cold]
    fn refused(&self, misfit: Misfit) -> io::Error {
        let topic = self.topic.clone();
        let path = |column: usize| self.schema.leaves[column].path.join(".");
        let error = match misfit {
            Misfit::Columns => ParquetError::Columns { topic },
            Misfit::Text { column } => ParquetError::Text { topic, column: path(column) },
            Misfit::Value { column, value, allowed } => {
                ParquetError::Value { topic, column: path(column), value, allowed }
            }
        };
        io::Error::new(io::ErrorKind::InvalidData, error)
    }

    fn end_group(&mut self) -> io::Result<()> {
        if self.gathered == 0 {
            return Ok(());
        }
        let mut chunks = Vec::with_capacity(self.columns.len());
        for (column, leaf) in self.columns.iter_mut().zip(&self.schema.leaves) {
            self.chunk.clear();
            let Self { codec, chunk, page, .. } = self;
            chunks.push(pages::write(column, leaf.physical, codec, self.written, chunk, page)?);
            self.out.write_all(&self.chunk)?;
            self.written += self.chunk.len() as u64;
        }
        self.groups.push(Group { records: self.gathered, chunks });
        self.gathered = 0;
        Ok(())
    }

    /// Writes what is gathered, and the footer.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        self.end_group()?;
        let mut footer = Vec::new();
        Structure::append(&mut footer, |file| self.footer(file));
        let length = (footer.len() as u32).to_le_bytes();
        footer.extend_from_slice(&length);
        footer.extend_from_slice(MAGIC);
        self.out.write_all(&footer)?;
        self.out.flush()?;
        self.written += footer.len() as u64;
        self.whole = self.records;
        Ok(())
    }

    fn footer(&self, file: &mut Structure<'_>) {
        file.i32(1, 1);
        self.schema.write(file, 2);
        file.i64(3, self.records as i64);
        file.structures(4, &self.groups, |structure, group| {
            let sum = |bytes: fn(&Chunk) -> u64| group.chunks.iter().map(bytes).sum::<u64>() as i64;
            let chunks: Vec<_> = group.chunks.iter().zip(&self.schema.leaves).collect();
            structure.structures(1, &chunks, |structure, (chunk, leaf)| {
                chunk.write(leaf, self.codec.code(), structure);
            });
            structure.i64(2, sum(Chunk::plain_bytes));
            structure.i64(3, group.records as i64);
            structure.i64(5, group.chunks.first().map_or(0, Chunk::start) as i64);
            structure.i64(6, sum(|chunk| chunk.bytes));
        });
        if !self.metadata.is_empty() {
            file.structures(5, &self.metadata, |entry, (name, value)| {
                entry.binary(1, name.as_bytes());
                entry.binary(2, value.as_bytes());
            });
        }
        file.binary(6, CREATED_BY.as_bytes());
        // Bounds are in the order of the columns' types: without this line readers may not trust
        // them.
        file.structures(7, &self.schema.leaves, |order, _| order.unit(1));
    }

    /// Bytes of the file so far.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }
}

impl<W: Write + Send> Body<W> for File<W> {
    /// Does nothing: the names of the columns are in the footer.
    fn head(&mut self, _line: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn take(&mut self, batch: &Batch, range: Range<usize>) -> io::Result<()> {
        let Some(last) = range.clone().next_back() else { return Ok(()) };
        let Some(columns) = batch.columns(batch.spans()[last].stamp.topic) else {
            return Err(self.refused(Misfit::Columns));
        };
        self.take_rows(columns, batch.row(range.start)..batch.row(last) + 1)
    }

    /// Does nothing: where row groups end is a matter of records, not of time.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.finish()
    }

    /// Without its footer a file can be read by nobody.
    fn whole(&self) -> u64 {
        self.whole
    }

    fn out(&self) -> &W {
        &self.out
    }

    fn out_mut(&mut self) -> &mut W {
        &mut self.out
    }
}
