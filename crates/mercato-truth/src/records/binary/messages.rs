//! Files of Protobuf messages, each after its length.

use std::io::{self, BufReader, Read};

use mercato_schema::Description;

use super::misfit::{empty, explained};
use super::stream::{Pieces, bytes, invalid, varint};
use super::{Encoding, protobuf};

/// Reads the messages of a file as lines of JSON.
///
/// They are of the first of `candidates` that the first message fits in every field, or else of the
/// first that it fits at all; `is_text` says that the file begins like text.
pub(in crate::records) fn lines(
    reader: Box<dyn Read>,
    candidates: Vec<Description>,
    is_text: bool,
) -> impl Read + use<> {
    let mut input = BufReader::new(reader);
    let mut messages = Messages { candidates, is_chosen: false, count: 0, at: 0, is_text };
    Pieces::new(move |text: &mut Vec<u8>| messages.next(&mut input, text))
}

/// The progress through a file.
struct Messages {
    /// The records that they may be; once the first message is read, one.
    candidates: Vec<Description>,
    is_chosen: bool,
    count: u64,
    /// The byte at which the next message begins, with its length.
    at: u64,
    is_text: bool,
}

impl Messages {
    /// Appends the next message as a line; false after the last.
    fn next(
        &mut self,
        input: &mut BufReader<Box<dyn Read>>,
        text: &mut Vec<u8>,
    ) -> io::Result<bool> {
        let placed = |messages: &Self, error: io::Error| {
            let reason = format!("record {} at byte {}: {error}", messages.count, messages.at);
            io::Error::new(error.kind(), reason)
        };
        self.count += 1;
        let length = varint(input).map_err(|error| placed(self, error))?;
        let Some(length) = length else { return Ok(false) };
        let message = bytes(input, length, "a message").map_err(|error| placed(self, error))?;
        self.append(text, &message).map_err(|flaw| placed(self, invalid(flaw)))?;
        text.push(b'\n');
        self.at += length_of_varint(length) + length;
        Ok(true)
    }

    fn append(&mut self, text: &mut Vec<u8>, message: &[u8]) -> Result<(), String> {
        if message.is_empty() {
            return Err(empty());
        }
        if !self.is_chosen {
            self.is_chosen = true;
            self.choose(message);
        }
        let Some(known) = self.candidates.first() else { return Ok(()) };
        let start = text.len();
        protobuf::record(text, &known.fields, message).map_err(|flaw| {
            text.truncate(start);
            let hint = if self.is_text && self.count == 1 {
                "; the file begins like JSON, which --format ndjson reads"
            } else {
                ""
            };
            let explained =
                explained(Encoding::Protobuf, &known.name, &known.fields, message, &flaw);
            format!("{explained}{hint}")
        })
    }

    /// Keeps the candidate that the first message fits best.
    fn choose(&mut self, message: &[u8]) {
        let is_whole = |known: &Description| protobuf::is_whole(&known.fields, message);
        let fits =
            |known: &Description| protobuf::record(&mut Vec::new(), &known.fields, message).is_ok();
        let candidates = self.candidates.iter();
        let best =
            candidates.clone().position(is_whole).or_else(|| candidates.clone().position(fits));
        self.candidates.swap(0, best.unwrap_or(0));
        self.candidates.truncate(1);
    }
}

/// Number of bytes in which a number is written in base 128.
fn length_of_varint(number: u64) -> u64 {
    u64::from((u64::BITS - (number | 1).leading_zeros()).div_ceil(7))
}
