//! Appending short texts without calling `memcpy`.
//!
//! A record of 430 bytes has thirty parts, most of them shorter than a cache line, and a call that copies a few bytes
//! costs more than the bytes.
//! So a fixed number of bytes is copied, which compiles to one or two moves, and only the length says how many of them
//! count: measured, a third of the time of a record.

use std::ops::Range;

/// The place where the parts of a record are appended.
pub trait Out {
    /// Appends the first `len` of `bytes`, all of which may be copied.
    fn put<const N: usize>(&mut self, bytes: &[u8; N], len: usize);

    /// Appends `bytes`, however many they are.
    fn extend(&mut self, bytes: &[u8]);

    /// Appends one byte.
    #[inline]
    fn byte(&mut self, byte: u8) {
        self.put(&[byte], 1);
    }

    /// Appends bytes whose number is known when the program is compiled.
    #[inline]
    fn array<const N: usize>(&mut self, bytes: &[u8; N]) {
        self.put(bytes, N);
    }
}

impl Out for Vec<u8> {
    #[inline]
    fn put<const N: usize>(&mut self, bytes: &[u8; N], len: usize) {
        let end = self.len() + len;
        self.extend_from_slice(bytes);
        self.truncate(end);
    }

    #[inline]
    fn extend(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// The room after the last record of a batch, in which the next one is put together.
///
/// A vector reads and writes its length for every part, each time waiting for the last; here the length is a number
/// in a register: half the time for a record of ten parts.
/// What does not fit is counted and not written, so that the record can be made again in a larger room.
#[derive(Debug, Default)]
pub struct Tail<'a> {
    room: &'a mut [u8],
    /// Narrower than an index, so that the end of a part is known not to overflow and one comparison is enough.
    len: u32,
}

impl<'a> Tail<'a> {
    pub(crate) fn new(room: &'a mut [u8]) -> Self {
        Self { room, len: 0 }
    }

    /// Number of bytes appended, also of those for which there was no room.
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len as usize
    }

    /// The bytes appended from `start` on, if all of them fit.
    pub(crate) fn since(&self, start: usize) -> Option<&[u8]> {
        self.room.get(start..self.len())
    }

    /// Takes back what was appended from `start` on.
    pub(crate) fn cut(&mut self, start: usize) {
        self.len = self.len.min(start as u32);
    }

    /// Puts `bytes` in the place of as many from `start` on, if there is room for them.
    #[inline]
    pub(crate) fn set<const N: usize>(&mut self, start: usize, bytes: &[u8; N]) {
        if let Some(slot) = self.room.get_mut(start..start + N) {
            slot.copy_from_slice(bytes);
        }
    }

    /// Puts `bytes` in the place of `count` others from `start` on, and moves what follows them.
    #[inline]
    pub(crate) fn replace(&mut self, start: usize, count: usize, bytes: &[u8]) {
        replace_at(self.room, self.len(), start..start + count, bytes);
        self.len = (self.len + bytes.len() as u32).saturating_sub(count as u32);
    }
}

impl Out for Tail<'_> {
    #[inline]
    fn put<const N: usize>(&mut self, bytes: &[u8; N], len: usize) {
        let start = self.len();
        let slot: Option<&mut [u8; N]> =
            self.room.get_mut(start..start + N).and_then(|slot| slot.try_into().ok());
        if let Some(slot) = slot {
            *slot = *bytes;
            self.len += len as u32;
        } else {
            // Fewer bytes than are copied at once may still fit.
            self.extend(&bytes[..len]);
        }
    }

    #[inline]
    fn extend(&mut self, bytes: &[u8]) {
        copy_at(self.room, self.len(), bytes);
        self.len = self.len.saturating_add(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
    }
}

/// Copies `bytes` to `start` where they fit; a function of its own that is handed no tail, so that the length of the
/// tail stays in a register.
#[inline(never)]
fn copy_at(room: &mut [u8], start: usize, bytes: &[u8]) {
    if let Some(slot) = room.get_mut(start..start + bytes.len()) {
        slot.copy_from_slice(bytes);
    }
}

