//! The end of a record: at a line feed, at the end of a row, or at the end of a JSON value.
//!
//! Records of JSON come one a line, unless the first shows otherwise: a `[` begins an array, and a
//! `{` alone on its line before a name or a `}` begins a value over several lines; before anything
//! else it is a torn record. Both are cut at the end of each value, so that no more than one record
//! is in memory.
//! A machine without input and output: it is shown the pending bytes, and shown more if it asks.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use memchr::memchr;

/// The rule by which records are cut.
pub(super) enum Framing {
    /// JSON of which nothing has been seen yet.
    Unseen,
    /// One record a line.
    Lines,
    /// Rows of CSV by RFC 4180, where a quoted field may hold line breaks.
    Rows(Box<Rows>),
    /// JSON values behind one another or in arrays.
    Values(Values),
}

/// The outcome of a look at the pending bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// A record lies in `from..to`; everything up to `next` is done with.
    Record {
        /// Its first byte.
        from: usize,
        /// The byte after its last.
        to: usize,
        /// The first byte that belongs to what follows.
        next: usize,
    },
    /// The first so many bytes are done with and hold no record.
    Skip(usize),
    /// More bytes are needed.
    More,
    /// The input ends inside an array.
    Unclosed,
    /// There is nothing left.
    End,
}

impl Framing {
    /// Records that are rows of CSV.
    pub(super) fn rows() -> Self {
        // Blank lines and any line ending are handled by the reader itself.
        let reader = ReaderBuilder::new().build();
        Self::Rows(Box::new(Rows { reader, seen: 0, cells: vec![0; 4096], ends: vec![0; 64] }))
    }

    /// Looks for the next record in `pending`; `ended` says that nothing follows it.
    #[inline]
    pub(super) fn cut(&mut self, pending: &[u8], ended: bool) -> Cut {
        let cut = match self {
            Self::Lines => line(pending, ended),
            Self::Rows(rows) => rows.cut(pending, ended),
            Self::Values(values) => values.cut(pending, ended),
            Self::Unseen => self.begin(pending, ended),
        };
        debug_assert!(!matches!(cut, Cut::Record { next: 0, .. }), "a record without bytes");
        cut
    }

    /// Decides by the first record how records are cut.
    fn begin(&mut self, pending: &[u8], ended: bool) -> Cut {
        let Some(first) = pending.iter().position(|byte| !byte.is_ascii_whitespace()) else {
            return match (ended, pending.len()) {
                (true, 0) => Cut::End,
                (false, 0) => Cut::More,
                (_, blanks) => Cut::Skip(blanks),
            };
        };
        let rest = &pending[first + 1..];
        let blanks = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let is_alone = rest[..blanks].contains(&b'\n');
        *self = match (pending[first], rest.get(blanks)) {
            (b'[', _) => Self::Values(Values::default()),
            (b'{', Some(b'"' | b'}')) if is_alone => Self::Values(Values::default()),
            (b'{', None) if !ended => return Cut::More,
            _ => Self::Lines,
        };
        self.cut(pending, ended)
    }
}

/// The next line that is not blank, without its line ending.
#[inline]
fn line(pending: &[u8], ended: bool) -> Cut {
    let (end, next) = match memchr(b'\n', pending) {
        Some(end) => (end, end + 1),
        None if !ended => return Cut::More,
        None if pending.is_empty() => return Cut::End,
        None => (pending.len(), pending.len()),
    };
    let to = if end > 0 && pending[end - 1] == b'\r' { end - 1 } else { end };
    let is_blank = pending[..to].iter().all(u8::is_ascii_whitespace);
    if is_blank { Cut::Skip(next) } else { Cut::Record { from: 0, to, next } }
}

/// Rows, and how far into the pending bytes the reader has come.
pub(super) struct Rows {
    reader: Reader,
    seen: usize,
    cells: Vec<u8>,
    ends: Vec<usize>,
}

