//! The answer key: what a consumer with event-time windows must arrive at.
//!
//! It comes from configuration, seed and origin alone: the run is evaluated with its fields read
//! instead of encoded, and folded window by window. Sums are integers in units of a field's last
//! digit, so they are exact to the cent.
//! Faults that are made on purpose are no part of it: it says what the records were meant to be.
//!
//! A [`Question`] is what somebody asks; a [`Query`] is one that the fields of a stream can answer.
//! Any number of them is answered in one pass.
//! Memory is the groups of the windows that have not ended.
//!
//! The answer may also be the [`Table`] in the end: the last record, or row, of each key.

mod aggregate;
mod columns;
mod error;
mod fields;
mod filter;
mod fold;
mod groups;
mod keys;
mod number;
mod panes;
mod predicate;
mod query;
mod sessions;
pub mod slt;
mod table;
mod tokens;
mod windows;
mod write;

use std::ops::ControlFlow;

use mercato_engine::{EngineError, Run};

pub use aggregate::{Aggregate, Function};
pub use error::QueryError;
pub use fields::{Field, FieldKind, fields};
pub use filter::Filter;
use fold::Fold;
pub use number::units;
pub use query::{AnswerColumn, Query, Question};
pub use table::Table;
pub use windows::{Windows, WindowsError};
pub use write::{AnswerFormat, append, header};

/// The groups of one window, in the order of their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// First microsecond since the Unix epoch, and the first one behind it; none where all records
    /// are together.
    pub bounds: Option<(i64, i64)>,
    /// A row for each group: the values of the columns behind those of the bounds, as records show
    /// them; `None` where there is none.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Folds a run of records as [columns](mercato_engine::Format::Columns) into the windows of
/// `queries`, in one pass; the run has one topic, and the [leaves](Query::leaves) of each query at
/// least.
///
/// `each` takes a window, with the index of its query, when no record can come for it any more; a
/// window without records is left out. It says whether to go on, and so does `going`, which is told
/// the number of records and the event time that has been reached.
pub fn answer(
    run: &Run,
    queries: &[Query],
    mut each: impl FnMut(usize, &Window) -> ControlFlow<()>,
    mut going: impl FnMut(u64, i64) -> ControlFlow<()>,
) -> Result<(), EngineError> {
    let Some(layout) = run.layout(0) else { return Ok(()) };
    let mut folds: Vec<Fold<'_>> = queries.iter().map(|query| Fold::new(query, layout)).collect();
    let mut batches = run.batches()?;
    let mut records = 0;
    while let Some(batch) = batches.try_next()? {
        for (index, span) in batch.spans().iter().enumerate() {
            let (at, row) = (span.stamp.event_time, batch.row(index));
            let Some(columns) = batch.columns(span.stamp.topic) else { continue };
            for (place, fold) in folds.iter_mut().enumerate() {
                if fold.add(at, columns, row, &mut |window| each(place, window)).is_break() {
                    return Ok(());
                }
            }
        }
        records += batch.len() as u64;
        let reached = batch.spans().last().map_or(i64::MIN, |span| span.stamp.event_time);
        if going(records, reached).is_break() {
            return Ok(());
        }
        batches.recycle(batch);
    }
    for (place, fold) in folds.iter_mut().enumerate() {
        if fold.end(&mut |window| each(place, window)).is_break() {
            return Ok(());
        }
    }
    Ok(())
}
