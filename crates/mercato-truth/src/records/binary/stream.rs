//! Pieces of a file, read with bounds, and text that is made of them.

use std::io::{self, BufRead, ErrorKind, Read};

/// The most bytes of a block or a message that are read: 64 MiB.
pub(super) const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// An error about the bytes of a file.
pub(super) fn invalid(reason: impl Into<String>) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, reason.into())
}

/// Text that is made piece by piece, and handed out.
pub(super) struct Pieces<F> {
    next: F,
    text: Vec<u8>,
    read: usize,
}

impl<F: FnMut(&mut Vec<u8>) -> io::Result<bool>> Pieces<F> {
    /// A reader of what `next` appends, until it returns false.
    pub(super) fn new(next: F) -> Self {
        Self { next, text: Vec::new(), read: 0 }
    }
}

impl<F: FnMut(&mut Vec<u8>) -> io::Result<bool>> Read for Pieces<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.read == self.text.len() {
            self.read = 0;
            self.text.clear();
            if !(self.next)(&mut self.text)? {
                return Ok(0);
            }
        }
        let read = (&self.text[self.read..]).read(buffer)?;
        self.read += read;
        Ok(read)
    }
}

/// Reads a number in base 128; none at the end of the input.
pub(super) fn varint(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let (mut value, mut shift) = (0_u64, 0);
    loop {
        let Some(byte) = input.fill_buf()?.first().copied() else {
            return if shift == 0 { Ok(None) } else { Err(cut_off()) };
        };
        input.consume(1);
        if shift > 63 {
            return Err(invalid("a number has more than 64 bits"));
        }
        value |= u64::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return Ok(Some(value));
        }
    }
}

/// Reads exactly so many bytes, after a check of their number.
pub(super) fn bytes(input: &mut impl Read, length: u64, what: &str) -> io::Result<Vec<u8>> {
    if length > MOST_BYTES {
        return Err(invalid(format!(
            "{what} of {length} bytes is too long (at most {MOST_BYTES})"
        )));
    }
    let mut bytes = Vec::new();
    input.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(cut_off()) }
}

/// The error of a file that ends too early.
pub(super) fn cut_off() -> io::Error {
    io::Error::new(
        ErrorKind::UnexpectedEof,
        "the file ends inside a record or a block: it is cut off",
    )
}
