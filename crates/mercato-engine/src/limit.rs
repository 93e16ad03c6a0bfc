//! The end of a run by its number of records.
//!
//! The number of records of a slice is known only once it has been rendered, and slices are
//! rendered side by side.
//! So the limit is applied where batches are in order again: see [`Assembly`](crate::Assembly).

use mercato_encode::Batch;

/// The number of records that may still leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RecordLimit {
    left: Option<u64>,
}

impl RecordLimit {
    pub(crate) fn new(left: Option<u64>) -> Self {
        Self { left }
    }

    /// Returns true if no more record may leave.
    pub(crate) fn is_reached(&self) -> bool {
        self.left == Some(0)
    }

    /// The part of the next batch in order that may leave; none once the limit is reached.
    pub(crate) fn admit(&mut self, mut batch: Batch) -> Option<Batch> {
        let Some(left) = &mut self.left else { return Some(batch) };
        if *left == 0 {
            return None;
        }
        batch.truncate(usize::try_from(*left).unwrap_or(usize::MAX));
        *left -= batch.len() as u64;
        Some(batch)
    }
}
