//! The meter: what the records of a slice add up to, window by window.

use super::{Tally, window_start};

/// The windows in which the records of a slice are tallied.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tallying {
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
pub struct PartialTally {
    /// First microsecond of the window.
    pub(crate) window: i64,
    /// Counters that are not 0.
    pub(crate) cells: Box<[(u32, i64)]>,
    /// Every record before has been tallied: windows that end here or before are over.
    pub(crate) complete: i64,
}

/// Adds up the records of a slice in their current window.
pub(crate) struct Meter {
    tallying: Tallying,
    row: Tally,
    /// First microsecond of the window.
    window: i64,
    /// Last microsecond of the window.
    last: i64,
}

impl Meter {
    /// Before the first record: that one turns to its window, so that those before it are known to
    /// be complete.
    pub(crate) fn new(tallying: Tallying, mut row: Tally) -> Self {
        // What a slice that failed has left behind is not read.
        row.reset(tallying.cells);
        Self { tallying, row, window: i64::MIN, last: i64::MIN }
    }

    /// Returns true if the window ends before `at`.
    #[inline]
    pub(crate) fn is_over(&self, at: i64) -> bool {
        at > self.last
    }

    #[inline]
    pub(crate) fn row(&mut self) -> &mut Tally {
        &mut self.row
    }

    /// Goes on to the window in which `at` lies; what the one before adds up to.
    pub(crate) fn turn(&mut self, at: i64) -> PartialTally {
        let (window, cells) = (self.window, self.row.take());
        self.window = window_start(at, self.tallying.length);
        self.last = self.window.saturating_add(self.tallying.length - 1);
        PartialTally { window, cells, complete: self.window.min(self.tallying.over) }
    }

    /// The sums of the last window, and the row to be used again.
    pub(crate) fn end(mut self) -> (PartialTally, Tally) {
        let partial = PartialTally {
            window: self.window,
            cells: self.row.take(),
            complete: self.tallying.complete,
        };
        (partial, self.row)
    }
}
