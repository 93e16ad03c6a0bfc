//! Parquet files read back with the `parquet` crate, which is nobody's copy of what writes them.

use std::collections::BTreeMap;
use std::io::Write;

use mercato_schema::{Money, Timestamp};
use parquet::file::metadata::KeyValue;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::{Value, json};

/// A reader of the file that these bytes are.
pub fn reader(bytes: &[u8]) -> SerializedFileReader<std::fs::File> {
    let mut file = tempfile::tempfile().expect("a file for the test");
    file.write_all(bytes).expect("the file can be written");
    SerializedFileReader::new(file).expect("the bytes are a Parquet file")
}

/// The metadata of a file, by name.
pub fn metadata(bytes: &[u8]) -> BTreeMap<String, String> {
    let reader = reader(bytes);
    let entries = reader.metadata().file_metadata().key_value_metadata();
    let named = |entry: &KeyValue| Some((entry.key.clone(), entry.value.clone()?));
    entries.into_iter().flatten().filter_map(named).collect()
}

/// The records of a file as JSON, with money and times as the texts that a person would write.
pub fn rows(bytes: &[u8]) -> Vec<Value> {
    let reader = reader(bytes);
    let rows = reader.get_row_iter(None).expect("the file has records");
    rows.map(|row| object(&row.expect("a record can be read"))).collect()
}

fn object(row: &Row) -> Value {
    Value::Object(row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect())
}

/// The text of a time with so many digits of a second, which the type shows only as far as they are
/// needed.
pub fn time(micros: i64, digits: usize) -> String {
    let text = Timestamp::from_micros(micros).to_string();
    let text = text.trim_end_matches('Z');
    let (second, fraction) = text.split_once('.').unwrap_or((text, ""));
    format!("{second}.{}Z", &format!("{fraction:0<6}")[..digits])
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
            let cents = decimal.data().try_into().expect("money has eight bytes");
            json!(Money::from_cents(i64::from_be_bytes(cents)))
        }
        Field::TimestampMillis(millis) => json!(time(millis * 1000, 3)),
        Field::TimestampMicros(micros) => json!(time(*micros, 6)),
        Field::Group(row) => object(row),
        Field::ListInternal(list) => list.elements().iter().map(value).collect(),
        Field::MapInternal(map) => {
            let entry = |(key, of): &(Field, Field)| {
                (value(key).as_str().expect("a key is text").to_owned(), value(of))
            };
            Value::Object(map.entries().iter().map(entry).collect())
        }
        other => panic!("no column is of this type: {other:?}"),
    }
}
