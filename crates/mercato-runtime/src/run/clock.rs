//! The one clock of the program, and waiting on it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Wall time in microseconds since the Unix epoch that never steps back.
///
/// It takes the system's time once and counts on by the monotonic clock,
/// so a correction of the system's time in mid-run neither holds records back nor lets them rush.
#[derive(Debug, Clone, Copy)]
pub struct WallClock {
    started_at: i64,
    started: Instant,
}

impl WallClock {
    /// The clock, set to the system's time.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock; it only decides when records leave, never what they are"
    )]
    pub fn start() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let started_at = i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX);
        Self { started_at, started: Instant::now() }
    }

    /// Microseconds since the Unix epoch.
    pub fn now(&self) -> i64 {
        let elapsed = i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX);
        self.started_at.saturating_add(elapsed)
    }
}

/// Tells a run from outside that it shall end.
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

    /// Whether the run shall end.
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
