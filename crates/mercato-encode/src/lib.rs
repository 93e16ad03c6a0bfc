//! Appending JSON and CSV to bytes, and the batches that carry encoded records to a sink.
//!
//! The generator's fast path never builds a record and then serialises it.
//! It appends fields to a byte vector, most of them copied from [`Segment`]s that were
//! rendered and escaped once when the catalogue was loaded.
//! What it writes is byte for byte what `serde_json` writes for the same record;
//! property tests hold it to that.
//!
//! This crate knows neither which records exist nor where the bytes go.
//!
//! ```
//! use mercato_encode::{Batch, Coordinates, Stamp, json};
//!
//! let mut batch = Batch::default();
//! batch.bytes.extend_from_slice(b"{\"price\":");
//! json::cents(&mut batch.bytes, 1116);
//! batch.bytes.extend_from_slice(b"}\n");
//! batch.keys.extend_from_slice(b"ORD-1");
//! batch.seal(Stamp::at(0, Coordinates::default()));
//!
//! assert_eq!(batch.value(0), b"{\"price\":11.16}");
//! assert_eq!(batch.key(0), b"ORD-1");
//! ```

mod batch;
pub mod csv;
pub mod digits;
mod envelope;
pub mod json;
mod rejection;
mod segment;

pub use batch::{BATCH_BYTES, Batch, Coordinates, Fault, FaultKind, Span, Stamp};
pub use envelope::Envelope;
pub use rejection::{Flaw, Rejection};
pub use segment::Segment;
