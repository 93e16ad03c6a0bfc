//! The expected records: those of the run, each with the partition into which it belongs.

use std::ops::ControlFlow;

use mercato_encode::{Batch, Envelope};
use mercato_engine::{EngineError, Extent, Key, Run};

use crate::records::Layout;

/// A record that should be there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) partition: u32,
    pub(super) key: &'a [u8],
    pub(super) value: &'a [u8],
    /// Its place in the run; none for a header.
    pub(super) at: Option<Key>,
}

/// The part of a run that should be there.
#[derive(Debug, Clone)]
pub(super) struct Expectation<'a> {
    pub(super) run: &'a Run,
    pub(super) header: Option<Vec<u8>>,
    pub(super) topic: Option<u16>,
    pub(super) records: Option<u64>,
    /// The envelope, where records of several topics stand in one place.
    pub(super) envelope: Option<Envelope>,
}

impl Expectation<'_> {
    /// Returns true if evaluating it would never end.
    pub(super) fn is_endless(&self) -> bool {
        let Extent { arrivals: None, until: None, to: None, last: None, records: None, .. } =
            self.run.extent()
        else {
            return false;
        };
        self.records.is_none()
    }

    /// The value of a record as it stands where it is looked for; `enclosed` is room for it.
    pub(super) fn as_it_stands<'a>(
        &self,
        batch: &'a Batch,
        index: usize,
        enclosed: &'a mut Vec<u8>,
    ) -> &'a [u8] {
        let Some(envelope) = &self.envelope else { return batch.value(index) };
        enclosed.clear();
        envelope.append(
            enclosed,
            batch.spans()[index].stamp.topic,
            batch.key(index),
            batch.value(index),
        );
        enclosed
    }

    /// Evaluates the run and hands each record to `visit` until that breaks off; the same records
    /// in the same order every time.
    ///
    /// Returns the number of records evaluated, of all topics.
    pub(super) fn walk<E: From<EngineError>>(
        &self,
        layout: Layout,
        mut visit: impl FnMut(&Expected<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<u64, E> {
        if let (Layout::Lines, Some(header)) = (layout, &self.header) {
            // A single record is nothing to break off for.
            let _ = visit(&Expected { partition: 0, key: b"", value: header, at: None })?;
        }
        let mut enclosed = Vec::new();
        let limit = self.records.unwrap_or(u64::MAX);
        let mut walked = 0;
        let mut batches = self.run.batches()?;
        while walked < limit
            && let Some(batch) = batches.next()
        {
            let left = usize::try_from(limit - walked).unwrap_or(usize::MAX);
            for (index, span) in batch.spans().iter().enumerate().take(left) {
                walked += 1;
                if self.topic.is_some_and(|topic| topic != span.stamp.topic) {
                    continue;
                }
                let (key, at) = (batch.key(index), Some((&span.stamp).into()));
                let value = self.as_it_stands(&batch, index, &mut enclosed);
                if value.is_empty() && layout == Layout::Lines {
                    // Lines have no trace of a record that is a key alone.
                    continue;
                }
                let expected = Expected { partition: layout.partition_of(key), key, value, at };
                if visit(&expected)?.is_break() {
                    return Ok(walked);
                }
            }
            batches.recycle(batch);
        }
        Ok(walked)
    }
}
