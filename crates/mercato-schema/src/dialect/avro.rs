//! Avro schemas.
//!
//! | kind | Avro |
//! |---|---|
//! | identifier, text | `string` |
//! | boolean, integer, long | `boolean`, `int`, `long` |
//! | decimal | `bytes` with the logical type `decimal`, its precision and scale; money is `decimal(15, 2)`, because an amount has fewer than 10^15 cents |
//! | number | `double` |
//! | instant with milliseconds, or as a number of them | `long` with the logical type `timestamp-millis` |
//! | instant with microseconds | `long` with the logical type `timestamp-micros` |
//! | struct | `record`, named after the record and the fields down to it: `SaleShippingAddress` |
//! | list, map | `array`, `map` |
//! | nullable | a union of `null` and the type, with the default `null` |
//!
//! A name that Avro does not allow has underscores instead, and its JSON name in the attribute
//! `jsonName`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{Description, InstantForm};

use super::names::{identifiers, unique};
use super::walk::{Member, Scalar, TypeName, Types, members};

/// The namespace of every record.
pub const NAMESPACE: &str = "mercato";

/// Returns the Avro schema of a record.
///
/// ```
/// use mercato_schema::dialect::avro;
/// use mercato_schema::{Described, Order};
///
/// let schema = avro::schema(&Order::description());
/// assert_eq!((&schema["name"], &schema["namespace"]), (&"Order".into(), &"mercato".into()));
/// let amount = r#"{"type":"bytes","logicalType":"decimal","precision":15,"scale":2}"#;
/// assert_eq!(schema["fields"][2]["type"].to_string(), amount);
/// ```
pub fn schema(description: &Description) -> Value {
    let name = TypeName::of_record(&description.name);
    let mut schema = record(&name, &members(&Avro, &name, &description.fields));
    rename_doubles(&mut schema, &mut BTreeSet::new());
    let fields = schema["fields"].take();
    json!({
        "type": "record",
        "name": schema["name"],
        "namespace": NAMESPACE,
        "doc": super::about(description),
        "fields": fields,
    })
}

struct Avro;

impl Types for Avro {
    type Type = Value;

    fn scalar(&self, scalar: Scalar) -> Value {
        match scalar {
            Scalar::Text => json!("string"),
            Scalar::Boolean => json!("boolean"),
            Scalar::Integer => json!("int"),
            Scalar::Long => json!("long"),
            Scalar::Decimal { precision, scale } => {
                json!({"type": "bytes", "logicalType": "decimal", "precision": precision, "scale": scale})
            }
            Scalar::Number => json!("double"),
            Scalar::Instant(InstantForm::Millis | InstantForm::EpochMillis) => {
                json!({"type": "long", "logicalType": "timestamp-millis"})
            }
            Scalar::Instant(InstantForm::Micros) => {
                json!({"type": "long", "logicalType": "timestamp-micros"})
            }
        }
    }

    fn structure(&self, name: &TypeName, members: &[Member<'_, Value>]) -> Value {
        record(name, members)
    }

    fn list(&self, _: &TypeName, item: Value) -> Value {
        json!({"type": "array", "items": item})
    }

    fn map(&self, _: &TypeName, value: Value) -> Value {
        json!({"type": "map", "values": value})
    }
}

fn record(name: &TypeName, members: &[Member<'_, Value>]) -> Value {
    let names = identifiers(members.iter().map(|member| &*member.field.name));
    let fields: Vec<Value> =
        names.into_iter().zip(members).map(|(name, member)| field(&name, member)).collect();
    json!({"type": "record", "name": name.full, "fields": fields})
}

fn field(name: &str, Member { field, of }: &Member<'_, Value>) -> Value {
    let mut schema = json!({"name": name});
    if name != field.name {
        schema["jsonName"] = json!(field.name);
    }
    if !field.doc.is_empty() {
        schema["doc"] = json!(field.doc);
    }
    if field.nullable {
        schema["type"] = json!(["null", of]);
        schema["default"] = Value::Null;
    } else {
        schema["type"] = of.clone();
    }
    schema
}

/// Numbers the records whose name an earlier one has.
fn rename_doubles(schema: &mut Value, taken: &mut BTreeSet<String>) {
    match schema {
        Value::Array(parts) => parts.iter_mut().for_each(|part| rename_doubles(part, taken)),
        Value::Object(members) => {
            if members.get("type").is_some_and(|of| of == "record")
                && let Some(Value::String(name)) = members.get_mut("name")
            {
                *name = unique(std::mem::take(name), taken);
            }
            members.values_mut().for_each(|part| rename_doubles(part, taken));
        }
        _ => {}
    }
}
