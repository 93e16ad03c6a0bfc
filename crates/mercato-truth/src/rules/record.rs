//! Records of any origin: which topic they are of, and their fields.
//!
//! What a topic's records have is said by the table of the shop's topics and nowhere here.

use mercato_schema::{Field, InstantForm, Kind};
use mercato_shop::shop::Topic;
use serde_json::{Map, Value};

use crate::records::cells;

/// Returns the topic that is called so, with `-` or `_`.
///
/// Its aliases do not count: `events` and `updates` are names that folders have for other reasons.
pub fn topic_named(name: &str) -> Option<Topic> {
    let name = name.to_ascii_lowercase().replace('_', "-");
    Topic::ALL.into_iter().find(|topic| topic.name == name)
}

/// Returns the topic whose records look like `value`: it has their identifier and most of the
/// fields that each of them has.
pub fn topic_shaped_like(value: &Value) -> Option<Topic> {
    let has = |field: &Field| value.get(&*field.name).is_some();
    Topic::ALL.into_iter().find(|topic| {
        let fields = &topic.description().fields;
        let required = || fields.iter().filter(|field| !field.nullable);
        fields.first().is_some_and(has)
            && required().filter(|field| has(field)).count() * 2 > required().count()
    })
}

/// The field that identifies a record: always the first.
pub(super) fn identifier(topic: Topic) -> &'static str {
    topic.description().fields.first().map_or("", |field| &field.name)
}

/// The object of a row under `columns`, with numbers where the topic has numbers; none if it is of
/// another width.
pub(super) fn of_row(row: &str, columns: &[String], topic: Option<Topic>) -> Option<Value> {
    let cells = cells(row);
    if cells.len() != columns.len() {
        return None;
    }
    let mut object = Map::new();
    let fields = topic.map_or(&[][..], |topic| &topic.description().fields);
    for (name, cell) in columns.iter().zip(cells) {
        let value =
            field_at(fields, name).map_or_else(|| of_text(&cell), |field| of_cell(&cell, field));
        match name.split_once('.') {
            Some((group, field)) => {
                let group = object.entry(group).or_insert_with(|| Value::Object(Map::new()));
                group.as_object_mut()?.insert(field.to_owned(), value);
            }
            None => {
                object.insert(name.clone(), value);
            }
        }
    }
    Some(Value::Object(object))
}

/// The topic whose CSV files have these columns.
pub(super) fn with_columns(columns: &[String]) -> Option<Topic> {
    Topic::ALL.into_iter().find(|topic| topic.description().columns() == columns)
}

/// The field at a dotted path.
fn field_at<'a>(fields: &'a [Field], path: &str) -> Option<&'a Field> {
    let named = |name: &str| fields.iter().find(|field| field.name == name);
    match path.split_once('.') {
        Some((group, path)) => match &named(group)?.kind {
            Kind::Struct(inner) => field_at(inner, path),
            _ => None,
        },
        None => named(path),
    }
}

/// A cell of a known column: where nothing may be `null`, an empty text is one.
fn of_cell(cell: &str, field: &Field) -> Value {
    let is_text = matches!(
        field.kind,
        Kind::Text | Kind::Identifier | Kind::Instant(InstantForm::Millis | InstantForm::Micros)
    );
    match cell.is_empty() {
        true if field.nullable || !is_text => Value::Null,
        _ if is_text => Value::String(cell.to_owned()),
        // What is no JSON stays a text, which is of the wrong type.
        _ => serde_json::from_str(cell).unwrap_or_else(|_| Value::String(cell.to_owned())),
    }
}

fn of_text(cell: &str) -> Value {
    if cell.is_empty() { Value::Null } else { Value::String(cell.to_owned()) }
}
