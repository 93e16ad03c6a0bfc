//! The laws of the sinks, and the tools to test them with.

mod bad_days;
mod bytes;
mod partial;
mod resume;
mod tee;
mod topics;

use std::io::{self, Read, Write};
use std::ops::Range;

use mercato_encode::{Batch, Coordinates, Stamp};
use mercato_test_support::names;

use crate::Compression;

const COMPRESSIONS: [Compression; 3] = [Compression::None, Compression::Gzip, Compression::Zstd];

/// A batch of lines; the line feeds are added.
fn batch_of<L: AsRef<[u8]>>(lines: &[L]) -> Batch {
    let mut batch = Batch::default();
    for line in lines {
        batch.push(b"", line.as_ref(), Stamp::at(0, Coordinates::default()));
    }
    batch
}

/// `count` lines that do not compress to nothing, about 60 bytes each.
fn lines(count: u64) -> Vec<String> {
    let mixed = |index: u64| {
        index.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31).wrapping_mul(index | 1)
    };
    (0..count)
        .map(|index| {
            format!("{{\"order\":{index},\"noise\":\"{:016x}\",\"city\":\"Zurich\"}}", mixed(index))
        })
        .collect()
}

/// `0..len` cut after each of `cuts`, which are taken modulo `len`.
fn cut(len: usize, cuts: &[usize]) -> Vec<Range<usize>> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % len.max(1)).chain([len]).collect();
    ends.sort_unstable();
    let mut start = 0;
    ends.into_iter().map(|end| std::mem::replace(&mut start, end)..end).collect()
}

/// What unpacks `stored`.
fn reader<'a>(compression: Compression, stored: &'a [u8]) -> Box<dyn Read + 'a> {
    match compression {
        Compression::None => Box::new(stored),
        Compression::Gzip => Box::new(flate2::read::GzDecoder::new(stored)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::new(stored).unwrap()),
        Compression::Snappy => panic!("lines are never compressed so"),
    }
}

/// As much as can be unpacked of `stored`, which may end anywhere.
fn unpack(compression: Compression, stored: &[u8]) -> Vec<u8> {
    let mut reader = reader(compression, stored);
    let mut unpacked = Vec::new();
    let mut piece = [0; 512];
    // An error is the end of what a torn stream holds; what came before it counts.
    while let Ok(count @ 1..) = reader.read(&mut piece) {
        unpacked.extend_from_slice(&piece[..count]);
    }
    unpacked
}

/// Returns whether `stored` unpacks without an error, so that it looks complete to a reader.
fn ends_properly(compression: Compression, stored: &[u8]) -> bool {
    io::copy(&mut reader(compression, stored), &mut io::sink()).is_ok()
}

/// A disk with room for so many bytes, which takes at most 1,000 at once.
#[derive(Debug)]
struct SmallDisk {
    stored: Vec<u8>,
    room: usize,
    writes: usize,
}

impl SmallDisk {
    fn with_room(room: usize) -> Self {
        Self { stored: Vec::new(), room, writes: 0 }
    }
}

impl Write for SmallDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        let count = bytes.len().min(self.room - self.stored.len()).min(1000);
        if count == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.stored.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
