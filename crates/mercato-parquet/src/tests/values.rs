//! What is read back is what was written, of every type, wherever row groups and pages end.

use mercato_schema::{Field, InstantForm, Kind};
use parquet::basic::{LogicalType, TimeUnit, Type};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::FileReader;
use parquet::file::statistics::Statistics;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Compression, File, Limits, read, reader, written};
use crate::descriptions;

fn required(name: &'static str, kind: Kind) -> Field {
    Field { name: name.into(), doc: "".into(), kind, nullable: false }
}

fn nullable(name: &'static str, kind: Kind) -> Field {
    Field { nullable: true, ..required(name, kind) }
}

/// Every type there is, and each that may be null.
fn all() -> Vec<Field> {
    let element = vec![nullable("what", Kind::Text), required("count", Kind::Long)];
    let inner = vec![required("degrees", Kind::Number { scale: 4 }), nullable("text", Kind::Text)];
    vec![
        required("id", Kind::Identifier),
        nullable("text", Kind::Text),
        nullable("is", Kind::Boolean),
        nullable("small", Kind::Integer),
        required("large", Kind::Long),
        nullable("price", Kind::MONEY),
        required("group", Kind::Struct(inner)),
        required("list", Kind::List(Box::new(Kind::Struct(element)))),
        required("map", Kind::Map(Box::new(Kind::Long))),
        nullable("at", Kind::Instant(InstantForm::Millis)),
    ]
}

const COMPRESSIONS: [Compression; 4] =
    [Compression::None, Compression::Gzip, Compression::Zstd, Compression::Snappy];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just("often".to_owned()), "[a-zäß\"\\\\\n€{}]{0,6}", Just(String::new())]
}

fn value(kind: &Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Identifier | Kind::Text => text().prop_map(Value::String).boxed(),
        Kind::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        Kind::Integer => prop_oneof![any::<i32>(), 0..3].prop_map(|value| json!(value)).boxed(),
        Kind::Long => prop_oneof![any::<i64>(), 0i64..3].prop_map(|value| json!(value)).boxed(),
        Kind::Decimal { .. } => (-999_999_999_999_999i64..1_000_000_000_000_000)
            .prop_map(|cents| json!(mercato_schema::Money::from_cents(cents)))
            .boxed(),
        Kind::Number { scale } => {
            let scale = 10i64.pow(u32::from(*scale));
            prop_oneof![-180 * scale..180 * scale, 0i64..3]
                .prop_map(move |units| json!(units as f64 / scale as f64))
                .boxed()
        }
        Kind::Instant(_) => (0i64..4_102_444_800_000)
            .prop_map(|millis| {
                let at = mercato_schema::Timestamp::from_micros(millis * 1000).to_string();
                json!(at.replace("000Z", "Z"))
            })
            .boxed(),
        Kind::Struct(fields) => record(fields),
        Kind::List(element) => {
            prop::collection::vec(value(element), 0..4).prop_map(Value::Array).boxed()
        }
        Kind::Map(inner) => prop::collection::btree_map("[a-e]", value(inner), 0..4)
            .prop_map(|entries| Value::Object(entries.into_iter().collect()))
            .boxed(),
    }
}

fn record(fields: &[Field]) -> BoxedStrategy<Value> {
    let names: Vec<_> = fields.iter().map(|field| field.name.to_string()).collect();
    let field = |field: &Field| {
        let present = value(&field.kind);
        if field.nullable {
            prop_oneof![1 => Just(Value::Null), 3 => present].boxed()
        } else {
            present
        }
    };
    let fields: Vec<_> = fields.iter().map(field).collect();
    fields
        .prop_map(move |values| {
            Value::Object(names.iter().cloned().zip(values).collect::<Map<_, _>>())
        })
        .boxed()
}

fn lines(records: &[Value]) -> Vec<String> {
    records.iter().map(Value::to_string).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_type_is_read_back(records in prop::collection::vec(record(&all()), 0..130), which in 0..4usize) {
        let bytes = written(&all(), COMPRESSIONS[which], &lines(&records)).unwrap();
        prop_assert_eq!(read(&bytes), records);
    }

    #[test]
    fn every_record_of_the_shop_is_read_back(
        (table, records) in prop::sample::select(descriptions().to_vec()).prop_flat_map(|of| {
            let records = prop::collection::vec(record(&of.fields), 0..130);
            (Just(of.fields), records)
        })
    ) {
        let bytes = written(&table, Compression::Zstd, &lines(&records)).unwrap();
        prop_assert_eq!(read(&bytes), records);
    }
}

