//! JSON Schema, draft 2020-12, of records as they are written in JSON.
//!
//! Every field is required, because one without a value is written as `null`, and no other field is
//! allowed.
//! An amount is a number between bounds and not a multiple of 0.01: validators divide doubles, and
//! would refuse amounts that are right.

use serde_json::{Map, Value, json};

use crate::{Description, InstantForm};

use super::walk::{Member, Scalar, TypeName, Types, members};

/// Returns the JSON Schema of a record.
///
/// ```
/// use mercato_schema::dialect::json_schema;
/// use mercato_schema::{Described, Order};
///
/// let schema = json_schema::schema(&Order::description());
/// assert_eq!(schema["properties"]["orderId"]["type"], "string");
/// assert_eq!(schema["required"].as_array().map(Vec::len), Some(5));
/// ```
pub fn schema(description: &Description) -> Value {
    let name = TypeName::of_record(&description.name);
    let mut schema = Map::from_iter([
        ("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema")),
        ("title".to_owned(), json!(description.name)),
        ("description".to_owned(), json!(super::about(description))),
    ]);
    schema.extend(object(&members(&JsonSchema, &name, &description.fields)));
    schema.into()
}

struct JsonSchema;

impl Types for JsonSchema {
    type Type = Map<String, Value>;

    fn scalar(&self, scalar: Scalar) -> Self::Type {
        let instant = |decimals| {
            let pattern = format!(r"^\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{{decimals}}}Z$");
            json!({"type": "string", "format": "date-time", "pattern": pattern})
        };
        let schema = match scalar {
            Scalar::Text => json!({"type": "string"}),
            Scalar::Boolean => json!({"type": "boolean"}),
            Scalar::Integer => {
                json!({"type": "integer", "minimum": i32::MIN, "maximum": i32::MAX})
            }
            Scalar::Long | Scalar::Instant(InstantForm::EpochMillis | InstantForm::EpochMicros) => {
                json!({"type": "integer"})
            }
            Scalar::Decimal { precision, scale } => {
                let bound = 10_i64.saturating_pow(u32::from(precision.saturating_sub(scale)));
                json!({"type": "number", "exclusiveMinimum": -bound, "exclusiveMaximum": bound})
            }
            Scalar::Number => json!({"type": "number"}),
            Scalar::Instant(InstantForm::Millis) => instant(3),
            Scalar::Instant(InstantForm::Micros) => instant(6),
        };
        match schema {
            Value::Object(schema) => schema,
            _ => Map::new(),
        }
    }

    fn structure(&self, _: &TypeName, members: &[Member<'_, Self::Type>]) -> Self::Type {
        object(members)
    }

    fn list(&self, _: &TypeName, item: Self::Type) -> Self::Type {
        Map::from_iter([("type".to_owned(), json!("array")), ("items".to_owned(), item.into())])
    }

    fn map(&self, _: &TypeName, value: Self::Type) -> Self::Type {
        let values = ("additionalProperties".to_owned(), value.into());
        Map::from_iter([("type".to_owned(), json!("object")), values])
    }
}

fn object(members: &[Member<'_, Map<String, Value>>]) -> Map<String, Value> {
    let properties: Map<String, Value> =
        members.iter().map(|member| (member.field.name.to_string(), property(member))).collect();
    let names: Vec<&str> = members.iter().map(|member| &*member.field.name).collect();
    Map::from_iter([
        ("type".to_owned(), json!("object")),
        ("properties".to_owned(), properties.into()),
        ("required".to_owned(), json!(names)),
        ("additionalProperties".to_owned(), json!(false)),
    ])
}

fn property(Member { field, of }: &Member<'_, Map<String, Value>>) -> Value {
    let mut property = Map::new();
    if !field.doc.is_empty() {
        property.insert("description".to_owned(), json!(field.doc));
    }
    property.extend(of.clone());
    if field.nullable
        && let Some(of) = property.get_mut("type")
    {
        *of = json!([of, "null"]);
    }
    property.into()
}