/// Puts `bytes` in the place of `range` among the first `len` bytes where all of it fits; a function of its own for the
/// same reason.
#[inline(never)]
fn replace_at(room: &mut [u8], len: usize, range: Range<usize>, bytes: &[u8]) {
    let moved = range.start + bytes.len();
    if len <= room.len() && len + bytes.len() <= room.len() + range.len() && range.end <= len {
        room.copy_within(range.end..len, moved);
        room[range.start..moved].copy_from_slice(bytes);
    }
}

/// Returns what `fill` appends, and its length.
///
/// For rare and long texts: a place that is passed by address is kept in memory instead of registers.
#[inline(never)]
pub(crate) fn aside<const N: usize>(fill: impl FnOnce(&mut Tail<'_>)) -> ([u8; N], usize) {
    let mut text = [0; N];
    let mut out = Tail::new(&mut text);
    fill(&mut out);
    let len = out.len();
    (text, len)
}

/// Bytes with room after them, all of it filled once, so that appending never fills it again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    len: usize,
}

impl Buffer {
    /// The bytes appended so far.
    #[inline]
    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The room after the bytes, of at least `least` bytes.
    #[inline]
    pub(crate) fn room(&mut self, least: usize) -> &mut [u8] {
        if self.bytes.len() - self.len < least {
            self.grow(least);
        }
        &mut self.bytes[self.len..]
    }

    #[cold]
    fn grow(&mut self, least: usize) {
        let wanted = (self.len + least).max(self.bytes.len() * 2);
        if self.len == 0 {
            // The system hands out zeroed pages when they are first touched.
            self.bytes = vec![0; wanted];
        } else {
            self.bytes.resize(wanted, 0);
        }
    }

    /// Makes the first `len` bytes of the room part of the buffer.
    #[inline]
    pub(crate) fn advance(&mut self, len: usize) {
        self.len = (self.len + len).min(self.bytes.len());
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.room(bytes.len())[..bytes.len()].copy_from_slice(bytes);
        self.advance(bytes.len());
    }

    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        let mut room = [b'.'; 6];
        let mut tail = Tail::new(&mut room);
        tail.put(b"abcd", 2);
        tail.put(b"cdxx", 2);
        tail.put(b"efxx", 2);
        assert_eq!((tail.len(), tail.since(0)), (6, Some(&b"abcdef"[..])));
        tail.byte(b'g');
        tail.extend(b"hi");
        assert_eq!((tail.len(), tail.since(0)), (9, None));
        tail.cut(4);
        assert_eq!(tail.since(2), Some(&b"cd"[..]));
        assert_eq!(&room, b"abcdef");
    }

    #[test]
    fn bytes_are_replaced_by_more_or_fewer_where_there_is_room() {
        let mut room = [b'.'; 8];
        let mut tail = Tail::new(&mut room);
        tail.extend(b"a_bcd");
        tail.set(1, b"=");
        tail.replace(1, 1, b"xyz");
        assert_eq!((tail.len(), tail.since(0)), (7, Some(&b"axyzbcd"[..])));
        tail.replace(0, 3, b"-");
        assert_eq!((tail.len(), tail.since(0)), (5, Some(&b"-zbcd"[..])));
        tail.replace(1, 1, b"12345");
        assert_eq!((tail.len(), tail.since(0)), (9, None), "counted, and not written");
        tail.set(7, b"ab");
        assert_eq!(&room[..5], b"-zbcd");
    }

    #[test]
    fn a_buffer_keeps_its_bytes_when_its_room_grows() {
        let mut buffer = Buffer::default();
        buffer.room(3)[..3].copy_from_slice(b"abc");
        buffer.advance(3);
        assert!(buffer.room(1000).len() >= 1000);
        buffer.extend(b"def");
        assert_eq!(buffer.as_slice(), b"abcdef");
        buffer.truncate(2);
        assert_eq!((buffer.as_slice(), buffer.len()), (&b"ab"[..], 2));
    }
}
