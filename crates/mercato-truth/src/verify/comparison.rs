//! The first pass: the run and what is there, side by side.
//!
//! Bytes are compared first, and values only where bytes differ.

use std::collections::BTreeMap;

use mercato_engine::Key;

use super::alignment::Alignment;
use super::content::{Content, Contents, Form};
use super::expected::Expected;
use crate::records::{Actual, Found, Layout};

/// Extras that keep their text, over all partitions: with 4 KiB each, at most 4 MiB.
const TEXTS: usize = 1024;

/// A missing record of which nothing more needs to be known.
#[derive(Debug)]
pub(super) struct Lost {
    pub(super) partition: u32,
    pub(super) number: u64,
    pub(super) at: Option<Key>,
}

/// Every partition's alignment, and what is missing at the end.
#[derive(Debug)]
pub(super) struct Comparison {
    pub(super) layout: Layout,
    pub(super) contents: Contents,
    pub(super) partitions: Vec<Alignment>,
    /// Number of records that were lost at the end.
    pub(super) lost: u64,
    /// Number of records of both sides without a partner.
    open: u64,
    /// The first of the lost.
    pub(super) first_lost: Vec<Lost>,
    keep: usize,
    ended: Vec<bool>,
    /// Once all partitions have ended: extras that a missing record of this key may have become, by
    /// partition and key.
    candidates: Option<BTreeMap<(u32, u64), u64>>,
}

impl Comparison {
    /// A comparison of records of this form that remembers `keep` of those that are lost at the end.
    pub(super) fn new(layout: Layout, form: Form, keep: usize) -> Self {
        let count = layout.partitions() as usize;
        let texts = (TEXTS / count).max(1);
        Self {
            layout,
            contents: Contents::new(form, layout.has_keys()),
            partitions: (0..count).map(|_| Alignment::new(texts)).collect(),
            lost: 0,
            open: 0,
            first_lost: Vec::new(),
            keep,
            ended: vec![false; count],
            candidates: None,
        }
    }

    /// Compares the next expected record with the next of its partition.
    #[inline]
    pub(super) fn compare<A: Actual>(
        &mut self,
        expected: &Expected<'_>,
        actual: &mut A,
    ) -> Result<(), A::Error> {
        let index = expected.partition as usize;
        if self.ended[index] || !self.partitions[index].in_step() {
            return self.search(expected, actual);
        }
        self.compare_next(expected, actual)
    }

    #[inline]
    fn compare_next<A: Actual>(
        &mut self,
        expected: &Expected<'_>,
        actual: &mut A,
    ) -> Result<(), A::Error> {
        let keyed = self.layout.has_keys();
        match actual.next(expected.partition)? {
            Some(found)
                if found.value == expected.value && (!keyed || found.key == expected.key) =>
            {
                self.partitions[expected.partition as usize].agree();
                Ok(())
            }
            Some(found) if self.are_equal(expected, &found) => {
                let alignment = &mut self.partitions[expected.partition as usize];
                alignment.by_value = true;
                alignment.agree();
                Ok(())
            }
            Some(found) => {
                self.expect(expected);
                if self.meet(expected.partition, &found) {
                    self.catch_up(expected.partition, actual)?;
                }
                Ok(())
            }
            None => {
                self.end(expected.partition);
                self.search(expected, actual)
            }
        }
    }

    /// Takes what is left when nothing more is expected, as long as so many open records are
    /// `accepted`;
    /// says whether everything was taken.
    pub(super) fn finish<A: Actual>(
        &mut self,
        actual: &mut A,
        accepted: impl Fn(u64) -> bool,
    ) -> Result<bool, A::Error> {
        for partition in 0..self.layout.partitions() {
            while !self.ended[partition as usize] {
                if !accepted(self.open()) {
                    return Ok(false);
                }
                self.pull(partition, actual)?;
            }
        }
        Ok(true)
    }

    /// Number of records of both sides without a partner.
    pub(super) fn open(&self) -> u64 {
        self.open
    }

    /// Finds the expected record's place while both sides are out of step.
    ///
    /// A record that is missing already gets the first chance of the next record that is there:
    /// otherwise a copy right before its original's neighbour would look as if the neighbour had
    /// been moved.
    fn search<A: Actual>(
        &mut self,
        expected: &Expected<'_>,
        actual: &mut A,
    ) -> Result<(), A::Error> {
        if self.candidates.is_some() && self.is_lost(expected) {
            self.lose(expected);
            return Ok(());
        }
        let index = expected.partition as usize;
        if !self.partitions[index].waits() {
            self.expect(expected);
            return self.catch_up(expected.partition, actual);
        }
        self.catch_up(expected.partition, actual)?;
        if !self.ended[index] && self.partitions[index].in_step() {
            return self.compare_next(expected, actual);
        }
        self.expect(expected);
        Ok(())
    }

    /// Pulls until both sides are in step, at most one record that was not expected.
    ///
    /// With one a time both sides look equally far ahead: a block that was deleted costs as much as
    /// one inserted.
    fn catch_up<A: Actual>(&mut self, partition: u32, actual: &mut A) -> Result<(), A::Error> {
        let index = partition as usize;
        while !self.ended[index] && self.partitions[index].waits() {
            if !self.pull(partition, actual)? {
                break;
            }
        }
        Ok(())
    }

