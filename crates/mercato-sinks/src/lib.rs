//! Sinks of encoded records.
//!
//! A [`Sink`] takes ranges of a batch's records in order and either keeps them or says why not.
//! It sees bytes, keys and due times, never what a record means, and it decides nothing about them:
//! the same records leave the same bytes in every file, however they were cut into batches.
//!
//! | sink | records go to |
//! |---|---|
//! | [`StdoutSink`] | standard output, a whole range in one write |
//! | [`FileSink`] | a file, plain or compressed, that has its name only when it is whole |
//! | [`FolderSink`] | a file for each topic, side by side |
//! | [`PartitionedSink`] | a folder for each topic, in it one for each day |
//! | [`NullSink`] | nowhere, counted |
//! | [`TeeSink`] | two sinks |
//! | [`EnvelopeSink`] | another sink, each with its topic and key around it |
//!
//! [`OutputPath`] reads what a user calls an output, and [`PartialFile`] writes any file the way
//! [`FileSink`] does.
//!
//! ```
//! use mercato_encode::{Batch, Coordinates, Stamp};
//! use mercato_sinks::{OutputPath, Sink};
//!
//! let mut batch = Batch::default();
//! for order in 1..=3 {
//!     let value = format!("{{\"order\":{order}}}");
//!     batch.push(b"", value.as_bytes(), Stamp::at(0, Coordinates::default()));
//! }
//!
//! let folder = tempfile::tempdir()?;
//! let name = folder.path().join("orders.ndjson");
//! let mut sink = OutputPath::parse(&name)?.open(&[])?;
//! sink.write(&batch, 0..2)?;
//! assert_eq!(sink.finish()?.acknowledged, 2);
//! assert_eq!(std::fs::read_to_string(&name)?, "{\"order\":1}\n{\"order\":2}\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account;
mod avro;
mod body;
mod envelope;
mod error;
mod file;
mod folder;
mod null;
mod packed;
mod partial;
mod partitions;
mod path;
mod plain;
mod safe;
mod sink;
mod space;
mod stdout;
mod tee;
#[cfg(test)]
mod tests;

pub use avro::AvroContainer;
pub use body::{Body, Contents, RUN, SHARD};
pub use envelope::EnvelopeSink;
pub use error::SinkError;
pub use file::FileSink;
pub use folder::{FolderSink, TopicFile};
pub use null::NullSink;
pub use partial::{PartialFile, in_place, remove_left, write_whole};
pub use partitions::{PartitionedSink, Partitions, TableFormat};
pub use path::{Compression, FileFormat, Format, OutputPath, OutputPathError, in_envelopes};
pub use safe::{Safe, SafePoint, UnfinishedFile};
pub use sink::{Delivery, DeliveryView, Sink};
pub use space::free_bytes;
pub use stdout::StdoutSink;
pub use tee::TeeSink;
