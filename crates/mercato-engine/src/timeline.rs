//! The cumulative intensity Λ: how much work has been done by a time, and when an amount is
//! reached.
//!
//! Work is the integral of a piecewise constant rate over event time.
//! Arrivals at a rate are placed uniformly in work and mapped back to time;
//! delays are added up in work, so that a burst shortens them.
//! Everything is an integer, so the inverse is exact and the same everywhere.

use std::sync::Arc;

use crate::schedule::UNIT;
use crate::{Curve, Rate, Schedule};

/// Work of one microsecond of delay where the factor is 1.
///
/// A thousand, so that factors count to a thousandth and a block of the longest delays still fits
/// 64 bits.
pub(crate) const WORK_OF_MICRO: u64 = 1000;

/// Work of one arrival: rates count millionths of an arrival an hour, time counts microseconds.
pub(crate) const WORK_OF_ARRIVAL: u64 = 3_600_000_000 * UNIT;

/// A stretch of constant rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    from: i64,
    rate: u64,
    /// Work done before the stretch begins.
    work: u128,
}

/// Λ of one substream, extended as far as it has been asked for.
#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    base: u64,
    schedule: Schedule,
    curve: Option<Arc<dyn Curve>>,
    /// The most recent segments: a run only ever goes forward.
    segments: Vec<Segment>,
    covered: i64,
    /// Start of the last piece.
    asked: u128,
    /// No work further after what was asked for is asked for again.
    reach: u128,
}

/// Segments from which on those out of reach are forgotten.
const KEPT: usize = 3000;

impl Timeline {
    /// Λ that is zero at `origin` and grows by `base` times the factors of schedule and curve.
    ///
    /// Once `work` has been asked for, nothing is that lies more than `reach` before it.
    pub(crate) fn new(
        origin: i64,
        base: u64,
        schedule: Schedule,
        curve: Option<Arc<dyn Curve>>,
        reach: u128,
    ) -> Self {
        Self { base, schedule, curve, segments: Vec::new(), covered: origin, asked: 0, reach }
    }

    /// The time at which `work` is reached, `i64::MAX` when it never is.
    pub(crate) fn time_of(&mut self, work: u128) -> i64 {
        self.extend_to_work(work);
        let next = self.segments.partition_point(|segment| segment.work <= work);
        let Some(segment) = self.segments[..next].last() else { return i64::MAX };
        let Some(micros) = (work - segment.work).checked_div(u128::from(segment.rate)) else {
            return i64::MAX;
        };
        i64::try_from(micros).map_or(i64::MAX, |micros| segment.from.saturating_add(micros))
    }

    /// The work done by `time`.
    pub(crate) fn work_at(&mut self, time: i64) -> u128 {
        while self.covered < time {
            self.push_segment();
        }
        let next = self.segments.partition_point(|segment| segment.from <= time);
        self.segments[..next]
            .last()
            .map_or(0, |segment| segment.work + area(segment.rate, segment.from, time))
    }

    fn extend_to_work(&mut self, work: u128) {
        while self.covered < i64::MAX && self.work_covered() <= work {
            self.push_segment();
        }
    }

    fn work_covered(&self) -> u128 {
        self.segments.last().map_or(0, |last| last.work + area(last.rate, last.from, self.covered))
    }

    fn push_segment(&mut self) {
        let (factor, until) = self.schedule.piece(self.covered);
        // Where the schedule stops all arrivals no curve can bring one: the pause is one segment,
        // not one an hour.
        let curve = self.curve.as_ref().filter(|_| factor > 0);
        let (shape, until_shape) =
            curve.map_or((UNIT, i64::MAX), |curve| curve.piece(self.covered));
        let unit = u128::from(UNIT);
        let rate = u128::from(self.base) * u128::from(factor) / unit * u128::from(shape) / unit;
        let work = self.work_covered();
        if self.segments.len() > 2 * KEPT {
            // The segment in which the reach begins stays: where arrivals are rare, a block has
            // years of them.
            let needed = self.asked.saturating_sub(self.reach);
            let first =
                self.segments.partition_point(|segment| segment.work <= needed).saturating_sub(1);
            if first >= KEPT {
                self.segments.drain(..first);
            }
        }
        self.segments.push(Segment {
            from: self.covered,
            rate: u64::try_from(rate).map_or(Rate::MAX, |rate| rate.min(Rate::MAX)),
            work,
        });
        // A curve that names no later time would stand still for ever.
        self.covered = until.min(until_shape).max(self.covered.saturating_add(1));
    }

