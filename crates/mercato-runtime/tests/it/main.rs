//! Summaries and endings of a run through the public face of the crate.

mod broken_streams;
#[path = "../../../mercato-config/tests/it/common.rs"]
#[allow(dead_code, reason = "the tests of mercato-config use the rest")]
mod common;
mod limit;
mod summaries;
