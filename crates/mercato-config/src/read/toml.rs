//! TOML into a tree.

use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeTable, DeValue};

use super::{Broken, Source};
use crate::tree::{Entry, Node, Table, Value};

pub(super) fn read(source: &Source<'_>) -> Result<Node, Broken> {
    let table = DeTable::parse(source.text).map_err(|error| {
        let line = error.span().map_or(1, |span| source.line_of(span.start));
        (line, error.message().to_owned())
    })?;
    let place = source.line(1);
    Ok(Node { value: Value::Table(entries(source, table.get_ref())?), place })
}

fn entries(source: &Source<'_>, table: &DeTable<'_>) -> Result<Table, Broken> {
    let entry = |(key, value): (&Spanned<_>, &Spanned<_>)| {
        let place = source.place(key.span().start);
        Ok((
            String::from(AsRef::<str>::as_ref(key.get_ref())),
            Entry { key: place, node: node(source, value)? },
        ))
    };
    table.iter().map(entry).collect()
}

fn node(source: &Source<'_>, spanned: &Spanned<DeValue<'_>>) -> Result<Node, Broken> {
    let place = source.place(spanned.span().start);
    let value =
        match spanned.get_ref() {
            DeValue::String(text) => Value::Text(text.to_string()),
            DeValue::Integer(number) => {
                Value::Integer(integer(number).ok_or((place.line, too_large(number)))?)
            }
            DeValue::Float(number) => Value::Float(float(number).ok_or_else(|| {
                (place.line, format!("the number {} is too large", number.as_str()))
            })?),
            DeValue::Boolean(truth) => Value::Truth(*truth),
            DeValue::Datetime(time) => Value::Text(time.to_string()),
            DeValue::Array(items) => {
                Value::List(items.iter().map(|item| node(source, item)).collect::<Result<_, _>>()?)
            }
            DeValue::Table(table) => Value::Table(entries(source, table)?),
        };
    Ok(Node { value, place })
}

/// The number; none if digits came to infinity, which `inf` says by name.
fn float(number: &DeFloat<'_>) -> Option<f64> {
    let (text, value) = (number.as_str(), number.as_str().parse().unwrap_or(f64::NAN));
    (value.is_finite() || !text.contains(|letter: char| letter.is_ascii_digit())).then_some(value)
}

fn integer(number: &DeInteger<'_>) -> Option<i128> {
    i128::from_str_radix(number.as_str(), number.radix()).ok()
}

fn too_large(number: &DeInteger<'_>) -> String {
    format!("the number {} is too large", number.as_str())
}
