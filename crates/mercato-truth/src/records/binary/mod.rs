//! Avro and Protobuf files as lines: each record as the JSON that it would have been.
//!
//! So every reader of lines reads them too, and a block or a message at a time is in memory.
//! Topics hold the same records one by one, which a [`Decoder`] reads.
//! The description says how JSON spells a value; an Avro file of other records is read by its own schema.

mod avro;
mod container;
mod decoder;
mod json;
mod messages;
mod misfit;
mod protobuf;
mod schema;
mod source;
mod stream;

pub(super) use container::lines as avro_lines;
pub use decoder::Decoder;
#[cfg(feature = "parquet")]
pub(super) use json::instant as append_instant;
pub(super) use messages::lines as protobuf_lines;

/// The way in which a record is bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Avro's binary encoding.
    Avro,
    /// A Protobuf message.
    Protobuf,
}

impl Encoding {
    /// The name in sentences.
    pub fn title(self) -> &'static str {
        match self {
            Self::Avro => "Avro",
            Self::Protobuf => "Protobuf",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read};

    use mercato_schema::{AnalyticsResult, Described, Description, Purchase};
    use proptest::prelude::*;

    use super::source::Source;

    /// The lines of a reader, each of which must be JSON.
    fn read(mut reader: impl Read) -> io::Result<usize> {
        let mut text = Vec::new();
        let result = reader.read_to_end(&mut text);
        let whole =
            text.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"));
        let lines = whole.map(serde_json::from_slice::<serde::de::IgnoredAny>);
        let lines: Result<Vec<_>, _> = lines.collect();
        result.map(|_| lines.unwrap().len())
    }

    fn described() -> [Description; 2] {
        [Purchase::description(), AnalyticsResult::description()]
    }

    proptest! {
        #[test]
        fn any_bytes_are_records_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            for description in described() {
                let mut json = Vec::new();
                if super::avro::record(&mut json, &description.fields, &mut Source(&bytes)).is_ok() {
                    prop_assert!(serde_json::from_slice::<serde_json::Value>(&json).is_ok());
                }
                let reader = Box::new(io::Cursor::new(bytes.clone()));
                let _ = read(super::protobuf_lines(reader, vec![description.clone()], false));
                let file = [&super::container::MAGIC[..], &bytes].concat();
                let reader = Box::new(io::Cursor::new(file));
                let _ = super::avro_lines(reader, &[description]).and_then(read);
            }
        }
    }

    #[test]
    fn an_absent_field_has_the_default_of_its_type() {
        for description in described() {
            // The first field alone, which is empty.
            let reader = Box::new(io::Cursor::new([2, 10, 0]));
            assert_eq!(read(super::protobuf_lines(reader, vec![description], false)).unwrap(), 1);
        }
        let mut json = Vec::new();
        let fields = AnalyticsResult::description().fields;
        let error = super::avro::record(&mut json, &fields, &mut Source(b"\x02a")).unwrap_err();
        assert!(error.contains("metric_type"), "{error}");
    }
}
