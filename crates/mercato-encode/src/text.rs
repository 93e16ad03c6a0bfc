//! Texts that were rendered once and are copied into every record after that.

use crate::Out;

/// A short text, copied as a fixed number of bytes; longer than `N` bytes, it is copied the usual way.
#[derive(Debug, Clone)]
pub(crate) struct InlineText<const N: usize> {
    bytes: [u8; N],
    len: usize,
    /// The whole text where it is longer than `N`.
    long: Box<[u8]>,
}

impl<const N: usize> InlineText<N> {
    pub(crate) fn new(text: &[u8]) -> Self {
        let (mut bytes, len) = ([0; N], text.len());
        let Some(short) = bytes.get_mut(..len) else {
            return Self { bytes, len, long: text.into() };
        };
        short.copy_from_slice(text);
        Self { bytes, len, long: Box::default() }
    }

    /// Appends the text.
    #[inline]
    pub(crate) fn append(&self, out: &mut impl Out) {
        if self.len <= N { out.put(&self.bytes, self.len) } else { out.extend(&self.long) }
    }
}

/// Many texts one after the other, found by their numbers.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    bytes: Box<[u8]>,
    /// Where each text begins, and its length.
    spans: Box<[(u32, u32)]>,
}

/// Bytes after the last text, so that any of them may be copied together with what follows it.
const SLACK: usize = 128;

impl Texts {
    pub(crate) fn new(texts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let (mut bytes, mut spans) = (Vec::new(), Vec::new());
        for text in texts {
            spans.push((bytes.len() as u32, text.len() as u32));
            bytes.extend_from_slice(&text);
        }
        bytes.extend_from_slice(&[0; SLACK]);
        Self { bytes: bytes.into(), spans: spans.into() }
    }

    /// Appends a text; nothing if there is none of that number.
    #[expect(
        clippy::inline_always,
        reason = "part of every record, whose place must not be passed by address"
    )]
    #[inline(always)]
    pub(crate) fn append(&self, number: usize, out: &mut impl Out) {
        let Some((start, len)) = self.spans.get(number) else { return };
        let (text, len) = (&self.bytes[*start as usize..], *len as usize);
        match text.first_chunk::<SLACK>() {
            Some(chunk) if len <= 32 => out.put(first_half(first_half_of_128(chunk)), len),
            Some(chunk) if len <= 64 => out.put(first_half_of_128(chunk), len),
            Some(chunk) if len <= SLACK => out.put(chunk, len),
            _ => out.extend(&text[..len]),
        }
    }
}

#[inline]
fn first_half_of_128(chunk: &[u8; SLACK]) -> &[u8; 64] {
    chunk.first_chunk().unwrap_or(&[0; 64])
}

#[inline]
fn first_half(chunk: &[u8; 64]) -> &[u8; 32] {
    chunk.first_chunk().unwrap_or(&[0; 32])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_text_of_any_length_is_whole(texts in prop::collection::vec("[a-zé]{0,400}", 1..8)) {
            let table = Texts::new(texts.iter().map(|text| text.as_bytes().to_vec()));
            for (number, text) in texts.iter().enumerate() {
                let mut out = b"before".to_vec();
                table.append(number, &mut out);
                InlineText::<16>::new(text.as_bytes()).append(&mut out);
                prop_assert_eq!(String::from_utf8(out).unwrap(), format!("before{text}{text}"));
            }
            let mut out = Vec::new();
            table.append(texts.len(), &mut out);
            prop_assert!(out.is_empty());
        }
    }
}