    /// The map from work to time for `length` of work after `from`.
    pub(crate) fn piece(&mut self, from: u128, length: u64) -> Piece {
        let to = from + u128::from(length);
        self.asked = from;
        self.extend_to_work(to);
        let first = self.segments.partition_point(|segment| segment.work <= from).saturating_sub(1);
        let last = self.segments.partition_point(|segment| segment.work < to);
        let segments = self.segments[first..last.max(first + 1).min(self.segments.len())].iter();
        Piece {
            parts: segments
                .filter(|segment| segment.rate > 0)
                .map(|segment| Part::of(segment, from))
                .collect(),
        }
    }
}

/// Λ between two times, for looking up any work and time there.
#[derive(Debug, Clone)]
pub(crate) struct Excerpt {
    segments: Box<[Segment]>,
    until: i64,
}

impl Timeline {
    /// Λ from where `work` is reached up to the time `until`.
    pub(crate) fn excerpt(&mut self, work: u128, until: i64) -> Excerpt {
        self.extend_to_work(work);
        while self.covered < until {
            self.push_segment();
        }
        let first = self.segments.partition_point(|segment| segment.work <= work).saturating_sub(1);
        let last = self.segments.partition_point(|segment| segment.from < until).max(first);
        Excerpt { segments: self.segments[first..last].into(), until }
    }
}

impl Excerpt {
    /// The time at which `work` is reached; `i64::MAX` when that is after the excerpt.
    pub(crate) fn time_of(&self, work: u128) -> i64 {
        let next = self.segments.partition_point(|segment| segment.work <= work);
        let Some(segment) = self.segments[..next].last() else { return i64::MAX };
        let Some(micros) = (work - segment.work).checked_div(u128::from(segment.rate)) else {
            return i64::MAX;
        };
        let time =
            i64::try_from(micros).map_or(i64::MAX, |micros| segment.from.saturating_add(micros));
        if time < self.until { time } else { i64::MAX }
    }

    /// The work done by a time inside the excerpt.
    pub(crate) fn work_at(&self, time: i64) -> u128 {
        let next = self.segments.partition_point(|segment| segment.from <= time);
        self.segments[..next]
            .last()
            .map_or(0, |segment| segment.work + area(segment.rate, segment.from, time))
    }
}

/// Work of `rate` between two times.
fn area(rate: u64, from: i64, to: i64) -> u128 {
    u128::from(rate) * u128::from(to.abs_diff(from))
}

/// A segment as seen from a block's first unit of work: there, 64 bits are enough.
#[derive(Debug, Clone, Copy)]
struct Part {
    /// Work within the block at which the part begins.
    begins: u64,
    /// Time at that point, rounded down.
    time: i64,
    /// Work that the rounding left over.
    lead: u64,
    rate: u64,
    /// 2^64 / `rate`, rounded down: a division takes as long as five multiplications.
    reciprocal: u64,
}

impl Part {
    fn of(segment: &Segment, block: u128) -> Self {
        let (rate, reciprocal) = (segment.rate, u64::MAX / segment.rate);
        if segment.work > block {
            return Self {
                begins: (segment.work - block) as u64,
                time: segment.from,
                lead: 0,
                rate,
                reciprocal,
            };
        }
        let done = block - segment.work;
        let micros = i64::try_from(done / u128::from(rate)).unwrap_or(i64::MAX);
        let lead = (done % u128::from(rate)) as u64;
        Self { begins: 0, time: segment.from.saturating_add(micros), lead, rate, reciprocal }
    }

    #[inline]
    fn time_of(&self, work: u64) -> i64 {
        let work = work - self.begins + self.lead;
        // The reciprocal is too small by at most 1, so the quotient is the true one or the one
        // before it.
        let quotient = ((u128::from(work) * u128::from(self.reciprocal)) >> 64) as u64;
        let rest = work - quotient * self.rate;
        self.time.saturating_add((quotient + u64::from(rest >= self.rate)) as i64)
    }
}

/// The part of Λ that one block needs.
#[derive(Debug, Clone)]
pub(crate) struct Piece {
    parts: Vec<Part>,
}

