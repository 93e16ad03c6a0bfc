//! Arrow schemas, as Python that makes them with `pyarrow`.
//!
//! They are those of the Parquet files that mercato writes: amounts are exact decimals, instants
//! have a zone, and one that JSON writes as a number is an instant, too.

use crate::InstantForm;

use super::Record;
use super::names::quoted;
use super::python::{call, list_of};
use super::walk::{Member, Scalar, TypeName, Types, members};

pub(super) const IMPORTS: &str = "import pyarrow as pa\n";

/// Writes the schema of a record into a variable.
pub(super) fn assignment(variable: &str, Record { topic, description, .. }: &Record<'_>) -> String {
    let name = TypeName::of_record(&description.name);
    let fields = list_of(&fields(&members(&Arrow, &name, &description.fields)));
    let metadata = format!(
        "metadata={{\"topic\": {}, \"doc\": {}}}",
        quoted(topic),
        quoted(&super::about(description))
    );
    format!("{variable} = {}\n", call("pa.schema", &[fields, metadata]))
}

struct Arrow;

impl Types for Arrow {
    type Type = String;

    fn scalar(&self, scalar: Scalar) -> String {
        match scalar {
            Scalar::Text => "pa.string()".to_owned(),
            Scalar::Boolean => "pa.bool_()".to_owned(),
            Scalar::Integer => "pa.int32()".to_owned(),
            Scalar::Long => "pa.int64()".to_owned(),
            Scalar::Decimal { precision, scale } => format!("pa.decimal128({precision}, {scale})"),
            Scalar::Number => "pa.float64()".to_owned(),
            Scalar::Instant(InstantForm::Millis | InstantForm::EpochMillis) => {
                "pa.timestamp(\"ms\", tz=\"UTC\")".to_owned()
            }
            Scalar::Instant(InstantForm::Micros | InstantForm::EpochMicros) => {
                "pa.timestamp(\"us\", tz=\"UTC\")".to_owned()
            }
        }
    }

    fn structure(&self, _: &TypeName, members: &[Member<'_, String>]) -> String {
        call("pa.struct", &[list_of(&fields(members))])
    }

    fn list(&self, _: &TypeName, item: String) -> String {
        call("pa.list_", &[call("pa.field", &["\"element\"".to_owned(), item, required()])])
    }

    fn map(&self, _: &TypeName, value: String) -> String {
        let value = call("pa.field", &["\"value\"".to_owned(), value, required()]);
        call("pa.map_", &["pa.string()".to_owned(), value])
    }
}

fn required() -> String {
    "nullable=False".to_owned()
}

fn fields(members: &[Member<'_, String>]) -> Vec<String> {
    let field = |Member { field, of }: &Member<'_, String>| {
        let mut arguments = vec![quoted(&field.name), of.clone()];
        if !field.nullable {
            arguments.push(required());
        }
        if !field.doc.is_empty() {
            arguments.push(format!("metadata={{\"doc\": {}}}", quoted(&field.doc)));
        }
        call("pa.field", &arguments)
    };
    members.iter().map(field).collect()
}
