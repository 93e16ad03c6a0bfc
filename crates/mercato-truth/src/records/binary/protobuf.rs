//! Records that are Protobuf messages.

use mercato_schema::dialect::protobuf::field_number;
use mercato_schema::{Field, InstantForm, Kind};

use super::json;
use super::source::{Flaw, Source};

/// The forms of values in a message, in words.
pub(super) const NUMBER: &str = "number";
pub(super) const DOUBLE: &str = "double";
pub(super) const BYTES: &str = "bytes";

/// A value as it stands in a message.
#[derive(Debug, Clone, Copy)]
pub(super) enum Raw<'a> {
    Varint(u64),
    Fixed([u8; 8]),
    Bytes(&'a [u8]),
}

impl Raw<'_> {
    /// The form in which it is written.
    pub(super) fn wire_type(self) -> &'static str {
        match self {
            Self::Varint(_) => NUMBER,
            Self::Fixed(_) => DOUBLE,
            Self::Bytes(_) => BYTES,
        }
    }
}

/// Returns whether a message is of these fields and has all of them that cannot be absent, as
/// messages of these programs do: they write default values, too.
pub(super) fn is_whole(fields: &[Field], message: &[u8]) -> bool {
    let mut there = vec![false; fields.len()];
    let mut source = Source(message);
    while let Ok((number, _)) = next(&mut source) {
        let place = (0..fields.len()).find(|place| u64::from(field_number(*place)) == number);
        if let Some(place) = place {
            there[place] = true;
        }
    }
    let may_be_absent =
        |field: &Field| field.nullable || matches!(field.kind, Kind::List(_) | Kind::Map(_));
    fields.iter().zip(there).all(|(field, is_there)| is_there || may_be_absent(field))
        && record(&mut Vec::new(), fields, message).is_ok()
}

/// Appends the message of these fields as JSON.
pub(super) fn record(out: &mut Vec<u8>, fields: &[Field], message: &[u8]) -> Result<(), Flaw> {
    let mut found: Vec<Vec<Raw<'_>>> = vec![Vec::new(); fields.len()];
    let mut source = Source(message);
    while !source.is_empty() {
        let (number, raw) = next(&mut source)?;
        let place = (0..fields.len()).find(|place| u64::from(field_number(*place)) == number);
        let place = place.ok_or_else(|| format!("the record has no field of number {number}"))?;
        found[place].push(raw);
    }
    json::sequence(out, *b"{}", fields.iter().zip(&found), |out, (field, raws)| {
        json::text(out, field.name.as_bytes())?;
        out.push(b':');
        if raws.is_empty() && field.nullable && !matches!(field.kind, Kind::List(_) | Kind::Map(_))
        {
            out.extend_from_slice(b"null");
            return Ok(());
        }
        values(out, &field.kind, raws).map_err(|flaw| format!("field {}: {flaw}", field.name))
    })
}

/// The next field: its number and value.
pub(super) fn next<'a>(source: &mut Source<'a>) -> Result<(u64, Raw<'a>), Flaw> {
    let tag = source.varint()?;
    let raw = match tag & 7 {
        0 => Raw::Varint(source.varint()?),
        1 => Raw::Fixed(source.array()?),
        2 => {
            let length = source.varint()?;
            Raw::Bytes(source.take(length)?)
        }
        other => return Err(format!("wire type {other} is not known")),
    };
    Ok((tag >> 3, raw))
}

/// Appends what a field has, of which the last counts unless it is repeated.
fn values(out: &mut Vec<u8>, kind: &Kind, raws: &[Raw<'_>]) -> Result<(), Flaw> {
    match kind {
        Kind::List(of) => {
            let mut items = Vec::new();
            for raw in raws {
                unpack(of, *raw, &mut items)?;
            }
            json::sequence(out, *b"[]", items, |out, raw| item(out, of, raw))
        }
        Kind::Map(of) => json::sequence(out, *b"{}", raws, |out, raw| member(out, of, *raw)),
        kind => single(out, kind, raws.last().copied()),
    }
}

/// Takes numbers that are packed into one value apart.
fn unpack<'a>(kind: &Kind, raw: Raw<'a>, items: &mut Vec<Raw<'a>>) -> Result<(), Flaw> {
    let Raw::Bytes(packed) = raw else {
        items.push(raw);
        return Ok(());
    };
    let mut source = Source(packed);
    match kind {
        Kind::Boolean | Kind::Integer | Kind::Long => {
            while !source.is_empty() {
                items.push(Raw::Varint(source.varint()?));
            }
        }
        Kind::Number { .. } => {
            while !source.is_empty() {
                items.push(Raw::Fixed(source.array()?));
            }
        }
        _ => items.push(raw),
    }
    Ok(())
}

