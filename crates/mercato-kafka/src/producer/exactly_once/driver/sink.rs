//! The driver as a sink: records in, commits when the run says so.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use mercato_encode::Batch;
use mercato_sinks::{Delivery, DeliveryView, SafePoint, Sink, SinkError};
use rdkafka::error::RDKafkaErrorCode as Code;

use super::ExactlyOnceSink;
use crate::producer::RecordTimestamp;
use crate::producer::exactly_once::machine::{Event, Reason};
use crate::producer::exactly_once::transaction::Fault;

impl Sink for ExactlyOnceSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        for index in range {
            let stamp = &batch.spans()[index].stamp;
            let topic = usize::from(stamp.topic);
            let (key, value) = (batch.key(index), batch.value(index));
            let partition = self.targets[topic].partition(key);
            let is_event_time = self.options.record_timestamp == RecordTimestamp::Event;
            let timestamp = is_event_time.then(|| stamp.event_time.div_euclid(1000));
            let prefix = self.options.value_prefixes.get(topic).map_or(&[][..], Vec::as_slice);
            let place = (topic, partition);
            self.held.push(place, (stamp.coordinates, timestamp), key, (prefix, value));
            self.counts.accepted.fetch_add(1, Ordering::AcqRel);
            self.counts.bytes.fetch_add(value.len() as u64, Ordering::Relaxed);
            self.handle(Event::Taken)?;
        }
        match self.send() {
            Ok(()) => Ok(()),
            Err(Fault::InVain) => Err(self.in_vain()),
            Err(Fault::Failed(why)) => {
                self.note_trouble(&why);
                self.handle(Event::Failed)
            }
            Err(Fault::Lost(code)) => {
                self.machine.next(Event::Lost);
                Err(self.stopped(Reason::Lost, Some(code)))
            }
        }
    }

    /// Hands nothing on: librdkafka sends what it has after `linger.ms` by itself.
    fn flush(&mut self) -> Result<(), SinkError> {
        Ok(())
    }

    fn commit(&mut self, state: &[u8], is_last: bool) -> Result<(), SinkError> {
        self.is_last = is_last;
        self.state.clear();
        self.state.extend_from_slice(state);
        self.handle(Event::Cut)
    }

    fn stored(&self) -> Option<&[u8]> {
        self.found.as_ref().map(|found| found.state.as_slice())
    }

    fn delivery(&self) -> Delivery {
        self.counts.delivery()
    }

    fn view(&self) -> Option<DeliveryView> {
        let (counts, watch) = (Arc::clone(&self.counts), Arc::clone(&self.watch));
        let view = DeliveryView::new(move || counts.delivery());
        Some(view.with_silence(move || watch.is_silent()))
    }

    fn safe_point(&mut self) -> Result<SafePoint, SinkError> {
        Ok(SafePoint::records(self.counts.delivery().acknowledged))
    }

    /// Ends the run; what is not committed is aborted, and an error.
    fn finish(mut self: Box<Self>) -> Result<Delivery, SinkError> {
        if let Some(producer) = self.producer.take() {
            producer.abort();
        }
        let delivery = self.counts.delivery();
        match self.lost {
            Some(code) => Err(self.undelivered(code)),
            None if delivery.in_flight() > 0 => Err(self.undelivered(Code::PurgeQueue)),
            None => Ok(delivery),
        }
    }
}

impl Drop for ExactlyOnceSink {
    fn drop(&mut self) {
        if let Some(producer) = self.producer.take() {
            producer.retire();
        }
    }
}

impl fmt::Debug for ExactlyOnceSink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ExactlyOnceSink")
            .field("run", &self.progress.run)
            .field("machine", &self.machine)
            .field("targets", &self.targets)
            .field("delivery", &self.delivery())
            .finish_non_exhaustive()
    }
}