    /// Takes the next record that is there, and returns whether it was missing until now.
    fn pull<A: Actual>(&mut self, partition: u32, actual: &mut A) -> Result<bool, A::Error> {
        if let Some(found) = actual.next(partition)? {
            return Ok(self.meet(partition, &found));
        }
        self.end(partition);
        Ok(false)
    }

    fn expect(&mut self, expected: &Expected<'_>) {
        let content = self.content(expected.key, expected.value);
        let alignment = &mut self.partitions[expected.partition as usize];
        self.open = if alignment.expect(content, expected) { self.open - 1 } else { self.open + 1 };
    }

    fn meet(&mut self, partition: u32, found: &Found<'_>) -> bool {
        let content = self.content(found.key, found.value);
        let home = self.layout.partition_of(found.key);
        let missing = self.partitions[partition as usize].meet(content, home, found);
        self.open = if missing { self.open - 1 } else { self.open + 1 };
        missing
    }

    fn content(&mut self, key: &[u8], value: &[u8]) -> Content {
        self.contents.of(key, value)
    }

    /// Returns whether a record that has other bytes holds the same.
    fn are_equal(&mut self, expected: &Expected<'_>, found: &Found<'_>) -> bool {
        (!self.layout.has_keys() || found.key == expected.key)
            && self.contents.are_equal(expected.value, found.value)
    }

    fn end(&mut self, partition: u32) {
        self.ended[partition as usize] = true;
        if self.ended.contains(&false) {
            return;
        }
        let mut candidates = BTreeMap::new();
        for (partition, alignment) in (0..).zip(&self.partitions) {
            for (content, ..) in alignment.extras.iter() {
                *candidates.entry((partition, content.identity)).or_default() += 1;
            }
        }
        self.candidates = Some(candidates);
    }

    /// Returns whether `expected` is missing without any doubt: everything has been read, and nothing that
    /// was found without having been expected can be it or can have become of it.
    ///
    /// Without this, the rest of a run of which a file holds the beginning would have to be
    /// remembered.
    fn is_lost(&mut self, expected: &Expected<'_>) -> bool {
        if self.candidates.as_ref().is_some_and(BTreeMap::is_empty) {
            return true;
        }
        let content = self.content(expected.key, expected.value);
        if self.partitions.iter().any(|alignment| alignment.extras.has_value(content)) {
            return false;
        }
        let slot = (expected.partition, content.identity);
        match self.candidates.as_mut().and_then(|candidates| candidates.get_mut(&slot)) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        }
    }

    fn lose(&mut self, expected: &Expected<'_>) {
        let alignment = &mut self.partitions[expected.partition as usize];
        if self.first_lost.len() < self.keep {
            let Expected { partition, at, .. } = *expected;
            self.first_lost.push(Lost { partition, number: alignment.expected, at });
        }
        alignment.skip();
        self.lost += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// Numbers as records, made as they are asked for.
    struct Numbers<I>(I, String);

    impl<I: Iterator<Item = u64>> Actual for Numbers<I> {
        type Error = Infallible;

        fn layout(&self) -> Layout {
            Layout::Lines
        }

        fn next(&mut self, _: u32) -> Result<Option<Found<'_>>, Infallible> {
            let Some(number) = self.0.next() else { return Ok(None) };
            self.1 = number.to_string();
            Ok(Some(Found { key: b"", value: self.1.as_bytes(), position: number }))
        }
    }

    /// The most records that wait for a partner while 0 to 99,999 are compared with `actual`.
    fn most_remembered(actual: impl Iterator<Item = u64>) -> usize {
        let mut actual = Numbers(actual, String::new());
        let mut comparison = Comparison::new(Layout::Lines, Form::Json, 10);
        let mut most = 0;
        for number in 0..100_000 {
            let value = number.to_string();
            let expected = Expected { partition: 0, key: b"", value: value.as_bytes(), at: None };
            comparison.compare(&expected, &mut actual).unwrap();
            let side = &comparison.partitions[0];
            most = most
                .max(side.missing.iter().count() + side.extras.iter().count() + side.moved.len());
        }
        assert!(comparison.finish(&mut actual, |_| true).unwrap());
        most
    }

    #[test]
    fn memory_grows_with_the_differences_only() {
        assert_eq!(most_remembered(0..100_000), 0, "all there");
        assert_eq!(most_remembered(0..0), 0, "nothing there");
        assert_eq!(most_remembered(0..10), 0, "the rest missing");
        assert!(
            most_remembered((0..10).chain([1_000_000])) <= 4,
            "the rest missing behind a cut record"
        );
        assert!(most_remembered((0..100_000).filter(|number| *number != 5)) <= 3, "one missing");
        assert!(
            most_remembered((0..100_000).map(|number| if number == 5 {
                1_000_000
            } else {
                number
            })) <= 4
        );
        assert!(most_remembered((0..5).chain(4..100_000)) <= 3, "one doubled");
        assert!(most_remembered((0..5).chain(90..100_000)) <= 3 * 90, "a block missing");
    }
}