/// Appends an item of a list; one that is a list or a map itself is in a message of its own.
fn item(out: &mut Vec<u8>, kind: &Kind, raw: Raw<'_>) -> Result<(), Flaw> {
    let (Kind::List(_) | Kind::Map(_), Raw::Bytes(around)) = (kind, raw) else {
        return single(out, kind, Some(raw));
    };
    let (mut source, mut raws) = (Source(around), Vec::new());
    while !source.is_empty() {
        raws.push(next(&mut source)?.1);
    }
    values(out, kind, &raws)
}

fn member(out: &mut Vec<u8>, kind: &Kind, raw: Raw<'_>) -> Result<(), Flaw> {
    let Raw::Bytes(entry) = raw else { return Err("a member of a map is a number".to_owned()) };
    let (mut source, mut name, mut value) = (Source(entry), None, None);
    while !source.is_empty() {
        match next(&mut source)? {
            (1, Raw::Bytes(text)) => name = Some(text),
            (2, raw) => value = Some(raw),
            (number, _) => {
                return Err(format!("a member of a map has no field of number {number}"));
            }
        }
    }
    json::text(out, name.unwrap_or_default())?;
    out.push(b':');
    match value {
        Some(raw) => item(out, kind, raw),
        None => single(out, kind, None),
    }
}

/// Appends a value; one that is absent is the default of its type.
fn single(out: &mut Vec<u8>, kind: &Kind, raw: Option<Raw<'_>>) -> Result<(), Flaw> {
    match (kind, raw) {
        (Kind::Identifier | Kind::Text, Some(Raw::Bytes(text))) => json::text(out, text)?,
        (Kind::Identifier | Kind::Text, None) => json::text(out, b"")?,
        (Kind::Boolean, Some(Raw::Varint(truth))) => json::boolean(out, truth != 0),
        (Kind::Boolean, None) => json::boolean(out, false),
        (Kind::Integer | Kind::Long, Some(Raw::Varint(number))) => json::whole(out, number as i64),
        (Kind::Integer | Kind::Long, None) => json::whole(out, 0),
        (Kind::Number { .. }, Some(Raw::Fixed(bytes))) => {
            json::double(out, f64::from_le_bytes(bytes));
        }
        (Kind::Number { .. }, None) => json::double(out, 0.0),
        (Kind::Decimal { scale, .. }, Some(Raw::Bytes(text))) => {
            json::decimal(out, units(text, *scale)?, *scale);
        }
        (Kind::Decimal { scale, .. }, None) => json::decimal(out, 0, *scale),
        (Kind::Instant(form), Some(Raw::Bytes(message))) => instant(out, message, *form)?,
        (Kind::Instant(form), None) => json::instant(out, 0, *form),
        (Kind::Struct(fields), Some(Raw::Bytes(message))) => record(out, fields, message)?,
        (Kind::Struct(fields), None) => record(out, fields, b"")?,
        (Kind::List(_) | Kind::Map(_), None) => values(out, kind, &[])?,
        _ => return Err("the value is of another type".to_owned()),
    }
    Ok(())
}

/// The units of a decimal number that is text with all its digits.
fn units(text: &[u8], scale: u8) -> Result<i64, Flaw> {
    let text = String::from_utf8_lossy(text);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let parsed = (fraction.len() <= usize::from(scale))
        .then(|| format!("{whole}{fraction:0<width$}", width = usize::from(scale)).parse().ok());
    parsed.flatten().ok_or_else(|| {
        format!("`{text}` is not a decimal number with at most {scale} digits after the point")
    })
}

/// Appends a `google.protobuf.Timestamp`.
fn instant(out: &mut Vec<u8>, message: &[u8], form: InstantForm) -> Result<(), Flaw> {
    let (mut source, mut seconds, mut nanos) = (Source(message), 0_i64, 0_i64);
    while !source.is_empty() {
        match next(&mut source)? {
            (1, Raw::Varint(value)) => seconds = value as i64,
            (2, Raw::Varint(value)) => nanos = value as i64,
            (number, _) => return Err(format!("a timestamp has no field of number {number}")),
        }
    }
    let micros =
        seconds.checked_mul(1_000_000).and_then(|micros| micros.checked_add(nanos / 1_000));
    json::instant(out, micros.ok_or_else(|| format!("{seconds} seconds are no instant"))?, form);
    Ok(())
}
