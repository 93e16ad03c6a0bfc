//! The report of a session at its end.

use std::collections::BTreeMap;
use std::path::Path;

use mercato_config::OutputSettings;
use mercato_encode::{FaultKind, Flaw};
use mercato_engine::Run;
use mercato_sinks::{Safe, SafePoint, in_place};
use mercato_units::Timestamp;
use tracing::info;

use super::Session;
use crate::logging;
use crate::run::{self, Ending, Outcome, Reporter};
use crate::summary::{
    Counts, Deliveries, End, Identity, Lateness, Pace, Summary, SummaryStyle, Unfinished,
};

/// Everything the run was and did.
pub(super) fn summary(
    session: &Session<'_>,
    identity: Identity,
    run: &Run,
    outcome: &Outcome,
    to: Vec<String>,
    end: End,
) -> Summary {
    Summary {
        identity,
        part: session.run.range(),
        command: Summary::command(session.layers, &session.run, &session.own_flags),
        counts: counts(run, outcome),
        delivery: Deliveries {
            to,
            sent: outcome.delivery.accepted,
            acknowledged: outcome.delivery.acknowledged,
            failed: outcome.delivery.failed,
        },
        pace: pace(outcome),
        cursor: serde_json::to_value(&outcome.cursor).unwrap_or_default(),
        unfinished: if end.is_early() { unfinished(session, outcome, end) } else { None },
        end,
    }
}

/// The state needed to resume besides the cursor: unfinished files, or the time to start again from.
fn unfinished(session: &Session<'_>, outcome: &Outcome, end: End) -> Option<Unfinished> {
    let SafePoint { safe, mut files } = outcome.safe.clone()?;
    if end == End::Interrupted && session.output.state.is_none() {
        // Stopped without --state, they have their names.
        files.clear();
    }
    let from = match safe {
        Safe::Before(time) => Timestamp::new(time).ok().max(session.run.range().from),
        Safe::Records(_) | Safe::None => None,
    };
    let again = safe == Safe::None;
    Some(Unfinished { from, again, files }).filter(|found| *found != Unfinished::default())
}

/// The files that a session's summary is written to.
pub(super) fn paths(output: &OutputSettings) -> impl Iterator<Item = &Path> {
    let files = output.state.iter().chain(&output.summary_json);
    files.map(|path| path.value.as_path())
}

/// Writes the summary of a run that goes on.
pub(super) struct Journal<'a> {
    session: &'a Session<'a>,
    run: &'a Run,
    identity: &'a Identity,
    to: &'a [String],
    paths: Vec<&'a Path>,
}

impl<'a> Journal<'a> {
    pub(super) fn new(
        session: &'a Session<'a>,
        run: &'a Run,
        identity: &'a Identity,
        to: &'a [String],
    ) -> Self {
        // A pipe gets one summary, at the end.
        let is_file = |path: &&Path| !in_place(path);
        let paths = paths(&session.output).filter(is_file).collect();
        Self { session, run, identity, to, paths }
    }

    pub(super) fn is_wanted(&self) -> bool {
        !self.paths.is_empty() || self.session.transactions().is_some()
    }
}

impl Reporter for Journal<'_> {
    fn state(&self, so_far: &Outcome) -> Vec<u8> {
        let Self { session, run, identity, to, .. } = self;
        let end = match so_far.ending {
            Ending::Complete => end(session, run, so_far),
            Ending::Interrupted | Ending::ReaderGone => End::Unfinished,
        };
        let summary = summary(session, (*identity).clone(), run, so_far, to.to_vec(), end);
        // A summary is always JSON.
        summary.signed().map(|state| state.to_string().into_bytes()).unwrap_or_default()
    }

    fn report(&mut self, so_far: &Outcome) {
        let Self { session, run, identity, to, paths } = self;
        let summary = summary(session, identity.clone(), run, so_far, to.to_vec(), End::Unfinished);
        for path in paths {
            if let Err(error) = summary.write(path) {
                let reason = std::error::Error::source(&error).map(ToString::to_string);
                tracing::warn!("{error}: {}", reason.unwrap_or_default());
            }
        }
    }
}

