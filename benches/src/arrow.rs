//! Columns as Arrow arrays, for the comparison with the `parquet` crate.
//!
//! Values of a table become dictionary-encoded arrays over all of its values; other columns become
//! the arrays of their types.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::types::UInt32Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Decimal128Array, DictionaryArray, Float64Array, Int32Array,
    Int64Array, ListArray, RecordBatch, StringArray, StructArray, TimestampMicrosecondArray,
    TimestampMillisecondArray, UInt32Array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer};
use arrow_schema::{Field, Fields};
use mercato::encode::{Column, Columns, Constant, Layout, Part, Values};
use mercato::schema::{InstantForm, Kind};

use crate::possible;

/// The rows of `columns`, which are those of `layout`, as a record batch.
///
/// # Panics
///
/// If a map is among the fields, or the columns are not those of the layout.
pub fn record_batch(layout: &Layout, columns: &Columns) -> RecordBatch {
    struct_array(layout, columns, 0..columns.rows()).into()
}

fn struct_array(layout: &Layout, columns: &Columns, rows: Range<usize>) -> StructArray {
    let leaves = layout.description().leaves();
    let mut arrays = Vec::new();
    for (slot, column) in layout.slots().iter().zip(columns.columns()) {
        let fields = leaves[slot.leaves.clone()].iter().map(|leaf| leaf.field);
        match (&slot.part, column.values()) {
            (Part::Table(table), Values::Rows(numbers)) => {
                let keys = UInt32Array::from(numbers[rows.clone()].to_vec());
                for (place, field) in fields.enumerate() {
                    let values = table.iter().map(|row| &row[place]);
                    arrays.push(table_array(&field.kind, values, &keys));
                }
            }
            (Part::List(item), Values::Lists { items, ends }) => {
                let start = offsets(ends, &rows);
                let items = struct_array(item, items, start[0]..start[rows.len()]);
                arrays.push(list_array(items, &start));
            }
            (_, _) => {
                fields
                    .for_each(|field| arrays.push(value_array(&field.kind, column, rows.clone())));
            }
        }
    }
    let mut arrays = arrays.into_iter();
    nested(&layout.description().fields, &mut arrays)
}

/// The arrays of leaves as the structs that the fields are.
fn nested(
    fields: &[mercato::schema::Field],
    arrays: &mut impl Iterator<Item = ArrayRef>,
) -> StructArray {
    let columns = fields.iter().map(|field| match &field.kind {
        Kind::Struct(inner) => (field, Arc::new(nested(inner, arrays)) as ArrayRef),
        _ => (field, possible(arrays.next().ok_or("a column for every field"))),
    });
    let (fields, arrays): (Vec<_>, Vec<_>) = columns
        .map(|(field, array)| {
            (Field::new(&*field.name, array.data_type().clone(), field.nullable), array)
        })
        .unzip();
    StructArray::new(Fields::from(fields), arrays, None)
}

fn list_array(items: StructArray, offsets: &[usize]) -> ArrayRef {
    let element = Arc::new(Field::new("element", items.data_type().clone(), false));
    let lengths = offsets.windows(2).map(|ends| ends[1] - ends[0]);
    Arc::new(ListArray::new(element, OffsetBuffer::from_lengths(lengths), Arc::new(items), None))
}

fn table_array<'a>(
    kind: &Kind,
    values: impl Iterator<Item = &'a Constant>,
    keys: &UInt32Array,
) -> ArrayRef {
    let number = |constant: &Constant| match *constant {
        Constant::Double(number) => Some(number),
        Constant::Decimal(units) | Constant::Integer(units) => {
            Some(units as f64 / scale_of(kind) as f64)
        }
        _ => None,
    };
    match kind {
        Kind::Text | Kind::Identifier => {
            let text = |constant: &'a Constant| match constant {
                Constant::Text(text) => Some(text.as_str()),
                _ => None,
            };
            let values: StringArray = values.map(text).collect();
            Arc::new(DictionaryArray::<UInt32Type>::new(keys.clone(), Arc::new(values)))
        }
        _ => {
            let values: Vec<_> = values.map(number).collect();
            let of_key = |key: &u32| values[*key as usize];
            Arc::new(keys.values().iter().map(of_key).collect::<Float64Array>())
        }
    }
}

fn value_array(kind: &Kind, column: &Column, rows: Range<usize>) -> ArrayRef {
    let nulls = column.valid().map(|valid| NullBuffer::from(&valid[rows.clone()]));
    match (kind, column.values()) {
        (_, Values::Texts { bytes, ends }) => {
            let place = offsets(ends, &rows);
            let text = bytes[place[0]..place[rows.len()]].to_vec();
            let lengths = place.windows(2).map(|ends| ends[1] - ends[0]);
            Arc::new(StringArray::new(OffsetBuffer::from_lengths(lengths), text.into(), nulls))
        }
        (_, Values::Booleans(values)) => {
            Arc::new(BooleanArray::new(values[rows].to_vec().into(), nulls))
        }
        (kind, Values::Numbers(values)) => number_array(kind, &values[rows], nulls),
        #[expect(clippy::panic, reason = "said in the documentation")]
        _ => panic!("a value of {kind:?} is not in these columns"),
    }
}

fn number_array(kind: &Kind, values: &[i64], nulls: Option<NullBuffer>) -> ArrayRef {
    let values = values.iter().copied();
    match kind {
        Kind::Integer => {
            Arc::new(Int32Array::new(values.map(|value| value as i32).collect(), nulls))
        }
        Kind::Decimal { precision, scale } => {
            let array = Decimal128Array::new(values.map(i128::from).collect(), nulls);
            Arc::new(possible(array.with_precision_and_scale(*precision, *scale as i8)))
        }
        Kind::Number { .. } => {
            let one = scale_of(kind) as f64;
            Arc::new(Float64Array::new(values.map(|value| value as f64 / one).collect(), nulls))
        }
        Kind::Instant(InstantForm::Micros | InstantForm::EpochMicros) => {
            let array = TimestampMicrosecondArray::new(values.collect(), nulls);
            Arc::new(array.with_timezone("UTC"))
        }
        Kind::Instant(_) => {
            let millis = values.map(|micros| micros.div_euclid(1_000)).collect();
            Arc::new(TimestampMillisecondArray::new(millis, nulls).with_timezone("UTC"))
        }
        _ => Arc::new(Int64Array::new(values.collect(), nulls)),
    }
}

fn scale_of(kind: &Kind) -> i64 {
    match kind {
        Kind::Number { scale } | Kind::Decimal { scale, .. } => 10i64.pow((*scale).into()),
        _ => 1,
    }
}

/// Where each of the pieces `rows` begins whose `ends` are given, and where the last one ends.
fn offsets(ends: &[u32], rows: &Range<usize>) -> Vec<usize> {
    let first = rows.start.checked_sub(1).map_or(0, |before| ends[before]);
    std::iter::once(&first).chain(&ends[rows.clone()]).map(|end| *end as usize).collect()
}
