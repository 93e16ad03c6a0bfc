//! Runs reduced to what a query needs.

use mercato_encode::Shape;
use mercato_engine::{Disorder, Format, Run};
use mercato_runtime::session::Plan;
use mercato_schema::ChangeForm;
use mercato_truth::answer::{self, Field, Query, QueryError, Table, Window, fields};

use super::StreamSpec;
use crate::StreamError;

/// Makes a query of the fields that a record has.
pub type Prepare<'a> = &'a dyn Fn(&[Field]) -> Result<Query, QueryError>;

/// A run of the columns that a query needs.
#[derive(Debug)]
pub struct PreparedQuery(Run);

impl PreparedQuery {
    /// Folds the run; see [`answer::answer`].
    pub fn answer(
        &self,
        query: &Query,
        each: impl FnMut(&Window) -> bool,
    ) -> Result<(), StreamError> {
        answer::answer(&self.0, query, each).map_err(StreamError::Fold)
    }
}

/// The table that the changes of the wanted topic make.
pub(super) fn table(stream: &impl StreamSpec, plan: &Plan) -> Result<Table, StreamError> {
    // The table is the same in whatever form its changes are written, or other records.
    let shape = Shape { changes: Some(ChangeForm::Upsert), ..Shape::default() };
    let meant = Plan { disorder: Disorder::default(), shape, ..plan.clone() };
    Table::of(&stream.run(&meant, Format::Json)?).map_err(StreamError::Fold)
}

/// Asks of the fields that records of the wanted topic have, and prepares the run for the query.
pub(super) fn prepare(
    stream: &impl StreamSpec,
    plan: &Plan,
    ask: Prepare<'_>,
) -> Result<(Query, PreparedQuery), StreamError> {
    // The answer is about the records as they were meant to be, and about instants and not about
    // the form in which they are written.
    let (disorder, shape) = (Disorder::default(), Shape::default());
    let meant = Plan { disorder, shape, ..plan.clone() };
    let run = stream.run(&meant, Format::Columns)?;
    let (Some(layout), [_]) = (run.layout(0), run.topics()) else {
        return Err(StreamError::Topics { count: run.topics().len() });
    };
    let query = ask(&fields(layout.description()))?;
    let reduced = Plan { fields: Some(query.columns()), ..meant };
    Ok((query, PreparedQuery(stream.run(&reduced, Format::Columns)?)))
}
