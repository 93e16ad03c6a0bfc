//! Summaries and endings of a run through the public face of the crate.

mod broken_streams;
#[path = "../../../mercato-config/tests/it/common.rs"]
mod common;
mod limit;
mod summaries;
