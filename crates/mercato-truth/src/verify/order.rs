//! Whether records that were displaced stand on the wrong side of another of their key.
//!
//! A record off the backbone may merely have changed places with records of other keys, which no
//! consumer of a keyed topic may rely on.
//! For each displaced record the stretch of the run is known whose records stand on its other side;
//! a second walk over the run tells whether one of them has its key.
//! That takes two counts a displaced record, however many records the key has.

use std::collections::BTreeMap;

use super::alignment::Displaced;
use super::backbone::Backbone;
use super::content::key_hash;

/// Reads a count of a key's records before the record numbered `number`.
#[derive(Debug, Clone, Copy)]
struct Reading {
    number: u64,
    displaced: usize,
    at_end: bool,
}

/// One partition's displaced records, and a walk over what should be in it.
#[derive(Debug)]
pub(super) struct OrderCheck<'a> {
    backbone: &'a Backbone,
    displaced: &'a [Displaced],
    /// In the order of their numbers.
    readings: Vec<Reading>,
    read: usize,
    /// Records of the backbone so far, for each key that has displaced records.
    counts: BTreeMap<u64, u64>,
    /// For each displaced record, the counts at both ends of its stretch.
    ends: Vec<[u64; 2]>,
    number: u64,
}

impl<'a> OrderCheck<'a> {
    pub(super) fn new(backbone: &'a Backbone, displaced: &'a [Displaced]) -> Self {
        let mut readings: Vec<Reading> = Vec::with_capacity(2 * displaced.len());
        for (index, record) in displaced.iter().enumerate() {
            let reached = backbone.reached_before(record.actual);
            let (from, to) = (reached.min(record.expected), reached.max(record.expected));
            readings.push(Reading { number: from, displaced: index, at_end: false });
            readings.push(Reading { number: to, displaced: index, at_end: true });
        }
        readings.sort_unstable_by_key(|reading| reading.number);
        let counts = displaced.iter().map(|record| (record.key_hash, 0)).collect();
        Self {
            backbone,
            displaced,
            readings,
            read: 0,
            counts,
            ends: vec![[0; 2]; displaced.len()],
            number: 0,
        }
    }

    /// Takes the key of the next record of the run in this partition.
    #[inline]
    pub(super) fn feed(&mut self, key: &[u8]) {
        if self.displaced.is_empty() {
            return;
        }
        self.read_up_to(self.number);
        if let Some(count) = self.counts.get_mut(&key_hash(key))
            && self.backbone.contains(self.number)
        {
            *count += 1;
        }
        self.number += 1;
    }

    /// Which of the displaced records are out of order within their key.
    pub(super) fn finish(mut self) -> Vec<bool> {
        self.read_up_to(u64::MAX);
        let mut out_of_order: Vec<bool> = self.ends.iter().map(|[from, to]| from != to).collect();
        let mut rest: Vec<usize> =
            (0..self.displaced.len()).filter(|index| !out_of_order[*index]).collect();
        rest.sort_unstable_by_key(|index| self.displaced[*index].actual);
        let mut latest: BTreeMap<u64, u64> = BTreeMap::new();
        for index in rest {
            let Displaced { key_hash, expected, .. } = self.displaced[index];
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
            let key = self.displaced[reading.displaced].key_hash;
            let count = self.counts.get(&key).copied().unwrap_or_default();
            self.ends[reading.displaced][usize::from(reading.at_end)] = count;
            self.read += 1;
        }
    }
}
