//! Records of one side that have found no partner yet.

use std::collections::{BTreeMap, VecDeque};

use super::content::Content;

/// Records by content and number, and which of them lie ahead of the last match.
#[derive(Debug)]
pub(super) struct Pending<T> {
    records: BTreeMap<(Content, u64), T>,
    /// Numbers of the records after the last match, ascending.
    ahead: VecDeque<u64>,
}

impl<T> Default for Pending<T> {
    fn default() -> Self {
        Self { records: BTreeMap::new(), ahead: VecDeque::new() }
    }
}

impl<T> Pending<T> {
    /// Returns whether a record lies ahead of the last match.
    #[inline]
    pub(super) fn is_ahead(&self) -> bool {
        !self.ahead.is_empty()
    }

    /// Adds the newest record.
    pub(super) fn push(&mut self, content: Content, number: u64, record: T) {
        self.records.insert((content, number), record);
        self.ahead.push_back(number);
    }

    /// Takes the first record of this content from `number` on, or else the first there is.
    pub(super) fn take(&mut self, content: Content, number: u64) -> Option<(u64, T)> {
        let all = (content, 0)..=(content, u64::MAX);
        let found = self.records.range((content, number)..=(content, u64::MAX)).next();
        let key = *found.or_else(|| self.records.range(all).next())?.0;
        self.records.remove(&key).map(|record| (key.1, record))
    }

    /// Takes the first record of this value, whatever its key.
    pub(super) fn take_value(&mut self, content: Content) -> Option<(u64, T)> {
        let (from, to) = content.any_key();
        let key = *self.records.range((from, 0)..=(to, u64::MAX)).next()?.0;
        self.records.remove(&key).map(|record| (key.1, record))
    }

    /// Returns whether there is a record of this value, whatever its key.
    pub(super) fn has_value(&self, content: Content) -> bool {
        let (from, to) = content.any_key();
        self.records.range((from, 0)..=(to, u64::MAX)).next().is_some()
    }

    /// The last match is now just before `number`: what is older no longer lies ahead.
    pub(super) fn matched_up_to(&mut self, number: u64) {
        while self.ahead.front().is_some_and(|front| *front < number) {
            self.ahead.pop_front();
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Content, u64, &T)> {
        self.records.iter().map(|((content, number), record)| (*content, *number, record))
    }

    /// The records in the order of their numbers.
    pub(super) fn into_ordered(self) -> Vec<(Content, u64, T)> {
        let mut records: Vec<_> = self
            .records
            .into_iter()
            .map(|((content, number), record)| (content, number, record))
            .collect();
        records.sort_unstable_by_key(|(_, number, _)| *number);
        records
    }
}
