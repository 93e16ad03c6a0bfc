//! JSON into a tree.
//!
//! `serde_json` tells positions only in errors, but it lends out the raw text of a value,
//! and where that text lies in the whole is where the value stands.
//! Each level of nesting is read again inside its parent; configurations are shallow.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Broken, MAX_DEPTH, Source, too_deep};
use crate::tree::{Entry, Node, Table, Value};

pub(super) fn read(source: &Source<'_>) -> Result<Node, Broken> {
    let raw: &RawValue =
        serde_json::from_str(source.text).map_err(|error| (error.line() as u32, reason(&error)))?;
    node(source, raw, 0)
}

fn node(source: &Source<'_>, raw: &RawValue, depth: usize) -> Result<Node, Broken> {
    let text = raw.get();
    let place = source.place(offset(source, text));
    if depth > MAX_DEPTH {
        return Err((place.line, too_deep()));
    }
    let broken = |error: serde_json::Error| (place.line + error.line() as u32 - 1, reason(&error));
    let value = match text.as_bytes().first() {
        Some(b'{') => {
            Value::Table(entries(source, serde_json::from_str(text).map_err(broken)?, depth)?)
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(broken)?;
            Value::List(
                items
                    .into_iter()
                    .map(|item| node(source, item, depth + 1))
                    .collect::<Result<_, _>>()?,
            )
        }
        _ => plain(serde_json::from_str(text).map_err(broken)?),
    };
    Ok(Node { value, place })
}

fn entries(source: &Source<'_>, pairs: Pairs<'_>, depth: usize) -> Result<Table, Broken> {
    let mut table = Table::new();
    for (name, raw) in pairs.0 {
        let key = source.place(key_offset(source, raw));
        let line = key.line;
        let node = node(source, raw, depth + 1)?;
        if table.insert(name.clone(), Entry { key, node }).is_some() {
            return Err((line, format!("duplicate key `{name}`")));
        }
    }
    Ok(table)
}

fn plain(value: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match value {
        Json::Bool(truth) => Value::Truth(truth),
        Json::String(text) => Value::Text(text),
        Json::Number(number) => {
            let integer =
                number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
            integer
                .map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Integer)
        }
        Json::Null | Json::Array(_) | Json::Object(_) => Value::Null,
    }
}

/// Returns the offset of `part`, a slice of the source's text.
fn offset(source: &Source<'_>, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(source.text.as_ptr().addr())
}

/// Returns the end of the key of the value `raw`, which is preceded by a colon and white space; a
/// JSON string is on one line.
fn key_offset(source: &Source<'_>, raw: &RawValue) -> usize {
    let before = source.text.get(..offset(source, raw.get())).unwrap_or_default();
    before.trim_end().trim_end_matches(':').trim_end().len()
}

/// Returns the message of `serde_json` without the position, which is reported separately.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(" at line ").map_or(text.clone(), |(reason, _)| reason.to_owned())
}

/// An object's members in order, those with the same name included.
struct Pairs<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor).map(Pairs)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = Vec<(String, &'de RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry().map_err(A::Error::custom)? {
            pairs.push(pair);
        }
        Ok(pairs)
    }
}
