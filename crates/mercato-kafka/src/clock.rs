//! Waiting: the only place of this crate that looks at a clock.
//!
//! Time limits of a network never reach a record, so this clock cannot change what a run produces.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Time since a moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[allow(
        clippy::disallowed_methods,
        reason = "time limits of a network, which never reach a record"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// A moment by which something must have happened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline {
    since: Stopwatch,
    limit: Duration,
}

impl Deadline {
    pub(crate) fn after(limit: Duration) -> Self {
        Self { since: Stopwatch::start(), limit }
    }

    pub(crate) fn remaining(self) -> Duration {
        self.limit.saturating_sub(self.since.elapsed())
    }

    pub(crate) fn passed(self) -> bool {
        self.remaining().is_zero()
    }
}

/// Seconds since the Unix epoch, for the dates of certificates.
#[allow(
    clippy::disallowed_methods,
    reason = "a certificate says from when to when it holds; no record knows"
)]
pub(crate) fn now_seconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// Lets other threads run for `duration`.
pub(crate) fn pause(duration: Duration) {
    thread::sleep(duration);
}
