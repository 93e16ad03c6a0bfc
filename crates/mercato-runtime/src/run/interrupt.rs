//! Ending a run from outside, and waiting until then.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::clock::WallClock;

/// A switch that ends a run from outside.
#[derive(Debug, Clone, Default)]
pub struct Interrupt {
    raised: Arc<AtomicBool>,
    waiting: Arc<(Mutex<()>, Condvar)>,
}

impl Interrupt {
    /// Ends the run: what has been released is delivered, nothing more is.
    pub fn raise(&self) {
        let _guard = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
        self.raised.store(true, Ordering::Relaxed);
        self.waiting.1.notify_all();
    }

    /// Returns whether the run shall end.
    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Relaxed)
    }

    /// The flag itself, for a sink that waits for its destination.
    pub fn flag(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.raised)
    }

    /// Waits until `clock` shows `until`, or shorter when the run shall end.
    pub(crate) fn wait_until(&self, clock: &WallClock, until: i64) {
        let mut guard = self.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.is_raised() {
            let Ok(micros @ 1..) = u64::try_from(until.saturating_sub(clock.now())) else { return };
            let waited = self.waiting.1.wait_timeout(guard, Duration::from_micros(micros));
            guard = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
