//! Schema: fields, types and formats.

use mercato_schema::Money;
use mercato_schema::table::{Column, ColumnKind};
use serde_json::Value;

use super::{Facts, Findings, Rule, Topic};

/// Beginnings of identifiers, by field.
const PREFIXES: [(&str, &str); 5] = [
    ("transaction_id", "txn_"),
    ("user_id", "user_"),
    ("product_id", "prod_"),
    ("event_id", "evt_"),
    ("session_id", "sess_"),
];

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    let table = facts.topic.table().unwrap_or_default();
    let place = facts.place;
    let missing = missing(table, facts.value);
    findings.judge(Rule::Required, place, missing.is_none(), || {
        format!("{} is missing", missing.unwrap_or_default())
    });
    let wrong = wrong(table, facts.value);
    findings.judge(Rule::Type, place, wrong.is_none(), || wrong.unwrap_or_default());
    let lines = facts.lines().iter().filter(|_| facts.topic == Topic::Transactions);
    let ill = [facts.value].into_iter().chain(lines).find_map(ill_named);
    findings.judge(Rule::Identifier, place, ill.is_none(), || ill.unwrap_or_default());
}

/// The first field that is not there.
fn missing(table: &[Column], value: &Value) -> Option<String> {
    table.iter().find_map(|column| match (value.get(column.name), column.kind) {
        (None | Some(Value::Null), _) => (!column.nullable).then(|| column.name.to_owned()),
        (Some(group @ Value::Object(_)), ColumnKind::Group(inner)) => {
            missing(inner, group).map(|name| format!("{}.{name}", column.name))
        }
        (Some(Value::Array(elements)), ColumnKind::List(inner)) => {
            let of = |element: &Value| {
                missing(inner, element).map(|name| format!("{}[].{name}", column.name))
            };
            elements.iter().find_map(of)
        }
        _ => None,
    })
}

/// The first value of another type than its field's.
fn wrong(table: &[Column], value: &Value) -> Option<String> {
    table.iter().find_map(|column| {
        let value = value.get(column.name).filter(|value| !value.is_null())?;
        if !is_of(column.kind, value) {
            return Some(format!("{} is {}", column.name, super::excerpt(value)));
        }
        let inside = match (column.kind, value) {
            (ColumnKind::Group(inner), group) => wrong(inner, group),
            (ColumnKind::List(inner), Value::Array(elements)) => {
                elements.iter().find_map(|element| wrong(inner, element))
            }
            _ => None,
        };
        inside.map(|inside| format!("{}.{inside}", column.name))
    })
}

fn is_of(kind: ColumnKind, value: &Value) -> bool {
    match kind {
        ColumnKind::Boolean => value.is_boolean(),
        ColumnKind::Integer | ColumnKind::Long => value.is_i64() || value.is_u64(),
        ColumnKind::Money => {
            value.as_f64().is_some_and(|number| Money::from_number(number).is_ok())
        }
        ColumnKind::Number(_) => value.is_number(),
        ColumnKind::Group(_) => value.is_object(),
        ColumnKind::List(_) => {
            value.as_array().is_some_and(|elements| elements.iter().all(Value::is_object))
        }
        ColumnKind::Map(of) => {
            value.as_object().is_some_and(|entries| entries.values().all(|value| is_of(*of, value)))
        }
        _ => value.is_string(),
    }
}

/// The first identifier that begins otherwise, or is nothing but its beginning.
fn ill_named(value: &Value) -> Option<String> {
    PREFIXES.into_iter().find_map(|(field, prefix)| {
        let text = value.get(field)?.as_str()?;
        let rest = text.strip_prefix(prefix);
        rest.is_none_or(str::is_empty).then(|| format!("{field} is {text:?}"))
    })
}
