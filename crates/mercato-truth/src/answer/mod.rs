//! The answer key: what a consumer with tumbling event-time windows must arrive at.
//!
//! It comes from configuration, seed and origin alone: the run is evaluated with its fields read
//! instead of encoded, and folded window by window. Sums are integers in units of a field's last
//! digit, so they are exact to the cent.
//! Faults that are made on purpose are no part of it: it says what the records were meant to be.
//!
//! Memory is one window's groups.

mod columns;
mod groups;
mod project;
mod query;
mod reduced;
mod write;

use mercato_encode::Batch;
use mercato_engine::{EngineError, FieldKind, Run};

pub use columns::{Columns, Cut};
use groups::Groups;
pub use project::{Projected, Projection};
pub use query::{Aggregate, Query, QueryError};
pub use reduced::{Reduced, Reduction};
pub use write::{AnswerFormat, header};

/// What one aggregate has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Total {
    /// Records that have the field.
    pub count: u64,
    /// Their sum, in units of the field's last digit.
    pub sum: i128,
    /// The smallest of them.
    pub min: Option<i64>,
    /// The largest of them.
    pub max: Option<i64>,
}

impl Total {
    #[inline]
    fn add(&mut self, number: i64) {
        self.count += 1;
        self.sum += i128::from(number);
        self.min = Some(self.min.map_or(number, |min| min.min(number)));
        self.max = Some(self.max.map_or(number, |max| max.max(number)));
    }
}

/// One group of one window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Values of the fields that are grouped by, in the order of the query; `None` where a record
    /// has none.
    pub by: Vec<Option<String>>,
    /// Records of the group.
    pub count: u64,
    /// One for each field that is aggregated, in the order of [`Query::folded`].
    pub totals: Vec<Total>,
}

/// The groups of one window, in the order of their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// First microsecond since the Unix epoch.
    pub from: i64,
    /// First microsecond behind it.
    pub to: i64,
    /// Its groups; a window without records is left out.
    pub groups: Vec<Group>,
}

/// Folds a run of [`Projected`] streams or of [`Columns`] into windows, one after the other.
///
/// `each` takes a window when no record can come for it any more, and says whether to go on.
pub fn answer(
    run: &Run,
    query: &Query,
    mut each: impl FnMut(&Window) -> bool,
) -> Result<(), EngineError> {
    let mut fold = Fold::new(query);
    let mut batches = run.batches()?;
    while let Some(batch) = batches.next() {
        for index in 0..batch.len() {
            if let Some(window) = fold.add(&batch, index)
                && !each(&window)
            {
                return Ok(());
            }
        }
        batches.recycle(batch);
    }
    if let Some(window) = fold.close() {
        each(&window);
    }
    Ok(())
}

/// The window that is being folded.
struct Fold {
    width: i64,
    numbers: usize,
    grouped: usize,
    from: i64,
    to: i64,
    groups: Groups,
}

impl Fold {
    fn new(query: &Query) -> Self {
        let (numbers, grouped) = (query.folded().len(), query.by().len());
        let groups = Groups::new(numbers);
        Self {
            width: query.window_micros(),
            numbers,
            grouped,
            from: i64::MIN,
            to: i64::MIN,
            groups,
        }
    }

    /// Adds a record; returns the window before, if the record begins another.
    #[inline]
    fn add(&mut self, batch: &Batch, index: usize) -> Option<Window> {
        let at = batch.spans()[index].stamp.event_time;
        let closed = if at >= self.to { self.close() } else { None };
        if at >= self.to {
            self.from = at - at.rem_euclid(self.width);
            self.to = self.from.saturating_add(self.width);
        }
        let (numbers, key) = project::parts(batch.value(index), self.numbers);
        for (total, number) in self.groups.count(key).iter_mut().zip(numbers) {
            if let Some(number) = project::number(number) {
                total.add(number);
            }
        }
        closed
    }

    fn close(&mut self) -> Option<Window> {
        let grouped = self.grouped;
        let group = |(key, count, totals): (Box<[u8]>, _, _)| Group {
            by: project::texts(&key, grouped),
            count,
            totals,
        };
        let mut groups: Vec<Group> = self.groups.drain().map(group).collect();
        groups.sort_by(|a, b| a.by.cmp(&b.by));
        (!groups.is_empty()).then_some(Window { from: self.from, to: self.to, groups })
    }
}

/// Digits behind the point of a field's values.
fn digits_of(kind: FieldKind) -> u32 {
    match kind {
        FieldKind::Decimal(digits) => digits,
        FieldKind::Text | FieldKind::Integer => 0,
    }
}
