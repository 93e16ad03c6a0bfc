//! Batches of a run in order, made by any number of threads.
//!
//! Threads take tasks from the planner in its order and carry them out side by side;
//! slices that are done wait until it is their turn.
//! A slice waits only for blocks that were handed out before it, so nothing can wait in a circle.
//!
//! Nobody sleeps who could work: where nothing is paced, the thread that writes carries out tasks
//! itself while the next slice is not done, so `n` threads are `n` threads and seldom wake another.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::{io, mem};

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
    /// Number of the thread that filled the batch and gets it back: its memory lies in that core's
    /// caches, and filling it again from another core would cost a third of the whole work.
    owner: usize,
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

    /// A pipeline of `threads` threads, of which the caller's is one; fails where the system
    /// refuses them.
    pub(super) fn shared(planner: Planner, threads: usize) -> io::Result<Self> {
        Ok(Self::Threads(Box::new(Workers::start(planner, threads.saturating_sub(1), true)?)))
    }

    /// A pipeline of `threads` threads besides the caller's, which is free to wait for the time at
    /// which a record is due; fails where the system refuses them.
    pub(super) fn beside(planner: Planner, threads: usize) -> io::Result<Self> {
        Ok(Self::Threads(Box::new(Workers::start(planner, threads, false)?)))
    }

    /// The next batch; none at the end of the run, or once `interrupt` is raised, however long
    /// nothing may be due that is wanted. Fails when a stream panics.
    pub(super) fn next(&mut self, interrupt: &Interrupt) -> Result<Option<Portion>, EngineError> {
        match self {
            Self::Inline(batches) => {
                let batch = batches.try_next_while(|| !interrupt.is_raised())?;
                let lookback = || batches.lookback().into();
                Ok(batch.map(|batch| Portion { batch, lookback: lookback(), owner: 0 }))
            }
            Self::Threads(workers) => workers.next(interrupt),
        }
    }

    /// Takes back a batch that has left.
    pub(super) fn recycle(&mut self, portion: Portion) {
        match self {
            Self::Inline(batches) => batches.recycle(portion.batch),
            Self::Threads(workers) => workers.recycle(portion),
        }
    }
}

/// Finished batches of each thread that may wait for the writer: they bound the memory.
const BATCHES_PER_THREAD: usize = 8;

/// Slices for each thread that may be ahead of the writer. Slices differ a hundredfold in size, and
/// while one thread renders a large one, another gets through many that are nearly empty.
const SLICES_PER_THREAD: u64 = 64;

/// Blocks that are planned ahead for each thread, so that slices seldom wait.
const BLOCKS_PER_THREAD: usize = 2;

#[derive(Debug)]
pub(super) struct Workers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
    /// The caller's own share of the work, if it has one.
    own: Option<Worker>,
    assembly: Assembly,
    /// That of the slice whose parts are being put together.
    lookback: Arc<[SubstreamStart]>,
    /// The thread that rendered it.
    owner: usize,
    next: u64,
}

/// A slice that waits for its turn.
#[derive(Debug)]
struct Finished {
    parts: Vec<Part>,
    lookback: Arc<[SubstreamStart]>,
    owner: usize,
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
    /// Batches of each thread's finished slices.
    ready: Vec<usize>,
    finished: BTreeMap<u64, Finished>,
    /// Empty batches of each thread.
    free: Vec<Vec<Batch>>,
    /// Threads besides the caller's that have not ended.
    working: usize,
    /// Threads that wait for room; waking nobody is a system call, too.
    waiting: usize,
    /// The caller waits for a slice.
    is_awaited: bool,
    closed: bool,
    /// Why there will be no more slices, where that is not the run's end.
    failed: Option<EngineError>,
}

/// A task, or why there is none.
#[expect(clippy::large_enum_variant, reason = "it is taken apart where it is returned")]
enum Taken {
    /// A slice comes with its number.
    Task(u64, Task),
    /// The writer is too far behind.
    Full,
    /// There are no more tasks.
    End,
}

impl State {
    /// The next task for `worker`, with empty batches of its own if it is a slice.
    fn take(&mut self, worker: &mut Worker) -> Result<Taken, EngineError> {
        if self.closed {
            return Ok(Taken::End);
        }
        let is_far_ahead = self.taken - self.written >= self.most_ahead;
        if is_far_ahead || self.ready[worker.number] >= BATCHES_PER_THREAD {
            return Ok(Taken::Full);
        }
        let Some(task) = self.planner.next_task()? else { return Ok(Taken::End) };
        let number = self.taken;
        if matches!(task, Task::Render(_)) {
            self.taken += 1;
            // As many as any slice may fill: one that was given too few makes new ones while others
            // lie idle.
            while worker.scratch.spare_batches() < worker.most_batches
                && let Some(batch) = self.spare(worker)
            {
                worker.scratch.recycle(batch);
            }
        }
        Ok(Taken::Task(number, task))
    }

