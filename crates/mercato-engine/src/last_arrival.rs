//! The last arrival of a run that ends by their number, found without drawing those before it.

use crate::Key;
use crate::process::{ArrivalProcess, BlockPlan, SubstreamStart};
use crate::substream::Substream;

/// Blocks that may wait to be counted; looking for those that are over each time would cost more
/// than walking.
const MOST_OPEN: usize = 64;

/// A planned block whose arrivals are not all known to lie before those still to be planned.
struct Open {
    substream: usize,
    plan: BlockPlan,
    /// Its arrivals, once they are needed.
    keys: Vec<Key>,
}

/// The `count`th arrival of the substreams together; none if it lies at `end` or later.
///
/// Blocks are planned in the order of their time and counted as a whole. Only those that may hold
/// the last arrival are looked at arrival by arrival.
pub(crate) fn last_arrival(substreams: &[&Substream], count: u64, end: i64) -> Option<Key> {
    let begun = |substream: &&Substream| {
        let mut process = substream.process.clone();
        process.restart(SubstreamStart::ORIGIN);
        let watermark = process.watermark();
        (process, watermark)
    };
    let mut processes: Vec<(ArrivalProcess, i64)> = substreams.iter().map(begun).collect();
    let block_len = u64::from(processes.first()?.0.block_len());
    let (mut before, mut open, mut most_open) = (0, Vec::<Open>::new(), MOST_OPEN);
    loop {
        let next = (0..processes.len()).min_by_key(|number| processes[*number].1)?;
        let frontier = processes[next].1;
        let reached = |before, open: &[Open]| before + open.len() as u64 * block_len >= count;
        if open.len() >= most_open || reached(before, &open) {
            let is_over = |block: &Open| block.plan.watermark < frontier;
            let over = open.iter().filter(|block| is_over(block)).count() as u64 * block_len;
            if before + over < count {
                before += over;
                open.retain(|block| !is_over(block));
            }
            most_open = MOST_OPEN + 2 * open.len();
            if reached(before, &open)
                && let Some(last) = settled(substreams, &mut open, frontier, count - before)
            {
                return Some(last).filter(|key| key.release_time < end);
            }
        }
        if frontier >= end {
            return None;
        }
        let (process, watermark) = &mut processes[next];
        let plan = process.advance();
        *watermark = plan.watermark;
        open.push(Open { substream: next, plan, keys: Vec::new() });
    }
}

/// The `count`th arrival of the open blocks; none while arrivals still to be planned may come
/// before it.
fn settled(substreams: &[&Substream], open: &mut [Open], frontier: i64, count: u64) -> Option<Key> {
    for block in open.iter_mut().filter(|block| block.keys.is_empty()) {
        block.keys = substreams[block.substream].keys(&block.plan).collect();
    }
    let keys = open.iter().flat_map(|block| &block.keys);
    let settled = keys.filter(|key| key.release_time < frontier);
    if (settled.clone().count() as u64) < count.max(1) {
        return None;
    }
    let mut settled: Vec<Key> = settled.copied().collect();
    Some(*settled.select_nth_unstable(count.saturating_sub(1) as usize).1)
}
