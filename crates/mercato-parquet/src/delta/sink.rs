//! The sink whose files become a version of each table.

use std::ops::Range;

use mercato_encode::Batch;
use mercato_sinks::{Delivery, SafePoint, Sink, SinkError};

use super::table::Table;

/// A sink that writes files with another one, and adds them to tables once all are complete.
pub(super) struct DeltaSink {
    /// The tables by topic; none where the table has the records already.
    tables: Vec<Option<Table>>,
    /// Records that were not written because their table has them.
    held: Delivery,
    inner: Box<dyn Sink>,
}

impl DeltaSink {
    pub(super) fn new(inner: Box<dyn Sink>, tables: Vec<Option<Table>>) -> Self {
        Self { tables, held: Delivery::default(), inner }
    }

    fn is_held(&self, topic: u16) -> bool {
        matches!(self.tables.get(usize::from(topic)), Some(None))
    }
}

impl Sink for DeltaSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        let spans = &batch.spans()[range.clone()];
        let is_held = |span: &mercato_encode::Span| self.is_held(span.stamp.topic);
        let groups = spans.chunk_by(|one, next| is_held(one) == is_held(next));
        let groups: Vec<_> = groups.map(|spans| (spans.len(), is_held(&spans[0]))).collect();
        let mut start = range.start;
        for (length, is_held) in groups {
            let part = start..start + length;
            start = part.end;
            if is_held {
                self.held.accept(batch, &part);
                self.held.acknowledged += length as u64;
            } else {
                self.inner.write(batch, part)?;
            }
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        self.inner.flush()
    }

    fn delivery(&self) -> Delivery {
        self.inner.delivery().plus(self.held)
    }

    fn safe_point(&mut self) -> Result<SafePoint, SinkError> {
        self.inner.safe_point()
    }

    /// Completes all files, and only then adds them to the tables.
    fn finish(self: Box<Self>) -> Result<Delivery, SinkError> {
        let Self { tables, held, inner } = *self;
        let delivery = inner.finish()?.plus(held);
        let failed = |table: &Table, error| {
            let source = std::io::Error::other(error);
            let (records, bytes) = (delivery.acknowledged, delivery.bytes);
            SinkError::file("add the files to the table", &table.folder, records, bytes, source)
        };
        let add = |table: &Table| table.add().map_err(|error| failed(table, error));
        // Every table gets its files, also after one that fails; the first failure is reported.
        let results: Vec<_> = tables.iter().flatten().map(add).collect();
        results.into_iter().collect::<Result<(), _>>().map(|()| delivery)
    }

    /// Adds nothing: what is missing would be missed by nobody.
    fn stop(self: Box<Self>, goes_on: bool) -> Result<Delivery, SinkError> {
        let Self { held, inner, .. } = *self;
        Ok(inner.stop(goes_on)?.plus(held))
    }

    fn abandon(self: Box<Self>) -> Result<Delivery, SinkError> {
        let Self { held, inner, .. } = *self;
        Ok(inner.abandon()?.plus(held))
    }
}
