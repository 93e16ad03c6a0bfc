//! Appending short texts and small numbers without calling `memcpy`.
//!
//! A record of 430 bytes has thirty parts, most of them shorter than a cache line, and a call that
//! copies a few bytes costs more than the bytes. So a fixed number of bytes is copied, which
//! compiles to one or two moves, and what is too many is cut off again: measured, a third of the
//! time of a record.

use mercato_encode::{Segment, digits, json};

/// A text that was rendered once, of up to `N` bytes the quick way and of any length the usual way.
#[derive(Debug, Clone)]
pub(crate) struct Snippet<const N: usize> {
    bytes: [u8; N],
    len: usize,
    /// The whole text where it is longer than `N`.
    long: Option<Segment>,
}

impl<const N: usize> Snippet<N> {
    /// The text that `render` appends.
    pub(crate) fn new(render: impl FnOnce(&mut Vec<u8>)) -> Self {
        let segment = Segment::new(render);
        let (text, mut bytes) = (segment.as_bytes(), [0; N]);
        let len = text.len();
        if let Some(short) = bytes.get_mut(..len) {
            short.copy_from_slice(text);
            return Self { bytes, len, long: None };
        }
        Self { bytes, len, long: Some(segment) }
    }

    /// Appends the text to a record.
    #[inline]
    pub(crate) fn append(&self, out: &mut impl Out) {
        match &self.long {
            None => out.put(&self.bytes, self.len),
            Some(segment) => out.whole(segment.as_bytes()),
        }
    }

    /// Whether the text is copied the quick way.
    pub(crate) fn is_short(&self) -> bool {
        self.long.is_none()
    }
}

/// A text that is known when the program is compiled, of up to 32 bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Literal {
    bytes: [u8; 32],
    len: usize,
}

impl Literal {
    pub(crate) const fn new(text: &[u8]) -> Self {
        let (mut bytes, mut at) = ([0; 32], 0);
        while at < text.len() {
            bytes[at] = text[at];
            at += 1;
        }
        Self { bytes, len: text.len() }
    }

    #[inline]
    pub(crate) fn append(&self, out: &mut impl Out) {
        out.put(&self.bytes, self.len);
    }
}

/// Where the parts of a record are put one behind the other.
pub(crate) trait Out {
    /// Appends the first `len` of some bytes.
    fn put<const N: usize>(&mut self, bytes: &[u8; N], len: usize);

    /// Appends bytes of any number.
    fn whole(&mut self, bytes: &[u8]);
}

impl Out for Vec<u8> {
    #[inline]
    fn put<const N: usize>(&mut self, bytes: &[u8; N], len: usize) {
        cut(self, bytes, len);
    }

    #[inline]
    fn whole(&mut self, bytes: &[u8]) {
        self.extend_from_slice(bytes);
    }
}

/// A record of at most `ROOM` bytes that is put together at the end of others.
///
/// A vector reads and writes its length for every part, each time waiting for the last; here the
/// length is a number in a register: half the time for a record of ten parts.
/// What does not fit is left out, so whoever uses it must know that everything does.
#[derive(Debug)]
pub(crate) struct Line<'a, const ROOM: usize> {
    room: &'a mut [u8; ROOM],
    len: usize,
}

/// Lets `fill` put together a record behind the others in `out`.
#[inline]
pub(crate) fn line<const ROOM: usize>(out: &mut Vec<u8>, fill: impl FnOnce(&mut Line<'_, ROOM>)) {
    let start = out.len();
    out.extend_from_slice(&[0; ROOM]);
    let Some(room) = out.last_chunk_mut() else { return };
    let mut line = Line { room, len: 0 };
    fill(&mut line);
    let len = line.len;
    debug_assert!(len <= ROOM, "a record of {len} bytes does not fit");
    out.truncate(start + len);
}

impl<const ROOM: usize> Out for Line<'_, ROOM> {
    #[inline]
    fn put<const N: usize>(&mut self, bytes: &[u8; N], len: usize) {
        let slot = self.room.get_mut(self.len..).and_then(<[u8]>::first_chunk_mut);
        debug_assert!(slot.is_some(), "the room is too small");
        if let Some(slot) = slot {
            *slot = *bytes;
        }
        self.len += len;
    }

    fn whole(&mut self, bytes: &[u8]) {
        if let Some(slot) = self.room.get_mut(self.len..self.len + bytes.len()) {
            slot.copy_from_slice(bytes);
        }
        self.len += bytes.len();
    }
}

/// Appends the first `len` of some bytes.
#[inline]
pub(crate) fn cut<const N: usize>(out: &mut Vec<u8>, bytes: &[u8; N], len: usize) {
    let end = out.len() + len;
    out.extend_from_slice(bytes);
    out.truncate(end);
}

/// Appends a number below 10^8 with leading zeros up to `width` digits, 1 to 8.
#[inline]
pub(crate) fn padded(out: &mut Vec<u8>, value: u32, width: u32) {
    let digits = u64::from_le_bytes(eight(value));
    // What is too many stands in front, in the lowest bytes: shifted out, the rest moves to the
    // left end.
    cut(out, &(digits >> (8 * (8 - width))).to_le_bytes(), width as usize);
}

