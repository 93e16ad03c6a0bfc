//! The wall clock, for the few promises that are about time.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// What `work` gives, and how long it took.
#[expect(clippy::disallowed_methods, reason = "some promises are about time")]
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let begin = Instant::now();
    (work(), begin.elapsed())
}

/// The wall clock in microseconds since the Unix epoch.
#[expect(clippy::disallowed_methods, reason = "some promises are about time")]
pub fn now_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970");
    i64::try_from(since.as_micros()).expect("it is before the year 9999")
}
