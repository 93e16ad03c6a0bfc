//! The contract between a run and the place its records go.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use mercato_encode::Batch;

use crate::{SafePoint, SinkError};

/// Delivery counts of the records given to a sink.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Records taken from batches.
    pub accepted: u64,
    /// Records known to be where they should be: written, or acknowledged by the broker.
    pub acknowledged: u64,
    /// Records that failed permanently.
    pub failed: u64,
    /// Bytes of the accepted records' values.
    pub bytes: u64,
}

impl Delivery {
    /// Returns the sum of these counts and those of another sink.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            accepted: self.accepted + other.accepted,
            acknowledged: self.acknowledged + other.acknowledged,
            failed: self.failed + other.failed,
            bytes: self.bytes + other.bytes,
        }
    }

    /// Counts the records `range` of `batch` as accepted.
    pub fn accept(&mut self, batch: &Batch, range: &Range<usize>) {
        self.accepted += range.len() as u64;
        self.bytes += batch.value_bytes(range.clone()) as u64;
    }

    /// Records accepted whose fate is not known yet.
    pub fn in_flight(&self) -> u64 {
        self.accepted.saturating_sub(self.acknowledged).saturating_sub(self.failed)
    }
}

/// A place where encoded records go.
///
/// A run calls `write` for consecutive ranges of consecutive batches, `flush` whenever it is about
/// to wait, and `finish` exactly once at its end, also after an interruption.
/// A sink that is dropped without `finish` has failed: it leaves nothing after that looks
/// complete.
pub trait Sink: Send {
    /// Takes the records `range` of `batch`.
    ///
    /// Blocks while the destination is slower than the generator; that is the only back-pressure
    /// there is.
    fn write(&mut self, batch: &Batch, range: Range<usize>) -> Result<(), SinkError>;

    /// Hands on whatever is buffered, without waiting for it to be acknowledged.
    fn flush(&mut self) -> Result<(), SinkError>;

    /// Returns the delivery counts so far.
    fn delivery(&self) -> Delivery;

    /// The same for other threads, where records are settled behind the run's back; none where each
    /// call settles its own.
    fn view(&self) -> Option<DeliveryView> {
        None
    }

    /// Makes as many records safe as it can without waiting for long, and says how many they are.
    ///
    /// By default what was acknowledged in order, which holds where each call settles its own
    /// records.
    fn safe_point(&mut self) -> Result<SafePoint, SinkError> {
        self.flush()?;
        Ok(SafePoint::records(self.delivery().acknowledged))
    }

    /// Makes everything that was accepted visible to readers together with `state`, or nothing of it;
    /// `is_last` says that nothing follows.
    ///
    /// A sink without transactions has nothing to do.
    fn commit(&mut self, _state: &[u8], _is_last: bool) -> Result<(), SinkError> {
        Ok(())
    }

    /// The state that an earlier sink of the same run committed last, as of the opening of this one;
    /// none where nothing is stored beside the records.
    fn stored(&self) -> Option<&[u8]> {
        None
    }

    /// Waits until every accepted record is settled and closes the destination.
    fn finish(self: Box<Self>) -> Result<Delivery, SinkError>;

    /// Ends a run that was stopped before its end; with `goes_on` it will be resumed.
    ///
    /// As `finish` by default.
    fn stop(self: Box<Self>, _goes_on: bool) -> Result<Delivery, SinkError> {
        self.finish()
    }

    /// Ends a run that has failed elsewhere: what was accepted is settled as in `finish`,
    /// but nothing gets a name under which it would look complete.
    fn abandon(self: Box<Self>) -> Result<Delivery, SinkError> {
        self.finish()
    }
}

/// A sink's counters as any thread can read them, also while a write blocks and after the sink is
/// finished.
#[derive(Clone)]
pub struct DeliveryView {
    read: Arc<dyn Fn() -> Delivery + Send + Sync>,
    is_silent: Arc<dyn Fn() -> bool + Send + Sync>,
}

impl DeliveryView {
    /// A view that reads the counters with `read`, which must be quick and must not block.
    pub fn new(read: impl Fn() -> Delivery + Send + Sync + 'static) -> Self {
        Self { read: Arc::new(read), is_silent: Arc::new(|| false) }
    }

    /// The same view of a destination that may stop answering, which `is_silent` says as quickly.
    #[must_use]
    pub fn with_silence(self, is_silent: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self { is_silent: Arc::new(is_silent), ..self }
    }

    /// Returns the delivery counts so far.
    pub fn delivery(&self) -> Delivery {
        (self.read)()
    }

    /// Returns whether records wait for a destination that has stopped answering.
    pub fn is_silent(&self) -> bool {
        (self.is_silent)()
    }
}

impl fmt::Debug for DeliveryView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DeliveryView").field(&self.delivery()).finish()
    }
}