#[test]
fn objects_that_come_again_have_their_own_values() {
    let text = |index: usize| match index % 5 {
        0 => Value::Null,
        1 => json!("}"),
        2 => json!("\"},{"),
        3 => json!("ö\\"),
        _ => json!(""),
    };
    let element = |index: usize| json!({"what": text(index), "count": index % 3});
    let record = |index: usize| {
        let mut record = one(index);
        record["group"] = json!({"degrees": (index % 4) as f64 / 4.0, "text": text(index / 2)});
        record["list"] = (0..index % 4).map(|place| element(index + place)).collect();
        record
    };
    let records: Vec<Value> = (0..400).map(record).collect();
    assert_eq!(read(&written(&all(), Compression::Zstd, &lines(&records)).unwrap()), records);
}

#[test]
fn objects_too_many_to_be_known_are_read_one_by_one() {
    let parts = vec![required("name", Kind::Text), required("count", Kind::Long)];
    let numbered = [required("of", Kind::Struct(parts))];
    let record = |index: usize| json!({"of": {"name": format!("n{}", index % 300), "count": index % 20_011}});
    let mut bytes = Vec::new();
    let mut file =
        File::begin(&mut bytes, "topic", &numbered, Compression::Zstd, Limits::USUAL).unwrap();
    let records: Vec<Value> = (0..60_000).chain(0..100_000).map(record).collect();
    records.iter().try_for_each(|record| file.record(record.to_string().as_bytes())).unwrap();
    file.finish().unwrap();
    assert_eq!(read(&bytes), records);
}

fn one(index: usize) -> Value {
    json!({
        "id": format!("id{index:03}"), "text": if index.is_multiple_of(3) { json!("often") } else { Value::Null }, "is": index > 0,
        "small": index as i32 - 5, "large": -7, "price": 0.5, "group": {"degrees": -0.25, "text": null},
        "list": [], "map": {}, "at": "2024-07-18T14:30:45.123Z",
    })
}

#[test]
fn columns_have_the_types_that_engines_expect() {
    let reader = reader(&written(&all(), Compression::None, &lines(&[one(0)])).unwrap());
    let schema = reader.metadata().file_metadata().schema_descr();
    let types: Vec<_> = schema
        .columns()
        .iter()
        .map(|column| {
            (column.path().string(), column.physical_type(), column.logical_type_ref().cloned())
        })
        .collect();
    let find = |path: &str| {
        types.iter().find(|(own, ..)| own == path).unwrap_or_else(|| panic!("{path}: {types:?}"))
    };
    assert_eq!(find("price").1, Type::INT64);
    let Some(LogicalType::Decimal(money)) = &find("price").2 else { panic!("{types:?}") };
    assert_eq!((money.precision, money.scale), (15, 2));
    let Some(LogicalType::Timestamp(at)) = &find("at").2 else { panic!("{types:?}") };
    assert!(at.is_adjusted_to_u_t_c && at.unit == TimeUnit::MILLIS, "{at:?}");
    assert_eq!(
        (find("small").1, find("group.degrees").1, find("is").1),
        (Type::INT32, Type::DOUBLE, Type::BOOLEAN)
    );
    assert_eq!(find("map.key_value.key").2, Some(LogicalType::String));
    assert_eq!(find("list.list.element.count").1, Type::INT64);
}

#[test]
fn row_groups_end_by_records_and_know_their_bounds() {
    let records: Vec<Value> = (0..120).map(one).collect();
    let reader = reader(&written(&all(), Compression::Zstd, &lines(&records)).unwrap());
    let groups: Vec<i64> =
        reader.metadata().row_groups().iter().map(RowGroupMetaData::num_rows).collect();
    assert_eq!(groups, [50, 50, 20]);
    let second = reader.metadata().row_group(1);
    let of = |path: &str| {
        let column =
            second.columns().iter().find(|column| column.column_path().string() == path).unwrap();
        column.statistics().unwrap().clone()
    };
    let Statistics::ByteArray(ids) = of("id") else { panic!("an identifier is text") };
    assert_eq!(
        (ids.min_opt().unwrap().data(), ids.max_opt().unwrap().data()),
        (&b"id050"[..], &b"id099"[..])
    );
    let Statistics::Int32(small) = of("small") else { panic!("a whole number of 32 bits") };
    assert_eq!((small.min_opt(), small.max_opt()), (Some(&45), Some(&94)));
    assert_eq!(of("text").null_count_opt(), Some(33));
    let columns = second.columns();
    let has_dictionary = |name: &str| {
        columns.iter().any(|column| {
            column.column_path().string() == name && column.dictionary_page_offset().is_some()
        })
    };
    assert!(has_dictionary("text") && !has_dictionary("id"));
}
