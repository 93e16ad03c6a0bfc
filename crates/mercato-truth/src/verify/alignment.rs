//! One partition: what should be in it against what is, as a machine without input and output.
//!
//! While both sides agree, nothing is remembered.
//! A record that does not match waits under its content until its partner turns up on the other
//! side.
//! A partner behind everything matched so far extends the [`Backbone`] and both sides are in step
//! again:
//! that is how a deleted or an inserted record costs one entry and not the rest of the file.
//! A partner before the last match has been displaced; whether that breaks the order of a key is
//! found out later.

use mercato_engine::Key;

use super::backbone::Backbone;
use super::content::{Content, key_hash};
use super::expected::Expected;
use super::pending::Pending;
use crate::records::Found;

/// How many bytes of a value are kept to be shown.
const KEPT_BYTES: usize = 4096;

/// An expected record that has not been found.
#[derive(Debug)]
pub(super) struct Awaited {
    /// Its place in the run; none for a header.
    pub(super) at: Option<Key>,
    pub(super) key_hash: u64,
}

/// A record that was found and not expected where it is.
#[derive(Debug)]
pub(super) struct Stray {
    /// The partition into which its key belongs.
    pub(super) home: u32,
    /// Line number or offset.
    pub(super) position: u64,
    pub(super) text: Option<Text>,
}

/// A record as it was found, to be shown.
#[derive(Debug)]
pub(super) struct Text {
    pub(super) key: Box<[u8]>,
    pub(super) value: Box<[u8]>,
}

/// A record that was found off the backbone.
#[derive(Debug)]
pub(super) struct Displaced {
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
    pub(super) backbone: Backbone,
    pub(super) awaited: Pending<Awaited>,
    pub(super) strays: Pending<Stray>,
    pub(super) displaced: Vec<Displaced>,
    /// Number of records that were expected so far.
    pub(super) expected: u64,
    /// Number of records that were found so far.
    pub(super) actual: u64,
    /// How many more strays may keep their text.
    texts_left: usize,
}

impl Alignment {
    /// An alignment of nothing, that keeps the texts of at most `texts` strays at a time.
    pub(super) fn new(texts: usize) -> Self {
        Self {
            backbone: Backbone::default(),
            awaited: Pending::default(),
            strays: Pending::default(),
            displaced: Vec::new(),
            expected: 0,
            actual: 0,
            texts_left: texts,
        }
    }

    /// Whether the next record of one side should be the next of the other.
    #[inline]
    pub(super) fn in_step(&self) -> bool {
        !self.awaited.is_ahead() && !self.strays.is_ahead()
    }

    /// Whether the next record that is found may be one that is awaited.
    pub(super) fn waits(&self) -> bool {
        self.awaited.is_ahead()
    }

    /// Both sides are in step and their next records are the same.
    #[inline]
    pub(super) fn agree(&mut self) {
        self.backbone.push(self.expected, self.actual);
        self.expected += 1;
        self.actual += 1;
    }

    /// Takes the next expected record, and says whether it had been found already.
    pub(super) fn expect(&mut self, content: Content, record: &Expected<'_>) -> bool {
        let number = self.expected;
        self.expected += 1;
        let awaited = Awaited { at: record.at, key_hash: key_hash(record.key) };
        if let Some((actual, stray)) = self.strays.take(content, self.backbone.end().1) {
            self.texts_left += usize::from(stray.text.is_some());
            self.pair(number, actual, &awaited, stray.position);
            return true;
        }
        self.awaited.push(content, number, awaited);
        false
    }

    /// Counts an expected record that nothing that was found can be.
    pub(super) fn skip(&mut self) {
        self.expected += 1;
    }

    /// Takes the next record that was found, and says whether it had been awaited.
    pub(super) fn meet(&mut self, content: Content, home: u32, record: &Found<'_>) -> bool {
        let number = self.actual;
        self.actual += 1;
        if let Some((expected, awaited)) = self.awaited.take(content, self.backbone.end().0) {
            self.pair(expected, number, &awaited, record.position);
            return true;
        }
        let text = self.text(record);
        self.strays.push(content, number, Stray { home, position: record.position, text });
        false
    }

    fn text(&mut self, record: &Found<'_>) -> Option<Text> {
        self.texts_left = self.texts_left.checked_sub(1)?;
        let kept = |bytes: &[u8]| Box::from(&bytes[..bytes.len().min(KEPT_BYTES)]);
        Some(Text { key: kept(record.key), value: kept(record.value) })
    }

    fn pair(&mut self, expected: u64, actual: u64, awaited: &Awaited, position: u64) {
        let end = self.backbone.end();
        if expected < end.0 || actual < end.1 {
            let Awaited { at, key_hash } = *awaited;
            self.displaced.push(Displaced { at, key_hash, expected, actual, position });
            return;
        }
        self.backbone.push(expected, actual);
        self.awaited.matched_up_to(expected + 1);
        self.strays.matched_up_to(actual + 1);
    }
}
