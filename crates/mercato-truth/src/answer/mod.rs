//! The answer key: what a consumer with tumbling event-time windows must arrive at.
//!
//! It comes from configuration, seed and origin alone: the run is evaluated with its fields read
//! instead of encoded, and folded window by window. Sums are integers in units of a field's last
//! digit, so they are exact to the cent.
//! Faults that are made on purpose are no part of it: it says what the records were meant to be.
//!
//! Memory is one window's groups.
//!
//! Of a stream whose records are rows of a table, the answer may also be the [`Table`] in the end.

mod columns;
mod groups;
mod query;
mod table;
mod write;

use mercato_encode::{Batch, Columns};
use mercato_engine::{EngineError, Run};

use columns::Reader;
use groups::Groups;
pub use query::{Aggregate, Field, FieldKind, Query, QueryError, fields};
pub use table::Table;
pub use write::{AnswerFormat, header};

/// The accumulated state of one aggregate.
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

/// Folds a run of records as [columns](mercato_engine::Format::Columns) into windows, one after the
/// other; the run has one topic, and the columns of [`Query::columns`] at least.
///
/// `each` takes a window when no record can come for it any more, and says whether to go on.
pub fn answer(
    run: &Run,
    query: &Query,
    mut each: impl FnMut(&Window) -> bool,
) -> Result<(), EngineError> {
    let Some(layout) = run.layout(0) else { return Ok(()) };
    let mut fold = Fold::new(query, Reader::new(layout, query), Columns::new(layout, &|_| true));
    let mut batches = run.batches()?;
    while let Some(batch) = batches.try_next()? {
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
    reader: Reader,
    /// Columns without records, which say what a key is made of.
    empty: Columns,
    from: i64,
    to: i64,
    groups: Groups,
    key: Vec<u8>,
}

impl Fold {
    fn new(query: &Query, reader: Reader, empty: Columns) -> Self {
        let groups = Groups::new(query.folded().len());
        let (width, from, to, key) = (query.window_micros(), i64::MIN, i64::MIN, Vec::new());
        Self { width, reader, empty, from, to, groups, key }
    }

    /// Adds a record; returns the window before, if the record begins another.
    #[inline]
    fn add(&mut self, batch: &Batch, index: usize) -> Option<Window> {
        let stamp = &batch.spans()[index].stamp;
        let (at, columns) = (stamp.event_time, batch.columns(stamp.topic)?);
        let closed = if at >= self.to { self.close() } else { None };
        if at >= self.to {
            self.from = at - at.rem_euclid(self.width);
            self.to = self.from.saturating_add(self.width);
        }
        let row = batch.row(index);
        self.key.clear();
        self.reader.key(columns, row, &mut self.key);
        let totals = self.groups.count(&self.key);
        for (total, number) in totals.iter_mut().zip(self.reader.numbers(columns, row)) {
            if let Some(number) = number {
                total.add(number);
            }
        }
        closed
    }

    fn close(&mut self) -> Option<Window> {
        let (reader, empty) = (&self.reader, &self.empty);
        let group = |(key, count, totals): (Box<[u8]>, _, _)| Group {
            by: reader.values(empty, &key),
            count,
            totals,
        };
        let mut groups: Vec<Group> = self.groups.drain().map(group).collect();
        groups.sort_by(|a, b| a.by.cmp(&b.by));
        (!groups.is_empty()).then_some(Window { from: self.from, to: self.to, groups })
    }
}
