//! Finds moved records that stand on the wrong side of another of their key.
//!
//! A record off the chain of matches may merely have changed places with records of other keys, which no
//! consumer of a keyed topic may rely on.
//! For each moved record the stretch of the run is known whose records stand on its other side;
//! a second walk over the run tells whether one of them has its key.
//! That takes two counts a moved record, however many records the key has.

use std::collections::BTreeMap;

use super::alignment::Moved;
use super::content::key_hash;
use super::match_chain::MatchChain;

/// Reads a count of a key's records before the record numbered `number`.
#[derive(Debug, Clone, Copy)]
struct Reading {
    number: u64,
    moved: usize,
    at_end: bool,
}

/// One partition's moved records, and a walk over what should be in it.
#[derive(Debug)]
pub(super) struct OrderCheck<'a> {
    chain: &'a MatchChain,
    moved: &'a [Moved],
    /// In the order of their numbers.
    readings: Vec<Reading>,
    read: usize,
    /// Records of the chain so far, for each key that has moved records.
    counts: BTreeMap<u64, u64>,
    /// For each moved record, the counts at both ends of its stretch.
    ends: Vec<[u64; 2]>,
    number: u64,
}

impl<'a> OrderCheck<'a> {
    pub(super) fn new(chain: &'a MatchChain, moved: &'a [Moved]) -> Self {
        let mut readings: Vec<Reading> = Vec::with_capacity(2 * moved.len());
        for (index, record) in moved.iter().enumerate() {
            let reached = chain.reached_before(record.actual);
            let (from, to) = (reached.min(record.expected), reached.max(record.expected));
            readings.push(Reading { number: from, moved: index, at_end: false });
            readings.push(Reading { number: to, moved: index, at_end: true });
        }
        readings.sort_unstable_by_key(|reading| reading.number);
        let counts = moved.iter().map(|record| (record.key_hash, 0)).collect();
        Self { chain, moved, readings, read: 0, counts, ends: vec![[0; 2]; moved.len()], number: 0 }
    }

    /// Takes the key of the next record of the run in this partition.
    #[inline]
    pub(super) fn feed(&mut self, key: &[u8]) {
        if self.moved.is_empty() {
            return;
        }
        self.read_up_to(self.number);
        if let Some(count) = self.counts.get_mut(&key_hash(key))
            && self.chain.contains(self.number)
        {
            *count += 1;
        }
        self.number += 1;
    }

    /// Returns for each moved record whether it is out of order within its key.
    pub(super) fn finish(mut self) -> Vec<bool> {
        self.read_up_to(u64::MAX);
        let mut out_of_order: Vec<bool> = self.ends.iter().map(|[from, to]| from != to).collect();
        let mut rest: Vec<usize> =
            (0..self.moved.len()).filter(|index| !out_of_order[*index]).collect();
        rest.sort_unstable_by_key(|index| self.moved[*index].actual);
        let mut latest: BTreeMap<u64, u64> = BTreeMap::new();
        for index in rest {
            let Moved { key_hash, expected, .. } = self.moved[index];
            let latest = latest.entry(key_hash).or_default();
            out_of_order[index] = expected < *latest;
            *latest = expected.max(*latest);
        }
        out_of_order
    }

    fn read_up_to(&mut self, number: u64) {
        while let Some(reading) =
            self.readings.get(self.read).filter(|reading| reading.number <= number)
        {
            let key = self.moved[reading.moved].key_hash;
            let count = self.counts.get(&key).copied().unwrap_or_default();
            self.ends[reading.moved][usize::from(reading.at_end)] = count;
            self.read += 1;
        }
    }
}
