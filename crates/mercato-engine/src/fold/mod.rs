//! The `Fold` trait: records that say what other records add up to, window by window.
//!
//! A stream adds what each of its records says to a row of integer counters
//! ([`Stream::accumulate`](crate::Stream::accumulator)).
//! There is one row for each window, and a fold renders the row of a window that is over.
//! Adding is associative and commutative, so slices are accumulated side by side and their rows
//! added up in any order;
//! a float or a maximum would not do, which is why a row holds integers and can only be added to.
//!
//! A fold's record stands at the last microsecond of its window, after everything else there:
//! whatever is counted in it comes before it, whatever comes after it is not. So no window is cut
//! by the end of a run, of a day's folder or of a shorter run that begins like a longer one.

mod accumulator;
mod erased;
mod meter;
mod run_fold;
mod windows;

use mercato_encode::{Layout, Writer};

pub use accumulator::Accumulator;
pub(crate) use erased::ErasedFold;
pub use erased::WindowRecord;
pub use meter::PartialAccumulator;
pub(crate) use meter::{Accumulation, Meter};
pub(crate) use run_fold::{FOLD_RANK, RunFold};
pub(crate) use windows::OpenWindows;

/// Records that are a function of what the records of other streams add up to in windows of event
/// time.
///
/// A run has one at most; see [`RunBuilder::folded`](crate::RunBuilder::folded).
pub trait Fold: Send + Sync + 'static {
    /// The name in commands, summaries and errors.
    fn name(&self) -> &'static str;

    /// The topic to which its records go.
    fn topic(&self) -> String;

    /// The windows, the shortest first; each must be a multiple of the one before.
    fn windows(&self) -> Vec<FoldWindow>;

    /// Number of counters in the row of a window, of every length alike.
    fn cells(&self) -> usize;

    /// Returns true if each record is checked before it may leave, as those of a
    /// [`Stream`](crate::Stream::CHECKED) are.
    fn is_checked(&self) -> bool {
        true
    }

    /// The records: their description, and what the fold knows of them before the first.
    fn layout(&self) -> Layout;

    /// Writes record `number` of a window that is over and whose counters are `cells`: its key, and
    /// the slots of the layout in order.
    fn write<W: Writer>(&self, window: Window, cells: &[i64], number: u16, writer: &mut W);
}

/// Windows of one length, one after the other: they begin where their length divides the time
/// since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoldWindow {
    /// The length in microseconds, at least 1 and at most [`FoldWindow::MAX_MICROS`].
    pub micros: i64,
    /// Number of records of each window.
    pub records: u16,
    /// The name of these records' kind, for counts by kind.
    pub kind: String,
}

impl FoldWindow {
    /// The longest window: a hundred days.
    pub const MAX_MICROS: i64 = 8_640_000_000_000;
}

/// A window of event time that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its length, an index into [`Fold::windows`].
    pub length: u8,
    /// First microsecond of the window since the Unix epoch.
    pub from: i64,
    /// First microsecond after it.
    pub to: i64,
    /// Number of the window among those of its length, from 0 for the one in which the run begins.
    pub number: u64,
}

impl Window {
    /// Event time of its records: its last microsecond.
    pub fn event_time(&self) -> i64 {
        self.to.saturating_sub(1)
    }
}

/// The window of `length` in which `at` lies begins here.
#[inline]
pub(crate) fn window_start(at: i64, length: i64) -> i64 {
    at.saturating_sub(at.rem_euclid(length.max(1)))
}
