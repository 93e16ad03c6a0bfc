//! Compression of a file's pages.

use std::io::{self, Write};

use flate2::write::GzEncoder;
use mercato_sinks::Compression;

/// The levels that lines are compressed with, too: the speed is worth more than the last per cent.
const GZIP_LEVEL: u32 = 4;
const ZSTD_LEVEL: i32 = 1;

/// A compressor of pages, with room for the result.
pub(crate) struct Codec {
    compression: Compression,
    zstd: Option<zstd::bulk::Compressor<'static>>,
    snappy: snap::raw::Encoder,
    packed: Vec<u8>,
}

impl Codec {
    /// Fails when Zstandard has no memory.
    pub(crate) fn new(compression: Compression) -> io::Result<Self> {
        let zstd = (compression == Compression::Zstd)
            .then(|| zstd::bulk::Compressor::new(ZSTD_LEVEL))
            .transpose()?;
        Ok(Self { compression, zstd, snappy: snap::raw::Encoder::new(), packed: Vec::new() })
    }

    /// The format's number of the compression.
    pub(crate) fn code(&self) -> i32 {
        match self.compression {
            Compression::None => 0,
            Compression::Snappy => 1,
            Compression::Gzip => 2,
            Compression::Zstd => 6,
        }
    }

    /// `page` compressed.
    pub(crate) fn pack<'a>(&'a mut self, page: &'a [u8]) -> io::Result<&'a [u8]> {
        let packed = &mut self.packed;
        packed.clear();
        match (self.compression, &mut self.zstd) {
            (Compression::Zstd, Some(zstd)) => {
                packed.reserve(zstd::zstd_safe::compress_bound(page.len()));
                zstd.compress_to_buffer(page, packed)?;
            }
            (Compression::Gzip, _) => {
                let mut encoder = GzEncoder::new(packed, flate2::Compression::new(GZIP_LEVEL));
                encoder.write_all(page)?;
                encoder.finish()?;
            }
            (Compression::Snappy, _) => {
                packed.resize(snap::raw::max_compress_len(page.len()), 0);
                let len = self.snappy.compress(page, packed).map_err(io::Error::other)?;
                packed.truncate(len);
            }
            _ => return Ok(page),
        }
        Ok(&self.packed)
    }
}
