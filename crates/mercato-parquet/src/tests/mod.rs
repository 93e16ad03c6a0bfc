//! Files are read back with the `parquet` crate, which is nobody's copy of what writes them here.

mod bytes;
mod refused;
mod values;

use std::io;
use std::sync::Arc;

use mercato_encode::{Batch, Coordinates, Encoding, Format, Layout, Stamp, WriteRecord, Writer};
use mercato_schema::{Description, Field as Described, Kind};
use mercato_sinks::Compression;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};
use serde_json::{Map, Value, json};

use crate::file::{File, Limits};

/// Small enough that a few records have several row groups of several pages.
const SMALL: Limits = Limits { group_records: 50, group_bytes: 1 << 20, page_records: 16 };

/// A record as JSON.
struct Json<'a>(&'a Value);

impl WriteRecord for Json<'_> {
    fn write<W: Writer>(&mut self, writer: &mut W) {
        writer.serialize(self.0);
    }
}

/// A field that is there in every record, or may be null.
fn field(name: &'static str, kind: Kind, nullable: bool) -> Described {
    Described { name: name.into(), doc: "A field.".into(), kind, nullable }
}

fn layout(fields: Vec<Described>) -> Layout {
    let (name, doc) = ("Record".into(), "A record.".into());
    Layout::new(Description { name, doc, key: "".into(), fields })
}

/// The records as columns, an hour of event time apart.
fn batch<'a>(layout: &Layout, records: impl IntoIterator<Item = &'a Value>) -> Batch {
    let encoding = Encoding::new(&Arc::new(layout.clone()), Format::Columns, |_| true);
    let mut batch = Batch::default();
    for record in records {
        assert!(encoding.encode::<true>(&mut batch, 0, &mut Json(record)).complete, "{record}");
        let hour = batch.len() as i64;
        batch.seal(Stamp::at(hour * 3_600_000_000, Coordinates::default()));
    }
    batch
}

/// The file that holds `records`.
fn written(layout: &Layout, compression: Compression, records: &[Value]) -> io::Result<Vec<u8>> {
    written_with(layout, compression, SMALL, records)
}

fn written_with(
    layout: &Layout,
    compression: Compression,
    limits: Limits,
    records: &[Value],
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = File::begin(&mut bytes, "topic", layout, compression, limits)?;
    for some in records.chunks(1 << 14) {
        let batch = batch(layout, some);
        if let Some(columns) = batch.columns(0) {
            file.take_rows(columns, 0..some.len())?;
        }
    }
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
        Field::TimestampMicros(micros) => {
            json!(mercato_schema::Timestamp::from_micros(*micros).to_string())
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
