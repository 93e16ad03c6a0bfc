//! The identity of two records: what they hold, as numbers.
//!
//! Records that passed another JSON library have other bytes: other blanks, another order of keys,
//! `1.5` for `1.50`. They hold the same values, so that contents are made of values and not of bytes.
//! A record that is no JSON, such as a record that was broken on purpose, is its bytes.

use mercato_schema::Description;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::records::{Document, Row, append_text, is_text};

/// A record's value and, where records are found with keys, its key.
///
/// Two records that differ have the same content with a probability of 2^-128;
/// records that stand where they should are compared byte by byte and need none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Content {
    /// Hash of the value.
    pub(super) value: u128,
    /// [`key_hash`], or 0 where keys are unknown.
    pub(super) identity: u64,
}

impl Content {
    /// The least and the greatest content with this one's value.
    pub(super) fn any_key(self) -> (Self, Self) {
        (Self { identity: 0, ..self }, Self { identity: u64::MAX, ..self })
    }
}

/// A number that stands for a key.
pub(super) fn key_hash(key: &[u8]) -> u64 {
    xxh3_64(key)
}

/// A number that stands for the bytes of a value.
pub(super) fn bytes_hash(value: &[u8]) -> u128 {
    xxh3_128(value)
}

/// The form of the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    /// JSON.
    Json,
    /// Rows of CSV; of each column, whether its cells are texts.
    Rows(Vec<bool>),
}

impl Form {
    /// Rows of the records that `description` describes.
    pub(super) fn rows(description: &Description) -> Self {
        let leaves = description.leaves();
        Self::Rows(leaves.iter().map(|leaf| is_text(&leaf.field.kind)).collect())
    }
}

/// Makes contents, with room for what they are made of.
#[derive(Debug)]
pub(super) struct Contents {
    form: Form,
    has_keys: bool,
    document: Document,
    row: Row,
    canonical: Vec<u8>,
}

impl Contents {
    /// Contents of records of this form, which are found with their keys or without.
    pub(super) fn new(form: Form, has_keys: bool) -> Self {
        let (document, row) = (Document::default(), Row::default());
        Self { form, has_keys, document, row, canonical: Vec::new() }
    }

    /// The content of a record.
    pub(super) fn of(&mut self, key: &[u8], value: &[u8]) -> Content {
        Content { value: self.value(value), identity: self.identity(key) }
    }

    /// The content of a record among records none of which was written anew: of its bytes.
    pub(super) fn of_bytes(&self, key: &[u8], value: &[u8]) -> Content {
        Content { value: bytes_hash(value), identity: self.identity(key) }
    }

    /// Returns whether two values are the same though their bytes are not.
    pub(super) fn are_equal(&mut self, one: &[u8], other: &[u8]) -> bool {
        self.value(one) == self.value(other)
    }

    fn identity(&self, key: &[u8]) -> u64 {
        if self.has_keys { key_hash(key) } else { 0 }
    }

    fn value(&mut self, value: &[u8]) -> u128 {
        let Self { form, document, row, canonical, .. } = self;
        canonical.clear();
        match form {
            Form::Json if document.read(value) => document.append_canonical(canonical),
            Form::Json => return bytes_hash(value),
            Form::Rows(are_texts) => {
                row.read(value);
                for (index, cell) in row.cells().enumerate() {
                    let is_text = are_texts.get(index).copied().unwrap_or(true);
                    append_cell(cell, is_text, document, canonical);
                }
            }
        }
        xxh3_128(canonical)
    }
}

fn append_cell(cell: &[u8], is_text: bool, document: &mut Document, canonical: &mut Vec<u8>) {
    if !is_text && document.read(cell) {
        document.append_canonical(canonical);
    } else {
        append_text(cell, canonical);
    }
    canonical.push(b',');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_compared_by_their_cells() {
        let mut contents = Contents::new(Form::Rows(vec![true, false, false]), false);
        for (one, other) in
            [("a,72.0,x", "\"a\",72,x"), ("a,1.50,\"[1, 2]\"", "a,15e-1,\"[1,2.0]\"")]
        {
            assert!(contents.are_equal(one.as_bytes(), other.as_bytes()), "{one} {other}");
        }
        for (one, other) in
            [("1.0,2,", "1,2,"), ("a,72.0,", "a,72.01,"), ("a,1,", "a,1"), ("a,1,", "a,,1")]
        {
            assert!(!contents.are_equal(one.as_bytes(), other.as_bytes()), "{one} {other}");
        }
    }

    #[test]
    fn broken_records_are_their_bytes() {
        let mut contents = Contents::new(Form::Json, true);
        assert!(contents.are_equal(b"{\"a\": 1}", b"{\"a\":1.0}"));
        assert!(!contents.are_equal(b"{\"a\": 1", b"{\"a\":1"));
        assert_ne!(contents.of(b"k", b"1"), contents.of(b"l", b"1"));
    }
}
