//! The meter: what the records of a slice add up to, window by window.

use super::{Accumulator, window_start};

/// The windows in which the records of a slice are accumulated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Accumulation {
    /// Length of the shortest windows.
    pub(crate) length: i64,
    /// Counters in a row.
    pub(crate) cells: usize,
    /// Windows that end here or before are complete after the slice.
    pub(crate) complete: i64,
    /// Windows that end later are not over when the run ends.
    pub(crate) over: i64,
}

/// The sums of a slice's records in one window, and how far windows are complete.
#[derive(Debug)]
pub struct PartialAccumulator {
    /// First microsecond of the window.
    pub(crate) window: i64,
    /// Counters that are not 0.
    pub(crate) cells: Box<[(u32, i64)]>,
    /// Every record before has been accumulated: windows that end here or before are over.
    pub(crate) complete: i64,
}

/// Adds up the records of a slice in their current window.
pub(crate) struct Meter {
    accumulation: Accumulation,
    row: Accumulator,
    /// First microsecond of the window.
    window: i64,
    /// Last microsecond of the window.
    last: i64,
}

impl Meter {
    /// Before the first record: that one turns to its window, so that those before it are known to
    /// be complete.
    pub(crate) fn new(accumulation: Accumulation, mut row: Accumulator) -> Self {
        // What a slice that failed has left behind is not read.
        row.reset(accumulation.cells);
        Self { accumulation, row, window: i64::MIN, last: i64::MIN }
    }

    /// Returns true if the window ends before `at`.
    #[inline]
    pub(crate) fn is_over(&self, at: i64) -> bool {
        at > self.last
    }

    #[inline]
    pub(crate) fn row(&mut self) -> &mut Accumulator {
        &mut self.row
    }

    /// Goes on to the window in which `at` lies; what the one before adds up to.
    pub(crate) fn turn(&mut self, at: i64) -> PartialAccumulator {
        let (window, cells) = (self.window, self.row.take());
        self.window = window_start(at, self.accumulation.length);
        self.last = self.window.saturating_add(self.accumulation.length - 1);
        PartialAccumulator { window, cells, complete: self.window.min(self.accumulation.over) }
    }

    /// The sums of the last window, and the row to be used again.
    pub(crate) fn end(mut self) -> (PartialAccumulator, Accumulator) {
        let partial = PartialAccumulator {
            window: self.window,
            cells: self.row.take(),
            complete: self.accumulation.complete,
        };
        (partial, self.row)
    }
}
