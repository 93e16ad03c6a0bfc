//! The match chain: the records that match in the order of the run.
//!
//! Both sides are numbered from 0.
//! The chain is the chain of matches in which both numbers rise; it is kept as stretches without
//! a break, so it grows with the differences and not with the run.

/// Matches without a break: the next record of one side is the next of the other.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    expected: u64,
    actual: u64,
    length: u64,
}

/// All stretches, in order.
#[derive(Debug, Default)]
pub(super) struct MatchChain(Vec<Stretch>);

impl MatchChain {
    /// The numbers just after the last match.
    #[inline]
    pub(super) fn end(&self) -> (u64, u64) {
        self.0
            .last()
            .map_or((0, 0), |last| (last.expected + last.length, last.actual + last.length))
    }

    /// Adds a match that lies after all others on both sides.
    #[inline]
    pub(super) fn push(&mut self, expected: u64, actual: u64) {
        match self.0.last_mut() {
            Some(last)
                if (last.expected + last.length, last.actual + last.length)
                    == (expected, actual) =>
            {
                last.length += 1;
            }
            _ => self.0.push(Stretch { expected, actual, length: 1 }),
        }
    }

    /// Number of stretches that begin at or before `expected`: for a record without a match, its
    /// gap.
    pub(super) fn gap_of_expected(&self, expected: u64) -> usize {
        self.0.partition_point(|stretch| stretch.expected <= expected)
    }

    /// Number of stretches that begin at or before `actual`: for a record without a match, its gap.
    pub(super) fn gap_of_actual(&self, actual: u64) -> usize {
        self.0.partition_point(|stretch| stretch.actual <= actual)
    }

    /// The expected number that follows the last match before `actual`, a number that is in no
    /// stretch.
    pub(super) fn reached_before(&self, actual: u64) -> u64 {
        let before = self.gap_of_actual(actual).checked_sub(1).map(|last| self.0[last]);
        before.map_or(0, |stretch| stretch.expected + stretch.length)
    }

    /// Returns whether the record numbered `expected` is part of the chain.
    pub(super) fn contains(&self, expected: u64) -> bool {
        let before = self.gap_of_expected(expected).checked_sub(1).map(|last| self.0[last]);
        before.is_some_and(|stretch| expected < stretch.expected + stretch.length)
    }
}
