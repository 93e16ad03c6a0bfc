//! Exit codes and advice for what the comparisons and rules of `mercato-truth` refuse.

use mercato::runtime::exit::{Exit, Failure};
use mercato::truth::VerifyError;
use mercato::truth::result::RowError;
use mercato::truth::rules::Topic;
use mercato::truth::rules::sources::SourceError;

/// The failure of a comparison, whose records fail as `of_actual` says.
pub(crate) fn of_verifying<E>(error: VerifyError<E>, of_actual: impl Fn(E) -> Failure) -> Failure
where
    E: std::error::Error + Send + Sync + 'static,
{
    match error {
        VerifyError::Actual(error) => of_actual(error),
        other => Failure::new(Exit::Usage, other),
    }
}

/// The failure of a check of rules.
pub(crate) fn of_rules(error: SourceError) -> Failure {
    match error {
        SourceError::Unknown { .. } => {
            let names = Topic::ALL.map(|topic| topic.name).join(", ");
            Failure::new(Exit::Usage, error).advise(format!("give its topic with --type: {names}"))
        }
        other => Failure::new(Exit::File, other),
    }
}

/// The failure of a row that cannot be compared with an answer.
pub(crate) fn of_row(error: RowError) -> Failure {
    let is_named_otherwise = matches!(error, RowError::NoColumn { .. });
    let failure = Failure::new(Exit::File, error);
    if is_named_otherwise {
        failure.advise("if the column has another name in the result, give --column ANSWER=RESULT")
    } else {
        failure
    }
}
