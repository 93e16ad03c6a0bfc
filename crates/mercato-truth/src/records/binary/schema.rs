//! The fields that an Avro schema describes.

use mercato_schema::{Field, InstantForm, Kind};
use serde_json::Value;

use super::source::Flaw;

/// The fields of a record's schema; instants are spelled as texts.
pub(super) fn fields(schema: &Value) -> Result<Vec<Field>, Flaw> {
    let Value::Array(fields) = &schema["fields"] else {
        return Err("the schema is not that of a record".to_owned());
    };
    fields.iter().map(field).collect()
}

fn field(schema: &Value) -> Result<Field, Flaw> {
    let text = |name: &str| schema[name].as_str();
    let name = text("jsonName").or(text("name")).unwrap_or_default().to_owned();
    let (kind, nullable) = match &schema["type"] {
        Value::Array(types) => match types.as_slice() {
            [Value::String(null), of] if null == "null" => (of, true),
            _ => return Err(format!("the union of field {name} is not of null and one type")),
        },
        of => (of, false),
    };
    let kind = self::kind(kind).map_err(|flaw| format!("field {name}: {flaw}"))?;
    Ok(Field { nullable, ..Field::new(name, "", kind) })
}

fn kind(schema: &Value) -> Result<Kind, Flaw> {
    let name = schema.as_str().or(schema["type"].as_str()).unwrap_or_default();
    let digits = |name: &str| schema[name].as_u64().and_then(|digits| u8::try_from(digits).ok());
    let logical = schema["logicalType"].as_str();
    Ok(match (name, logical) {
        ("string", _) => Kind::Text,
        ("boolean", _) => Kind::Boolean,
        ("int", None) => Kind::Integer,
        ("long", None) => Kind::Long,
        ("double", _) => Kind::Number { scale: 0 },
        ("long", Some("timestamp-millis")) => Kind::Instant(InstantForm::Millis),
        ("long", Some("timestamp-micros")) => Kind::Instant(InstantForm::Micros),
        ("bytes", Some("decimal")) => Kind::Decimal {
            precision: digits("precision").unwrap_or(0),
            scale: digits("scale").unwrap_or(0),
        },
        ("record", _) => Kind::Struct(fields(schema)?),
        ("array", _) => Kind::List(Box::new(kind(&schema["items"])?)),
        ("map", _) => Kind::Map(Box::new(kind(&schema["values"])?)),
        _ => return Err(format!("values of type {schema} cannot be read")),
    })
}
