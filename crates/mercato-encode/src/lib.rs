//! Encoding records: lines of JSON and CSV, columns, and the batches that carry them to a sink.
//!
//! A record is never built and then serialised.
//! A stream declares a [`Layout`] once, which renders everything about its records that never changes, and then writes
//! each record against the trait [`Writer`]: values in the order of the fields, and rows of the layout's tables.
//! An [`Encoding`] makes lines or columns of that.
//! A line is byte for byte what `serde_json` writes for the same record; property tests hold it to that.
//!
//! This crate knows neither which records exist nor where the bytes go.
//!
//! ```
//! use mercato_encode::{Batch, Coordinates, Encoding, Format, Layout, Stamp, WriteRecord, Writer};
//! use mercato_schema::{InstantForm, Order};
//!
//! /// The order of this number.
//! struct Numbered(u32);
//!
//! impl WriteRecord for Numbered {
//!     fn write<W: Writer>(&mut self, writer: &mut W) {
//!         writer.key(|out| out.extend_from_slice(b"c1"));
//!         writer.string("orderId", &self.0.to_string());
//!         writer.string("customerId", "c1");
//!         writer.decimal("amount", 1116, 2);
//!         writer.instant("timestamp", 1_000_000, InstantForm::EpochMillis);
//!         writer.piece("category", 1);
//!     }
//! }
//!
//! let categories = ["Books", "Toys"].map(|name| [name.into()]);
//! let layout = Layout::of::<Order>().prefix("orderId", "order_").table("category", ["category"], categories);
//! let encoding = Encoding::new(&layout.into(), Format::Json, |_| true);
//! let mut batch = Batch::default();
//! assert!(encoding.encode::<true>(&mut batch, 0, &mut Numbered(7)).complete);
//! batch.seal(Stamp::at(1_000_000, Coordinates::default()));
//!
//! let json = r#"{"orderId":"order_7","customerId":"c1","amount":11.16,"timestamp":1000,"category":"Toys"}"#;
//! assert_eq!(batch.value(0), json.as_bytes());
//! assert_eq!(batch.key(0), b"c1");
//! ```

mod batch;
mod binary;
mod changes;
mod columns;
pub mod csv;
pub mod digits;
mod encoding;
mod envelope;
mod fault;
pub mod json;
mod keys;
mod layout;
mod lines;
pub mod numbers;
mod out;
mod parse;
mod rejection;
mod shape;
mod template;
mod text;
mod writer;

pub use batch::{BATCH_BYTES, Batch, Coordinates, Span, Stamp};
pub use changes::{Change, ChangeKind};
pub use columns::{Column, Columns, Values};
pub use encoding::{Encoded, Encoding, Format};
pub use envelope::Envelope;
pub use fault::{Dropped, Fault, FaultKind};
pub use layout::{Constant, Layout, Part, Rows, Slot};
pub use out::{Out, Tail};
pub use rejection::{Flaw, Rejection};
pub use shape::{Instants, RecordKey, Shape};
pub use writer::{WriteRecord, Writer};
