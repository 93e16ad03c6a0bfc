//! Settings, summaries and endings of a run through the public face of the crate.

mod broken_streams;
mod common;
mod files;
mod flags;
mod kafka;
mod limit;
mod precedence;
mod run_settings;
mod summaries;
