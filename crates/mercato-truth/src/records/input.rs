//! Plain bytes in one buffer that holds a record at a time.

use std::io::{self, Read};

/// Bytes read at a time; with 256 KiB a line is seldom cut, and the buffer stays in the
/// second-level cache.
const BUFFER: usize = 256 * 1024;

/// The longest record that is read: 16 MiB.
pub(super) const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A window over the bytes of a reader: what has been read and not yet taken.
pub(super) struct Input {
    reader: Box<dyn Read>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
    /// The last byte that was read.
    last: u8,
}

impl Input {
    /// The bytes of `reader`, which are plain.
    pub(super) fn new(reader: Box<dyn Read>) -> Self {
        Self { reader, buffer: vec![0; BUFFER], start: 0, end: 0, ended: false, last: b'\n' }
    }

    /// The bytes that have been read and not yet taken.
    #[inline]
    pub(super) fn pending(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Goes on with the bytes of `reader`, which are plain, in the same buffer.
    pub(super) fn restart(&mut self, reader: Box<dyn Read>) {
        (self.reader, self.start, self.end, self.ended, self.last) = (reader, 0, 0, false, b'\n');
    }

    /// Returns true if a line has begun that so far has no line feed.
    pub(super) fn is_in_line(&self) -> bool {
        self.last != b'\n'
    }

    /// Returns true once there is nothing more to read.
    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    /// Takes the first `length` pending bytes and returns where they are until the next read.
    #[inline]
    pub(super) fn take(&mut self, length: usize) -> (usize, usize) {
        let from = self.start;
        self.start += length.min(self.end - self.start);
        (from, self.start)
    }

    /// The bytes that [`Input::take`] has taken.
    #[inline]
    pub(super) fn taken(&self, (from, to): (usize, usize)) -> &[u8] {
        &self.buffer[from..to]
    }

    /// Reads more, and returns false if there is no room for it: a record may have [`MAX_BYTES`].
    pub(super) fn fill(&mut self) -> io::Result<bool> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.end == self.buffer.len() {
            if self.end >= MAX_BYTES {
                return Ok(false);
            }
            self.buffer.resize(self.end * 2, 0);
        }
        let read = loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        self.end += read;
        if read > 0 {
            self.last = self.buffer[self.end - 1];
        }
        self.ended = read == 0;
        Ok(true)
    }
}
