//! The memory of earlier records: of the latest million keys, so that memory stays bounded.

use std::collections::VecDeque;
use std::hash::{BuildHasherDefault, Hasher};

use xxhash_rust::xxh3::xxh3_64;

/// Keys that are remembered.
pub(super) const MOST: usize = 1_000_000;

#[expect(clippy::disallowed_types, reason = "only look-ups happen, and its hasher has no secret")]
type Table<T> = std::collections::HashMap<u64, T, BuildHasherDefault<Plain>>;

/// Values of the keys that were last seen for the first time.
///
/// A key is known by 64 bits of its hash: two of a million are taken for one once in 37 million
/// times.
/// A hash table and no tree: with a million keys a tree costs twenty cache misses a look-up.
#[derive(Debug)]
pub(super) struct Recent<T> {
    values: Table<T>,
    order: VecDeque<u64>,
    most: usize,
}

impl<T> Recent<T> {
    pub(super) fn new(most: usize) -> Self {
        Self { values: Table::default(), order: VecDeque::new(), most: most.max(1) }
    }

    /// Returns true if there was no key yet.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Returns true if the next new key makes another one forgotten, or has already.
    pub(super) fn is_full(&self) -> bool {
        self.values.len() >= self.most
    }

    pub(super) fn get(&self, key: &str) -> Option<&T> {
        self.values.get(&hash(key))
    }

    /// The value of `key`, which is the default if the key is new.
    pub(super) fn entry(&mut self, key: &str) -> &mut T
    where
        T: Default,
    {
        let key = hash(key);
        if !self.values.contains_key(&key) {
            self.remember(key);
        }
        self.values.entry(key).or_default()
    }

    /// The value before, if the key is known.
    pub(super) fn insert(&mut self, key: &str, value: T) -> Option<T> {
        let key = hash(key);
        let before = self.values.insert(key, value);
        if before.is_none() {
            self.remember(key);
        }
        before
    }

    fn remember(&mut self, key: u64) {
        self.order.push_back(key);
        if self.order.len() > self.most {
            self.order.pop_front().map(|oldest| self.values.remove(&oldest));
        }
    }
}

/// The hash by which a text is known.
pub(super) fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes())
}

/// Takes a key that is a hash already as it is.
#[derive(Debug, Default)]
pub(super) struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_key_is_forgotten() {
        let mut recent = Recent::new(2);
        assert_eq!(
            [recent.insert("a", 1), recent.insert("b", 2), recent.insert("a", 3)],
            [None, None, Some(1)]
        );
        assert_eq!(recent.insert("c", 4), None);
        assert_eq!(recent.get("a"), None);
        assert_eq!(recent.values.len(), 2);
        assert_eq!(recent.get("b"), Some(&2));
        *recent.entry("d") += 7;
        assert_eq!((recent.get("b"), recent.get("d"), recent.values.len()), (None, Some(&7), 2));
    }
}
