//! The start of a run that ends by a count and is not told when to start.
//!
//! A run with a duration starts that long ago, so that it ends now (`RunSpec::resolve`).
//! How long a count takes follows from the stream's rates, hours and chance, so the end of the run
//! is looked up and its start moved until nothing lies in the future.
//! The start that results is part of the run's identity like any other: the summary repeats it.

use mercato_config::{ConfigError, Counted, Origin, RunSpec, Setting};
use mercato_engine::{Format, Run};
use mercato_runtime::session::{Plan, SessionError};
use mercato_units::{Clock, Timestamp};

use crate::{GenerationError, StreamError, StreamSpec};

/// Largest count of arrivals for which the last one is looked up.
const MOST_ARRIVALS: u64 = 50_000_000;
/// Largest count of records that are generated to find the last one.
const MOST_RECORDS: u64 = 1_000_000;
/// Attempts before the start stays where it is; one or two are usual.
const ATTEMPTS: i64 = 8;

/// Moves the start of a counted run back, so that no event lies in the future.
///
/// On the clock `wall` none ever does, and a start that somebody chose stays.
/// Of a run that is too long to look up, and of one that goes on after now whatever its start, a
/// warning says so.
pub(crate) fn settle<S: StreamSpec>(stream: &S, spec: &mut RunSpec) -> Result<(), GenerationError> {
    let is_open = spec.start.origin == Origin::Default;
    // A start that counts for more than the backfill of a file has put that out of force.
    let backfill = spec.backfill.as_ref().filter(|set| set.origin == spec.start.origin);
    let backfill = backfill.map(|set| set.value);
    let is_relative = is_open || backfill.is_some();
    if spec.clock.value == Clock::Wall || !is_relative || spec.to.is_some() {
        return Ok(());
    }
    if let Some(duration) = &spec.duration {
        if spec.drain.value && backfill.is_none_or(|before| duration.value >= before) {
            tracing::warn!(
                "--drain goes on until everything that arrived before now is complete, so its last \
                 events lie in the future: give --start for a run that lies in the past"
            );
        }
        return Ok(());
    }
    let Some(count) = spec.count.as_ref() else { return Ok(()) };
    let is_looked_up = count.value <= if is_made(spec) { MOST_RECORDS } else { MOST_ARRIVALS };
    if let Some(before) = backfill {
        let now = spec.start.value.micros().saturating_add(before);
        if is_looked_up && last_event(stream, spec)?.is_some_and(|last| last > now) {
            tracing::warn!(
                "{} takes longer than --backfill, so its last events lie in the future: choose a \
                 longer --backfill or a lower --count",
                count.value
            );
        }
        return Ok(());
    }
    let now = spec.start.value.micros();
    if is_looked_up {
        for attempt in 1..=ATTEMPTS {
            let Some(last) = last_event(stream, spec)? else { return Ok(()) };
            let ahead = last.saturating_sub(now);
            if ahead <= 0 {
                return Ok(());
            }
            // Busy and quiet hours move with the start, and so does chance, which may be a few
            // seconds each time: each attempt allows for more of both, up to a third of the run.
            let length = last.saturating_sub(spec.start.value.micros());
            let allowance = (length / 200).saturating_mul(attempt * attempt - 1);
            let back = ahead.saturating_mul(attempt).saturating_add(allowance);
            let start = Timestamp::new(spec.start.value.micros().saturating_sub(back));
            let Ok(value) = start else { break };
            spec.start = Setting::default(value);
        }
        spec.start = Setting::default(Timestamp::new(now).unwrap_or(spec.start.value));
    }
    tracing::warn!(
        "the run starts now and ends by its count, so its events lie in the future: give --start, or \
         --duration instead of --count"
    );
    Ok(())
}

/// Refuses a count of arrivals that a run could not reach before the last possible time.
pub(crate) fn check_reachable(spec: &RunSpec, run: &Run) -> Result<(), GenerationError> {
    let ends_otherwise = spec.duration.is_some() || spec.to.is_some();
    let Some(count) = spec.count.as_ref().filter(|_| !ends_otherwise) else { return Ok(()) };
    if spec.counted != Counted::Arrivals || count.value > MOST_ARRIVALS {
        return Ok(());
    }
    let last = run.last_arrival().map_err(SessionError::Run)?;
    if last.is_some_and(|micros| Timestamp::new(micros).is_ok()) {
        return Ok(());
    }
    let reason = format!(
        "{} arrivals would take until after the year 9000 at this rate: choose a higher rate or a \
         lower count",
        count.value
    );
    Err(ConfigError::wrong(&count.origin, "run.count", &reason).into())
}

/// Returns whether records have to be generated to find the last: where they are counted, or come
/// after the last arrival.
fn is_made(spec: &RunSpec) -> bool {
    spec.counted == Counted::Records || spec.drain.value
}

/// Time of the last arrival, or of the release of the last record; none if there is none.
fn last_event<S: StreamSpec>(stream: &S, spec: &RunSpec) -> Result<Option<i64>, GenerationError> {
    let plan = Plan::of_settings(spec).map_err(StreamError::from)?;
    let run = stream.run(&plan, Format::Json)?;
    if !is_made(spec) {
        return Ok(run.last_arrival().map_err(SessionError::Run)?);
    }
    let mut batches = run.batches().map_err(SessionError::Stream)?;
    let mut last = None;
    while let Some(batch) = batches.try_next().map_err(SessionError::Stream)? {
        last = batch.spans().last().map(|span| span.stamp.release_time).max(last);
        batches.recycle(batch);
    }
    Ok(last)
}
