//! Arrival processes: when entities arrive, block by block, with nothing drawn but time.
//!
//! Walking it is sequential and cheap; what a block needs to be drawn elsewhere fits in a
//! [`BlockPlan`].

use mercato_draw::{Label, Seed, UniformInt, below};
use serde::{Deserialize, Serialize};

use crate::arrivals::{Arrivals, Rate};
use crate::timeline::{Excerpt, Piece, Timeline, WORK_OF_ARRIVAL, WORK_OF_MICRO};

/// The state of a substream's arrival process: enough to go on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubstreamStart {
    /// The next block.
    pub block: u64,
    /// Delays in sum before that block's first arrival, in microseconds; 0 for arrivals at a rate.
    pub elapsed: u64,
}

impl SubstreamStart {
    /// The beginning of a run.
    pub const ORIGIN: Self = Self { block: 0, elapsed: 0 };
}

/// One block of a substream: what is needed to find its arrivals without the rest of the process.
#[derive(Debug, Clone)]
pub(crate) struct BlockPlan {
    pub(crate) start: SubstreamStart,
    /// No arrival of the block lies before.
    pub(crate) from: i64,
    /// No arrival of a later block lies before.
    pub(crate) watermark: i64,
    law: BlockLaw,
    piece: Piece,
    /// The arrivals to come, where traces must end before other arrivals.
    pub(crate) room: Option<Room>,
}

/// The earliest times of the arrivals of a block and of those after it.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    line: Excerpt,
    /// Number of the block's first arrival.
    first: u64,
    block_len: u64,
    /// Arrivals that share a stretch of work.
    spread: u64,
}

impl Room {
    /// Brings forward the steps of the arrival at `position` that would not be over before the
    /// `nth` arrival after it;
    /// the number of the first such step, if there is one.
    ///
    /// A step is moved to a point of work, not of time: where it comes to lie depends on the past
    /// alone, so that a burst changes nothing before it begins.
    pub(crate) fn hurry(&self, position: u16, nth: u64, steps: &mut [(i64, u16)]) -> Option<usize> {
        let ((arrival, _), (last, _)) = (*steps.first()?, *steps.last()?);
        let index = self.first + u64::from(position) + nth;
        // A block's stretches are counted from its beginning.
        let stretch = index / self.block_len * self.block_len
            + index % self.block_len / self.spread * self.spread;
        let end = u128::from(stretch) * u128::from(WORK_OF_ARRIVAL);
        // No step must come before that, so the rule below would move none.
        if last < self.latest(arrival, end, 0, 1) {
            return None;
        }
        let count = steps.len() as u128;
        let mut first = None;
        for (number, (at, _)) in steps.iter_mut().enumerate().skip(1) {
            let latest = self.latest(arrival, end, number as u128, count);
            if latest < *at {
                first = first.or(Some(number));
                *at = latest;
            }
        }
        first
    }

    /// The time at which step `number` of `count` must have come.
    fn latest(&self, arrival: i64, end: u128, number: u128, count: u128) -> i64 {
        let start = self.line.work_at(arrival);
        let room = end.saturating_sub(start);
        self.line.time_of(start + room / 8 * 7 + room / 8 * number / count)
    }
}

#[derive(Debug, Clone, Copy)]
enum BlockLaw {
    Delays(UniformInt),
    Rate { spread: u16 },
}

impl BlockPlan {
    /// Returns true if the times depend on the words at all: delays that are all the same do not.
    pub(crate) fn is_random(&self) -> bool {
        match self.law {
            BlockLaw::Delays(law) => constant(law).is_none(),
            BlockLaw::Rate { .. } => true,
        }
    }

    /// Appends the block's arrival times in ascending order, from the first words of its stream.
    pub(crate) fn times(&self, words: &mut [u64], times: &mut Vec<i64>) {
        match self.law {
            BlockLaw::Delays(law) => {
                let mut work = 0;
                for word in words.iter_mut() {
                    let delay = law.pick(*word) as u64;
                    *word = work;
                    work += delay * WORK_OF_MICRO;
                }
            }
            BlockLaw::Rate { spread } => {
                let mut before = 0;
                for stretch in words.chunks_mut(spread.into()) {
                    let work = WORK_OF_ARRIVAL * stretch.len() as u64;
                    // An arrival that is alone leaves the other half to what follows from it.
                    let room = if spread == 1 { work / 2 } else { work };
                    for word in stretch.iter_mut() {
                        *word = before + below(*word, room);
                    }
                    stretch.sort_unstable();
                    before += work;
                }
            }
        }
        self.piece.append_times(words, times);
    }
}

/// The arrival process of one substream.
#[derive(Debug, Clone)]
pub(crate) struct ArrivalProcess {
    label: Label,
    seed: Seed,
    block_len: u16,
    law: Law,
    line: Timeline,
    longest_trace: i64,
    next: SubstreamStart,
    words: Vec<u64>,
}

#[derive(Debug, Clone, Copy)]
enum Law {
    Delays(UniformInt),
    /// Arrivals that share a stretch of work, where traces are kept apart.
    Rate(Option<u16>),
}

impl ArrivalProcess {
    pub(crate) fn new(
        arrivals: &Arrivals,
        seed: Seed,
        label: Label,
        origin: i64,
        block_len: u16,
        longest_trace: i64,
    ) -> Self {
        let (law, line) = match arrivals {
            Arrivals::Delays(delays) => (
                Law::Delays(delays.law),
                Timeline::new(origin, WORK_OF_MICRO, delays.schedule.clone(), None, u128::MAX),
            ),
            Arrivals::Rate(rate) => {
                let Rate { millionths_per_hour, schedule, curve, spread } = rate.clone();
                // A block is planned from its beginning on, and seeking goes back by one more.
                let reach = 2 * u128::from(WORK_OF_ARRIVAL) * u128::from(block_len);
                (
                    Law::Rate(spread),
                    Timeline::new(origin, millionths_per_hour, schedule, curve, reach),
                )
            }
        };
        let words = vec![0; usize::from(block_len)];
        Self {
            label,
            seed,
            block_len,
            law,
            line,
            longest_trace,
            next: SubstreamStart::ORIGIN,
            words,
        }
    }

