//! Runs reduced to what a query needs.

use mercato_engine::{Disorder, Format, Run};
use mercato_runtime::exit::{Exit, Failure};
use mercato_runtime::session::Plan;
use mercato_truth::answer::{self, Field, Query, QueryError, Window, fields};

use super::StreamSpec;

/// Makes a query of the fields that a record has.
pub type Ask<'a> = &'a dyn Fn(&[Field]) -> Result<Query, QueryError>;

/// A run of the columns that a query needs.
#[derive(Debug)]
pub struct Folding(Run);

impl Folding {
    /// Folds the run; see [`answer::answer`].
    pub fn answer(&self, query: &Query, each: impl FnMut(&Window) -> bool) -> Result<(), Failure> {
        answer::answer(&self.0, query, each).map_err(usage)
    }
}

/// Asks of the fields that records of the wanted topic have, and prepares the run for the query.
pub(super) fn prepare(
    stream: &impl StreamSpec,
    plan: &Plan,
    ask: Ask<'_>,
) -> Result<(Query, Folding), Failure> {
    // The answer is about the records as they were meant to be.
    let meant = Plan { disorder: Disorder::default(), ..plan.clone() };
    let run = stream.run(&meant, Format::Columns)?;
    let (Some(layout), [_]) = (run.layout(0), run.topics()) else {
        return Err(usage("a query covers the records of a single topic: choose it with --topic"));
    };
    let query = ask(&fields(layout.description())).map_err(usage)?;
    let reduced = Plan { fields: Some(query.columns()), ..meant };
    Ok((query, Folding(stream.run(&reduced, Format::Columns)?)))
}

/// The failure of a query that cannot be answered.
fn usage(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::new(Exit::Usage, error)
}
