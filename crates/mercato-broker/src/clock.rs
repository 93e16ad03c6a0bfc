//! Waiting, and the dates of certificates: the only place of this crate that looks at a clock.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// A moment by which something must have happened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    since: Instant,
    limit: Duration,
}

impl Deadline {
    #[expect(clippy::disallowed_methods, reason = "a time limit, which never reaches a record")]
    pub(crate) fn after(limit: Duration) -> Self {
        Self { since: Instant::now(), limit }
    }

    pub(crate) fn passed(self) -> bool {
        self.since.elapsed() >= self.limit
    }
}

/// Seconds since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "a certificate has a date, which no record knows")]
pub(crate) fn now_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Lets other threads run for `duration`.
pub(crate) fn pause(duration: Duration) {
    thread::sleep(duration);
}
