//! What is remembered of earlier records: of the latest million keys, so that memory stays bounded.

use std::collections::{BTreeMap, VecDeque};

use xxhash_rust::xxh3::xxh3_64;

/// Keys that are remembered.
pub(super) const MOST: usize = 1_000_000;

/// Values of the keys that were last seen for the first time.
///
/// A key is known by 64 bits of its hash: two of a million are taken for one once in 37 million
/// times.
#[derive(Debug)]
pub(super) struct Recent<T> {
    values: BTreeMap<u64, T>,
    order: VecDeque<u64>,
    most: usize,
}

impl<T> Recent<T> {
    pub(super) fn new(most: usize) -> Self {
        Self { values: BTreeMap::new(), order: VecDeque::new(), most: most.max(1) }
    }

    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut T> {
        self.values.get_mut(&xxh3_64(key.as_bytes()))
    }

    /// The value before, if the key is known.
    pub(super) fn insert(&mut self, key: &str, value: T) -> Option<T> {
        let key = xxh3_64(key.as_bytes());
        let before = self.values.insert(key, value);
        if before.is_none() {
            self.order.push_back(key);
            if self.order.len() > self.most {
                self.order.pop_front().map(|oldest| self.values.remove(&oldest));
            }
        }
        before
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
        assert_eq!(recent.get_mut("a"), None);
        assert_eq!(recent.values.len(), 2);
        assert_eq!(recent.get_mut("b"), Some(&mut 2));
    }
}
