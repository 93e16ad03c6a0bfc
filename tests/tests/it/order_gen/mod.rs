//! `order-gen` as a user starts it: its records, where they go, and what is said about them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod faults;
mod lifecycle;
mod outputs;
mod records;
mod settings;
mod stderr;
mod summaries;

use mercato_test_support::Program;

/// What makes a run the same run every time.
const FIXED: &str = "--seed 42 --start 2025-11-09T15:55:40Z --clock fast";

/// A quiet run of a fixed identity.
fn order_gen(flags: &str) -> Program {
    Program::new("order-gen").words("-q").words(FIXED).words(flags)
}
