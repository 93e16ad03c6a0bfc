//! Event times that brokers refuse: more than an hour ahead of their clock.
//!
//! They refuse such records one by one and after they were sent, so a run that would send any is
//! refused before it begins.

use mercato_config::env::now_micros;
use mercato_engine::{Extent, Run};
use mercato_units::{Clock, Timestamp};

use super::first_event;
use crate::session::{Session, SessionError};

/// An hour in microseconds.
const HOUR: i64 = 3_600_000_000;

/// Refuses a run whose records would carry event times that brokers refuse.
pub(super) fn refuse(session: &Session<'_>, run: &Run) -> Result<(), SessionError> {
    refuse_disorder(session, run)?;
    let (event, wall) = match session.run.clock.value {
        // On the wall's clock a record leaves when its time has come.
        Clock::Wall => return Ok(()),
        Clock::Fast => (1, 0),
        Clock::Paced { event, wall } => (event, wall),
    };
    let (now, extent, first) = (now_micros(), run.extent(), first_event(run));
    let by_time = extent.until.into_iter().chain(extent.to).min();
    let by_count = run.last_arrival().map_err(SessionError::Run)?;
    let by_records =
        last_of_records(run, by_time.is_none_or(|end| end.saturating_sub(now) > HOUR))?;
    let last = by_time.into_iter().chain(by_count).chain(by_records).min();
    if ahead(first, last, now, event, wall) <= i128::from(HOUR) {
        return Ok(());
    }
    let until = match last.map(Timestamp::new) {
        Some(Ok(time)) => format!("up to {time}"),
        _ => "without end".to_owned(),
    };
    Err(SessionError::usage(format!(
        "records would carry event times {until}, but brokers reject times more than an hour \
         ahead: start earlier with --start, stop earlier, or use the time of sending \
         with --record-timestamp wall"
    )))
}

/// Refuses records that are ahead of their time on purpose, if brokers would refuse them.
fn refuse_disorder(session: &Session<'_>, run: &Run) -> Result<(), SessionError> {
    let Some(longest) = session.run.disorder.longest_future() else { return Ok(()) };
    let Extent { until, to, .. } = run.extent();
    let by_count = run.last_arrival().map_err(SessionError::Run)?;
    let ends = until.into_iter().chain(to).chain(by_count);
    let to_come = ends.min().map(|end| end.saturating_sub(now_micros()));
    if to_come.unwrap_or(0).min(0).saturating_add(longest.micros()) <= HOUR {
        return Ok(());
    }
    Err(SessionError::usage(format!(
        "disorder.future: records would carry event times up to {longest} ahead, but brokers reject \
         times more than an hour ahead: give it at most 1h, end the run earlier, or use the time of \
         sending with --record-timestamp wall"
    )))
}

/// The most by which an event time is ahead of the wall clock, of a run that passes `event`
/// microseconds in `wall` and begins now.
///
/// A run that is no faster than the wall is furthest ahead when it begins, a faster one when it
/// ends.
fn ahead(first: i64, last: Option<i64>, now: i64, event: u64, wall: u64) -> i128 {
    let at_the_end = match last {
        Some(last) => {
            let passed = i128::from(last.saturating_sub(first)) * i128::from(wall)
                / i128::from(event.max(1));
            i128::from(last) - i128::from(now) - passed
        }
        None if event <= wall => i128::MIN,
        None => i128::MAX,
    };
    at_the_end.max(i128::from(first) - i128::from(now))
}

/// Event time of the last record of a run that ends by their number, found by making them all, if
/// it `matters`.
fn last_of_records(run: &Run, matters: bool) -> Result<Option<i64>, SessionError> {
    if run.extent().records.is_none() || !matters {
        return Ok(None);
    }
    let mut batches = run.batches().map_err(SessionError::Stream)?;
    let mut last = None;
    while let Some(batch) = batches.try_next().map_err(SessionError::Stream)? {
        last = batch.spans().last().map(|span| span.stamp.event_time).or(last);
        batches.recycle(batch);
    }
    Ok(last)
}
