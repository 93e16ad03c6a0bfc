//! The end of a run: which of several reasons it stopped for, and what became of its records.

use mercato_engine::{Cursor, EngineError};
use mercato_sinks::{Delivery, Sink, SinkError};

use super::ledger::Ledger;
use super::{Ending, Outcome, RunError, Stop};

/// Finishes the sink, or stops it where the run was stopped, or abandons it where something has
/// failed, and finishes the ledger in any case.
pub(super) fn finish(
    sink: Box<dyn Sink>,
    ledger: Option<Ledger>,
    passed: &Result<Ending, Stop>,
    goes_on: bool,
) -> Result<Delivery, SinkError> {
    let finished = match passed {
        Ok(Ending::Interrupted) => sink.stop(goes_on),
        Ok(_) | Err(Stop::Sink(SinkError::Closed)) => sink.finish(),
        Err(_) => sink.abandon(),
    };
    // What was changed on purpose is named whatever became of the rest.
    let listed = ledger.map_or(Ok(()), Ledger::finish);
    finished.and_then(|delivery| listed.map(|()| delivery))
}

/// The outcome of a run whose records `passed` and whose sink `finished`, or the error that ended
/// it.
///
/// `so_far` is the outcome of a run that is interrupted after what its sink has accepted;
/// `cursor_behind` finds the cursor after a number of records.
pub(super) fn settle(
    passed: Result<Ending, Stop>,
    finished: Result<Delivery, SinkError>,
    so_far: Outcome,
    cursor_behind: impl FnOnce(u64) -> Result<Option<Cursor>, EngineError>,
) -> Result<Outcome, RunError> {
    let passed = match passed {
        Ok(ending) => Ok(ending),
        Err(Stop::Sink(error)) => Err(error),
        Err(Stop::Stream(source)) => {
            let delivery = finished.unwrap_or(so_far.delivery);
            let outcome = Box::new(Outcome { delivery, ..so_far });
            return Err(RunError::Stream { outcome, source });
        }
    };
    match (passed, finished) {
        // A sink that keeps only whole days has removed the records of the last one.
        (Ok(Ending::Interrupted), Ok(delivery)) if delivery.accepted < so_far.delivery.accepted => {
            let cursor = cursor_behind(delivery.accepted)?;
            Ok(Outcome { ending: Ending::Interrupted, delivery, cursor, ..so_far })
        }
        (Ok(ending), Ok(delivery)) => Ok(Outcome { ending, delivery, ..so_far }),
        (Err(SinkError::Closed), Ok(delivery)) => {
            Ok(Outcome { ending: Ending::ReaderGone, delivery, ..so_far })
        }
        (Ok(_) | Err(SinkError::Closed), Err(SinkError::Closed)) => {
            Ok(Outcome { ending: Ending::ReaderGone, ..so_far })
        }
        // Another sink than the one whose reader has gone has lost something: that is what counts.
        (Err(SinkError::Closed), Err(source)) => {
            let outcome = Box::new(Outcome { ending: Ending::ReaderGone, ..so_far });
            Err(RunError::Sink { outcome, source })
        }
        (passed, finished) => {
            let (source, delivery) = last_word(passed, finished, so_far.delivery);
            let cursor = match &source {
                SinkError::Undelivered { complete, .. } | SinkError::Fenced { complete, .. } => {
                    cursor_behind(*complete)?
                }
                _ => so_far.cursor,
            };
            let outcome = Box::new(Outcome { delivery, cursor, ..so_far });
            Err(RunError::Sink { outcome, source })
        }
    }
}

/// The error that ends a run, and what became of its records.
///
/// Of two errors the sink's last goes first: only at its end does it know what is lost.
fn last_word(
    passed: Result<Ending, SinkError>,
    finished: Result<Delivery, SinkError>,
    accepted: Delivery,
) -> (SinkError, Delivery) {
    match (passed, finished) {
        (_, Err(last @ SinkError::Undelivered { failed, .. })) => {
            let acknowledged = accepted.accepted.saturating_sub(failed);
            (last, Delivery { acknowledged, failed, ..accepted })
        }
        (Err(SinkError::Undelivered { destination, advice, source, .. }), Ok(delivery)) => {
            // The broker came back while the run was ending: nothing is lost, but the run is cut
            // short.
            let complete = delivery.accepted;
            (SinkError::Undelivered { destination, failed: 0, complete, advice, source }, delivery)
        }
        (Err(first), Ok(delivery)) => (first, delivery),
        (Err(first), Err(_)) | (Ok(_), Err(first)) => (first, accepted),
        (Ok(_), Ok(delivery)) => (SinkError::Closed, delivery),
    }
}
