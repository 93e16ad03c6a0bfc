//! Windows with fixed places, made of stretches side by side: each record is folded once, into its
//! stretch, however many windows hold it.
//!
//! Records come in the order of event time, so a stretch is complete when a record behind it comes;
//! one window ends with each stretch.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::groups::{Closed, Groups};
use super::windows::Grid;

/// The windows that records may still come for.
#[derive(Debug)]
pub(super) struct Panes {
    grid: Grid,
    /// The stretch that records are folded into now, and its end; none before the first.
    current: Option<i64>,
    end: i64,
    pub(super) groups: Groups,
    /// Complete stretches of the windows that have not ended, in order; those of cumulative windows
    /// are together in one.
    past: VecDeque<(i64, Groups)>,
}

impl Panes {
    pub(super) fn new(grid: Grid, groups: Groups) -> Self {
        Self { grid, current: None, end: i64::MIN, groups, past: VecDeque::new() }
    }

    /// The first microsecond at which another stretch begins.
    #[inline]
    pub(super) fn end(&self) -> i64 {
        self.end
    }

    /// Goes on to the stretch that holds `at`, and closes the windows that have ended by then.
    #[cold]
    pub(super) fn go_to(&mut self, at: i64, closed: Closed<'_>) -> ControlFlow<()> {
        let next = self.grid.index(at);
        self.close_before(next, closed)?;
        self.current = Some(next);
        self.end = self.grid.start(next + 1);
        ControlFlow::Continue(())
    }

    /// Closes the windows that end before stretch `next` or with its beginning.
    pub(super) fn close_before(&mut self, next: i64, closed: Closed<'_>) -> ControlFlow<()> {
        let Some(current) = self.current.take() else { return ControlFlow::Continue(()) };
        let Grid { stretches, is_cumulative, .. } = self.grid;
        if stretches == 1 {
            let bounds = (self.grid.start(current), self.grid.start(current + 1));
            let flow = closed(Some(bounds), &self.groups);
            self.groups.clear();
            return flow;
        }
        if is_cumulative {
            self.close_cumulative(current, next, closed)
        } else {
            self.close_hopping(current, next, closed)
        }
    }

    fn close_hopping(&mut self, current: i64, next: i64, closed: Closed<'_>) -> ControlFlow<()> {
        let stretches = self.grid.stretches;
        self.past.push_back((current, self.groups.take()));
        for last in current..next.min(current + stretches) {
            let first = last - stretches + 1;
            while self.past.front().is_some_and(|(index, _)| *index < first) {
                self.past.pop_front();
            }
            self.past.iter().for_each(|(_, groups)| self.groups.merge(groups));
            let bounds = (self.grid.start(first), self.grid.start(last + 1));
            closed(Some(bounds), &self.groups)?;
            self.groups.clear();
        }
        ControlFlow::Continue(())
    }

    fn close_cumulative(&mut self, current: i64, next: i64, closed: Closed<'_>) -> ControlFlow<()> {
        let first = current - current.rem_euclid(self.grid.stretches);
        let behind = first + self.grid.stretches;
        let all = match self.past.pop_front() {
            Some((_, mut before)) => {
                before.merge(&self.groups);
                self.groups.clear();
                before
            }
            None => self.groups.take(),
        };
        for last in current..next.min(behind) {
            let (start, end) = (self.grid.start(last), self.grid.start(last + 1));
            // What clocks skip has no length, so no window ends with it.
            if start < end {
                closed(Some((self.grid.start(first), end)), &all)?;
            }
        }
        if next < behind {
            self.past.push_back((first, all));
        }
        ControlFlow::Continue(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::answer::Windows;
    use crate::answer::groups::Sizes;

    type Counts = BTreeMap<(i64, i64), u64>;

    const MILLI: i64 = 1_000;

    fn folded(windows: &str, offset: i64, times: &[i64]) -> Counts {
        let windows: Windows = windows.parse().unwrap();
        let offset = mercato_units::Duration::from_micros(offset * MILLI);
        let grid = Grid::new(windows, offset, None).unwrap().unwrap();
        let mut panes = Panes::new(grid, Groups::new(Sizes::default()));
        let (mut counts, mut before) = (Counts::new(), i64::MIN);
        let mut closed = |bounds: Option<(i64, i64)>, groups: &Groups| {
            let bounds = bounds.unwrap();
            assert!(bounds.1 >= before, "windows come in the order of their ends");
            before = bounds.1;
            let count = groups.iter().map(|(_, group)| group.count).sum::<u64>();
            if count > 0 {
                assert_eq!(counts.insert(bounds, count), None, "each window comes once");
            }
            ControlFlow::Continue(())
        };
        for at in times {
            if *at >= panes.end() {
                let _ = panes.go_to(*at, &mut closed);
            }
            panes.groups.group(b"").count += 1;
        }
        let _ = panes.close_before(i64::MAX, &mut closed);
        counts
    }

    /// The windows of each time by their definition, in milliseconds.
    fn expected(size: i64, step: i64, offset: i64, is_cumulative: bool, times: &[i64]) -> Counts {
        let mut counts = Counts::new();
        for at in times.iter().map(|micros| micros.div_euclid(MILLI)) {
            for start in at - size..=at {
                let begins = (start - offset).rem_euclid(if is_cumulative { size } else { step });
                let lengths: Vec<i64> = if is_cumulative {
                    (1..=size / step).map(|steps| steps * step).collect()
                } else {
                    vec![size]
                };
                for length in
                    lengths.into_iter().filter(|length| begins == 0 && start + length > at)
                {
                    *counts.entry((start * MILLI, (start + length) * MILLI)).or_default() += 1;
                }
            }
        }
        counts
    }

    proptest! {
        #[test]
        fn windows_hold_the_records_of_their_definition(
            step in 1i64..9,
            steps in 1i64..6,
            offset in 0i64..100,
            mut times in prop::collection::vec(-200_000i64..200_000, 0..40),
        ) {
            times.sort_unstable();
            let size = step * steps;
            let offset = offset % size;
            for (kind, is_cumulative) in [("hopping", false), ("cumulative", true)] {
                let windows = format!("{kind}:{size}ms/{step}ms");
                prop_assert_eq!(
                    folded(&windows, offset, &times),
                    expected(size, step, offset, is_cumulative, &times),
                    "{}", windows
                );
            }
            let tumbling = folded(&format!("{size}ms"), offset, &times);
            prop_assert_eq!(tumbling, expected(size, size, offset, false, &times));
        }
    }
}
