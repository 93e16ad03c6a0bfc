//! Waiting: the only place of this crate that looks at a clock.
//!
//! Time limits of a network never reach a record, so this clock cannot change what a run produces.

use std::thread;
use std::time::{Duration, Instant};

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

/// Lets other threads run for `duration`.
pub(crate) fn pause(duration: Duration) {
    thread::sleep(duration);
}
