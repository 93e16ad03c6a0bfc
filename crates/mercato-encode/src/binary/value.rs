//! Whole values of `serde` as Avro or Protobuf, by their description.

use mercato_schema::dialect::protobuf::field_number;
use mercato_schema::{Field, Kind};
use serde_json::Value;

use super::scalar::{self, LENGTH_DELIMITED, Scalar, length, tag, text_of};
use crate::parse;

/// Appends the fields of `value`; false where it is not as they describe it.
pub(super) fn write<const AVRO: bool>(out: &mut Vec<u8>, fields: &[Field], value: &Value) -> bool {
    let Value::Object(members) = value else { return false };
    let known = members.keys().all(|name| fields.iter().any(|field| field.name == *name));
    known
        && fields.iter().enumerate().all(|(place, field)| {
            let value = members.get(&*field.name).unwrap_or(&Value::Null);
            write_field::<AVRO>(out, field_number(place), field, value)
        })
}

fn write_field<const AVRO: bool>(
    out: &mut Vec<u8>,
    number: u32,
    field: &Field,
    value: &Value,
) -> bool {
    if value.is_null() {
        out.extend((AVRO && field.nullable).then_some(0));
        return field.nullable;
    }
    if AVRO {
        out.extend(field.nullable.then_some(2));
        return write_value::<AVRO>(out, &field.kind, value);
    }
    write_times(out, number, &field.kind, value)
}

/// Appends a value as a field of Protobuf, or its items as one each.
fn write_times(out: &mut Vec<u8>, number: u32, kind: &Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::List(of), Value::Array(items)) => {
            items.iter().all(|item| write_tagged(out, number, of, item))
        }
        (Kind::Map(of), Value::Object(members)) => members.iter().all(|(name, value)| {
            let mut member = Vec::new();
            tag(&mut member, 1, LENGTH_DELIMITED);
            text_of::<false>(&mut member, name);
            let fits = write_tagged(&mut member, 2, of, value);
            tag(out, number, LENGTH_DELIMITED);
            length::<false>(out, member.len());
            out.extend_from_slice(&member);
            fits
        }),
        (kind, value) => write_tagged(out, number, kind, value),
    }
}

/// Appends a single value as a field of Protobuf, or a struct; a list or map has one around it.
fn write_tagged(out: &mut Vec<u8>, number: u32, kind: &Kind, value: &Value) -> bool {
    let wire_type = Scalar::of(kind).map_or(LENGTH_DELIMITED, Scalar::wire_type);
    tag(out, number, wire_type);
    if wire_type == LENGTH_DELIMITED && Scalar::of(kind).is_none() {
        let mut text = Vec::new();
        let fits = match kind {
            Kind::Struct(fields) => write::<false>(&mut text, fields, value),
            kind => write_times(&mut text, 1, kind, value),
        };
        length::<false>(out, text.len());
        out.extend_from_slice(&text);
        return fits;
    }
    write_value::<false>(out, kind, value)
}

fn write_value<const AVRO: bool>(out: &mut Vec<u8>, kind: &Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Struct(fields), value) => write::<AVRO>(out, fields, value),
        (Kind::List(of), Value::Array(items)) => counted(out, items.len(), |out| {
            items.iter().all(|item| write_value::<AVRO>(out, of, item))
        }),
        (Kind::Map(of), Value::Object(members)) => counted(out, members.len(), |out| {
            members.iter().all(|(name, value)| {
                text_of::<AVRO>(out, name);
                write_value::<AVRO>(out, of, value)
            })
        }),
        (kind, value) => write_scalar::<AVRO>(out, kind, value).is_some(),
    }
}

/// Appends a number of items, what `write` does of them, and the end that Avro wants.
fn counted(out: &mut Vec<u8>, count: usize, write: impl FnOnce(&mut Vec<u8>) -> bool) -> bool {
    if count > 0 {
        length::<true>(out, count);
    }
    let fits = write(out);
    out.push(0);
    fits
}

fn write_scalar<const AVRO: bool>(out: &mut Vec<u8>, kind: &Kind, value: &Value) -> Option<()> {
    match Scalar::of(kind)? {
        Scalar::Text => text_of::<AVRO>(out, value.as_str()?),
        Scalar::Boolean => out.push(u8::from(value.as_bool()?)),
        Scalar::Whole => scalar::whole::<AVRO>(out, value.as_i64()?),
        Scalar::Decimal { scale } => {
            scalar::decimal::<AVRO>(out, parse::units(value, scale)?, scale);
        }
        Scalar::Double { .. } => out.extend_from_slice(&value.as_f64()?.to_le_bytes()),
        Scalar::Instant(form) => scalar::instant::<AVRO>(out, parse::micros(form, value)?, form),
    }
    Some(())
}
