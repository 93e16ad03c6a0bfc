//! What is read back is what was written, of every type, wherever row groups and pages end.

use std::collections::BTreeMap;

use mercato_encode::{Constant, Layout};
use mercato_schema::{
    AnalyticsResult, Chargeback, Field, FraudAlert, InstantForm, Kind, ProductUpdate, Purchase,
    SessionEvent, UserUpdate,
};
use mercato_test_support::columns::{reader, rows, time};
use parquet::basic::{LogicalType, TimeUnit, Type};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::FileReader;
use parquet::file::statistics::Statistics;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{Compression, batch, field, layout, written};
use crate::file::File;

/// Names of the members of a map.
const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

/// Every kind there is, and each that may be null.
fn all() -> Layout {
    let element = vec![field("what", Kind::Text, true), field("count", Kind::Long, false)];
    let inner =
        vec![field("degrees", Kind::Number { scale: 4 }, false), field("text", Kind::Text, true)];
    let layout = layout(vec![
        field("id", Kind::Identifier, false),
        field("text", Kind::Text, true),
        field("is", Kind::Boolean, true),
        field("small", Kind::Integer, true),
        field("large", Kind::Long, false),
        field("price", Kind::MONEY, true),
        field("group", Kind::Struct(inner), false),
        field("list", Kind::List(Box::new(Kind::Struct(element))), false),
        field("plain", Kind::List(Box::new(Kind::Text)), false),
        field("map", Kind::Map(Box::new(Kind::Number { scale: 2 })), false),
        field("at", Kind::Instant(InstantForm::Millis), true),
        field("exactly", Kind::Instant(InstantForm::Micros), false),
    ]);
    layout.names("map", NAMES.map(str::to_owned))
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
            let scale = 10i64.pow((*scale).into());
            prop_oneof![-180 * scale..180 * scale, 0i64..3]
                .prop_map(move |units| json!(units as f64 / scale as f64))
                .boxed()
        }
        Kind::Instant(InstantForm::Micros) => {
            (0i64..4_102_444_800_000_000).prop_map(move |micros| json!(time(micros, 6))).boxed()
        }
        Kind::Instant(_) => {
            (0i64..4_102_444_800_000).prop_map(move |millis| json!(time(millis * 1000, 3))).boxed()
        }
        Kind::Struct(fields) => record(fields),
        Kind::List(item) => prop::collection::vec(value(item), 0..4).prop_map(Value::Array).boxed(),
        Kind::Map(inner) => {
            let members = |entries: BTreeMap<&str, Value>| {
                Value::Object(entries.into_iter().map(|(name, of)| (name.to_owned(), of)).collect())
            };
            prop::collection::btree_map(prop::sample::select(&NAMES[..]), value(inner), 0..4)
                .prop_map(members)
                .boxed()
        }
    }
}

fn record(fields: &[Field]) -> BoxedStrategy<Value> {
    let names: Vec<String> = fields.iter().map(|field| field.name.to_string()).collect();
    let of = |field: &Field| {
        let present = value(&field.kind);
        if field.nullable {
            prop_oneof![1 => Just(Value::Null), 3 => present].boxed()
        } else {
            present
        }
    };
    let fields: Vec<_> = fields.iter().map(of).collect();
    fields
        .prop_map(move |values| {
            Value::Object(names.iter().cloned().zip(values).collect::<Map<_, _>>())
        })
        .boxed()
}

fn of_layout(layout: Layout) -> impl Strategy<Value = (Layout, Vec<Value>)> {
    let records = prop::collection::vec(record(&layout.description().fields), 0..130);
    (Just(layout), records)
}

/// The shop's topics; analytics with names of its breakdowns.
fn shop() -> impl Strategy<Value = (Layout, Vec<Value>)> {
    let analytics = Layout::of::<AnalyticsResult>();
    let is_map = |field: &&Field| matches!(field.kind, Kind::Map(_));
    let maps: Vec<String> = analytics
        .description()
        .fields
        .iter()
        .filter(is_map)
        .map(|field| field.name.to_string())
        .collect();
    let named = |layout: Layout, map: &String| layout.names(map, NAMES.map(str::to_owned));
    prop::sample::select(vec![
        Layout::of::<Purchase>(),
        Layout::of::<SessionEvent>(),
        Layout::of::<ProductUpdate>(),
        Layout::of::<UserUpdate>(),
        Layout::of::<FraudAlert>(),
        Layout::of::<Chargeback>(),
        maps.iter().fold(analytics, named),
    ])
    .prop_flat_map(of_layout)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_kind_is_read_back((layout, records) in of_layout(all()), which in 0..4usize) {
        let bytes = written(&layout, COMPRESSIONS[which], &records).unwrap();
        prop_assert_eq!(rows(&bytes), records);
    }

    #[test]
    fn every_record_of_the_shop_is_read_back((layout, records) in shop()) {
        let bytes = written(&layout, Compression::Zstd, &records).unwrap();
        prop_assert_eq!(rows(&bytes), records);
    }

    #[test]
    fn a_file_is_the_same_however_its_rows_are_cut(
        (layout, records) in of_layout(all()),
        mut cuts in prop::collection::vec(0..130usize, 0..5),
    ) {
        let batch = batch(&layout, &records);
        let mut bytes = Vec::new();
        let mut file = File::begin(&mut bytes, "topic", &layout, Compression::Zstd, super::SMALL, &[]).unwrap();
        cuts.iter_mut().for_each(|cut| *cut = (*cut).min(records.len()));
        cuts.extend([0, records.len()]);
        cuts.sort_unstable();
        for ends in cuts.windows(2).filter(|ends| ends[0] < ends[1]) {
            file.take_rows(batch.columns(0).unwrap(), ends[0]..ends[1]).unwrap();
        }
        file.finish().unwrap();
        prop_assert_eq!(bytes, written(&layout, Compression::Zstd, &records).unwrap());
    }
}

