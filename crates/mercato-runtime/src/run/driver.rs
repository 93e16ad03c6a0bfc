//! The state of a run between pipeline and sink, and what happens to each batch in between.

use std::iter::from_fn;
use std::ops::Range;

use mercato_encode::{Batch, Rejection, Stamp};
use mercato_engine::{Cursor, EngineError, Run};
use mercato_sinks::{Sink, SinkError};

use super::checkpoints::Checkpoints;
use super::cutter::Cutter;
use super::debug_log::DebugLog;
use super::interrupt::Interrupt;
use super::keeper::Keeper;
use super::lag::{LagKeeper, News, Verdict};
use super::ledger::Ledger;
use super::pacer::{Pacer, Release};
use super::pipeline::{Pipeline, Portion};
use super::{Ending, Lateness, Observer, Outcome, RunError, Stop, settlement};
use crate::clock::WallClock;
use crate::counts::Counts;
use crate::metrics::Metrics;

/// Interval between updates of the metrics while nothing is due, in microseconds: not much longer
/// than a person waits for a number to change.
const SHOWN_EVERY: i64 = 500_000;

/// The same while records are on their way, whose arrival is timed by it.
const ARRIVING_EVERY: i64 = 5_000;

/// The state of a run between pipeline and sink.
pub(super) struct Driver<'a> {
    pub(super) pacer: Pacer,
    pub(super) clock: WallClock,
    pub(super) interrupt: Interrupt,
    pub(super) ledger: Option<Ledger>,
    pub(super) topics: &'a [String],
    pub(super) counts: Counts,
    pub(super) lateness: Option<Lateness>,
    pub(super) cursor: Option<Cursor>,
    /// Wall time of the last hand-over to the sink.
    pub(super) last_sent: Option<i64>,
    /// Records that the run had emitted when it was taken up.
    pub(super) emitted_before: u64,
    pub(super) checkpoints: Checkpoints,
    pub(super) keeper: Keeper<'a>,
    pub(super) cutter: Option<Cutter>,
    pub(super) goes_on: bool,
    pub(super) lag: LagKeeper,
    pub(super) metrics: Option<Metrics>,
    pub(super) debug: Option<DebugLog>,
    pub(super) sink: Box<dyn Sink>,
    pub(super) observer: Option<&'a mut dyn Observer>,
}

