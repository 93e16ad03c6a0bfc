//! The groups of one window, found by their keys.
//!
//! A hash table of its own, because folding ten million records is mostly looking up their groups:
//! a tree compares its way down for each record and takes longer for that than the record for being
//! made.
//! Nothing depends on the hash but speed; groups leave in the order of their keys.

use super::Total;

/// Groups with their counts and totals.
#[derive(Debug)]
pub(super) struct Groups {
    numbers: usize,
    /// One more than the index of a group, or zero; as many as a power of two.
    slots: Vec<u32>,
    entries: Vec<Entry>,
    /// As many for each group as numbers are folded.
    totals: Vec<Total>,
}

#[derive(Debug)]
struct Entry {
    hash: u64,
    key: Box<[u8]>,
    count: u64,
}

/// Slots of a window without groups.
const SLOTS: usize = 64;

impl Groups {
    /// No groups, of `numbers` totals each.
    pub(super) fn new(numbers: usize) -> Self {
        Self { numbers, slots: vec![0; SLOTS], entries: Vec::new(), totals: Vec::new() }
    }

    /// Counts a record of the group `key`, which is new if need be, and gives the group's totals.
    #[inline]
    pub(super) fn count(&mut self, key: &[u8]) -> &mut [Total] {
        let hash = hash(key);
        let mask = self.slots.len() - 1;
        let mut slot = hash as usize & mask;
        let group = loop {
            let Some(group) = (self.slots[slot] as usize).checked_sub(1) else {
                break self.insert(hash, key);
            };
            let entry = &self.entries[group];
            if entry.hash == hash && *entry.key == *key {
                break group;
            }
            slot = (slot + 1) & mask;
        };
        self.entries[group].count += 1;
        &mut self.totals[group * self.numbers..][..self.numbers]
    }

    /// Takes all groups out, each with its key, count and totals.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = (Box<[u8]>, u64, Vec<Total>)> {
        self.slots.clear();
        self.slots.resize(SLOTS, 0);
        let (numbers, totals) = (self.numbers, std::mem::take(&mut self.totals));
        let entries = std::mem::take(&mut self.entries).into_iter().enumerate();
        entries.map(move |(group, entry)| {
            (entry.key, entry.count, totals[group * numbers..][..numbers].to_vec())
        })
    }

    #[cold]
    fn insert(&mut self, hash: u64, key: &[u8]) -> usize {
        self.entries.push(Entry { hash, key: key.into(), count: 0 });
        self.totals.resize(self.totals.len() + self.numbers, Total::default());
        if self.entries.len() * 2 > self.slots.len() {
            let slots = self.slots.len() * 2;
            self.slots.clear();
            self.slots.resize(slots, 0);
            (0..self.entries.len()).for_each(|group| self.place(group));
        } else {
            self.place(self.entries.len() - 1);
        }
        self.entries.len() - 1
    }

    fn place(&mut self, group: usize) {
        let mask = self.slots.len() - 1;
        let mut slot = self.entries[group].hash as usize & mask;
        while self.slots[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        self.slots[slot] = group as u32 + 1;
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
        fn groups_are_counted_as_a_map_counts_them(keys in prop::collection::vec("[a-c]{0,12}", 0..600)) {
            let mut groups = Groups::new(1);
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for _ in 0..2 {
                expected.clear();
                for key in &keys {
                    groups.count(key.as_bytes())[0].add(key.len() as i64);
                    *expected.entry(key.clone()).or_default() += 1;
                }
                let counted: BTreeMap<String, u64> = groups
                    .drain()
                    .map(|(key, count, totals)| {
                        assert_eq!((totals[0].count, totals[0].sum), (count, i128::from(count) * key.len() as i128));
                        (String::from_utf8(key.into()).unwrap(), count)
                    })
                    .collect();
                prop_assert_eq!(&counted, &expected);
            }
        }
    }
}
