//! Flags, files and variables through the public face of the crate.

mod common;
mod files;
mod flags;
mod kafka;
mod precedence;
mod run_settings;