    /// An empty batch of the worker's own; where it has none, one of a thread that has more than a
    /// slice needs.
    fn spare(&mut self, worker: &Worker) -> Option<Batch> {
        let own = self.free[worker.number].pop();
        own.or_else(|| self.free.iter_mut().find(|free| free.len() > worker.most_batches)?.pop())
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Wakes the caller if it waits.
    fn wake_caller(&self, mut state: MutexGuard<'_, State>) {
        let is_awaited = mem::take(&mut state.is_awaited);
        drop(state);
        if is_awaited {
            self.done.notify_one();
        }
    }

    /// Wakes the threads that wait for room, if any do and `owner` has enough of it: half, so that
    /// they are not woken for each slice.
    fn wake_workers(&self, state: MutexGuard<'_, State>, owner: usize) {
        let is_half_free = 2 * (state.taken - state.written) <= state.most_ahead
            && 2 * state.ready[owner] <= BATCHES_PER_THREAD;
        let wakes = state.waiting > 0 && is_half_free;
        drop(state);
        if wakes {
            self.room.notify_all();
        }
    }

    /// Waits until a slice may be done; false if there will be no more.
    fn wait_for_slice(&self, mut state: MutexGuard<'_, State>) -> bool {
        if state.working == 0 {
            return false;
        }
        state.is_awaited = true;
        drop(self.done.wait(state).unwrap_or_else(PoisonError::into_inner));
        true
    }

    /// Ends the run for every thread; of several errors, the first is reported.
    fn fail(&self, error: EngineError) {
        let mut state = self.lock();
        state.failed.get_or_insert(error);
        state.closed = true;
        self.wake_caller(state);
        self.room.notify_all();
    }
}

impl Workers {
    fn start(planner: Planner, threads: usize, helps: bool) -> io::Result<Self> {
        let assembly = planner.assembly();
        let workers = threads + usize::from(helps);
        let state = State {
            planner: planner.ahead(workers * BLOCKS_PER_THREAD),
            taken: 0,
            written: 0,
            most_ahead: workers as u64 * SLICES_PER_THREAD,
            ready: vec![0; workers],
            finished: BTreeMap::new(),
            free: (0..workers).map(|_| Vec::new()).collect(),
            working: threads,
            waiting: 0,
            is_awaited: false,
            closed: false,
            failed: None,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            done: Condvar::new(),
            room: Condvar::new(),
        });
        let own = helps.then(|| Worker::new(threads, Arc::clone(&shared)));
        let (lookback, begun) = (Arc::new([]), Vec::new());
        let mut workers =
            Self { shared, threads: begun, own, assembly, lookback, owner: 0, next: 0 };
        for number in 0..threads {
            let worker = Worker::new(number, Arc::clone(&workers.shared));
            let thread = thread::Builder::new().name(format!("records-{number}"));
            // Those that did start end when `workers` is dropped.
            workers.threads.push(thread.spawn(move || worker.work())?);
        }
        Ok(workers)
    }

    fn next(&mut self, interrupt: &Interrupt) -> Result<Option<Portion>, EngineError> {
        while !self.assembly.is_over() && !interrupt.is_raised() {
            let spare = || {
                let mut batch = self.shared.lock().free[self.owner].pop().unwrap_or_default();
                batch.clear();
                batch
            };
            if let Some(batch) = self.assembly.next_batch(spare)? {
                let (lookback, owner) = (Arc::clone(&self.lookback), self.owner);
                return Ok(Some(Portion { batch, lookback, owner }));
            }
            if !self.advance()? {
                return Ok(None);
            }
        }
        Ok(None)
    }

    /// Hands the next slice to the assembly if it is done; otherwise carries out a task meanwhile,
    /// or waits where there is none. Returns false if there will be no more slices.
    fn advance(&mut self) -> Result<bool, EngineError> {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock();
        if let Some(Finished { parts, lookback, owner }) = state.finished.remove(&self.next) {
            self.next += 1;
            state.written = self.next;
            state.ready[owner] -= batches_of(&parts);
            shared.wake_workers(state, owner);
            (self.lookback, self.owner) = (lookback, owner);
            for part in parts {
                self.assembly.push(part);
            }
            return Ok(true);
        }
        if let Some(error) = &state.failed {
            return Err(error.clone());
        }
        let Some(own) = &mut self.own else { return Ok(shared.wait_for_slice(state)) };
        let carried_out = match state.take(own) {
            Ok(Taken::Full | Taken::End) => return Ok(shared.wait_for_slice(state)),
            Ok(Taken::Task(number, task)) => {
                drop(state);
                own.carry_out(number, task)
            }
            Err(error) => {
                drop(state);
                Err(error)
            }
        };
        // What was finished before leaves first, as it does when another thread fails.
        carried_out.unwrap_or_else(|error| shared.fail(error));
        Ok(true)
    }

