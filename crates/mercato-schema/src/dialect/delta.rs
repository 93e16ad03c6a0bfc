//! Schemas of Delta tables, as the log of such a table has them: Spark's own JSON.
//!
//! They are those of the Parquet files that mercato writes, where every instant is one, however
//! JSON writes it.
//! What a list or a map holds is marked as nullable, although it never is `null`: Delta checks no
//! such promise inside them, and Spark refuses tables that make it.

use serde_json::{Map, Value, json};

use crate::Description;

use super::walk::{Member, Scalar, TypeName, Types, members};

/// Returns the schema of a table that holds such records, with these columns after theirs that
/// name the partition: each has a name and a type.
///
/// ```
/// use mercato_schema::dialect::delta;
/// use mercato_schema::{Described, Order};
///
/// let schema = delta::schema(&Order::description(), &[("dt", "date")]);
/// assert_eq!(schema["fields"][2]["name"], "amount");
/// assert_eq!(schema["fields"][2]["type"], "decimal(15,2)");
/// assert_eq!(schema["fields"][5]["name"], "dt");
/// ```
pub fn schema(description: &Description, partitions: &[(&str, &str)]) -> Value {
    let name = TypeName::of_record(&description.name);
    let own = members(&Delta, &name, &description.fields).iter().map(field).collect::<Vec<_>>();
    let partition = |(name, of): &(&str, &str)| json!({"name": name, "type": of, "nullable": true, "metadata": {}});
    let all: Vec<_> = own.into_iter().chain(partitions.iter().map(partition)).collect();
    structure(&all)
}

struct Delta;

impl Types for Delta {
    type Type = Value;

    fn scalar(&self, scalar: Scalar) -> Value {
        match scalar {
            Scalar::Text => json!("string"),
            Scalar::Boolean => json!("boolean"),
            Scalar::Integer => json!("integer"),
            Scalar::Long => json!("long"),
            Scalar::Decimal { precision, scale } => json!(format!("decimal({precision},{scale})")),
            Scalar::Number => json!("double"),
            Scalar::Instant(_) => json!("timestamp"),
        }
    }

    fn structure(&self, _: &TypeName, members: &[Member<'_, Value>]) -> Value {
        structure(&members.iter().map(field).collect::<Vec<_>>())
    }

    fn list(&self, _: &TypeName, item: Value) -> Value {
        json!({"type": "array", "elementType": all_nullable(item), "containsNull": true})
    }

    fn map(&self, _: &TypeName, value: Value) -> Value {
        json!({
            "type": "map",
            "keyType": "string",
            "valueType": all_nullable(value),
            "valueContainsNull": true,
        })
    }
}

fn structure(fields: &[Value]) -> Value {
    json!({"type": "struct", "fields": fields})
}

fn field(Member { field, of }: &Member<'_, Value>) -> Value {
    let mut metadata = Map::new();
    if !field.doc.is_empty() {
        metadata.insert("comment".to_owned(), json!(field.doc));
    }
    json!({"name": field.name, "type": of, "nullable": field.nullable, "metadata": metadata})
}

/// The type with every field in it marked as nullable.
fn all_nullable(mut of: Value) -> Value {
    for field in of.get_mut("fields").and_then(Value::as_array_mut).into_iter().flatten() {
        field["nullable"] = json!(true);
        field["type"] = all_nullable(field["type"].take());
    }
    of
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Field, InstantForm, Kind};

    fn field(name: &'static str, kind: Kind) -> Field {
        Field::new(name, "A field.", kind)
    }

    #[test]
    fn every_kind_has_its_type_and_lists_and_maps_promise_nothing() {
        let item = Kind::Struct(vec![field("id", Kind::Identifier), field("at", Kind::Long)]);
        let fields = vec![
            field("web", Kind::Boolean),
            field("count", Kind::Integer),
            field("score", Kind::Number { scale: 3 }),
            field("time", Kind::Instant(InstantForm::EpochMillis)),
            Field { nullable: true, ..field("note", Kind::Text) },
            field("items", Kind::List(Box::new(item))),
            field("prices", Kind::Map(Box::new(Kind::MONEY))),
        ];
        let description = Description { fields, ..Description::default() };
        let schema = schema(&description, &[("dt", "date")]);
        let told: Vec<(&str, &Value, bool)> = schema["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| {
                let text = |name: &str| field[name].as_str().unwrap();
                (text("name"), &field["type"], field["nullable"].as_bool().unwrap())
            })
            .collect();
        let comment = json!({"comment": "A field."});
        let inner = |name: &str, of: &str| json!({"name": name, "type": of, "nullable": true, "metadata": comment});
        let element = structure(&[inner("id", "string"), inner("at", "long")]);
        let list = json!({"type": "array", "elementType": element, "containsNull": true});
        let map = json!({
            "type": "map", "keyType": "string", "valueType": "decimal(15,2)", "valueContainsNull": true,
        });
        let expected = [
            ("web", &json!("boolean"), false),
            ("count", &json!("integer"), false),
            ("score", &json!("double"), false),
            ("time", &json!("timestamp"), false),
            ("note", &json!("string"), true),
            ("items", &list, false),
            ("prices", &map, false),
            ("dt", &json!("date"), true),
        ];
        assert_eq!(told, expected);
    }
}