/// Every kind of constant, and null, at the top and in a list.
#[test]
fn rows_of_tables_are_read_back_as_their_values() {
    let place = || {
        vec![
            field("name", Kind::Text, true),
            field("is", Kind::Boolean, true),
            field("small", Kind::Integer, false),
            field("price", Kind::MONEY, false),
            field("degrees", Kind::Number { scale: 4 }, false),
        ]
    };
    let members = || {
        let row = |index: i64| {
            let name = ["DE", "US", "DE", "FR"].get(index as usize).copied();
            let is = if index == 2 { Constant::Null } else { Constant::Boolean(index < 2) };
            let degrees = Constant::Double(index as f64 / 4.0);
            [name.into(), is, Constant::Integer(index - 2), Constant::Decimal(index % 2), degrees]
        };
        (0..5).map(row)
    };
    let fields = ["name", "is", "small", "price", "degrees"];
    let items = Kind::List(Box::new(Kind::Struct(place())));
    let layout =
        layout(vec![field("at", Kind::Struct(place()), false), field("items", items, false)])
            .table(
                "place",
                fields.map(|name| format!("at.{name}")).each_ref().map(String::as_str),
                members(),
            )
            .list("items", |item| item.table("place", fields, members()));
    assert_eq!(layout.flaw(), None);
    let at = |index: usize| {
        let name = ["DE", "US", "DE", "FR"].get(index);
        let is = if index == 2 { Value::Null } else { json!(index < 2) };
        let price = mercato_schema::Money::from_cents(index as i64 % 2);
        json!({"name": name, "is": is, "small": index as i64 - 2, "price": price, "degrees": index as f64 / 4.0})
    };
    let record = |index: usize| {
        let items: Vec<Value> = (0..index % 4).map(|item| at((index * 3 + item) % 5)).collect();
        json!({"at": at(index % 5), "items": items})
    };
    let records: Vec<Value> = (0..130).map(record).collect();
    let bytes = written(&layout, Compression::Zstd, &records).unwrap();
    assert_eq!(rows(&bytes), records);
    let statistics = reader(&bytes).metadata().row_group(0).column(1).statistics().unwrap().clone();
    let Statistics::Boolean(is) = statistics else { panic!("a truth value") };
    assert_eq!(
        (is.min_opt(), is.max_opt(), is.null_count_opt()),
        (Some(&false), Some(&true), Some(10))
    );
}

fn one(index: usize) -> Value {
    json!({
        "id": format!("id{index:03}"), "text": if index.is_multiple_of(3) { json!("often") } else { Value::Null }, "is": index > 0,
        "small": index as i32 - 5, "large": -7, "price": 0.5, "group": {"degrees": -0.25, "text": null},
        "list": [], "plain": [], "map": {}, "at": "2024-07-18T14:30:45.123Z",
        "exactly": "2024-07-18T14:30:45.123456Z",
    })
}

#[test]
fn columns_have_the_types_that_engines_expect() {
    let reader = reader(&written(&all(), Compression::None, &[one(0)]).unwrap());
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
    let Some(LogicalType::Timestamp(at)) = &find("exactly").2 else { panic!("{types:?}") };
    assert!(at.is_adjusted_to_u_t_c && at.unit == TimeUnit::MICROS, "{at:?}");
    assert_eq!(find("map.key_value.key").2, Some(LogicalType::String));
    assert_eq!(find("list.list.element.count").1, Type::INT64);
}

#[test]
fn row_groups_end_by_records_and_know_their_bounds() {
    let records: Vec<Value> = (0..120).map(one).collect();
    let reader = reader(&written(&all(), Compression::Zstd, &records).unwrap());
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