    fn recycle(&mut self, Portion { batch, owner, .. }: Portion) {
        self.shared.lock().free[owner].push(batch);
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
#[derive(Debug)]
struct Worker {
    number: usize,
    shared: Arc<Shared>,
    scratch: Scratch,
    /// Batches that the largest slice so far filled.
    most_batches: usize,
}

impl Worker {
    fn new(number: usize, shared: Arc<Shared>) -> Self {
        Self { number, shared, scratch: Scratch::default(), most_batches: 1 }
    }

    /// Carries out tasks until there are no more.
    fn work(mut self) {
        let _leaving = Leaving(Arc::clone(&self.shared));
        if let Err(error) = self.work_to_end() {
            self.shared.fail(error);
        }
    }

    fn work_to_end(&mut self) -> Result<(), EngineError> {
        while let Some((number, task)) = self.take()? {
            self.carry_out(number, task)?;
        }
        Ok(())
    }

    /// The next task, as soon as the writer is near enough.
    fn take(&mut self) -> Result<Option<(u64, Task)>, EngineError> {
        let shared = Arc::clone(&self.shared);
        let mut state = shared.lock();
        loop {
            match state.take(self)? {
                Taken::Task(number, task) => return Ok(Some((number, task))),
                Taken::End => return Ok(None),
                Taken::Full => {
                    state.waiting += 1;
                    state = shared.room.wait(state).unwrap_or_else(PoisonError::into_inner);
                    state.waiting -= 1;
                }
            }
        }
    }

    fn carry_out(&mut self, number: u64, task: Task) -> Result<(), EngineError> {
        match task {
            Task::Draw(block) => block.draw(&mut self.scratch),
            Task::Render(slice) => self.render(number, &slice),
        }
    }

    fn render(&mut self, number: u64, slice: &Slice) -> Result<(), EngineError> {
        // What keeps a block from being drawn is told by whoever was to draw it.
        if !slice.wait() {
            return Ok(());
        }
        let mut parts = Vec::new();
        slice.render(&mut self.scratch, |_, part| parts.push(part))?;
        let batches = batches_of(&parts);
        self.most_batches = self.most_batches.max(batches);
        let mut state = self.shared.lock();
        state.ready[self.number] += batches;
        let lookback = Arc::clone(slice.lookback());
        state.finished.insert(number, Finished { parts, lookback, owner: self.number });
        self.shared.wake_caller(state);
        Ok(())
    }
}

fn batches_of(parts: &[Part]) -> usize {
    parts.iter().filter(|part| matches!(part, Part::Batch(_))).count()
}

/// Says that a thread has ended, however it does.
struct Leaving(Arc<Shared>);

impl Drop for Leaving {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.working -= 1;
        self.0.wake_caller(state);
        // Others may be waiting for room that nobody will make any more.
        self.0.room.notify_all();
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
        while let Some(portion) = pipeline.next(&Interrupt::default()).unwrap() {
            let Portion { batch, lookback, .. } = &portion;
            for (index, span) in batch.spans().iter().enumerate() {
                lines.push(batch.line(index).to_vec());
                if lines.len() % 97 == 0 {
                    cursors.push((lines.len(), Cursor::after(&span.stamp, lookback)));
                }
            }
            pipeline.recycle(portion);
        }
        (lines, cursors)
    }

    #[test]
    fn threads_fold_what_one_does() {
        let run = toy::folded(3_000, 10);
        let (whole, cursors) = lines(Pipeline::inline(run.planner().unwrap()));
        assert_eq!(whole.len(), 3_000 + 262 + 26, "2.6 seconds have so many windows");
        for threads in [1, 2, 7] {
            let (found, _) = lines(Pipeline::shared(run.planner().unwrap(), threads).unwrap());
            assert!(found == whole, "{threads} threads");
            for (before, cursor) in &cursors {
                let (rest, _) =
                    lines(Pipeline::beside(run.resume(cursor).unwrap(), threads).unwrap());
                assert!(rest == whole[*before..], "resumed behind {before} on {threads} threads");
            }
        }
    }

    #[test]
    fn batches_serve_again_however_much_slices_differ() {
        for (threads, helps, run) in [
            (1, false, toy::run as fn(u64, usize) -> _),
            (1, true, toy::run),
            (2, false, toy::run),
            (1, false, toy::folded),
            (1, true, toy::folded),
            (2, false, toy::folded),
        ] {
            let planner = run(6_000, 20_000).planner().unwrap();
            let mut workers = Workers::start(planner, threads, helps).unwrap();
            let threads = threads + usize::from(helps);
            let mut portions = 0;
            while let Some(portion) = workers.next(&Interrupt::default()).unwrap() {
                portions += 1;
                workers.recycle(portion);
            }
            let own = workers.own.as_ref().map_or(0, |own| own.scratch.spare_batches());
            let free = own + workers.shared.lock().free.iter().map(Vec::len).sum::<usize>();
            assert!(portions > 300, "{portions}");
            assert!(free <= 16 * threads, "{free} batches were made for {threads} threads");
        }
    }
}
