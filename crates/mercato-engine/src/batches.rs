//! The batches of a run in order, made on the calling thread.

use std::panic::resume_unwind;
use std::sync::Arc;

use mercato_encode::Batch;

use crate::assembly::Assembly;
use crate::plan::{Planner, Task};
use crate::scratch::Scratch;
use crate::{EngineError, SubstreamStart};

/// A run's batches in order, made on the calling thread.
#[derive(Debug)]
pub struct Batches {
    planner: Planner,
    scratch: Scratch,
    assembly: Assembly,
    lookback: Arc<[SubstreamStart]>,
}

impl Batches {
    /// Carries out the tasks of `planner`.
    pub fn of(planner: Planner) -> Self {
        let assembly = planner.assembly();
        Self { planner, scratch: Scratch::default(), assembly, lookback: Arc::new([]) }
    }

    /// The arrival processes from which a run goes on after any record of the batch that came
    /// last.
    pub fn lookback(&self) -> &[SubstreamStart] {
        &self.lookback
    }

    /// Takes back a batch, so that its memory serves again.
    pub fn recycle(&mut self, batch: Batch) {
        self.scratch.recycle(batch);
    }

    /// The next batch; none at the end of the run. Fails when a stream panics, and the run cannot
    /// go on then.
    pub fn try_next(&mut self) -> Result<Option<Batch>, EngineError> {
        self.try_next_while(|| true)
    }

    /// The next batch; none at the end of the run, nor once `may_go_on` says no, which is asked
    /// between two slices:
    /// where nothing is wanted of what happens, a batch may be long in coming.
    pub fn try_next_while(
        &mut self,
        may_go_on: impl Fn() -> bool,
    ) -> Result<Option<Batch>, EngineError> {
        while !self.assembly.is_over() && may_go_on() {
            if let Some(batch) = self.assembly.next_batch(|| self.scratch.spare())? {
                return Ok(Some(batch));
            }
            match self.planner.next_task()? {
                None => return Ok(None),
                Some(Task::Draw(block)) => block.draw(&mut self.scratch)?,
                Some(Task::Render(slice)) => {
                    self.lookback = Arc::clone(slice.lookback());
                    let assembly = &mut self.assembly;
                    slice.render(&mut self.scratch, |_, part| assembly.push(part))?;
                }
            }
        }
        Ok(None)
    }
}

/// Panics when a stream does; [`Batches::try_next`] returns an error instead.
impl Iterator for Batches {
    type Item = Batch;

    fn next(&mut self) -> Option<Batch> {
        self.try_next().unwrap_or_else(|error| resume_unwind(Box::new(error.to_string())))
    }
}
