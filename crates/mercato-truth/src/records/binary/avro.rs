//! Records in the binary encoding of Avro.

use mercato_schema::{Field, InstantForm, Kind};

use super::json;
use super::source::{Flaw, Source};

/// Appends the record that all of `bytes` are as JSON.
pub(super) fn whole(out: &mut Vec<u8>, fields: &[Field], bytes: &[u8]) -> Result<(), Flaw> {
    let mut source = Source(bytes);
    record(out, fields, &mut source)?;
    if source.is_empty() {
        Ok(())
    } else {
        Err(format!("{} bytes follow its last field", source.0.len()))
    }
}

/// Appends the record of these fields at the front of `source` as JSON.
pub(super) fn record(
    out: &mut Vec<u8>,
    fields: &[Field],
    source: &mut Source<'_>,
) -> Result<(), Flaw> {
    json::sequence(out, *b"{}", fields, |out, field| {
        json::text(out, field.name.as_bytes())?;
        out.push(b':');
        let in_field = |flaw| format!("field {}: {flaw}", field.name);
        if field.nullable {
            match source.signed().map_err(in_field)? {
                0 => {
                    out.extend_from_slice(b"null");
                    return Ok(());
                }
                1 => {}
                other => return Err(in_field(format!("a union of two has no type {other}"))),
            }
        }
        value(out, &field.kind, source).map_err(in_field)
    })
}

fn value(out: &mut Vec<u8>, kind: &Kind, source: &mut Source<'_>) -> Result<(), Flaw> {
    match kind {
        Kind::Identifier | Kind::Text => json::text(out, text(source)?)?,
        Kind::Boolean => match source.array()? {
            [0] => json::boolean(out, false),
            [1] => json::boolean(out, true),
            [other] => return Err(format!("{other} is neither true nor false")),
        },
        Kind::Integer | Kind::Long => json::whole(out, source.signed()?),
        Kind::Decimal { scale, .. } => json::decimal(out, units(text(source)?)?, *scale),
        Kind::Number { .. } => json::double(out, f64::from_le_bytes(source.array()?)),
        Kind::Instant(form) => {
            let count = source.signed()?;
            let micros = match form {
                InstantForm::Micros | InstantForm::EpochMicros => Some(count),
                InstantForm::Millis | InstantForm::EpochMillis => count.checked_mul(1_000),
            };
            let micros = micros.ok_or_else(|| format!("{count} is no instant"))?;
            json::instant(out, micros, *form);
        }
        Kind::Struct(fields) => record(out, fields, source)?,
        Kind::List(of) => blocks(out, *b"[]", source, |out, source| value(out, of, source))?,
        Kind::Map(of) => blocks(out, *b"{}", source, |out, source| {
            json::text(out, text(source)?)?;
            out.push(b':');
            value(out, of, source)
        })?,
    }
    Ok(())
}

/// Bytes after their length.
fn text<'a>(source: &mut Source<'a>) -> Result<&'a [u8], Flaw> {
    let length = source.signed()?;
    source.take(u64::try_from(length).map_err(|_| "a length is negative".to_owned())?)
}

/// The number that bytes in two's complement are, highest first.
fn units(bytes: &[u8]) -> Result<i64, Flaw> {
    let sign = bytes.first().map_or(0, |first| i128::from(*first as i8) >> 7);
    let units = bytes.iter().take(17).fold(sign, |units, byte| units << 8 | i128::from(*byte));
    i64::try_from(units)
        .map_err(|_| format!("a decimal number of {} bytes is too large", bytes.len()))
}

/// Appends the items of a list or a map, which come in blocks.
fn blocks(
    out: &mut Vec<u8>,
    [open, close]: [u8; 2],
    source: &mut Source<'_>,
    mut item: impl FnMut(&mut Vec<u8>, &mut Source<'_>) -> Result<(), Flaw>,
) -> Result<(), Flaw> {
    out.push(open);
    let first = out.len();
    loop {
        let count = source.signed()?;
        if count == 0 {
            break;
        }
        if count < 0 {
            // A negative number says that the size of the block follows, for those who skip it.
            source.signed()?;
        }
        if count.unsigned_abs() > source.0.len() as u64 {
            return Err("a list has more items than the record has bytes".to_owned());
        }
        for _ in 0..count.unsigned_abs() {
            if out.len() > first {
                out.push(b',');
            }
            item(out, source)?;
        }
    }
    out.push(close);
    Ok(())
}
