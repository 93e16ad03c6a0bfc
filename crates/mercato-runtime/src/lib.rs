//! Everything around a run that is no record: flags, settings, logging, summaries, exit codes.
//!
//! A program's `main` parses its flags ([`args`]), lays them over environment and files
//! ([`config`]), begins to log ([`logging`]), runs, and ends with a [`summary`] and an exit code
//! ([`exit`]).
//! This crate does not know which stream it runs: a stream's settings are a section that the
//! program reads.

pub mod args;
pub mod config;
pub mod counts;
mod dotenv;
pub mod env;
pub mod estimate;
pub mod exit;
pub mod logging;
pub mod metrics;
mod progress;
pub mod run;
pub mod session;
pub mod shell;
mod signals;
pub mod summary;
pub mod text;
