//! Streams reduced to what a query needs.

use mercato_engine::{Disorder, Field, Fields, Format, Run};
use mercato_runtime::exit::{Exit, Failure};
use mercato_runtime::session::Plan;
use mercato_truth::answer::{self, Projected, Query, QueryError, Window};

/// Makes a query of the fields that a stream has.
pub type Ask<'a> = &'a dyn Fn(&[Field]) -> Result<Query, QueryError>;

/// A run whose records are reduced to what a query needs.
#[derive(Debug)]
pub struct Folding(pub(super) Run);

impl Folding {
    /// Folds the run; see [`answer::answer`].
    pub fn answer(&self, query: &Query, each: impl FnMut(&Window) -> bool) -> Result<(), Failure> {
        answer::answer(&self.0, query, each).map_err(usage)
    }
}

/// The run of one stream, reduced to its fields.
pub(super) fn fold<S: Fields>(
    stream: S,
    plan: &Plan,
    ask: Ask<'_>,
) -> Result<(Query, Folding), Failure> {
    let query = ask(&stream.fields()).map_err(usage)?;
    let run = meant(plan).run(Projected::new(stream, query.clone()), Format::Json)?;
    Ok((query, Folding(run)))
}

/// The plan without faults: an answer is about the records as they were meant to be.
pub(super) fn meant(plan: &Plan) -> Plan {
    Plan { disorder: Disorder::default(), ..plan.clone() }
}

/// The failure of a query that cannot be answered.
pub(super) fn usage(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Failure {
    Failure::new(Exit::Usage, error)
}
