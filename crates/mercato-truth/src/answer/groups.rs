//! Groups of records, found by their keys, and what is known of each.

use std::ops::ControlFlow;

use super::keys::Keys;

/// Takes the groups of a window that has ended, with its bounds.
pub(super) type Closed<'a> = &'a mut dyn FnMut(Option<(i64, i64)>, &Groups) -> ControlFlow<()>;

/// The accumulated numbers of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Total {
    /// Records that have the field.
    pub(super) count: u64,
    /// Their sum, in units of the field's last digit.
    pub(super) sum: i128,
    /// The smallest of them.
    pub(super) min: Option<i64>,
    /// The largest of them.
    pub(super) max: Option<i64>,
}

impl Total {
    #[inline]
    pub(super) fn add(&mut self, number: i64) {
        self.count += 1;
        self.sum += i128::from(number);
        self.min = Some(self.min.map_or(number, |min| min.min(number)));
        self.max = Some(self.max.map_or(number, |max| max.max(number)));
    }

    fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.min = [self.min, other.min].into_iter().flatten().min();
        self.max = [self.max, other.max].into_iter().flatten().max();
    }
}

/// The values of one field by their keys, with the number of records of each.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    keys: Keys,
    counts: Vec<u64>,
}

impl Tally {
    #[inline]
    pub(super) fn add(&mut self, key: &[u8], count: u64) {
        let number = self.keys.number(key);
        if number == self.counts.len() {
            self.counts.push(0);
        }
        self.counts[number] += count;
    }

    /// Number of different values.
    pub(super) fn len(&self) -> usize {
        self.counts.len()
    }

    /// The values with their numbers of records.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.keys.iter().zip(self.counts.iter().copied())
    }
}

/// How many of each there are to a group.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sizes {
    pub(super) totals: usize,
    pub(super) firsts: usize,
    pub(super) lasts: usize,
    pub(super) tallies: usize,
}

/// What is known of the records of one group.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    pub(super) count: u64,
    pub(super) totals: Box<[Total]>,
    /// Keys of the first values that are there; empty where none is yet.
    pub(super) firsts: Box<[Vec<u8>]>,
    /// Keys of the last values that are there.
    pub(super) lasts: Box<[Vec<u8>]>,
    pub(super) tallies: Box<[Tally]>,
}

impl Group {
    pub(super) fn new(sizes: Sizes) -> Self {
        Self {
            count: 0,
            totals: vec![Total::default(); sizes.totals].into(),
            firsts: vec![Vec::new(); sizes.firsts].into(),
            lasts: vec![Vec::new(); sizes.lasts].into(),
            tallies: vec![Tally::default(); sizes.tallies].into(),
        }
    }

    /// Adds the records of `later`, which come after all of these.
    fn merge(&mut self, later: &Self) {
        self.count += later.count;
        for (total, other) in self.totals.iter_mut().zip(&later.totals) {
            total.merge(other);
        }
        let firsts = self.firsts.iter_mut().zip(&later.firsts);
        for (first, other) in firsts.filter(|(first, _)| first.is_empty()) {
            first.clone_from(other);
        }
        let lasts = self.lasts.iter_mut().zip(&later.lasts);
        for (last, other) in lasts.filter(|(_, other)| !other.is_empty()) {
            last.clone_from(other);
        }
        for (tally, other) in self.tallies.iter_mut().zip(&later.tallies) {
            other.iter().for_each(|(key, count)| tally.add(key, count));
        }
    }
}

/// Groups by their keys.
#[derive(Debug, Clone, Default)]
pub(super) struct Groups {
    sizes: Sizes,
    keys: Keys,
    found: Vec<Group>,
}

impl Groups {
    /// No groups, each of which will have so much.
    pub(super) fn new(sizes: Sizes) -> Self {
        Self { sizes, ..Self::default() }
    }

    /// The group of this key, which is new if need be.
    #[inline]
    pub(super) fn group(&mut self, key: &[u8]) -> &mut Group {
        let number = self.keys.number(key);
        if number == self.found.len() {
            self.found.push(Group::new(self.sizes));
        }
        &mut self.found[number]
    }

    /// The groups with their keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&[u8], &Group)> {
        self.keys.iter().zip(&self.found)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds the records of `later`, which come after all of these.
    pub(super) fn merge(&mut self, later: &Self) {
        later.iter().for_each(|(key, group)| self.group(key).merge(group));
    }

    /// Forgets the groups and keeps the memory.
    pub(super) fn clear(&mut self) {
        self.keys.clear();
        self.found.clear();
    }

    /// Takes the groups out.
    pub(super) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::new(self.sizes))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn groups(records: &[(u8, i64)]) -> Groups {
        let mut groups = Groups::new(Sizes { totals: 1, firsts: 1, lasts: 1, tallies: 1 });
        for (key, number) in records {
            let group = groups.group(&[*key]);
            group.count += 1;
            group.totals[0].add(*number);
            let value = number.to_le_bytes();
            if group.firsts[0].is_empty() {
                group.firsts[0].extend_from_slice(&value);
            }
            group.lasts[0] = value.to_vec();
            group.tallies[0].add(&value, 1);
        }
        groups
    }

    type Known = (Vec<u8>, u64, Total, [Vec<u8>; 2], Vec<(Vec<u8>, u64)>);

    fn known(groups: &Groups) -> Vec<Known> {
        let all = groups.iter().map(|(key, group)| {
            let values =
                group.tallies[0].iter().map(|(key, count)| (key.to_vec(), count)).collect();
            let ends = [group.firsts[0].clone(), group.lasts[0].clone()];
            (key.to_vec(), group.count, group.totals[0], ends, values)
        });
        all.collect()
    }

    proptest! {
        #[test]
        fn merged_groups_are_those_of_all_records(
            records in prop::collection::vec((0u8..5, -9i64..9), 0..60),
            cut in 0usize..60,
        ) {
            let (before, after) = records.split_at(cut.min(records.len()));
            let mut merged = groups(before);
            merged.merge(&groups(after));
            prop_assert_eq!(known(&merged), known(&groups(&records)));
        }
    }
}
