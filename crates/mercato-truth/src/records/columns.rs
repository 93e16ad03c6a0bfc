//! Parquet files as lines: each row as the JSON that it would have been.
//!
//! So every reader of lines reads columns too, and a row group at a time is in memory.
//! Columns lack the spelling that tells a number of milliseconds from a time, so the description of
//! the records says it, where their fields are those of one.

use std::fs::File;
use std::io::{self, Read};

use mercato_schema::{Description, Field as Known, InstantForm, Kind};
use parquet::data_type::Decimal;
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use serde_json::Value;

use super::binary::append_instant;

/// Reads the rows of `file` as lines of JSON, spelled as one of `known` says, if they are such.
pub(super) fn lines(file: File, known: &[Description]) -> io::Result<impl Read + use<>> {
    let reader = SerializedFileReader::new(file).map_err(unreadable)?;
    let columns = reader.metadata().file_metadata().schema().get_fields();
    let names = || columns.iter().map(|column| column.name());
    let own = known.iter().find(|known| known.fields.iter().map(|field| &*field.name).eq(names()));
    let fields = own.map(|own| own.fields.clone()).unwrap_or_default();
    let rows = RowIter::from_file_into(Box::new(reader));
    Ok(ColumnLines { rows, fields, text: Vec::new(), read: 0 })
}

fn unreadable(error: ParquetError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Rows that are handed out as text.
struct ColumnLines {
    rows: RowIter<'static>,
    /// The fields of the records; empty if nothing is known of them.
    fields: Vec<Known>,
    /// The present row, and how much of it has been handed out.
    text: Vec<u8>,
    read: usize,
}

impl Read for ColumnLines {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read == self.text.len() {
            (self.read, self.text) = (0, std::mem::take(&mut self.text));
            self.text.clear();
            let Some(row) = self.rows.next() else { return Ok(0) };
            append_row(&row.map_err(unreadable)?, &self.fields, &mut self.text);
            self.text.push(b'\n');
        }
        let read = (&self.text[self.read..]).read(buffer)?;
        self.read += read;
        Ok(read)
    }
}

fn append_row(row: &Row, fields: &[Known], json: &mut Vec<u8>) {
    json.push(b'{');
    for (index, (name, field)) in row.get_column_iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        append_text(name, json);
        json.push(b':');
        let known = fields.get(index).filter(|known| known.name == *name);
        append(field, known.map(|known| &known.kind), json);
    }
    json.push(b'}');
}

/// Appends a value, which is of the kind `known` if that is known.
fn append(field: &Field, known: Option<&Kind>, json: &mut Vec<u8>) {
    match field {
        Field::Null => json.extend_from_slice(b"null"),
        Field::Bool(_)
        | Field::Byte(_)
        | Field::Short(_)
        | Field::Int(_)
        | Field::Long(_)
        | Field::UByte(_)
        | Field::UShort(_)
        | Field::UInt(_)
        | Field::ULong(_) => json.extend_from_slice(field.to_string().as_bytes()),
        Field::Float(value) => append_value(&Value::from(*value), json),
        Field::Double(value) => append_value(&Value::from(*value), json),
        Field::Decimal(decimal) => append_decimal(decimal, json),
        Field::Str(text) => append_text(text, json),
        Field::TimestampMillis(millis) => {
            append_instant(json, millis.saturating_mul(1000), form(known, InstantForm::Millis));
        }
        Field::TimestampMicros(micros) => {
            append_instant(json, *micros, form(known, InstantForm::Micros));
        }
        Field::Group(row) => {
            let fields = if let Some(Kind::Struct(fields)) = known { &**fields } else { &[] };
            append_row(row, fields, json);
        }
        Field::ListInternal(list) => {
            json.push(b'[');
            for (index, item) in list.elements().iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                let known = if let Some(Kind::List(of)) = known { Some(&**of) } else { None };
                append(item, known, json);
            }
            json.push(b']');
        }
        Field::MapInternal(map) => {
            json.push(b'{');
            for (index, (key, value)) in map.entries().iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                match key {
                    Field::Str(key) => append_text(key, json),
                    other => append_text(&other.to_string(), json),
                }
                json.push(b':');
                let known = if let Some(Kind::Map(of)) = known { Some(&**of) } else { None };
                append(value, known, json);
            }
            json.push(b'}');
        }
        // Dates, bytes and half floats, which no record of ours has, as they are shown.
        other => append_text(other.to_string().trim_matches('"'), json),
    }
}

fn append_value(value: &Value, json: &mut Vec<u8>) {
    json.extend_from_slice(value.to_string().as_bytes());
}

fn append_text(text: &str, json: &mut Vec<u8>) {
    append_value(&Value::from(text), json);
}

/// Appends a decimal number with all the digits of its scale.
fn append_decimal(decimal: &Decimal, json: &mut Vec<u8>) {
    let bytes = decimal.data();
    let Some(first) = bytes.first().filter(|_| bytes.len() <= 16) else {
        return json.extend_from_slice(b"null");
    };
    let sign = if first & 0x80 == 0 { 0 } else { -1_i128 };
    let unscaled = bytes.iter().fold(sign, |value, byte| (value << 8) | i128::from(*byte));
    let scale = usize::try_from(decimal.scale()).unwrap_or(0);
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let (minus, point) = (if unscaled < 0 { "-" } else { "" }, if scale > 0 { "." } else { "" });
    json.extend_from_slice(format!("{minus}{whole}{point}{fraction}").as_bytes());
}

/// The form of an instant, which is `otherwise` if nothing is known of it.
fn form(known: Option<&Kind>, otherwise: InstantForm) -> InstantForm {
    if let Some(Kind::Instant(form)) = known { *form } else { otherwise }
}
