//! Runs reduced to what queries need.

use std::ops::ControlFlow;

use mercato_encode::Shape;
use mercato_engine::{Disorder, Format, Run};
use mercato_runtime::session::Plan;
use mercato_schema::ChangeForm;
use mercato_truth::answer::{self, Field, Query, QueryError, Table, Window, fields};

use super::StreamSpec;
use crate::StreamError;

/// Makes queries of the fields that a record has.
pub type Prepare<'a> = &'a dyn Fn(&[Field]) -> Result<Vec<Query>, QueryError>;

/// Queries, and a run of the columns that they need.
#[derive(Debug)]
pub struct PreparedQueries {
    queries: Vec<Query>,
    run: Run,
}

impl PreparedQueries {
    /// The queries, in the order in which they were asked.
    pub fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// Folds the run; see [`answer::answer`].
    pub fn answer(
        &self,
        each: impl FnMut(usize, &Window) -> ControlFlow<()>,
        going: impl FnMut(u64, i64) -> ControlFlow<()>,
    ) -> Result<(), StreamError> {
        answer::answer(&self.run, &self.queries, each, going).map_err(StreamError::Fold)
    }
}

/// What a final table is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableOf {
    /// The changes of rows.
    Changes,
    /// The records as they are.
    Records,
}

/// A run whose last record, or row, of each key is wanted.
#[derive(Debug)]
pub struct PreparedTable(Run);

impl PreparedTable {
    /// Makes the table; see [`Table::of`].
    pub fn answer(
        &self,
        going: impl FnMut(u64, i64) -> ControlFlow<()>,
    ) -> Result<Option<Table>, StreamError> {
        Table::of(&self.0, going).map_err(StreamError::Fold)
    }
}

/// Prepares the run for the table of the wanted topic.
pub(super) fn table(
    stream: &impl StreamSpec,
    plan: &Plan,
    of: TableOf,
) -> Result<PreparedTable, StreamError> {
    let shape = match of {
        // The table is the same in whatever form its changes are written, or other records.
        TableOf::Changes => Shape { changes: Some(ChangeForm::Upsert), ..Shape::default() },
        TableOf::Records => Shape { key: plan.shape.key.clone(), ..Shape::default() },
    };
    let meant = Plan { disorder: Disorder::default(), shape, ..plan.clone() };
    let run = stream.run(&meant, Format::Json)?;
    match run.topics().len() {
        1 => Ok(PreparedTable(run)),
        count => Err(StreamError::Topics { count }),
    }
}

/// Asks of the fields that records of the wanted topic have, and prepares the run for the queries.
pub(super) fn prepare(
    stream: &impl StreamSpec,
    plan: &Plan,
    ask: Prepare<'_>,
) -> Result<PreparedQueries, StreamError> {
    // The answer is about the records as they were meant to be, and about instants and not about
    // the form in which they are written.
    let (disorder, shape) = (Disorder::default(), Shape::default());
    let meant = Plan { disorder, shape, ..plan.clone() };
    let run = stream.run(&meant, Format::Columns)?;
    let (Some(layout), [_]) = (run.layout(0), run.topics()) else {
        return Err(StreamError::Topics { count: run.topics().len() });
    };
    let queries = ask(&fields(layout))?;
    let names = layout.description().columns();
    let mut wanted: Vec<usize> = queries.iter().flat_map(Query::leaves).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let wanted = wanted.into_iter().map(|leaf| names[leaf].clone()).collect();
    let reduced = Plan { fields: Some(wanted), ..meant };
    Ok(PreparedQueries { queries, run: stream.run(&reduced, Format::Columns)? })
}
