//! What the tests of all packages share, each once: programs as a user starts them, files and ports
//! of a test's own, the yardstick of laws; each with a feature of its own, a toy stream, a broker,
//! a mock of one, and readers of Parquet, Avro and Protobuf.
//!
//! Tests only: nothing that is published depends on it.

#![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[cfg(feature = "broker")]
pub mod broker;
#[cfg(feature = "parquet")]
pub mod columns;
mod documented;
mod files;
#[cfg(feature = "mock")]
pub mod mock;
mod net;
mod program;
pub mod registry;
#[cfg(feature = "schemas")]
pub mod schemas;
pub mod statistics;
mod time;
#[cfg(feature = "toy")]
pub mod toy;

pub use documented::assert_products;
pub use files::{cents, fingerprint, folder, hexadecimal, json, names, read};
pub use net::{free_port, free_ports, get, metric};
pub use program::{
    Ended, Program, ended_within, ignores_hangups, path_of, peak_memory_kib, signal,
};
pub use time::{now_micros, timed};
