//! Numbers of keys in the order in which they came, found by a hash.
//!
//! A hash table of its own, because folding ten million records is mostly looking up their groups:
//! a tree compares its way down for each record and takes longer for that than the record for being
//! made.
//! Nothing depends on the hash but speed.

/// Keys by their numbers, and the way back.
#[derive(Debug, Clone, Default)]
pub(super) struct Keys {
    /// One more than the number of a key, or zero; as many as a power of two, or none.
    slots: Vec<u32>,
    entries: Vec<(u64, Box<[u8]>)>,
}

/// Slots with the first key.
const SLOTS: usize = 16;

impl Keys {
    /// The keys in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.entries.iter().map(|(_, key)| &**key)
    }

    /// Forgets the keys and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.slots.fill(0);
        self.entries.clear();
    }

    /// The number of `key`, which is that of the keys before it if it is new.
    #[inline]
    pub(super) fn number(&mut self, key: &[u8]) -> usize {
        let hash = hash(key);
        if !self.slots.is_empty() {
            let mask = self.slots.len() - 1;
            let mut slot = hash as usize & mask;
            while let Some(number) = (self.slots[slot] as usize).checked_sub(1) {
                let (known, text) = &self.entries[number];
                if *known == hash && **text == *key {
                    return number;
                }
                slot = (slot + 1) & mask;
            }
        }
        self.insert(hash, key)
    }

    #[cold]
    fn insert(&mut self, hash: u64, key: &[u8]) -> usize {
        self.entries.push((hash, key.into()));
        if self.entries.len() * 2 > self.slots.len() {
            let slots = (self.slots.len() * 2).max(SLOTS);
            self.slots.clear();
            self.slots.resize(slots, 0);
            (0..self.entries.len()).for_each(|number| self.place(number));
        } else {
            self.place(self.entries.len() - 1);
        }
        self.entries.len() - 1
    }

    fn place(&mut self, number: usize) {
        let mask = self.slots.len() - 1;
        let mut slot = self.entries[number].0 as usize & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = number as u32 + 1;
    }
}

/// Mixes eight bytes at a time; keys are short.
#[inline]
fn hash(key: &[u8]) -> u64 {
    let mix = |hash: u64, word: u64| {
        let product = u128::from(hash ^ word) * u128::from(0x9e37_79b9_7f4a_7c15_u64);
        product as u64 ^ (product >> u64::BITS) as u64
    };
    let (words, rest) = key.as_chunks::<8>();
    let hash = words.iter().fold(key.len() as u64 ^ 0x2545_f491_4f6c_dd1d, |hash, word| {
        mix(hash, u64::from_le_bytes(*word))
    });
    let last = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    mix(hash, last)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_have_the_number_of_their_first_coming(texts in prop::collection::vec("[a-c]{0,12}", 0..600)) {
            let mut keys = Keys::default();
            for _ in 0..2 {
                keys.clear();
                let mut expected: BTreeMap<&str, usize> = BTreeMap::new();
                for text in &texts {
                    let next = expected.len();
                    let number = *expected.entry(text).or_insert(next);
                    prop_assert_eq!(keys.number(text.as_bytes()), number);
                }
                prop_assert_eq!(keys.iter().count(), expected.len());
                prop_assert!(keys.iter().enumerate().all(|(number, key)| expected[std::str::from_utf8(key).unwrap()] == number));
            }
        }
    }
}
