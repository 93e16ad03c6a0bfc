//! Avro's object container files: a header with the schema, then blocks of records.
//!
//! A block ends by the size of its records, never by the batch or the clock, and the mark between blocks comes from
//! the run, so that the same records are the same bytes.
//! Nothing but a block's end makes records readable, so a flush does nothing.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Write};
use std::ops::Range;

use flate2::write::DeflateEncoder;
use mercato_encode::Batch;
use zstd::bulk::Compressor;

use crate::packed::{GZIP_LEVEL, ZSTD_LEVEL};
use crate::{Body, Compression, Contents, PartialFile, TopicFile};

/// The first bytes of a file.
const MAGIC: &[u8; 4] = b"Obj\x01";

/// Bytes of records with which a block ends: the specification's choice of most writers.
const BLOCK_BYTES: usize = 64 * 1024;

/// The content of Avro files: what their headers say, and how their blocks are compressed.
#[derive(Debug, Clone)]
pub struct AvroContainer {
    /// The schema of each topic's records, as JSON.
    pub schemas: BTreeMap<String, String>,
    /// More entries of the header, by their names; those that begin with `avro.` are Avro's own.
    pub metadata: BTreeMap<String, Vec<u8>>,
    /// The mark between blocks, which must not be in the records by chance.
    pub sync: [u8; 16],
    /// Compression of each block: deflate for [`Compression::Gzip`].
    pub compression: Compression,
}

impl AvroContainer {
    /// Bytes of a file of these records of `topic`.
    ///
    /// Fails if the topic has no schema.
    pub fn file_len<'a>(
        &self,
        topic: &str,
        records: impl Iterator<Item = &'a [u8]>,
    ) -> io::Result<u64> {
        let mut blocks = Blocks::begin(self, topic, Counted::default())?;
        for record in records {
            blocks.push(record)?;
        }
        blocks.end_block()?;
        Ok(blocks.out.0)
    }

    /// A body that writes such a file of `topic` into `out`.
    ///
    /// Fails if the topic has no schema.
    pub fn body<W: Write + Send + 'static>(
        &self,
        topic: &str,
        out: W,
    ) -> io::Result<Box<dyn Body<W>>> {
        Ok(Box::new(Blocks::begin(self, topic, out)?))
    }
}

impl Contents for AvroContainer {
    fn begin(
        &self,
        topic: &TopicFile,
        file: PartialFile,
    ) -> io::Result<Box<dyn Body<PartialFile>>> {
        self.body(&topic.topic, file)
    }
}

/// Counts bytes and keeps none.
#[derive(Debug, Default)]
struct Counted(u64);

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The blocks of one file.
struct Blocks<W> {
    out: W,
    codec: Codec,
    sync: [u8; 16],
    /// Records of the block that is being filled.
    block: Vec<u8>,
    records: u64,
    /// Records of all blocks that are written.
    whole: u64,
    packed: Vec<u8>,
}

impl<W: Write> Blocks<W> {
    fn begin(container: &AvroContainer, topic: &str, mut out: W) -> io::Result<Self> {
        let schema = container.schemas.get(topic).ok_or_else(|| {
            io::Error::new(ErrorKind::InvalidInput, format!("the topic {topic} has no Avro schema"))
        })?;
        let codec = Codec::new(container.compression)?;
        let mut header = MAGIC.to_vec();
        let own = [("avro.codec", codec.name().as_bytes()), ("avro.schema", schema.as_bytes())];
        let more = container.metadata.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        long(&mut header, (own.len() + container.metadata.len()) as i64);
        for (name, value) in own.into_iter().chain(more) {
            long(&mut header, name.len() as i64);
            header.extend_from_slice(name.as_bytes());
            long(&mut header, value.len() as i64);
            header.extend_from_slice(value);
        }
        long(&mut header, 0);
        header.extend_from_slice(&container.sync);
        out.write_all(&header)?;
        Ok(Self {
            out,
            codec,
            sync: container.sync,
            block: Vec::with_capacity(BLOCK_BYTES * 2),
            records: 0,
            whole: 0,
            packed: Vec::new(),
        })
    }

    fn push(&mut self, record: &[u8]) -> io::Result<()> {
        self.block.extend_from_slice(record);
        self.records += 1;
        if self.block.len() < BLOCK_BYTES { Ok(()) } else { self.end_block() }
    }

    fn end_block(&mut self) -> io::Result<()> {
        if self.records == 0 {
            return Ok(());
        }
        self.codec.pack(&mut self.block, &mut self.packed)?;
        let mut head = Vec::with_capacity(20);
        long(&mut head, self.records as i64);
        long(&mut head, self.packed.len() as i64);
        self.out.write_all(&head)?;
        self.out.write_all(&self.packed)?;
        self.out.write_all(&self.sync)?;
        self.whole += self.records;
        self.records = 0;
        self.block.clear();
        Ok(())
    }
}

