//! Records as they were left behind: what every room of this crate reads.
//!
//! [`Actual`] is any source of them and [`Lines`] those of a file or a pipe; a [`Document`] is a
//! record of JSON, [`Enclosed`] one in an envelope, a [`Row`] one of CSV under its [`Header`].
//! Nothing here knows what the records should be; the rooms know that, each for itself.
//! The table of [`Shape`]s only names records that are not what they should be.

mod actual;
mod binary;
#[cfg(feature = "parquet")]
mod columns;
#[cfg(not(feature = "parquet"))]
#[path = "no_columns.rs"]
mod columns;
mod document;
mod documents;
mod envelope;
mod folder;
mod form;
mod framing;
mod header;
mod input;
mod lines;
mod meter;
mod opening;
mod payloads;
mod row;
mod shapes;

pub use actual::{Actual, Found, Layout};
pub use binary::{Decoder, Encoding};
pub(crate) use document::append_text;
pub use document::{Document, Node, NodeKind};
pub use documents::Documents;
pub use envelope::{Enclosed, EnclosedValue};
pub use folder::{Below, FolderError};
pub use form::{Form, Hints};
pub use header::Header;
pub(crate) use header::is_text;
pub use lines::{Lines, LinesError};
pub use meter::Meter;
pub use payloads::Payloads;
pub use row::Row;
pub use shapes::Shape;
