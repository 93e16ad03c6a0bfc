//! Spark schemas, as Python that makes them with `pyspark`.
//!
//! They read JSON: an instant that JSON writes as a number is a `LongType`, because
//! Spark would take the number for seconds.

use crate::InstantForm;

use super::Record;
use super::names::quoted;
use super::python::{call, list_of};
use super::walk::{Member, Scalar, TypeName, Types, members};

/// Every type that a schema may use.
const NAMES: [&str; 11] = [
    "ArrayType",
    "BooleanType",
    "DecimalType",
    "DoubleType",
    "IntegerType",
    "LongType",
    "MapType",
    "StringType",
    "StructField",
    "StructType",
    "TimestampType",
];

/// Writes the import of what `schemas` use.
pub(super) fn imports(schemas: &str) -> String {
    let used = NAMES.iter().filter(|name| schemas.contains(&format!("{name}(")));
    let names: String = used.map(|name| format!("    {name},\n")).collect();
    format!("from pyspark.sql.types import (\n{names})\n")
}

/// Writes the schema of a record into a variable.
pub(super) fn assignment(variable: &str, Record { description, .. }: &Record<'_>) -> String {
    let name = TypeName::of_record(&description.name);
    let schema = Spark.structure(&name, &members(&Spark, &name, &description.fields));
    let about: String =
        super::about(description).lines().map(|line| format!("# {line}\n")).collect();
    format!("{about}{variable} = {schema}\n")
}

struct Spark;

impl Types for Spark {
    type Type = String;

    fn scalar(&self, scalar: Scalar) -> String {
        match scalar {
            Scalar::Text => "StringType()".to_owned(),
            Scalar::Boolean => "BooleanType()".to_owned(),
            Scalar::Integer => "IntegerType()".to_owned(),
            Scalar::Long | Scalar::Instant(InstantForm::EpochMillis | InstantForm::EpochMicros) => {
                "LongType()".to_owned()
            }
            Scalar::Decimal { precision, scale } => format!("DecimalType({precision}, {scale})"),
            Scalar::Number => "DoubleType()".to_owned(),
            Scalar::Instant(InstantForm::Millis | InstantForm::Micros) => {
                "TimestampType()".to_owned()
            }
        }
    }

    fn structure(&self, _: &TypeName, members: &[Member<'_, String>]) -> String {
        let fields: Vec<String> = members.iter().map(field).collect();
        call("StructType", &[list_of(&fields)])
    }

    fn list(&self, _: &TypeName, item: String) -> String {
        call("ArrayType", &[item, "containsNull=False".to_owned()])
    }

    fn map(&self, _: &TypeName, value: String) -> String {
        call("MapType", &["StringType()".to_owned(), value, "valueContainsNull=False".to_owned()])
    }
}

fn field(Member { field, of }: &Member<'_, String>) -> String {
    let nullable = if field.nullable { "nullable=True" } else { "nullable=False" };
    let mut arguments = vec![quoted(&field.name), of.clone(), nullable.to_owned()];
    if !field.doc.is_empty() {
        arguments.push(format!("metadata={{\"comment\": {}}}", quoted(&field.doc)));
    }
    call("StructField", &arguments)
}