impl<W: Write + Send> Body<W> for Blocks<W> {
    /// Writes nothing: the header has everything that is no record.
    fn head(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn take(&mut self, batch: &Batch, range: Range<usize>) -> io::Result<()> {
        let mut start = range.start;
        while start < range.end {
            // As many records at once as end before the block does, and the one that ends it.
            let room = BLOCK_BYTES.saturating_sub(self.block.len()).max(1);
            let fits = crate::body::records_within(batch, &(start..range.end), room - 1);
            let end = range.end.min(start + fits + 1);
            self.block.extend_from_slice(batch.lines(start..end));
            self.records += (end - start) as u64;
            start = end;
            if self.block.len() >= BLOCK_BYTES {
                self.end_block()?;
            }
        }
        Ok(())
    }

    /// Does nothing: a block that ends where a run waits would put the moment into the file's bytes.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        self.end_block()?;
        self.out.flush()
    }

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

/// Compression of a block.
enum Codec {
    Null,
    Deflate,
    Zstandard(Box<Compressor<'static>>),
    Snappy(Box<snap::raw::Encoder>),
}

impl Codec {
    fn new(compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Self::Null,
            Compression::Gzip => Self::Deflate,
            Compression::Zstd => Self::Zstandard(Box::new(Compressor::new(ZSTD_LEVEL)?)),
            Compression::Snappy => Self::Snappy(Box::new(snap::raw::Encoder::new())),
        })
    }

    /// The name in a file's header.
    fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Deflate => "deflate",
            Self::Zstandard(_) => "zstandard",
            Self::Snappy(_) => "snappy",
        }
    }

    /// Puts `block` into `packed` as it stands in the file; may take the block's memory for that.
    fn pack(&mut self, block: &mut Vec<u8>, packed: &mut Vec<u8>) -> io::Result<()> {
        packed.clear();
        match self {
            Self::Null => std::mem::swap(block, packed),
            Self::Deflate => {
                let level = flate2::Compression::new(GZIP_LEVEL);
                let mut encoder = DeflateEncoder::new(std::mem::take(packed), level);
                encoder.write_all(block)?;
                *packed = encoder.finish()?;
            }
            Self::Zstandard(compressor) => *packed = compressor.compress(block)?,
            Self::Snappy(encoder) => {
                packed.resize(snap::raw::max_compress_len(block.len()), 0);
                let length = encoder.compress(block, packed).map_err(io::Error::other)?;
                packed.truncate(length);
                // Avro wants the checksum of gzip of what was compressed, highest byte first.
                let mut sum = flate2::Crc::new();
                sum.update(block);
                packed.extend_from_slice(&sum.sum().to_be_bytes());
            }
        }
        Ok(())
    }
}

/// Appends a whole number as Avro writes it.
fn long(out: &mut Vec<u8>, value: i64) {
    let mut rest = (value << 1 ^ value >> 63) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

#[cfg(test)]
mod tests {
    use mercato_encode::{Coordinates, Stamp};
    use proptest::prelude::*;

    use super::*;

    fn container(compression: Compression) -> AvroContainer {
        AvroContainer {
            schemas: [("t".to_owned(), "\"string\"".to_owned())].into(),
            metadata: [("run".to_owned(), b"7".to_vec())].into(),
            sync: *b"0123456789abcdef",
            compression,
        }
    }

    fn batch(lengths: &[usize]) -> Batch {
        let mut batch = Batch::default();
        for length in lengths {
            batch.push(b"", &vec![b'x'; *length], Stamp::at(0, Coordinates::default()));
        }
        batch
    }

    fn written(compression: Compression, batch: &Batch, cuts: &[usize]) -> (Vec<u8>, u64) {
        let mut body = container(compression).body("t", Vec::new()).unwrap();
        let mut start = 0;
        for end in cuts.iter().copied().chain([batch.len()]) {
            body.take(batch, start..end).unwrap();
            body.flush().unwrap();
            start = end;
        }
        let before = body.whole();
        body.end().unwrap();
        assert_eq!(body.whole(), batch.len() as u64);
        (body.out().clone(), before)
    }

    proptest! {
        #[test]
        fn a_file_is_the_same_however_its_records_are_cut(
            lengths in prop::collection::vec(prop_oneof![0usize..400, 60_000usize..70_000], 0..60),
            mut cuts in prop::collection::vec(0usize..60, 0..6),
        ) {
            cuts.retain(|cut| *cut <= lengths.len());
            cuts.sort_unstable();
            let batch = batch(&lengths);
            for compression in [Compression::None, Compression::Gzip, Compression::Zstd, Compression::Snappy] {
                let (whole, before) = written(compression, &batch, &[]);
                let (cut, of_cut) = written(compression, &batch, &cuts);
                prop_assert!(whole == cut && before == of_cut);
                let records = (0..batch.len()).map(|index| batch.line(index));
                prop_assert_eq!(container(compression).file_len("t", records).unwrap(), whole.len() as u64);
            }
        }
    }

    #[test]
    fn a_block_ends_with_the_record_that_fills_it() {
        let (file, before) = written(Compression::None, &batch(&[40_000, 30_000, 10]), &[]);
        assert_eq!(before, 2, "the third is in a block that is not full");
        let marks = file.windows(16).filter(|part| part == b"0123456789abcdef").count();
        assert_eq!(marks, 3, "after the header and two blocks");
        let error = container(Compression::None).body("other", Vec::new()).err().unwrap();
        assert!(error.to_string().contains("other"), "{error}");
    }
}