impl Rows {
    fn cut(&mut self, pending: &[u8], ended: bool) -> Cut {
        loop {
            // The reader is told of the end by an empty input.
            let unseen = &pending[self.seen..];
            if unseen.is_empty() && !ended {
                return Cut::More;
            }
            let (result, read, ..) =
                self.reader.read_record(unseen, &mut self.cells, &mut self.ends);
            self.seen += read;
            match result {
                // Cells are of no interest here: the next ones overwrite them.
                ReadRecordResult::InputEmpty
                | ReadRecordResult::OutputFull
                | ReadRecordResult::OutputEndsFull => {}
                ReadRecordResult::Record => {
                    let next = std::mem::take(&mut self.seen);
                    return trimmed(pending, next);
                }
                ReadRecordResult::End => {
                    self.seen = 0;
                    return if pending.is_empty() { Cut::End } else { Cut::Skip(pending.len()) };
                }
            }
        }
    }
}

/// A row without the line breaks around it.
fn trimmed(pending: &[u8], next: usize) -> Cut {
    let is_break = |byte: &&u8| matches!(byte, b'\n' | b'\r');
    let row = &pending[..next];
    let from = row.iter().take_while(is_break).count();
    let to = next - row.iter().rev().take_while(is_break).count();
    if from < to { Cut::Record { from, to, next } } else { Cut::Skip(next) }
}

/// The place of the next byte in a sequence of JSON values.
#[derive(Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "the states are independent of each other")]
pub(super) struct Values {
    /// Pending bytes that have been looked at.
    seen: usize,
    /// The first byte of the value that has begun.
    from: usize,
    has_begun: bool,
    is_scalar: bool,
    in_array: bool,
    depth: u64,
    in_text: bool,
    escaped: bool,
}

impl Values {
    fn cut(&mut self, pending: &[u8], ended: bool) -> Cut {
        while let Some(byte) = pending.get(self.seen).copied() {
            if self.has_begun {
                if let Some(to) = self.step(byte) {
                    return self.finish(to);
                }
                self.seen += 1;
                continue;
            }
            self.seen += 1;
            match byte {
                b'[' if !self.in_array => self.in_array = true,
                b']' if self.in_array => self.in_array = false,
                b',' => {}
                byte if byte.is_ascii_whitespace() => {}
                // What closes nothing is a record by itself, one that cannot be read.
                b']' | b'}' => {
                    self.from = self.seen - 1;
                    let to = self.seen;
                    return self.finish(to);
                }
                byte => {
                    (self.from, self.has_begun, self.is_scalar) = (self.seen - 1, true, true);
                    self.seen -= 1;
                    if matches!(byte, b'{' | b'[') {
                        self.is_scalar = false;
                    }
                }
            }
        }
        match (ended, self.has_begun) {
            (false, true) => Cut::More,
            (false, false) if self.seen == 0 => Cut::More,
            (true, true) => {
                let to = self.seen;
                self.finish(to)
            }
            (true, false) if self.seen == 0 && self.in_array => Cut::Unclosed,
            (true, false) if self.seen == 0 => Cut::End,
            (_, false) => Cut::Skip(std::mem::take(&mut self.seen)),
        }
    }

    /// Takes the next byte of a value, and returns where the value ends if it does.
    #[inline]
    fn step(&mut self, byte: u8) -> Option<usize> {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return None;
        }
        match byte {
            b'"' => self.in_text = true,
            // A scalar never begins with one of these, so it has a byte.
            b',' | b']' | b'\n' if self.is_scalar => return Some(self.seen),
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 && !self.is_scalar {
                    return Some(self.seen + 1);
                }
            }
            _ => {}
        }
        None
    }

    fn finish(&mut self, to: usize) -> Cut {
        let from = self.from;
        *self = Self { in_array: self.in_array, ..Self::default() };
        Cut::Record { from, to, next: to }
    }
}
