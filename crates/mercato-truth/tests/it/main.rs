//! Verification and answers through the public face of the crate.

mod common;
mod currencies;
mod files;
mod laws;
mod readers;
mod results;
mod rules;
