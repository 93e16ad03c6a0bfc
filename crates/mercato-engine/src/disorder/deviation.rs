//! Deviations in time: records that are late, swapped, repeated, left out or ahead of their time.
//!
//! What becomes of a record follows from its coordinates alone, and each kind draws from words of
//! its own: another kind, or another share of it, changes nothing for the others.

use mercato_draw::{CounterHash, Label, Probability};
use mercato_encode::{Coordinates, FaultKind};
use mercato_lifecycle::Dwell;
use mercato_units::Share;

use super::PURPOSE;
use crate::EngineError;
use crate::world::World;

/// Draws of deviations, beside those of malformed records.
const DRAWS: u8 = 1;

/// The kinds of deviation. The place of one in this list says which words it draws, so a new one is
/// added at the end.
const KINDS: [FaultKind; 5] =
    [FaultKind::Late, FaultKind::Reorder, FaultKind::Duplicate, FaultKind::Drop, FaultKind::Future];

/// Bits of a record's first word that each kind looks at, to pass over most records with one word
/// for all kinds.
const GATE_BITS: u32 = 12;
const GATE: u64 = 1 << GATE_BITS;

/// A kind of deviation: how many records deviate, and by how much.
#[derive(Debug, Clone, PartialEq)]
pub struct Deviation {
    /// Share of the records.
    pub share: Share,
    /// The law of the time by which they deviate; none: by no time.
    pub time: Option<Dwell>,
}

/// Deviations of the records of a topic, by their kind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Deviations([Option<Deviation>; KINDS.len()]);

impl Deviations {
    /// The same with one more kind; a kind of malformed text is none of these and changes nothing.
    #[must_use]
    pub fn with(mut self, kind: FaultKind, deviation: Deviation) -> Self {
        if let Some(place) = KINDS.iter().position(|known| *known == kind) {
            self.0[place] = Some(deviation).filter(|deviation| deviation.share > Share::default());
        }
        self
    }

    /// Returns true if no record deviates.
    pub fn is_none(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// One kind of deviation, ready to be drawn.
#[derive(Debug, Clone)]
struct Law {
    /// Whether a record that passed the gate deviates.
    confirmed: Probability,
    time: Option<Dwell>,
}

/// The deviations of one topic, ready to be drawn.
#[derive(Debug, Clone, Default)]
pub(crate) struct Laws {
    /// By kind, the first value of its bits that does not pass; 0 where no record deviates.
    gates: [u16; KINDS.len()],
    laws: [Option<Law>; KINDS.len()],
}

/// What becomes of a record.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    /// By kind, the time by which it deviates.
    times: [Option<i64>; KINDS.len()],
}

/// Where the deviations of a block's records are drawn.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Draws {
    hash: CounterHash,
    block: u64,
}

impl Draws {
    /// The draws of a block of an arrival process.
    pub(crate) fn new(world: World, rank: u8, substream: u8, block: u64) -> Self {
        let hash = world.seed.hash(Label::new(PURPOSE, DRAWS));
        Self { hash: hash.child(u64::from(rank) << 8 | u64::from(substream)), block }
    }

    /// The draws of the block in which a record is.
    pub(crate) fn at(world: World, coordinates: Coordinates) -> Self {
        let Coordinates { rank, substream, block, .. } = coordinates;
        Self::new(world, rank, substream, block)
    }

    #[inline]
    fn word(self, position: u16, step: u16, field: u64) -> u64 {
        let place = u64::from(position) << 32 | u64::from(step) << 16;
        self.hash.at(self.block, place | field)
    }
}

impl Laws {
    /// The laws of deviations; refuses a share that is no probability.
    pub(crate) fn new(deviations: &Deviations) -> Result<Self, EngineError> {
        let mut laws = Self::default();
        for (place, deviation) in deviations.0.iter().enumerate() {
            let Some(Deviation { share, time }) = deviation else { continue };
            let millionths = u64::from(share.millionths());
            let gate = (millionths * GATE).div_ceil(1_000_000);
            let confirmed = Probability::ratio(millionths * GATE, gate * 1_000_000)
                .map_err(|error| EngineError::Deviation { reason: error.to_string() })?;
            laws.gates[place] = gate as u16;
            laws.laws[place] = Some(Law { confirmed, time: time.clone() });
        }
        Ok(laws)
    }

    /// The longest time by which a record, or its duplicate, can be released after its event time.
    pub(crate) fn longest_delay(&self) -> i64 {
        let longest = |kind| {
            let law =
                KINDS.iter().position(|known| *known == kind).and_then(|at| self.laws[at].as_ref());
            law.and_then(|law| law.time.as_ref()).map_or(0, Dwell::longest)
        };
        [FaultKind::Late, FaultKind::Reorder, FaultKind::Duplicate]
            .into_iter()
            .fold(0, |sum: i64, kind| sum.saturating_add(longest(kind)))
    }

    /// Returns false if the record of a step does not deviate.
    #[inline]
    pub(crate) fn may_touch(&self, draws: Draws, position: u16, step: u16) -> bool {
        let word = draws.word(position, step, 0);
        let mut passes = false;
        for (place, gate) in self.gates.iter().enumerate() {
            passes |= ((word >> (GATE_BITS * place as u32)) as u16 & (GATE - 1) as u16) < *gate;
        }
        passes
    }

    /// What becomes of the record of a step.
    pub(crate) fn fate(&self, draws: Draws, position: u16, step: u16) -> Fate {
        let word = draws.word(position, step, 0);
        let mut fate = Fate::default();
        for (place, law) in self.laws.iter().enumerate() {
            let Some(Law { confirmed, time }) = law else { continue };
            let bits = (word >> (GATE_BITS * place as u32)) as u16 & (GATE - 1) as u16;
            let field = 1 + 2 * place as u64;
            if bits < self.gates[place] && confirmed.hits(draws.word(position, step, field)) {
                let time = time.as_ref().map(|law| law.pick(draws.word(position, step, field + 1)));
                fate.times[place] = Some(time.unwrap_or(0));
            }
        }
        fate
    }
}

impl Fate {
    fn time(&self, kind: FaultKind) -> Option<i64> {
        self.kinds().find(|(its, _)| *its == kind).map(|(_, micros)| micros)
    }

    /// The kinds by which the record deviates, each with its time.
    fn kinds(&self) -> impl Iterator<Item = (FaultKind, i64)> {
        KINDS.into_iter().zip(self.times).filter_map(|(kind, time)| Some((kind, time?)))
    }

    /// Returns true if there is no such record; then nothing else becomes of it.
    pub(crate) fn is_dropped(&self) -> bool {
        self.time(FaultKind::Drop).is_some()
    }

    /// Microseconds from the moment at which the record happens to that of its release.
    pub(crate) fn delay(&self) -> i64 {
        [FaultKind::Late, FaultKind::Reorder].into_iter().filter_map(|kind| self.time(kind)).sum()
    }

    /// Microseconds by which the record says that it happens later than it does.
    pub(crate) fn ahead(&self) -> i64 {
        self.time(FaultKind::Future).unwrap_or(0)
    }

    /// Microseconds from the release of the record to that of its duplicate, if it has one.
    pub(crate) fn repeated(&self) -> Option<i64> {
        self.time(FaultKind::Duplicate)
    }

    /// The faults of the record, or of its duplicate.
    pub(crate) fn faults(&self, is_copy: bool) -> impl Iterator<Item = (FaultKind, i64)> {
        let of_copy = |kind| kind == FaultKind::Duplicate;
        self.kinds().filter(move |(kind, _)| of_copy(*kind) == is_copy)
    }
}
