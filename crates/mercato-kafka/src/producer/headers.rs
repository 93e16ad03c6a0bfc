//! Headers of records.

use mercato_encode::Coordinates;
use rdkafka::message::{Header, OwnedHeaders};

/// The headers of every record; by default none, which costs nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordHeaders {
    /// Names and values that all records share, in order; no name has a NUL.
    pub shared: Vec<(String, String)>,
    /// True to add [`RecordHeaders::SEQUENCE`] after them.
    pub sequence: bool,
}

impl RecordHeaders {
    /// The header with the coordinates of a record, which are the same whenever its run is
    /// repeated: rank, substream, block, position and step, joined by dots.
    pub const SEQUENCE: &'static str = "mercato-sequence";

    /// The headers of the record at `coordinates`; none if it has none.
    pub(super) fn of(&self, coordinates: Coordinates) -> Option<OwnedHeaders> {
        if self.shared.is_empty() && !self.sequence {
            return None;
        }
        let mut headers = OwnedHeaders::new_with_capacity(self.shared.len() + 1);
        for (key, value) in &self.shared {
            headers = headers.insert(Header { key, value: Some(value) });
        }
        if self.sequence {
            let value = coordinates.to_string();
            headers = headers.insert(Header { key: Self::SEQUENCE, value: Some(&value) });
        }
        Some(headers)
    }
}
