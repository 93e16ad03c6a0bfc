//! One partition: what should be in it against what is, as a machine without input and output.
//!
//! While both sides agree, nothing is remembered.
//! A record that does not match waits under its content until its partner turns up on the other
//! side.
//! A partner after everything matched so far extends the [`MatchChain`] and both sides are in step
//! again:
//! that is how a deleted or an inserted record costs one entry and not the rest of the file.
//! A partner before the last match has been moved; whether that breaks the order of a key is
//! found out later.

use mercato_engine::Key;

use super::content::{Content, bytes_hash, key_hash};
use super::expected::Expected;
use super::match_chain::MatchChain;
use super::pending::Pending;
use crate::records::Found;

/// Bytes of a value that are kept to be shown.
const KEPT_BYTES: usize = 4096;

/// An expected record that has not been found.
#[derive(Debug)]
pub(super) struct Missing {
    /// Its place in the run; none for a header.
    pub(super) at: Option<Key>,
    pub(super) key_hash: u64,
    /// [`bytes_hash`] of its value.
    bytes: u128,
}

/// A record that was found and not expected where it is.
#[derive(Debug)]
pub(super) struct Extra {
    /// The partition into which its key belongs.
    pub(super) home: u32,
    /// Line number or offset.
    pub(super) position: u64,
    /// [`bytes_hash`] of its value.
    pub(super) bytes: u128,
    pub(super) text: Option<Text>,
}

/// A record as it was found, to be shown.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) key: Box<[u8]>,
    pub(super) value: Box<[u8]>,
}

/// A record that was found off the chain.
#[derive(Debug)]
pub(super) struct Moved {
    pub(super) at: Option<Key>,
    pub(super) key_hash: u64,
    pub(super) expected: u64,
    pub(super) actual: u64,
    /// Line number or offset.
    pub(super) position: u64,
}

/// Both sides of one partition, numbered from 0.
#[derive(Debug)]
pub(super) struct Alignment {
    pub(super) chain: MatchChain,
    pub(super) missing: Pending<Missing>,
    pub(super) extras: Pending<Extra>,
    pub(super) moved: Vec<Moved>,
    /// Number of records that were expected so far.
    pub(super) expected: u64,
    /// Number of records that were found so far.
    pub(super) actual: u64,
    /// True once a record was found with the value and not the bytes that it should have.
    pub(super) by_value: bool,
    /// Number of further extras that may keep their text.
    texts_left: usize,
}

impl Alignment {
    /// An alignment of nothing, that keeps the texts of at most `texts` extras at a time.
    pub(super) fn new(texts: usize) -> Self {
        Self {
            chain: MatchChain::default(),
            missing: Pending::default(),
            extras: Pending::default(),
            moved: Vec::new(),
            expected: 0,
            actual: 0,
            by_value: false,
            texts_left: texts,
        }
    }

    /// Returns whether the next record of one side should be the next of the other.
    #[inline]
    pub(super) fn in_step(&self) -> bool {
        !self.missing.is_ahead() && !self.extras.is_ahead()
    }

    /// Returns whether the next record that is found may be one that is missing.
    pub(super) fn waits(&self) -> bool {
        self.missing.is_ahead()
    }

    /// Both sides are in step and their next records are the same.
    #[inline]
    pub(super) fn agree(&mut self) {
        self.chain.push(self.expected, self.actual);
        self.expected += 1;
        self.actual += 1;
    }

    /// Takes the next expected record, and returns whether it was found already.
    pub(super) fn expect(&mut self, content: Content, record: &Expected<'_>) -> bool {
        let number = self.expected;
        self.expected += 1;
        let (key_hash, bytes) = (key_hash(record.key), bytes_hash(record.value));
        let missing = Missing { at: record.at, key_hash, bytes };
        if let Some((actual, extra)) = self.extras.take(content, self.chain.end().1) {
            self.texts_left += usize::from(extra.text.is_some());
            self.by_value |= extra.bytes != bytes;
            self.pair(number, actual, &missing, extra.position);
            return true;
        }
        self.missing.push(content, number, missing);
        false
    }

    /// Counts an expected record that nothing that was found can be.
    pub(super) fn skip(&mut self) {
        self.expected += 1;
    }

    /// Takes the next record that was found, and returns whether it was missing until now.
    pub(super) fn meet(&mut self, content: Content, home: u32, record: &Found<'_>) -> bool {
        let number = self.actual;
        self.actual += 1;
        let bytes = bytes_hash(record.value);
        if let Some((expected, missing)) = self.missing.take(content, self.chain.end().0) {
            self.by_value |= missing.bytes != bytes;
            self.pair(expected, number, &missing, record.position);
            return true;
        }
        let text = self.text(record);
        self.extras.push(content, number, Extra { home, position: record.position, bytes, text });
        false
    }

    fn text(&mut self, record: &Found<'_>) -> Option<Text> {
        self.texts_left = self.texts_left.checked_sub(1)?;
        let kept = |bytes: &[u8]| Box::from(&bytes[..bytes.len().min(KEPT_BYTES)]);
        Some(Text { key: kept(record.key), value: kept(record.value) })
    }

    fn pair(&mut self, expected: u64, actual: u64, missing: &Missing, position: u64) {
        let end = self.chain.end();
        if expected < end.0 || actual < end.1 {
            let Missing { at, key_hash, .. } = *missing;
            self.moved.push(Moved { at, key_hash, expected, actual, position });
            return;
        }
        self.chain.push(expected, actual);
        self.missing.matched_up_to(expected + 1);
        self.extras.matched_up_to(actual + 1);
    }
}