/// Prints the summary for people.
pub(super) fn tell(summary: &Summary, wording: SummaryStyle, columnar: bool) {
    // A line at a time, so that a log as JSON stays one object a line.
    for line in summary.human(wording).of_columns(columnar).to_string().lines() {
        info!(target: logging::PLAIN, "{line}");
    }
}

fn counts(run: &Run, outcome: &Outcome) -> Counts {
    let counts = &outcome.counts;
    let named = |names: &[String], counts: &[u64]| {
        names.iter().cloned().zip(counts.iter().copied()).collect()
    };
    let faults = FaultKind::ALL.iter().zip(counts.faults).filter(|(_, count)| *count > 0);
    let rejected = Flaw::ALL.iter().zip(counts.rejected).filter(|(_, count)| *count > 0);
    let begin = run.extent().from.unwrap_or(run.world().origin);
    let last = outcome.cursor.as_ref().map_or(begin, |cursor| cursor.key().release_time);
    let end = match outcome.ending {
        Ending::Complete if ended_by_records(run, outcome) => last,
        Ending::Complete => {
            run.extent().until.into_iter().chain(run.extent().to).min().unwrap_or(last)
        }
        Ending::Interrupted | Ending::ReaderGone => outcome.event_time.unwrap_or(last),
    };
    Counts {
        records: counts.records(),
        bytes: counts.bytes,
        topics: named(run.topics(), &counts.by_topic),
        kinds: named(run.kinds(), &counts.by_kind),
        first: counts.entered,
        last: counts.completed,
        open: counts.entered.saturating_sub(counts.completed),
        faults: faults
            .map(|(kind, count)| (kind.name().to_owned(), count))
            .collect::<BTreeMap<_, _>>(),
        shed: counts.shed,
        rejected: rejected.map(|(flaw, count)| (flaw.name().to_owned(), count)).collect(),
        event_seconds: end.saturating_sub(begin).max(0) as f64 / 1e6,
    }
}

fn pace(outcome: &Outcome) -> Pace {
    let seconds = |micros: i64| micros.max(1) as f64 / 1e6;
    let records = outcome.counts.records() as f64;
    let lateness = outcome.lateness.as_ref().filter(|lateness| lateness.records() > 0);
    // A rate is one gap fewer than records in the time from the first to the last of them.
    let spans = lateness.and_then(|lateness| {
        Some((lateness.spans_micros()?, lateness.records().saturating_sub(1) as f64))
    });
    Pace {
        elapsed_seconds: seconds(outcome.elapsed_micros),
        achieved_per_second: match spans {
            Some(((_, achieved), gaps)) if achieved > 0 => gaps / seconds(achieved),
            _ => records / seconds(outcome.elapsed_micros),
        },
        planned_per_second: spans
            .filter(|((planned, _), _)| *planned > 0)
            .map(|((planned, _), gaps)| gaps / seconds(planned)),
        lateness: lateness.map(percentiles),
        acknowledged_lateness: outcome
            .acknowledged
            .as_ref()
            .filter(|lateness| lateness.records() > 0)
            .map(percentiles),
    }
}

fn percentiles(lateness: &run::Lateness) -> Lateness {
    let millis = |micros: u64| micros as f64 / 1e3;
    let percentile = |percent| millis(lateness.percentile_micros(percent));
    Lateness {
        p50: percentile(50.0),
        p90: percentile(90.0),
        p99: percentile(99.0),
        p99_9: percentile(99.9),
        max: millis(lateness.max_micros()),
    }
}

/// Returns whether all the records that were wanted have left, as far as they were counted.
fn ended_by_records(run: &Run, outcome: &Outcome) -> bool {
    run.extent()
        .records
        .is_some_and(|records| outcome.counts.records() + outcome.counts.shed >= records)
}

/// Why a run that did not fail ended.
pub(super) fn end(session: &Session<'_>, run: &Run, outcome: &Outcome) -> End {
    match outcome.ending {
        Ending::Interrupted => End::Interrupted,
        Ending::ReaderGone => End::ReaderGone,
        Ending::Complete if ended_by_records(run, outcome) => End::Count,
        Ending::Complete if session.run.to.is_some() => End::Window,
        Ending::Complete if session.run.count.is_some() => End::Count,
        Ending::Complete => End::Duration,
    }
}