impl Driver<'_> {
    /// Lets everything through, finishes the sink and returns what became of the records.
    pub(super) fn run(
        mut self,
        run: &Run,
        mut pipeline: Pipeline,
        first: Result<Option<Portion>, EngineError>,
        started: i64,
    ) -> Result<Outcome, RunError> {
        let passed = match self.commit(Ending::Interrupted, started, false) {
            Ok(()) => self.pass_all(&mut pipeline, first, started),
            Err(error) => Err(error.into()),
        };
        let passed = self.commit_last(passed, started);
        let event_time = self.pacer.event_time(self.clock.now());
        if let Some(metrics) = &self.metrics {
            metrics.on_time();
        }
        // The threads end before the sink is finished, which may take long: nothing needs them any
        // more.
        drop(pipeline);
        let accepted = self.sink.delivery();
        if passed.is_ok() {
            // A run that is killed while it ends is resumed from here. An error appears again when
            // the sink is finished.
            let _ = self.report_now(started);
        }
        let finished = settlement::finish(self.sink, self.ledger, &passed, self.goes_on);
        // A failed run is resumed from the last safe point, any other from its end.
        let is_broken =
            !matches!(passed, Ok(_) | Err(Stop::Sink(SinkError::Closed))) || finished.is_err();
        let (safe, cursor) = match self.keeper.last() {
            Some((point, cursor)) if is_broken => (Some(point), cursor),
            Some((point, _)) => (Some(point), self.cursor),
            None => (None, self.cursor),
        };
        let so_far = Outcome {
            ending: Ending::Interrupted,
            counts: self.counts,
            delivery: accepted,
            lateness: self.lateness,
            acknowledged: self.metrics.as_ref().and_then(Metrics::acknowledged),
            cursor,
            event_time,
            last_sent: self.last_sent,
            safe,
            elapsed_micros: self.clock.now() - started,
        };
        settlement::settle(passed, finished, so_far, |complete| {
            self.checkpoints.behind(run, complete)
        })
    }

    fn pass_all(
        &mut self,
        pipeline: &mut Pipeline,
        first: Result<Option<Portion>, EngineError>,
        started: i64,
    ) -> Result<Ending, Stop> {
        let mut next = first?;
        while let Some(portion) = next {
            if !self.pass(&portion, started)? {
                return Ok(Ending::Interrupted);
            }
            self.report(started)?;
            pipeline.recycle(portion);
            next = pipeline.next(&self.interrupt)?;
        }
        Ok(if self.interrupt.is_raised() { Ending::Interrupted } else { Ending::Complete })
    }

    /// Passes one batch through the pacer; false when the run shall end before all of it has left.
    fn pass(&mut self, portion: &Portion, started: i64) -> Result<bool, SinkError> {
        let spans = portion.batch.spans();
        let mut rejections = portion.batch.rejections().iter().peekable();
        let mut next = 0;
        while next < spans.len() {
            self.reject_all(from_fn(|| rejections.next_if(|rejection| rejection.before <= next)));
            if self.interrupt.is_raised() {
                return Ok(false);
            }
            let now = if self.pacer.is_paced() { self.clock.now() } else { i64::MAX };
            match self.pacer.release(&spans[next..], now) {
                Release::Records(count) => {
                    let shed = self.keep_up(portion, next..next + count, now)?;
                    if shed < count {
                        self.let_go_cut(portion, next + shed..next + count, now, started)?;
                    }
                    next += count;
                }
                Release::WaitUntil(due) => {
                    tell(self.lag.on_time().news);
                    let commit = self.cutter.as_ref().and_then(Cutter::due);
                    if commit.is_some_and(|commit| commit <= now) {
                        self.commit(Ending::Interrupted, started, false)?;
                        continue;
                    }
                    self.sink.flush()?;
                    self.report(started)?;
                    let mut shown = now.saturating_add(SHOWN_EVERY);
                    if let Some(metrics) = &self.metrics {
                        metrics.on_time();
                        metrics.delivered(self.sink.delivery());
                        if metrics.settle() {
                            shown = now.saturating_add(ARRIVING_EVERY);
                        }
                    }
                    self.interrupt
                        .wait_until(&self.clock, due.min(shown).min(commit.unwrap_or(shown)));
                }
            }
        }
        self.reject_all(rejections);
        self.leave_out(&portion.batch, &(spans.len()..spans.len() + 1))?;
        Ok(true)
    }

    /// Counts and names the records that were left out on purpose directly before those of `range`.
    fn leave_out(&mut self, batch: &Batch, range: &Range<usize>) -> Result<(), SinkError> {
        let dropped = batch.dropped(range);
        if let Some(ledger) = &mut self.ledger {
            ledger.add_dropped(dropped, self.topics)?;
        }
        self.counts.drop_all(dropped);
        Ok(())
    }

    /// Says how far the run is, if that is due.
    fn report(&mut self, started: i64) -> Result<(), SinkError> {
        if self.keeper.is_due(|| self.clock.now()) {
            return self.report_now(started);
        }
        Ok(())
    }

    /// Says how far the run is, if anybody wants to know.
    fn report_now(&mut self, started: i64) -> Result<(), SinkError> {
        if !self.keeper.is_wanted() {
            return Ok(());
        }
        let point = self.sink.safe_point()?;
        let (cursor, now) = (self.keeper.note(&point), self.clock.now());
        let so_far = Outcome { cursor, safe: Some(point), ..self.so_far(now, started) };
        self.keeper.report(&so_far, now);
        Ok(())
    }

    /// The outcome of a run that ends after what has left by `now`.
    fn so_far(&self, now: i64, started: i64) -> Outcome {
        Outcome {
            ending: Ending::Interrupted,
            counts: self.counts.clone(),
            delivery: self.sink.delivery(),
            lateness: self.lateness.clone(),
            acknowledged: self.metrics.as_ref().and_then(Metrics::acknowledged),
            cursor: self.cursor.clone(),
            event_time: self.pacer.event_time(now),
            last_sent: self.last_sent,
            safe: None,
            elapsed_micros: now - started,
        }
    }

    /// Ends the transaction of a sink that has them, with the state after it.
    fn commit(&mut self, ending: Ending, started: i64, is_last: bool) -> Result<(), SinkError> {
        let Some(cutter) = &mut self.cutter else { return Ok(()) };
        cutter.reset();
        let so_far = Outcome { ending, ..self.so_far(self.clock.now(), started) };
        let state = self.keeper.state(&so_far);
        self.sink.commit(&state, is_last)
    }

    /// Commits what has left at the end, also before an error of the stream.
    fn commit_last(&mut self, passed: Result<Ending, Stop>, started: i64) -> Result<Ending, Stop> {
        let ending = match &passed {
            Ok(ending) => *ending,
            Err(Stop::Stream(_)) => Ending::Interrupted,
            Err(Stop::Sink(_)) => return passed,
        };
        self.commit(ending, started, true)?;
        passed
    }

    /// Lets records leave, transaction by transaction where the sink has them.
    fn let_go_cut(
        &mut self,
        portion: &Portion,
        mut range: Range<usize>,
        now: i64,
        started: i64,
    ) -> Result<(), SinkError> {
        while !range.is_empty() {
            let Some(cutter) = &self.cutter else { return self.let_go(portion, range, now) };
            let room = cutter.room(&portion.batch, &range);
            let part = range.start..range.start + room;
            range.start = part.end;
            if room > 0 {
                self.let_go(portion, part.clone(), now)?;
            }
            let Some(cutter) = &mut self.cutter else { return Ok(()) };
            cutter.add(&portion.batch, &part, now);
            let is_due = self.pacer.is_paced() && cutter.due().is_some_and(|due| due <= now);
            if room == 0 || cutter.is_full() || is_due {
                self.commit(Ending::Interrupted, started, false)?;
            }
        }
        Ok(())
    }

    /// Counts invalid records of the stream, and logs the first of each kind.
    fn reject_all<'b>(&mut self, rejections: impl Iterator<Item = &'b Rejection>) {
        for rejection in rejections {
            if self.counts.reject(rejection.flaw) {
                let Rejection { flaw, event_time, coordinates, excerpt, .. } = rejection;
                tracing::error!(
                    "not sent: the record of event time {event_time} (microseconds since 1970), substream {}, block {}, \
                     position {}, step {} {}: {excerpt:?}; further occurrences are counted but not logged",
                    coordinates.substream,
                    coordinates.block,
                    coordinates.position,
                    coordinates.step,
                    flaw.reason(),
                );
            }
            if let Some(metrics) = &self.metrics {
                metrics.rejected(self.counts.all_rejected());
            }
        }
    }

    /// Handles records that are too late; how many of them, from the first on, must not leave.
    fn keep_up(
        &mut self,
        portion: &Portion,
        range: Range<usize>,
        now: i64,
    ) -> Result<usize, SinkError> {
        if !self.pacer.is_paced() {
            return Ok(0);
        }
        let Verdict { shed, shift, news } =
            self.lag.judge(&self.pacer, &portion.batch.spans()[range.clone()], now);
        tell(news);
        self.pacer.shift(shift);
        let skipped = range.start..range.start + shed;
        if let Some(last) = portion.batch.spans()[skipped.clone()].last() {
            if let Some(ledger) = &mut self.ledger {
                ledger.add_shed(&portion.batch, &skipped, self.topics)?;
            }
            self.leave_out(&portion.batch, &skipped)?;
            self.counts.shed += shed as u64;
            self.cursor = Some(self.cursor_after(&last.stamp, portion));
        }
        Ok(shed)
    }

    /// The cursor after a record that has just been counted.
    fn cursor_after(&self, stamp: &Stamp, portion: &Portion) -> Cursor {
        let emitted = self.emitted_before + self.counts.records() + self.counts.shed;
        Cursor::after(stamp, &portion.lookback).with_records(emitted)
    }

    fn let_go(
        &mut self,
        portion: &Portion,
        range: Range<usize>,
        now: i64,
    ) -> Result<(), SinkError> {
        let batch = &portion.batch;
        if let Some(observer) = &mut self.observer {
            observer.releasing(batch, &range, now);
        }
        if let Some(metrics) = self.metrics.as_ref().filter(|_| self.pacer.is_paced()) {
            let due = |index: usize| self.pacer.due(batch.spans()[index].stamp.release_time);
            metrics.leaving(range.len() as u64, due(range.start), due(range.end - 1));
        }
        if let Some(ledger) = &self.ledger {
            ledger.expect(batch, &range);
        }
        self.sink.write(batch, range.clone())?;
        self.last_sent = Some(self.clock.now());
        if let Some(ledger) = &mut self.ledger {
            ledger.add(batch, &range, self.topics)?;
        }
        self.counts.add(batch, &range);
        if let Some(debug) = &mut self.debug {
            debug.passed(batch, &range, &self.counts, &self.clock);
        }
        if let Some(lateness) = &mut self.lateness {
            for span in &batch.spans()[range.clone()] {
                let late = lateness.add(self.pacer.due(span.stamp.release_time), now, 1);
                if let (Some(late), Some(metrics)) = (late, &self.metrics) {
                    metrics.late(late);
                }
            }
        }
        if let Some(last) = batch.spans()[range].last() {
            self.cursor = Some(self.cursor_after(&last.stamp, portion));
            // Shed records count here and not in the sink: such a run is taken up a little early,
            // never too late.
            self.checkpoints.pass(self.counts.records() + self.counts.shed, self.cursor.as_ref());
            self.keeper.pass(self.counts.records(), self.cursor.as_ref());
            if let Some(metrics) = &self.metrics {
                metrics.left(&self.counts, last.stamp.release_time);
                metrics.delivered(self.sink.delivery());
            }
        }
        Ok(())
    }
}

/// Logs that the run has fallen behind, or has caught up.
fn tell(news: Option<News>) {
    let seconds = |micros: i64| micros as f64 / 1e6;
    match news {
        None => {}
        Some(News::Behind(lag)) => {
            tracing::warn!(
                "falling behind: records leave {:.1} s after their scheduled time",
                seconds(lag)
            );
        }
        Some(News::CaughtUp(worst)) => {
            tracing::warn!(
                "caught up with the schedule; records were up to {:.1} s late",
                seconds(worst)
            );
        }
    }
}
