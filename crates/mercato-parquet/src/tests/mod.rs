//! Files are read back with the `parquet` crate, which is nobody's copy of what writes them here.

mod bytes;
mod refused;
mod values;

use std::io;

use mercato_schema as schema;
use mercato_sinks::Compression;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::{Map, Value, json};

use crate::file::{File, Limits};

/// Small enough that a few records have several row groups of several pages.
const SMALL: Limits = Limits { group_records: 50, group_bytes: 1 << 20, page_records: 16 };

/// The file that holds `lines`.
fn written(
    table: &[schema::Field],
    compression: Compression,
    lines: &[String],
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = File::begin(&mut bytes, "topic", table, compression, SMALL)?;
    lines.iter().try_for_each(|line| file.record(line.as_bytes()))?;
    file.finish()?;
    assert_eq!(file.written(), bytes.len() as u64);
    Ok(bytes)
}

fn reader(bytes: &[u8]) -> SerializedFileReader<std::fs::File> {
    let mut file = tempfile::tempfile().unwrap();
    io::Write::write_all(&mut file, bytes).unwrap();
    SerializedFileReader::new(file).unwrap()
}

/// The records of a file as JSON, with money and times as the texts that a person would write.
fn read(bytes: &[u8]) -> Vec<Value> {
    let reader = reader(bytes);
    reader.get_row_iter(None).unwrap().map(|row| object(&row.unwrap())).collect()
}

fn object(row: &Row) -> Value {
    Value::Object(
        row.get_column_iter()
            .map(|(name, field)| (name.clone(), value(field)))
            .collect::<Map<_, _>>(),
    )
}

fn value(field: &Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => json!(value),
        Field::Int(value) => json!(value),
        Field::Long(value) => json!(value),
        Field::Double(value) => json!(value),
        Field::Str(value) => json!(value),
        Field::Decimal(decimal) => {
            let cents = i64::from_be_bytes(decimal.data().try_into().unwrap());
            json!(mercato_schema::Money::from_cents(cents))
        }
        Field::TimestampMillis(millis) => {
            let at = mercato_schema::Timestamp::from_micros(millis * 1000);
            json!(at.to_string().replace("000Z", "Z"))
        }
        Field::Group(row) => object(row),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        Field::MapInternal(map) => {
            let entry =
                |(key, of): &(Field, Field)| (value(key).as_str().unwrap().to_owned(), value(of));
            Value::Object(map.entries().iter().map(entry).collect())
        }
        other => panic!("no column is of this type: {other:?}"),
    }
}