    /// Goes on from `start` instead of from where it stands.
    pub(crate) fn restart(&mut self, start: SubstreamStart) {
        self.next = start;
    }

    /// Time before which every arrival has been planned.
    pub(crate) fn watermark(&mut self) -> i64 {
        let work = self.work_before(self.next);
        self.line.time_of(work)
    }

    /// Plans the next block.
    pub(crate) fn advance(&mut self) -> BlockPlan {
        let start = self.next;
        let from = self.watermark();
        let before = self.work_before(start);
        let (law, length, elapsed) = match self.law {
            Law::Delays(law) => {
                let length = self.delays_of(start.block, law);
                (BlockLaw::Delays(law), length * WORK_OF_MICRO, start.elapsed + length)
            }
            Law::Rate(spread) => {
                let spread = spread.unwrap_or(self.block_len).min(self.block_len);
                (BlockLaw::Rate { spread }, WORK_OF_ARRIVAL * u64::from(self.block_len), 0)
            }
        };
        self.next = SubstreamStart { block: start.block + 1, elapsed };
        let (piece, watermark) = (self.line.piece(before, length), self.watermark());
        BlockPlan { start, from, watermark, law, piece, room: self.room(start, watermark) }
    }

    /// The arrivals to come until the last trace of the block that begins at `start` ends.
    fn room(&mut self, start: SubstreamStart, watermark: i64) -> Option<Room> {
        let Law::Rate(Some(spread)) = self.law else { return None };
        let (until, block_len) =
            (watermark.saturating_add(self.longest_trace), u64::from(self.block_len));
        let line = self.line.excerpt(self.work_before(start), until.saturating_add(1));
        Some(Room {
            line,
            first: start.block * block_len,
            block_len,
            spread: u64::from(spread).min(block_len),
        })
    }

    /// Moves to the block from which everything that can reach `time` within `reach` microseconds
    /// is planned.
    ///
    /// At a rate that is one look-up; by delay the sums are walked, at about two nanoseconds an
    /// arrival.
    pub(crate) fn seek(&mut self, time: i64, reach: i64) {
        let earliest = time.saturating_sub(reach);
        match self.law {
            Law::Rate(_) => {
                let work_of_block = u128::from(WORK_OF_ARRIVAL) * u128::from(self.block_len);
                let block = self.line.work_at(earliest) / work_of_block;
                self.next = SubstreamStart { block: block.saturating_sub(1) as u64, elapsed: 0 };
            }
            Law::Delays(law) => loop {
                let length = self.delays_of(self.next.block, law);
                let after = SubstreamStart {
                    block: self.next.block + 1,
                    elapsed: self.next.elapsed + length,
                };
                let work = self.work_before(after);
                if self.line.time_of(work) > earliest {
                    break;
                }
                self.next = after;
            },
        }
    }

    /// Moves to the beginning of `block`.
    pub(crate) fn seek_block(&mut self, block: u64) {
        let elapsed = match self.law {
            Law::Rate(_) => 0,
            Law::Delays(law) => (0..block).map(|block| self.delays_of(block, law)).sum(),
        };
        self.next = SubstreamStart { block, elapsed };
    }

    /// Arrivals from `from` until before `to` as their law has them: to within one at a rate, at
    /// the mean delay otherwise.
    pub(crate) fn expected_between(&mut self, from: i64, to: i64) -> u64 {
        let work = self.line.work_at(to).saturating_sub(self.line.work_at(from));
        // Two arrivals take the shortest and the longest delay together.
        let of_two = match self.law {
            Law::Delays(law) => {
                u128::from(WORK_OF_MICRO) * u128::from((law.low() + law.high()).unsigned_abs())
            }
            Law::Rate(_) => 2 * u128::from(WORK_OF_ARRIVAL),
        };
        u64::try_from(2 * work / of_two.max(1)).unwrap_or(u64::MAX)
    }

    /// The state of the arrival process.
    pub(crate) fn position(&self) -> SubstreamStart {
        self.next
    }

    /// The arrival times of a block.
    pub(crate) fn times_of(&self, plan: &BlockPlan) -> Vec<i64> {
        let mut words = vec![0; usize::from(self.block_len)];
        self.seed.fill_block(self.label, plan.start.block, 0, &mut words);
        let mut times = Vec::with_capacity(words.len());
        plan.times(&mut words, &mut times);
        times
    }

    /// The sum of a block's delays in microseconds.
    fn delays_of(&mut self, block: u64, law: UniformInt) -> u64 {
        if let Some(delay) = constant(law) {
            return delay * u64::from(self.block_len);
        }
        self.seed.fill_block(self.label, block, 0, &mut self.words);
        self.words.iter().map(|word| law.pick(*word) as u64).sum()
    }

    fn work_before(&self, start: SubstreamStart) -> u128 {
        match self.law {
            Law::Delays(_) => u128::from(start.elapsed) * u128::from(WORK_OF_MICRO),
            Law::Rate(_) => {
                u128::from(start.block) * u128::from(self.block_len) * u128::from(WORK_OF_ARRIVAL)
            }
        }
    }
}

/// The only delay of `law`, if there is no other.
fn constant(law: UniformInt) -> Option<u64> {
    (law.low() == law.high()).then_some(law.low() as u64)
}
