//! Substreams: the arrival processes of a stream, each with the blocks still open.

use std::collections::VecDeque;
use std::sync::Arc;

use mercato_encode::Coordinates;

use crate::erased::ErasedStream;
use crate::process::{ArrivalProcess, BlockPlan, SubstreamStart};
use crate::slice::Slot;
use crate::{Key, World};

/// One substream: its arrival process and its blocks that may still have records to come.
#[derive(Debug)]
pub(crate) struct Substream {
    pub(crate) stream: Arc<dyn ErasedStream>,
    pub(crate) number: u8,
    pub(crate) rank: u8,
    pub(crate) process: ArrivalProcess,
    /// No arrival that has not been planned lies before; `i64::MAX` once the arrivals have ended.
    pub(crate) watermark: i64,
    pub(crate) open: VecDeque<OpenBlock>,
}

/// A block whose records may still be to come.
#[derive(Debug)]
pub(crate) struct OpenBlock {
    pub(crate) start: SubstreamStart,
    pub(crate) from: i64,
    /// No record of the block lies at or after.
    pub(crate) over: i64,
    /// No record that is released when it happens lies at or after.
    pub(crate) on_time_over: i64,
    /// The records released when they happen; empty once all of them have been: what is displaced
    /// may stay open much longer, and is little.
    pub(crate) on_time: Option<Slot>,
    /// The displaced records; none where no record is.
    pub(crate) displaced: Option<Slot>,
}

impl OpenBlock {
    /// The parts that may still have records to come, those released when they happen first.
    pub(crate) fn slots(&self) -> impl Iterator<Item = &Slot> {
        self.on_time.iter().chain(&self.displaced)
    }
}

impl Substream {
    /// The substreams of a stream, each at the origin.
    pub(crate) fn of(stream: &Arc<dyn ErasedStream>, world: World) -> Vec<Self> {
        let processes = stream.processes();
        let substream = |(number, process): (usize, ArrivalProcess)| Substream {
            stream: Arc::clone(stream),
            number: number as u8,
            rank: stream.id().rank,
            process,
            watermark: world.origin,
            open: VecDeque::new(),
        };
        processes.into_iter().enumerate().map(substream).collect()
    }

    /// Goes on from `start`, or from before it if records from `time` on are needed and some have
    /// their cause there:
    /// a cursor knows nothing of the windows in which it lies.
    pub(crate) fn go_back(&mut self, start: SubstreamStart, time: i64, reach: i64) {
        self.process.restart(start);
        let over = self.process.watermark().saturating_add(reach);
        if start != SubstreamStart::ORIGIN && over >= time {
            self.process.restart(SubstreamStart::ORIGIN);
            self.process.seek(time, reach);
        }
    }

    /// Lets go of what no record from `time` on needs.
    pub(crate) fn close_before(&mut self, time: i64) {
        while self.open.front().is_some_and(|block| block.over <= time) {
            self.open.pop_front();
        }
        for block in &mut self.open {
            if block.on_time_over > time {
                break;
            }
            block.on_time = None;
        }
    }

    /// The block from which the substream must be drawn again to go on from here.
    pub(crate) fn lookback(&mut self) -> SubstreamStart {
        self.open.front().map_or_else(|| self.process.position(), |block| block.start)
    }

    /// The order keys of a block's arrivals.
    pub(crate) fn keys(&self, plan: &BlockPlan) -> impl Iterator<Item = Key> + use<> {
        let (rank, substream, block) = (self.rank, self.number, plan.start.block);
        self.process.times_of(plan).into_iter().enumerate().map(move |(position, at)| {
            let position = position as u16;
            Key::on_time(
                at,
                Coordinates { rank, substream, block, position, ..Coordinates::default() },
            )
        })
    }
}
