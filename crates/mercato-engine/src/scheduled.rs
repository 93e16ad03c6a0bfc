//! The scheduled steps of a block, and the memory in which they are put in the order of time.

use crate::radix::{RadixSpare, sort_by_bits};
use crate::stream::Trace;

/// One step of one entity, to be rendered when it is released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ScheduledStep {
    /// Release time; of a silent step the event time.
    pub(crate) at: i64,
    /// Index of the entity among those kept.
    pub(crate) slot: u16,
    pub(crate) number: u16,
    pub(crate) kind: u16,
    pub(crate) flags: u16,
}

/// The first step of its entity that is emitted.
pub(crate) const FIRST: u16 = 1;
/// The last one.
pub(crate) const LAST: u16 = 2;
/// The step, or one before it, was brought forward.
pub(crate) const HURRIED: u16 = 4;
/// The stream wanted a time that no step may have.
pub(crate) const MOVED: u16 = 8;
/// The step is accumulated and makes no record: its topic is not wanted, or it belongs to another
/// shard.
pub(crate) const SILENT: u16 = 16;
/// The record deviates on purpose, in time or in number.
pub(crate) const DEVIANT: u16 = 32;
/// The record is the duplicate of another.
pub(crate) const COPY: u16 = 64;

/// Memory that drawing needs only while it draws.
#[derive(Debug, Default)]
pub(crate) struct DrawScratch {
    pub(crate) words: Vec<u64>,
    pub(crate) times: Vec<i64>,
    pub(crate) steps: Vec<ScheduledStep>,
    /// Steps that are not released at their event time, and that time.
    pub(crate) displaced: Vec<(ScheduledStep, i64)>,
    keys: Vec<u64>,
    spare: RadixSpare,
    pub(crate) trace: Trace,
    pub(crate) owner: Vec<u8>,
}

impl DrawScratch {
    /// The displaced steps by release, event and the order in which they were pushed, which is that
    /// of position, step and copy; and their event times.
    pub(crate) fn take_displaced_in_order(&mut self) -> (Box<[ScheduledStep]>, Box<[i64]>) {
        self.displaced.sort_by_key(|(step, event_time)| (step.at, *event_time));
        let (steps, event_times): (Vec<_>, Vec<_>) = self.displaced.drain(..).unzip();
        (steps.into(), event_times.into())
    }

    /// The steps in the order of time; those of one moment keep the order in which they were
    /// pushed, which is that of position and step.
    pub(crate) fn take_steps_in_order(&mut self) -> Box<[ScheduledStep]> {
        let Self { steps, keys, spare, .. } = self;
        // Traces of one step come in the order of their arrivals, and looking costs a tenth of
        // sorting.
        if steps.is_sorted_by_key(|step| step.at) {
            let sorted = steps.as_slice().into();
            steps.clear();
            return sorted;
        }
        let earliest = steps.iter().map(|step| step.at).min().unwrap_or(0);
        let latest = steps.iter().map(|step| step.at).max().unwrap_or(0);
        let index_bits = usize::BITS - steps.len().leading_zeros();
        let time_bits = u64::BITS - latest.abs_diff(earliest).leading_zeros();
        let sorted = if index_bits + time_bits <= u64::BITS {
            keys.clear();
            let key = |(index, step): (usize, &ScheduledStep)| {
                step.at.abs_diff(earliest) << index_bits | index as u64
            };
            keys.extend(steps.iter().enumerate().map(key));
            sort_by_bits(keys, index_bits, index_bits + time_bits, spare);
            let mask = (1 << index_bits) - 1;
            keys.iter().map(|key| steps[(key & mask) as usize]).collect()
        } else {
            // Only a block of more than a hundred thousand years gets here.
            steps.sort_by_key(|step| step.at);
            steps.as_slice().into()
        };
        steps.clear();
        sorted
    }
}
