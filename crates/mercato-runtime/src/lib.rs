//! The run itself: threads, pacing, sinks, metrics, logging, summaries and exit codes.
//!
//! A program's `main` resolves its settings (`mercato-config`), starts to log ([`logging`]),
//! runs a [`session`], and ends with a [`summary`] and an exit code ([`exit`]).
//! This crate does not know which stream it runs, and reads no flag, file or variable.

pub mod clock;
pub mod counts;
pub mod estimate;
pub mod exit;
#[cfg(feature = "kafka")]
pub mod kafka;
mod lateness;
pub mod logging;
pub mod metrics;
pub mod progress;
pub mod run;
pub mod session;
pub mod shell;
pub mod signals;
pub mod summary;
