//! Why a record is not of the type that is expected, in words that name both.

use mercato_schema::dialect::protobuf::field_number;
use mercato_schema::{Field, Kind};

use super::source::{Flaw, Source};
use super::{Encoding, avro, protobuf};
use crate::records::shapes::Shape;

/// Explains why a record is not one of these fields, which are called `name`.
pub(super) fn explained(
    encoding: Encoding,
    name: &str,
    fields: &[Field],
    record: &[u8],
    flaw: &str,
) -> String {
    let mut text = format!("it is not a record of type {name}: {flaw}");
    if encoding == Encoding::Protobuf
        && let Some(found) = found(record)
    {
        let expected = listed(
            fields
                .iter()
                .enumerate()
                .map(|(place, field)| (u64::from(field_number(place)), wire_type(&field.kind))),
        );
        text += &format!("; it has the fields {found}, and {name} has {expected}");
    }
    if let Some(shape) = fitting(encoding, record).filter(|shape| shape.description.name != name) {
        text += &format!(
            "; it fits {}, which {} writes to the topic {}",
            shape.description.name, shape.writer, shape.topic
        );
    }
    text
}

/// The records of a program that `record` is, down to its last byte.
fn fitting(encoding: Encoding, record: &[u8]) -> Option<Shape> {
    let fits = |shape: &Shape| {
        let fields = &shape.description.fields;
        match encoding {
            Encoding::Avro => avro::whole(&mut Vec::new(), fields, record).is_ok(),
            Encoding::Protobuf => protobuf::is_whole(fields, record),
        }
    };
    Shape::all().into_iter().find(fits)
}

/// The fields of a message, as it says itself; none if it is no message.
fn found(message: &[u8]) -> Option<String> {
    let mut source = Source(message);
    let mut fields = Vec::new();
    while !source.is_empty() {
        let (number, raw) = protobuf::next(&mut source).ok()?;
        fields.push((number, raw.wire_type()));
    }
    Some(listed(fields.into_iter()))
}

/// The form in which Protobuf writes a value: `number`, `double` or `bytes`.
fn wire_type(kind: &Kind) -> &'static str {
    match kind {
        Kind::Boolean | Kind::Integer | Kind::Long => protobuf::NUMBER,
        Kind::Number { .. } => protobuf::DOUBLE,
        _ => protobuf::BYTES,
    }
}

/// Fields with their types, those in a row with the same type together: `1-3 bytes, 4 number`.
fn listed(fields: impl Iterator<Item = (u64, &'static str)>) -> String {
    let mut parts: Vec<(u64, u64, &'static str)> = Vec::new();
    for (number, of) in fields {
        match parts.last_mut() {
            Some((_, last, before))
                if *before == of && (*last + 1 == number || *last == number) =>
            {
                *last = number;
            }
            _ => parts.push((number, number, of)),
        }
    }
    let shown = parts.iter().map(|(first, last, of)| {
        if first == last { format!("{first} {of}") } else { format!("{first}-{last} {of}") }
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// The flaw of a record without a single byte.
pub(super) fn empty() -> Flaw {
    "it has no bytes, and no program writes such a record: the file is damaged or padded with zeros"
        .to_owned()
}