/// The digits of the numbers below 1,000 in three bytes, and how many they are in the fourth:
/// one look-up where spelling takes ten instructions, and small enough to stay in the first-level
/// cache.
static SMALL: [[u8; 4]; 1000] = {
    let mut table = [[0; 4]; 1000];
    let mut value = 0;
    while value < 1000 {
        let digits =
            [b'0' + (value / 100) as u8, b'0' + (value / 10 % 10) as u8, b'0' + (value % 10) as u8];
        table[value] = match value {
            0..10 => [digits[2], 0, 0, 1],
            10..100 => [digits[1], digits[2], 0, 2],
            _ => [digits[0], digits[1], digits[2], 3],
        };
        value += 1;
    }
    table
};

/// The same for hundredths behind a point, which have at least one digit: `.0`, `.5`, `.05`.
static HUNDREDTHS: [[u8; 4]; 100] = {
    let mut table = [[0; 4]; 100];
    let mut value = 0;
    while value < 100 {
        let len = if value % 10 == 0 { 2 } else { 3 };
        table[value] = [b'.', b'0' + (value / 10) as u8, b'0' + (value % 10) as u8, len];
        value += 1;
    }
    table
};

/// Appends a number without leading zeros.
#[expect(
    clippy::inline_always,
    reason = "a call takes as long as the look-up: measured, 3 of 28 ns of a user event"
)]
#[inline(always)]
pub(crate) fn unsigned(out: &mut impl Out, value: u32) {
    match SMALL.get(value as usize) {
        Some(text) => out.put(text, text[3].into()),
        None => unsigned_large(out, value),
    }
}

fn unsigned_large(out: &mut impl Out, value: u32) {
    match value {
        0..10_000 => out.put(&digits::four(value), 4),
        10_000..100_000_000 => {
            let digits = u64::from_le_bytes(eight(value));
            let zeros = leading_zeros(digits);
            out.put(&(digits >> (8 * zeros)).to_le_bytes(), (8 - zeros) as usize);
        }
        _ => {
            let text = SMALL[(value / 100_000_000) as usize];
            out.put(&text, text[3].into());
            out.put(&eight(value % 100_000_000), 8);
        }
    }
}

/// How many of the characters before the first other one are zeros; the first stands in the lowest
/// byte.
#[inline]
fn leading_zeros(characters: u64) -> u32 {
    (characters ^ u64::from_le_bytes([b'0'; 8])).trailing_zeros() / 8
}

/// The eight digits of a number below 10^8.
#[inline]
pub(crate) fn eight(value: u32) -> [u8; 8] {
    let half = |digits: [u8; 4]| u64::from(u32::from_le_bytes(digits));
    (half(digits::four(value / 10_000)) | half(digits::four(value % 10_000)) << 32).to_le_bytes()
}

/// Appends a number with a sign where it is negative.
#[inline]
pub(crate) fn signed(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    match u32::try_from(value.unsigned_abs()) {
        Ok(small) => unsigned(out, small),
        Err(_) => digits::unsigned(out, value.unsigned_abs()),
    }
}

/// Appends an amount of cents as [`json::cents`] does; it must not be negative.
#[inline]
pub(crate) fn cents(out: &mut Vec<u8>, cents: i64) {
    match u32::try_from(cents) {
        Ok(cents) => hundredths(out, cents),
        Err(_) => json::cents(out, cents),
    }
}

/// Appends a number of hundredths as JSON shows them: `12.34`, `12.3`, `12.0`.
#[inline]
pub(crate) fn hundredths(out: &mut impl Out, hundredths: u32) {
    unsigned(out, hundredths / 100);
    let text = HUNDREDTHS[(hundredths % 100) as usize];
    out.put(&text, text[3].into());
}

/// Appends 1e-4 degrees as the shortest text of the nearest double.
#[inline]
pub(crate) fn degrees(out: &mut Vec<u8>, units: i32) {
    if units < 0 {
        out.push(b'-');
    }
    let magnitude = units.unsigned_abs();
    unsigned(out, magnitude / 10_000);
    let fraction = digits::four(magnitude % 10_000);
    // The last digit stands in the highest byte; one digit stays even where all are zeros.
    let zeros = (u32::from_le_bytes(fraction) ^ u32::from_le_bytes(*b"0000")).leading_zeros() / 8;
    let [a, b, c, d] = fraction;
    cut(out, &[b'.', a, b, c, d], 5 - zeros.min(3) as usize);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text(append: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = b"before".to_vec();
        append(&mut out);
        String::from_utf8(out.split_off(6)).unwrap()
    }

    proptest! {
        #[test]
        fn numbers_are_what_format_writes(value in any::<u32>(), scale in 0u32..32, width in 1u32..=8) {
            let value = value >> scale;
            prop_assert_eq!(text(|out| unsigned(out, value)), value.to_string());
            let signs = [i64::from(value), -i64::from(value), i64::from(value) << scale, -(i64::from(value) << scale)];
            for number in signs {
                prop_assert_eq!(text(|out| signed(out, number)), number.to_string());
            }
            let narrow = value % 10u32.pow(width);
            prop_assert_eq!(text(|out| padded(out, narrow, width)), format!("{narrow:0width$}", width = width as usize));
        }

        #[test]
        fn amounts_are_what_the_encoder_writes(amount in 0..100_000_000_000_000i64, scale in 0u32..47) {
            let amount = amount >> scale;
            prop_assert_eq!(text(|out| cents(out, amount)), text(|out| json::cents(out, amount)));
        }

        #[test]
        fn a_text_of_any_length_is_whole(content in "[a-zé]{0,40}") {
            let snippet = Snippet::<16>::new(|out| out.extend_from_slice(content.as_bytes()));
            prop_assert_eq!(text(|out| snippet.append(out)), content);
        }
    }
}
