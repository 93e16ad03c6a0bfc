//! Parquet files as lines: each row as the JSON that it would have been.
//!
//! So every reader of lines reads columns too, and a row group at a time is in memory.

use std::fs::File;
use std::io::{self, Read};

use mercato_schema::Timestamp;
use parquet::data_type::Decimal;
use parquet::errors::ParquetError;
use parquet::file::reader::SerializedFileReader;
use parquet::record::reader::RowIter;
use parquet::record::{Field, Row};
use serde_json::Value;

/// Reads the rows of `file` as lines of JSON.
pub(super) fn lines(file: File) -> io::Result<impl Read> {
    let reader = SerializedFileReader::new(file).map_err(unreadable)?;
    let rows = RowIter::from_file_into(Box::new(reader));
    Ok(ColumnLines { rows, text: Vec::new(), read: 0 })
}

fn unreadable(error: ParquetError) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}

/// Rows that are handed out as text.
struct ColumnLines {
    rows: RowIter<'static>,
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
            append_row(&row.map_err(unreadable)?, &mut self.text);
            self.text.push(b'\n');
        }
        let read = (&self.text[self.read..]).read(buffer)?;
        self.read += read;
        Ok(read)
    }
}

fn append_row(row: &Row, json: &mut Vec<u8>) {
    json.push(b'{');
    for (index, (name, field)) in row.get_column_iter().enumerate() {
        if index > 0 {
            json.push(b',');
        }
        append_text(name, json);
        json.push(b':');
        append(field, json);
    }
    json.push(b'}');
}

fn append(field: &Field, json: &mut Vec<u8>) {
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
        Field::TimestampMillis(millis) => append_time(millis.saturating_mul(1000), 3, json),
        Field::TimestampMicros(micros) => append_time(*micros, 6, json),
        Field::Group(row) => append_row(row, json),
        Field::ListInternal(list) => {
            json.push(b'[');
            for (index, item) in list.elements().iter().enumerate() {
                if index > 0 {
                    json.push(b',');
                }
                append(item, json);
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
                append(value, json);
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

/// Appends an instant with so many digits of a second.
fn append_time(micros: i64, digits: usize, json: &mut Vec<u8>) {
    let text = Timestamp::from_micros(micros).to_string();
    let text = text.trim_end_matches('Z');
    let (second, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = format!("{fraction:0<6}");
    append_text(&format!("{second}.{}Z", fraction.get(..digits).unwrap_or_default()), json);
}
