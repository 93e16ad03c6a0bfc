//! Two sinks as one.

use std::fmt;
use std::ops::Range;

use mercato_encode::Batch;

use crate::{Delivery, DeliveryView, SafePoint, Sink, SinkError};

/// A sink that gives every record to two others.
///
/// Both get every call, even when one of them fails, so neither lacks what the other has.
/// The first sink's error goes before the second's; the second's is lost if both fail in one call.
///
/// A reader that goes away ([`SinkError::Closed`]), such as `head` behind a pipe, ends its own sink
/// only; the other goes on alone, and the counts are its own from then on.
///
/// A record is delivered when both have it and lost when either has lost it, so the counts are the
/// smaller number of acknowledged records and the larger of failed ones.
/// (Their sum would count a record twice that both have lost.)
pub struct TeeSink {
    first: Leg,
    second: Leg,
}

/// One of the two sinks; none once its reader has gone.
struct Leg(Option<Box<dyn Sink>>);

impl TeeSink {
    /// A sink over both; put the one whose errors matter more first.
    pub fn new(first: Box<dyn Sink>, second: Box<dyn Sink>) -> Self {
        Self { first: Leg(Some(first)), second: Leg(Some(second)) }
    }
}

impl Sink for TeeSink {
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError> {
        let first = self.first.call(|sink| sink.write(batch, range.clone()));
        let second = self.second.call(|sink| sink.write(batch, range));
        self.both_of(first, second)
    }

    fn flush(&mut self) -> Result<(), SinkError> {
        let first = self.first.call(|sink| sink.flush());
        let second = self.second.call(|sink| sink.flush());
        self.both_of(first, second)
    }

    fn delivery(&self) -> Delivery {
        match (&self.first.0, &self.second.0) {
            (Some(first), Some(second)) => both(first.delivery(), second.delivery()),
            (Some(only), None) | (None, Some(only)) => only.delivery(),
            (None, None) => Delivery::default(),
        }
    }

    /// Both views as one; a sink without a view settles its records in each call, so the other's
    /// says it all.
    fn view(&self) -> Option<DeliveryView> {
        let view = |leg: &Leg| leg.0.as_ref().and_then(|sink| sink.view());
        match (view(&self.first), view(&self.second)) {
            (Some(first), Some(second)) => {
                let silent = [first.clone(), second.clone()];
                let view = DeliveryView::new(move || both(first.delivery(), second.delivery()));
                Some(view.with_silence(move || silent.iter().any(DeliveryView::is_silent)))
            }
            (first, second) => first.or(second),
        }
    }

    /// What is safe in both.
    fn safe_point(&mut self) -> Result<SafePoint, SinkError> {
        let point = |leg: &mut Leg| leg.0.as_mut().map(|sink| sink.safe_point()).transpose();
        match (point(&mut self.first)?, point(&mut self.second)?) {
            (Some(first), Some(second)) => Ok(first.and(second)),
            (Some(only), None) | (None, Some(only)) => Ok(only),
            (None, None) => Err(SinkError::Closed),
        }
    }

    /// Stops both, the second also when the first fails.
    fn stop(self: Box<Self>, goes_on: bool) -> Result<Delivery, SinkError> {
        let first = self.first.0.map(|sink| sink.stop(goes_on));
        let second = self.second.0.map(|sink| sink.stop(goes_on));
        ended(first, second)
    }

    /// Finishes both, the second also when the first fails.
    fn finish(self: Box<Self>) -> Result<Delivery, SinkError> {
        let first = self.first.0.map(Sink::finish);
        let second = self.second.0.map(Sink::finish);
        ended(first, second)
    }

    /// Abandons both, the second also when the first fails.
    fn abandon(self: Box<Self>) -> Result<Delivery, SinkError> {
        let first = self.first.0.map(Sink::abandon);
        let second = self.second.0.map(Sink::abandon);
        ended(first, second)
    }
}

impl fmt::Debug for TeeSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TeeSink").field("delivery", &self.delivery()).finish_non_exhaustive()
    }
}

impl Leg {
    /// Calls the sink unless its reader has gone, and lets go of it if it does now.
    fn call(
        &mut self,
        call: impl FnOnce(&mut dyn Sink) -> Result<(), SinkError>,
    ) -> Result<(), SinkError> {
        let Some(sink) = &mut self.0 else { return Ok(()) };
        let result = call(sink.as_mut());
        if matches!(result, Err(SinkError::Closed)) {
            self.0 = None;
            return Ok(());
        }
        result
    }
}

impl TeeSink {
    /// The result of a call to both: closed once both readers have gone.
    fn both_of(
        &self,
        first: Result<(), SinkError>,
        second: Result<(), SinkError>,
    ) -> Result<(), SinkError> {
        if self.first.0.is_none() && self.second.0.is_none() {
            return Err(SinkError::Closed);
        }
        first.and(second)
    }
}

/// The outcome of one of the sinks; none if its reader went away before the end.
type Last = Option<Result<Delivery, SinkError>>;

/// The outcome of both: that of the other where one has closed, and closed if both have.
fn ended(first: Last, second: Last) -> Result<Delivery, SinkError> {
    let open = |last: Last| last.filter(|last| !matches!(last, Err(SinkError::Closed)));
    match (open(first), open(second)) {
        (Some(Ok(first)), Some(Ok(second))) => Ok(both(first, second)),
        (Some(Err(error)), _) | (_, Some(Err(error))) => Err(error),
        (Some(Ok(only)), None) | (None, Some(Ok(only))) => Ok(only),
        (None, None) => Err(SinkError::Closed),
    }
}

/// Returns the delivery counts of records given to both sinks.
fn both(first: Delivery, second: Delivery) -> Delivery {
    Delivery {
        accepted: first.accepted.max(second.accepted),
        acknowledged: first.acknowledged.min(second.acknowledged),
        failed: first.failed.max(second.failed),
        bytes: first.bytes.max(second.bytes),
    }
}
