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
    let end = out.len() + width as usize;
    // Moved to the left end of eight digits, so that what is too many comes last.
    digits::eight(out, value * POWERS[(8 - width) as usize]);
    out.truncate(end);
}

const POWERS: [u32; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// Appends a number without leading zeros.
#[inline]
pub(crate) fn unsigned(out: &mut Vec<u8>, value: u32) {
    if value < 100_000_000 {
        padded(out, value, value.checked_ilog10().unwrap_or(0) + 1);
    } else {
        digits::unsigned(out, value.into());
    }
}

/// Appends an amount of cents as [`json::cents`] does; it must not be negative.
#[inline]
pub(crate) fn cents(out: &mut Vec<u8>, cents: i64) {
    let Ok(small) = u32::try_from(cents) else { return json::cents(out, cents) };
    unsigned(out, small / 100);
    let (tens, ones) = (small / 10 % 10, small % 10);
    let end = out.len() + 2 + usize::from(ones > 0);
    out.extend_from_slice(&[b'.', b'0' + tens as u8, b'0' + ones as u8]);
    out.truncate(end);
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
