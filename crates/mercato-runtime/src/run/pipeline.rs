//! Batches of a run in order, made by as many threads as one likes.
//!
//! Threads take tasks from the planner in its order and carry them out side by side;
//! slices that are done wait until it is their turn.
//! A slice waits only for blocks that were handed out before it, so nothing can wait in a circle.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use mercato_encode::Batch;
use mercato_engine::{
    Assembly, Batches, EngineError, Part, Planner, Scratch, Slice, SubstreamStart, Task,
};

use super::interrupt::Interrupt;

/// A batch, and where its slice's look-back begins.
#[derive(Debug)]
pub(super) struct Portion {
    pub(super) batch: Batch,
    pub(super) lookback: Arc<[SubstreamStart]>,
}

/// Makes the batches of a run.
#[derive(Debug)]
pub(super) enum Pipeline {
    /// On the caller's own thread, when it asks.
    Inline(Box<Batches>),
    /// On threads of its own, some slices ahead.
    Threads(Box<Workers>),
}

impl Pipeline {
    /// A pipeline on the caller's thread.
    pub(super) fn inline(planner: Planner) -> Self {
        Self::Inline(Box::new(Batches::of(planner)))
    }

    /// A pipeline of `threads` threads.
    pub(super) fn threads(planner: Planner, threads: usize) -> Self {
        Self::Threads(Box::new(Workers::start(planner, threads)))
    }

    /// The next batch; none at the end of the run, or once `interrupt` is raised, however long
    /// nothing may be due that is wanted. Fails when a stream panics.
    pub(super) fn next(&mut self, interrupt: &Interrupt) -> Result<Option<Portion>, EngineError> {
        match self {
            Self::Inline(batches) => {
                let batch = batches.try_next_while(|| !interrupt.is_raised())?;
                Ok(batch.map(|batch| Portion { batch, lookback: batches.lookback().into() }))
            }
            Self::Threads(workers) => workers.next(interrupt),
        }
    }

    /// Takes back a batch that has left.
    pub(super) fn recycle(&mut self, batch: Batch) {
        match self {
            Self::Inline(batches) => batches.recycle(batch),
            Self::Threads(workers) => workers.shared.lock().free.push(batch),
        }
    }
}

/// Slices that a thread may be ahead of the writer; each takes the memory of about a block's
/// records.
const SLICES_PER_THREAD: u64 = 2;

/// Blocks that are planned ahead for each thread, so that slices seldom wait.
const BLOCKS_PER_THREAD: usize = 2;

#[derive(Debug)]
pub(super) struct Workers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    assembly: Assembly,
    /// That of the slice whose parts are being put together.
    lookback: Arc<[SubstreamStart]>,
    next: u64,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    /// A slice is done, or there will be no more.
    done: Condvar,
    /// A slice has left, or the run is over.
    room: Condvar,
}

#[derive(Debug)]
struct State {
    planner: Planner,
    /// Slices handed out.
    taken: u64,
    /// Slices that the writer has begun to write.
    written: u64,
    most_ahead: u64,
    finished: BTreeMap<u64, (Vec<Part>, Arc<[SubstreamStart]>)>,
    free: Vec<Batch>,
    working: usize,
    closed: bool,
    /// Why there will be no more slices, where that is not the run's end.
    failed: Option<EngineError>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the run for every thread; of several errors, the first is reported.
    fn fail(&self, error: EngineError) {
        let mut state = self.lock();
        state.failed.get_or_insert(error);
        state.closed = true;
        drop(state);
        self.done.notify_one();
        self.room.notify_all();
    }
}

impl Workers {
    fn start(planner: Planner, threads: usize) -> Self {
        let assembly = planner.assembly();
        let state = State {
            planner: planner.ahead(threads * BLOCKS_PER_THREAD),
            taken: 0,
            written: 0,
            most_ahead: threads as u64 * SLICES_PER_THREAD,
            finished: BTreeMap::new(),
            free: Vec::new(),
            working: threads,
            closed: false,
            failed: None,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            done: Condvar::new(),
            room: Condvar::new(),
        });
        let spawn = |_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                Worker { shared, scratch: Scratch::default(), most_batches: 1 }.work();
            })
        };
        let threads = (0..threads).map(spawn).collect();
        Self { shared, threads, assembly, lookback: Arc::new([]), next: 0 }
    }

    fn next(&mut self, interrupt: &Interrupt) -> Result<Option<Portion>, EngineError> {
        while !self.assembly.is_over() && !interrupt.is_raised() {
            let spare = || {
                let mut batch = self.shared.lock().free.pop().unwrap_or_default();
                batch.clear();
                batch
            };
            if let Some(batch) = self.assembly.next_batch(spare)? {
                return Ok(Some(Portion { batch, lookback: Arc::clone(&self.lookback) }));
            }
            let mut state = self.shared.lock();
            let (parts, lookback) = loop {
                if let Some(slice) = state.finished.remove(&self.next) {
                    break slice;
                }
                if let Some(error) = &state.failed {
                    return Err(error.clone());
                }
                if state.working == 0 {
                    return Ok(None);
                }
                state = self.shared.done.wait(state).unwrap_or_else(PoisonError::into_inner);
            };
            self.next += 1;
            state.written = self.next;
            drop(state);
            self.shared.room.notify_one();
            self.lookback = lookback;
            for part in parts {
                self.assembly.push(part);
            }
        }
        Ok(None)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.room.notify_all();
        for thread in self.threads.drain(..) {
            // A stream's panic has been caught on the way, and nothing else in there panics.
            let _ = thread.join();
        }
    }
}