impl Piece {
    /// Appends the times at which ascending amounts of work within the block are reached.
    pub(crate) fn append_times(&self, work: &[u64], times: &mut Vec<i64>) {
        let mut parts = self.parts.iter().peekable();
        let Some(mut part) = parts.next() else { return };
        times.extend(work.iter().map(|amount| {
            while let Some(next) = parts.next_if(|next| next.begins <= *amount) {
                part = next;
            }
            part.time_of(*amount)
        }));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Burst;

    fn schedule(gaps: &[(u32, u32, u32)]) -> Schedule {
        let mut at = 0;
        let bursts = gaps.iter().map(|(pause, length, factor)| {
            let from = at + i64::from(*pause);
            at = from + i64::from(*length) + 1;
            Burst { from, to: at, factor_millionths: u64::from(*factor) }
        });
        Schedule::new(bursts.collect()).unwrap()
    }

    fn bursts() -> impl Strategy<Value = Vec<(u32, u32, u32)>> {
        prop::collection::vec(
            (0u32..50_000, 0u32..50_000, prop_oneof![Just(0), 1u32..20_000_000]),
            0..6,
        )
    }

    /// A factor that changes after each thousand microseconds.
    #[derive(Debug)]
    struct Steps;

    impl Curve for Steps {
        fn piece(&self, at: i64) -> (u64, i64) {
            let step = at.div_euclid(1_000);
            ((1 + step.rem_euclid(2) as u64) * UNIT, (step + 1) * 1_000)
        }
    }

    proptest! {
        #[test]
        fn a_time_is_where_its_work_is_done(gaps in bursts(), base in 1u64..100_000, work in 0u64..10_000_000_000) {
            let mut line = Timeline::new(0, base, schedule(&gaps), None, u128::MAX);
            let time = line.time_of(u128::from(work));
            prop_assert!(line.work_at(time) <= u128::from(work));
            prop_assert!(line.work_at(time + 1) > u128::from(work), "the next microsecond does more");
        }

        #[test]
        fn a_piece_maps_as_the_whole_line_does(
            gaps in bursts(),
            base in 1u64..100_000,
            from in 0u64..1_000_000_000,
            mut amounts in prop::collection::vec(0u64..1_000_000_000, 1..50),
        ) {
            amounts.sort_unstable();
            let mut line = Timeline::new(0, base, schedule(&gaps), None, u128::MAX);
            let mut times = Vec::new();
            line.piece(u128::from(from), 1_000_000_000).append_times(&amounts, &mut times);
            let whole: Vec<i64> = amounts.iter().map(|amount| line.time_of(u128::from(from + amount))).collect();
            prop_assert_eq!(times, whole);
        }

        #[test]
        fn what_is_forgotten_is_out_of_reach(base in 1u64..1_000, block in 1_000u64..50_000_000) {
            let mut line = Timeline::new(0, base, Schedule::default(), Some(Arc::new(Steps)), 2 * u128::from(block));
            let mut whole = Timeline::new(0, base, Schedule::default(), Some(Arc::new(Steps)), u128::MAX);
            for index in 0..40u128 {
                let from = index * u128::from(block);
                let (mut times, mut expected) = (Vec::new(), Vec::new());
                let work = [0, block / 3, block - 1];
                line.piece(from, block).append_times(&work, &mut times);
                whole.piece(from, block).append_times(&work, &mut expected);
                prop_assert_eq!(times, expected);
            }
            let long = 2 * KEPT + 3 * (block / base) as usize / 1_000 + 3;
            prop_assert!(line.segments.len() <= long, "{} segments of {long}", line.segments.len());
        }

        #[test]
        fn a_later_burst_changes_nothing_before_it(gaps in bursts(), base in 1u64..100_000, work in 0u64..10_000_000_000) {
            let full = schedule(&gaps);
            let mut with = Timeline::new(0, base, full, None, u128::MAX);
            let mut without = Timeline::new(0, base, schedule(&gaps[..gaps.len().saturating_sub(1)]), None, u128::MAX);
            let last = gaps.iter().map(|(pause, length, _)| i64::from(*pause) + i64::from(*length) + 1).sum::<i64>();
            let begins = gaps.last().map_or(i64::MAX, |(_, length, _)| last - i64::from(*length) - 1);
            let time = without.time_of(u128::from(work));
            prop_assume!(time < begins);
            prop_assert_eq!(with.time_of(u128::from(work)), time);
        }
    }
}
