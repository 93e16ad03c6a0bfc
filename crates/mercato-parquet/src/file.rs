//! A file: row groups of bounded size behind one another, and the footer that says where everything
//! is.

use std::io::{self, Write};
use std::ops::Range;

use mercato_encode::Batch;
use mercato_schema::Field;
use mercato_sinks::{Body, Compression};

use crate::ParquetError;
use crate::codec::Codec;
use crate::column::Column;
use crate::decode::{Reading, Unexpected};
use crate::pages::{self, Chunk};
use crate::schema::Schema;
use crate::thrift::Structure;

/// What a file begins and ends with.
const MAGIC: &[u8; 4] = b"PAR1";
/// Who wrote the file: neither a time nor a machine, so the same records are the same file.
const CREATED_BY: &str = concat!("mercato version ", env!("CARGO_PKG_VERSION"));
/// Bytes of a record that an error shows.
const EXCERPT_BYTES: usize = 40;

/// How much is gathered before it is written; it bounds what a file needs of memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Records of a row group.
    pub(crate) group_records: u64,
    /// Bytes of JSON after which a row group of fewer records ends.
    pub(crate) group_bytes: u64,
    /// Records of a page.
    pub(crate) page_records: u64,
}

impl Limits {
    /// Row groups as large as engines like to read one on a thread; pages small enough to be
    /// skipped.
    pub(crate) const USUAL: Self =
        Self { group_records: 1 << 17, group_bytes: 128 << 20, page_records: 1 << 14 };
}

/// The content of a file that takes records of one topic.
pub(crate) struct File<W> {
    out: W,
    topic: String,
    limits: Limits,
    schema: Schema,
    reading: Reading,
    columns: Vec<Column>,
    codec: Codec,
    /// Records and bytes of JSON in the row group that is being gathered.
    gathered: u64,
    bytes: u64,
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
    /// Begins a file of records of `topic`, which are as `table` says.
    pub(crate) fn begin(
        mut out: W,
        topic: &str,
        table: &[Field],
        compression: Compression,
        limits: Limits,
    ) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        let schema = Schema::new(table);
        Ok(Self {
            out,
            topic: topic.to_owned(),
            limits,
            reading: Reading::new(table),
            columns: schema.leaves.iter().map(crate::schema::Leaf::column).collect(),
            schema,
            codec: Codec::new(compression)?,
            gathered: 0,
            bytes: 0,
            groups: Vec::new(),
            written: MAGIC.len() as u64,
            records: 0,
            whole: 0,
            chunk: Vec::new(),
            page: Vec::new(),
        })
    }

    /// Takes one record, without its line feed.
    #[inline]
    pub(crate) fn record(&mut self, value: &[u8]) -> io::Result<()> {
        if let Err(unexpected) = self.reading.read(value, &mut self.columns) {
            return Err(self.refused(value, unexpected));
        }
        self.records += 1;
        self.gathered += 1;
        self.bytes += value.len() as u64;
        if self.gathered == self.limits.group_records || self.bytes >= self.limits.group_bytes {
            return self.end_group();
        }
        if self.gathered.is_multiple_of(self.limits.page_records) {
            self.columns.iter_mut().for_each(Column::end_page);
        }
        Ok(())
    }

    #[cold]
    fn refused(&self, value: &[u8], Unexpected { at, expected }: Unexpected) -> io::Error {
        let found = &value[at..value.len().min(at + EXCERPT_BYTES)];
        let error = ParquetError::Record {
            topic: self.topic.clone(),
            record: self.records,
            at,
            expected: expected.into_owned(),
            found: String::from_utf8_lossy(found).into_owned(),
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
        self.reading.forget();
        self.groups.push(Group { records: self.gathered, chunks });
        (self.gathered, self.bytes) = (0, 0);
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
                chunk.write(leaf, self.codec.code(), structure)
            });
            structure.i64(2, sum(Chunk::plain_bytes));
            structure.i64(3, group.records as i64);
            structure.i64(5, group.chunks.first().map_or(0, Chunk::start) as i64);
            structure.i64(6, sum(|chunk| chunk.bytes));
        });
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
        if let Err(error) = std::str::from_utf8(batch.lines(range.clone())) {
            return Err(io::Error::new(io::ErrorKind::InvalidData, error));
        }
        for index in range {
            self.record(batch.value(index))?;
        }
        Ok(())
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
