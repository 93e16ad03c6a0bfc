//! Avro and Protobuf files as lines: each record as the JSON that it would have been.
//!
//! So every reader of lines reads them too, and a block or a message at a time is in memory.
//! The description says how JSON spells a value; an Avro file of other records is read by its own schema.

mod avro;
mod container;
mod json;
mod protobuf;
mod schema;
mod source;
mod stream;

pub(super) use container::{MAGIC, lines as avro_lines};
pub(super) use protobuf::lines as protobuf_lines;

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
                let _ = read(super::protobuf_lines(reader, &description));
                let file = [&super::MAGIC[..], &bytes].concat();
                let _ = super::avro_lines(Box::new(io::Cursor::new(file)), Some(&description)).and_then(read);
            }
        }
    }

    #[test]
    fn an_absent_field_has_the_default_of_its_type() {
        for description in described() {
            let reader = Box::new(io::Cursor::new([0]));
            assert_eq!(read(super::protobuf_lines(reader, &description)).unwrap(), 1);
        }
        let mut json = Vec::new();
        let fields = AnalyticsResult::description().fields;
        let error = super::avro::record(&mut json, &fields, &mut Source(b"\x02a")).unwrap_err();
        assert!(error.contains("metric_type"), "{error}");
    }
}
