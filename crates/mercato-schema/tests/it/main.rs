//! The records as their readers see them: what is written reads back and is as it is described.

#![expect(clippy::unwrap_used, reason = "a test may stop where it goes wrong")]

mod conformance;
mod descriptions;
mod dialects;
mod documents;
mod samples;