/// One thread's share of the work.
struct Worker {
    shared: Arc<Shared>,
    scratch: Scratch,
    /// Batches that the largest slice so far filled.
    most_batches: usize,
}

impl Worker {
    fn work(mut self) {
        if let Err(error) = self.work_to_end() {
            self.shared.fail(error);
        }
    }

    fn work_to_end(&mut self) -> Result<(), EngineError> {
        while let Some((number, task)) = self.take()? {
            match task {
                Task::Draw(block) => block.draw(&mut self.scratch)?,
                Task::Render(slice) => self.render(number, &slice)?,
            }
        }
        Ok(())
    }

    /// The next task, as soon as the writer is near enough; a slice comes with its number.
    fn take(&mut self) -> Result<Option<(u64, Task)>, EngineError> {
        let mut state = self.shared.lock();
        while !state.closed && state.taken - state.written >= state.most_ahead {
            state = self.shared.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return Ok(None);
        }
        let Some(task) = state.planner.next_task()? else { return Ok(None) };
        let number = state.taken;
        if matches!(task, Task::Render(_)) {
            state.taken += 1;
            // As many as any slice may fill: one that was given too few makes new ones while others
            // lie idle.
            while self.scratch.spare_batches() < self.most_batches
                && let Some(batch) = state.free.pop()
            {
                self.scratch.recycle(batch);
            }
        }
        Ok(Some((number, task)))
    }

    fn render(&mut self, number: u64, slice: &Slice) -> Result<(), EngineError> {
        // What keeps a block from being drawn is told by whoever was to draw it.
        if !slice.wait() {
            return Ok(());
        }
        let (mut parts, mut batches) = (Vec::new(), 0);
        slice.render(&mut self.scratch, |_, part| {
            batches += usize::from(matches!(part, Part::Batch(_)));
            parts.push(part);
        })?;
        self.most_batches = self.most_batches.max(batches);
        let mut state = self.shared.lock();
        state.finished.insert(number, (parts, Arc::clone(slice.lookback())));
        drop(state);
        self.shared.done.notify_one();
        Ok(())
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.lock().working -= 1;
        self.shared.done.notify_one();
        // Another thread may be waiting for room that nobody will make any more.
        self.shared.room.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use mercato_engine::Cursor;

    use super::*;
    use crate::run::toy;

    /// The lines of a run, and after some of them where it goes on.
    fn lines(mut pipeline: Pipeline) -> (Vec<Vec<u8>>, Vec<(usize, Cursor)>) {
        let (mut lines, mut cursors) = (Vec::new(), Vec::new());
        while let Some(Portion { batch, lookback }) = pipeline.next(&Interrupt::default()).unwrap()
        {
            for (index, span) in batch.spans().iter().enumerate() {
                lines.push(batch.line(index).to_vec());
                if lines.len() % 97 == 0 {
                    cursors.push((lines.len(), Cursor::after(&span.stamp, &lookback)));
                }
            }
            pipeline.recycle(batch);
        }
        (lines, cursors)
    }

    #[test]
    fn threads_fold_what_one_does() {
        let run = toy::folded(3_000, 10);
        let (whole, cursors) = lines(Pipeline::inline(run.planner().unwrap()));
        assert_eq!(whole.len(), 3_000 + 262 + 26, "2.6 seconds have so many windows");
        for threads in [1, 2, 7] {
            let (found, _) = lines(Pipeline::threads(run.planner().unwrap(), threads));
            assert!(found == whole, "{threads} threads");
            for (before, cursor) in &cursors {
                let (rest, _) = lines(Pipeline::threads(run.resume(cursor).unwrap(), threads));
                assert!(rest == whole[*before..], "resumed behind {before} on {threads} threads");
            }
        }
    }

    #[test]
    fn batches_serve_again_however_much_slices_differ() {
        for (threads, run) in [
            (1, toy::run as fn(u64, usize) -> _),
            (2, toy::run),
            (1, toy::folded),
            (2, toy::folded),
        ] {
            let planner = run(6_000, 20_000).planner().unwrap();
            let mut workers = Workers::start(planner, threads);
            let mut portions = 0;
            while let Some(portion) = workers.next(&Interrupt::default()).unwrap() {
                portions += 1;
                workers.shared.lock().free.push(portion.batch);
            }
            let free = workers.shared.lock().free.len();
            assert!(portions > 300, "{portions}");
            assert!(free <= 16 * threads, "{free} batches were made for {threads} threads");
        }
    }
}
