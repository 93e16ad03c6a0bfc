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

/// The table that the changes of the wanted topic make.
pub(super) fn table(stream: &impl StreamSpec, plan: &Plan) -> Result<Table, StreamError> {
    // The table is the same in whatever form its changes are written, or other records.
    let shape = Shape { changes: Some(ChangeForm::Upsert), ..Shape::default() };
    let meant = Plan { disorder: Disorder::default(), shape, ..plan.clone() };
    Table::of(&stream.run(&meant, Format::Json)?).map_err(StreamError::Fold)
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
