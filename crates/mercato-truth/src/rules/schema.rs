//! Schema: fields, types and formats.

use mercato_schema::{Field, InstantForm, Kind, Money};
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
    let fields = &facts.topic.description().fields;
    let place = facts.place;
    let missing = missing(fields, facts.value);
    findings.judge(Rule::Required, place, missing.is_none(), || {
        format!("{} is missing", missing.unwrap_or_default())
    });
    let wrong = wrong(fields, facts.value);
    findings.judge(Rule::Type, place, wrong.is_none(), || wrong.unwrap_or_default());
    let lines = facts.lines().iter().filter(|_| facts.topic == Topic::TRANSACTIONS);
    let ill = [facts.value].into_iter().chain(lines).find_map(ill_named);
    findings.judge(Rule::Identifier, place, ill.is_none(), || ill.unwrap_or_default());
}

/// The first field that is not there.
fn missing(fields: &[Field], value: &Value) -> Option<String> {
    fields.iter().find_map(|field| match (value.get(&*field.name), &field.kind) {
        (None | Some(Value::Null), _) => (!field.nullable).then(|| field.name.to_string()),
        (Some(group @ Value::Object(_)), Kind::Struct(inner)) => {
            missing(inner, group).map(|name| format!("{}.{name}", field.name))
        }
        (Some(Value::Array(elements)), Kind::List(of)) => {
            let Kind::Struct(inner) = &**of else { return None };
            let of = |element: &Value| {
                missing(inner, element).map(|name| format!("{}[].{name}", field.name))
            };
            elements.iter().find_map(of)
        }
        _ => None,
    })
}

/// The first value of another type than its field's.
fn wrong(fields: &[Field], value: &Value) -> Option<String> {
    fields.iter().find_map(|field| {
        let value = value.get(&*field.name).filter(|value| !value.is_null())?;
        if !is_of(&field.kind, value) {
            return Some(format!("{} is {}", field.name, super::excerpt(value)));
        }
        let inside = match (&field.kind, value) {
            (Kind::Struct(inner), group) => wrong(inner, group),
            (Kind::List(of), Value::Array(elements)) => match &**of {
                Kind::Struct(inner) => elements.iter().find_map(|element| wrong(inner, element)),
                _ => None,
            },
            _ => None,
        };
        inside.map(|inside| format!("{}.{inside}", field.name))
    })
}

fn is_of(kind: &Kind, value: &Value) -> bool {
    match kind {
        Kind::Boolean => value.is_boolean(),
        Kind::Integer | Kind::Long | Kind::Instant(InstantForm::EpochMillis) => {
            value.is_i64() || value.is_u64()
        }
        Kind::Decimal { .. } => {
            value.as_f64().is_some_and(|number| Money::from_number(number).is_ok())
        }
        Kind::Number { .. } => value.is_number(),
        Kind::Identifier
        | Kind::Text
        | Kind::Instant(InstantForm::Millis | InstantForm::Micros) => value.is_string(),
        Kind::Struct(_) => value.is_object(),
        Kind::List(of) => {
            value.as_array().is_some_and(|elements| elements.iter().all(|value| is_of(of, value)))
        }
        Kind::Map(of) => {
            value.as_object().is_some_and(|entries| entries.values().all(|value| is_of(of, value)))
        }
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
