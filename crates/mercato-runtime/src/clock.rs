//! The one clock of the program.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

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
