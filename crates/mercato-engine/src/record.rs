//! The place into which a stream renders one record.

use mercato_encode::{Batch, csv};
use serde::Serialize;

/// How records are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Format {
    /// One JSON value a line.
    #[default]
    Json,
    /// One line of comma-separated values, RFC 4180.
    Csv,
}

/// The end of a batch, to which one record and its key are appended.
///
/// The engine ends the line and seals the record.
#[derive(Debug)]
pub struct Record<'a> {
    batch: &'a mut Batch,
    format: Format,
    /// Bytes were appended by hand, so that no type guarantees their form.
    pub(crate) by_hand: bool,
}

impl<'a> Record<'a> {
    /// A record at the end of `batch`.
    pub fn new(batch: &'a mut Batch, format: Format) -> Self {
        Self { batch, format, by_hand: false }
    }

    /// How the record is to be encoded.
    #[inline]
    pub fn format(&self) -> Format {
        self.format
    }

    /// The bytes to append the value to, without a line feed.
    #[inline]
    pub fn value(&mut self) -> &mut Vec<u8> {
        self.by_hand = true;
        &mut self.batch.bytes
    }

    /// The bytes to append the key to.
    #[inline]
    pub fn key(&mut self) -> &mut Vec<u8> {
        &mut self.batch.keys
    }

    /// Encodes any serialisable value in the run's format: the comfortable way, five to ten times
    /// slower than appending fields by hand.
    ///
    /// A value that cannot be JSON (a map with keys that are no strings) leaves the record empty,
    /// which is a flaw.
    pub fn serialize(&mut self, value: &impl Serialize) {
        // Two values behind one another are none.
        self.by_hand |= !self.batch.open_value().is_empty();
        match self.format {
            Format::Json => {
                let start = self.batch.bytes.len();
                if serde_json::to_writer(&mut self.batch.bytes, value).is_err() {
                    self.batch.bytes.truncate(start);
                }
            }
            Format::Csv => {
                if let Ok(value) = serde_json::to_value(value) {
                    csv::flatten(&mut self.batch.bytes, &value);
                }
            }
        }
    }
}
