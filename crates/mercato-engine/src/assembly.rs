//! The assembly: what slices left behind, side by side, becomes the run, one after the other.
//!
//! Two things show only here, where records are in order: what the windows of a fold add up to,
//! whose records are put where their windows end, and which record is the last of a run that ends
//! by their number.
//! Whoever carries out the tasks of a planner hands each slice's parts in, in the order of the
//! slices, and takes the batches out.

use std::collections::VecDeque;

use mercato_encode::Batch;

use crate::EngineError;
use crate::fold::OpenWindows;
use crate::limit::RecordLimit;
use crate::output::Part;

/// Puts the parts of a run's slices together.
#[derive(Debug)]
pub struct Assembly {
    parts: VecDeque<Part>,
    windows: Option<OpenWindows>,
    limit: RecordLimit,
}

impl Assembly {
    pub(crate) fn new(windows: Option<OpenWindows>, limit: RecordLimit) -> Self {
        Self { parts: VecDeque::new(), windows, limit }
    }

    /// Returns true if no more record may leave, because the run ends by their number.
    pub fn is_over(&self) -> bool {
        self.limit.is_reached()
    }

    /// Takes a part of the slice whose turn it is.
    ///
    /// The parts of another slice follow when [`Assembly::next_batch`] has nothing more, because a
    /// batch has the look-back of its slice.
    pub fn push(&mut self, part: Part) {
        self.parts.push_back(part);
    }

    /// The next batch; none before another part has come. `spare` makes an empty batch where one is
    /// needed.
    ///
    /// Fails when the fold panics.
    pub fn next_batch(
        &mut self,
        spare: impl FnMut() -> Batch,
    ) -> Result<Option<Batch>, EngineError> {
        let batch = self.assemble(spare)?;
        Ok(batch.and_then(|batch| self.limit.admit(batch)))
    }

    /// The next batch without regard to the number of records.
    fn assemble(&mut self, mut spare: impl FnMut() -> Batch) -> Result<Option<Batch>, EngineError> {
        let mut open: Option<Batch> = None;
        loop {
            // Records of a fold end the batch of the records before them: one write where there
            // would be two.
            if let Some(windows) = self.windows.as_mut().filter(|windows| windows.is_due()) {
                let mut batch = open.take().unwrap_or_else(&mut spare);
                windows.close_until_full(&mut batch)?;
                if batch.is_full() {
                    return Ok(Some(batch));
                }
                open = Some(batch);
                continue;
            }
            match self.parts.pop_front() {
                Some(Part::Batch(batch)) => match open.take() {
                    Some(before) if !before.is_blank() => {
                        self.parts.push_front(Part::Batch(batch));
                        return Ok(Some(before));
                    }
                    _ => open = Some(batch),
                },
                Some(Part::Accumulator(partial)) => {
                    if let Some(windows) = &mut self.windows {
                        windows.add(&partial);
                    }
                }
                None => {
                    return Ok(open.filter(|batch| !batch.is_blank()));
                }
            }
        }
    }
}
