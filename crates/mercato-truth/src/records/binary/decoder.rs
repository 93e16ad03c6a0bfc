//! Single records, as topics hold them.

use mercato_schema::Description;

use super::misfit::{empty, explained};
use super::{Encoding, avro, protobuf};

/// Reads single records of Avro or Protobuf as the JSON that they would have been.
///
/// ```
/// use mercato_schema::{Described, Order};
/// use mercato_truth::{Decoder, Encoding};
///
/// let decoder = Decoder::new(Encoding::Avro, Order::description());
/// let mut json = Vec::new();
/// let refused = decoder.decode(b"\x02a", &mut json).unwrap_err();
/// assert!(refused.starts_with("it is not a record of type Order: field customerId:"), "{refused}");
/// ```
#[derive(Debug, Clone)]
pub struct Decoder {
    encoding: Encoding,
    description: Description,
}

impl Decoder {
    /// A reader of records of this description.
    pub fn new(encoding: Encoding, description: Description) -> Self {
        Self { encoding, description }
    }

    /// The encoding that it reads.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Sets `json` to the record that these bytes are.
    ///
    /// Fails with the reason if they are no such record, and says whose they are if a program of
    /// this project writes such.
    pub fn decode(&self, record: &[u8], json: &mut Vec<u8>) -> Result<(), String> {
        json.clear();
        let Description { name, fields, .. } = &self.description;
        let decoded = match self.encoding {
            _ if record.is_empty() => Err(empty()),
            Encoding::Avro => avro::whole(json, fields, record),
            Encoding::Protobuf => protobuf::record(json, fields, record),
        };
        decoded.map_err(|flaw| explained(self.encoding, name, fields, record, &flaw))
    }
}
