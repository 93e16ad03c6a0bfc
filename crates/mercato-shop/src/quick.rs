//! Appending short texts and small numbers without calling `memcpy`.
//!
//! A record of 430 bytes has thirty parts, most of them shorter than a cache line, and a call that copies a few bytes
//! costs more than the bytes. So a fixed number of bytes is copied, which compiles to one or two moves, and what is
//! too many is cut off again: measured, a third of the time of a record.

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
    pub(crate) fn append(&self, out: &mut Vec<u8>) {
        match &self.long {
            None => cut(out, &self.bytes, self.len),
            Some(segment) => segment.append(out),
        }
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
    // What is too many stands in front, in the lowest bytes: shifted out, the rest moves to the left end.
    cut(out, &(digits >> (8 * (8 - width))).to_le_bytes(), width as usize);
}

/// Appends a number without leading zeros.
#[inline]
pub(crate) fn unsigned(out: &mut Vec<u8>, value: u32) {
    match value {
        0..10 => out.push(b'0' + value as u8),
        10..10_000 => {
            let digits = u32::from_le_bytes(digits::four(value));
            let zeros = leading_zeros(u64::from(digits) | 0xff << 24);
            cut(out, &(digits >> (8 * zeros)).to_le_bytes(), (4 - zeros) as usize);
        }
        10_000..100_000_000 => {
            let digits = u64::from_le_bytes(eight(value));
            let zeros = leading_zeros(digits);
            cut(out, &(digits >> (8 * zeros)).to_le_bytes(), (8 - zeros) as usize);
        }
        _ => digits::unsigned(out, value.into()),
    }
}

/// How many of the characters before the first other one are zeros; the first stands in the lowest byte.
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
    let Ok(small @ 0..1_000_000) = u32::try_from(cents) else { return json::cents(out, cents) };
    let whole = u32::from_le_bytes(digits::four(small / 100));
    let zeros = leading_zeros(u64::from(whole) | 0xff << 24);
    let [_, _, tens, ones] = digits::four(small % 100);
    let point = u64::from(u32::from_le_bytes([b'.', tens, ones, 0]));
    let length = 4 - zeros;
    let text = u64::from(whole >> (8 * zeros)) | point << (8 * length);
    cut(out, &text.to_le_bytes(), length as usize + 2 + usize::from(ones != b'0'));
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
