//! Changes of rows: each begins where the last of its key ended, rows are written as serde writes
//! them, and a table holds what is there and nothing that is gone.

use std::collections::BTreeMap;

use mercato_draw::Words;
use mercato_encode::Shape;
use mercato_engine::{Arrival, Extent, Format, Run, Shard, Step, Stream, World};
use mercato_schema::{ChangeForm, Listing};
use mercato_shop::LifecycleConfig;
use mercato_shop::sales::SalesConfig;
use mercato_shop::shop::catalogue::{Catalogue, CatalogueConfig, CatalogueParams};
use mercato_shop::shop::{Listings, ShopConfig, ShopParams};
use proptest::prelude::*;
use serde_json::Value;

use crate::drive::{ORIGIN, Rendered, sales, world};

const SECOND: i64 = 1_000_000;

/// A shop of few products, of which many are replaced.
pub(crate) fn lively() -> ShopConfig {
    let catalogue = CatalogueConfig {
        products: 40.into(),
        launches: 0.4,
        price_updates: "36000/h".parse().unwrap(),
        ..CatalogueConfig::default()
    };
    ShopConfig { catalogue, ..ShopConfig::default() }
}

/// The listing of a shop that is seen from its origin on.
pub(crate) fn listings(seed: u64, config: &ShopConfig, form: ChangeForm) -> Listings {
    Listings::new(world(seed), &ShopParams::new(config).unwrap(), 0, form)
}

/// Orders that go back and forth between two states.
fn looping() -> SalesConfig {
    let lifecycle = r#"{"states": ["a", "b", "c"], "max_steps": 9, "transitions": [
        {"from": "a", "to": "b", "dwell": ["1s", "20s"]},
        {"from": "b", "to": "a", "dwell": {"exponential": {"mean": "3s", "max": "10s"}}, "weight": 3},
        {"from": "b", "to": "c", "dwell": "2s"}]}"#;
    let lifecycle: LifecycleConfig = serde_json::from_str(lifecycle).unwrap();
    SalesConfig { lifecycle, rate: Some("5/s".parse().unwrap()), ..SalesConfig::default() }
}

/// A run of changes of so many seconds.
fn run(stream: impl Stream, form: ChangeForm, seed: u64, seconds: i64) -> Run {
    let extent = Extent { until: Some(ORIGIN + seconds * SECOND), ..Extent::default() };
    let shape = Shape { changes: Some(form), ..Shape::default() };
    let builder = Run::builder(world(seed)).block_len(16).extent(extent).shape(shape);
    builder.stream(stream).unwrap()
}

/// Keys and values of a run in order; none is the value of a tombstone.
fn messages(run: &Run) -> Vec<(String, Option<Value>)> {
    let mut messages = Vec::new();
    for batch in run.batches().unwrap() {
        for index in 0..batch.len() {
            let key = String::from_utf8(batch.key(index).to_vec()).unwrap();
            let value = batch.value(index);
            let value = (!value.is_empty()).then(|| serde_json::from_slice(value).unwrap());
            messages.push((key, value));
        }
        let values: usize = (0..batch.len()).map(|index| batch.value(index).len()).sum();
        assert_eq!(batch.value_bytes(0..batch.len()), values);
    }
    messages
}

/// The tables that a consumer of events makes; checks each event on the way.
fn consumed(events: &[(String, Option<Value>)], key: &str) -> BTreeMap<String, Value> {
    let mut table: BTreeMap<String, Value> = BTreeMap::new();
    let mut deleted = None;
    for (id, event) in events {
        let Some(event) = event else {
            assert_eq!(deleted.take(), Some(id), "a tombstone follows the delete of its key");
            continue;
        };
        assert_eq!(deleted, None, "a delete is followed by a tombstone");
        let before = table.get(id).unwrap_or(&Value::Null);
        assert_eq!(&event["before"], before, "{id} goes on where it was");
        let (op, after) = (event["op"].as_str().unwrap(), event["after"].clone());
        let is_snapshot = event["source"]["snapshot"] == "true";
        match op {
            "r" | "c" => assert!(before.is_null() && is_snapshot == (op == "r")),
            "u" => assert!(!before.is_null() && *before != after, "an update changes something"),
            _ => assert!(op == "d" && !before.is_null() && after.is_null(), "{op}"),
        }
        assert_eq!(event["ts_ms"], event["source"]["ts_ms"]);
        if op == "d" {
            table.remove(id);
            deleted = Some(id);
        } else {
            assert_eq!(after[key], **id, "the key is that of the row");
            table.insert(id.clone(), after);
        }
    }
    table
}

/// The table that a consumer of rows and tombstones makes.
fn upserted(messages: Vec<(String, Option<Value>)>) -> BTreeMap<String, Value> {
    let mut table = BTreeMap::new();
    for (key, row) in messages {
        match row {
            Some(row) => drop(table.insert(key, row)),
            None => assert!(table.remove(&key).is_some(), "what is deleted was there"),
        }
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn changes_of_orders_follow_one_another(seed: u64, is_looping: bool) {
        let config = if is_looping { looping() } else { SalesConfig::default() };
        let of = |form| messages(&run(sales(seed, &config), form, seed, 200));
        let table = consumed(&of(ChangeForm::Debezium), "order_id");
        prop_assert!(table.len() > 20);
        prop_assert_eq!(upserted(of(ChangeForm::Upsert)), table);
    }

    #[test]
    fn changes_of_the_listing_follow_one_another(seed: u64) {
        let of = |form| messages(&run(listings(seed, &lively(), form), form, seed, 200));
        let table = consumed(&of(ChangeForm::Debezium), "product_id");
        prop_assert_eq!(table.len(), 40, "a successor takes the place of each");
        prop_assert_eq!(upserted(of(ChangeForm::Upsert)), table);
    }

    #[test]
    fn all_changes_of_a_key_are_in_one_shard(seed: u64) {
        let form = ChangeForm::Debezium;
        let mut rows = 0;
        for index in 0..3 {
            let shape = Shape { changes: Some(form), ..Shape::default() };
            let extent = Extent { until: Some(ORIGIN + 100 * SECOND), ..Extent::default() };
            let shard = Shard::new(index, 3).unwrap();
            let builder = Run::builder(world(seed)).shape(shape).extent(extent).shard(shard);
            let run = builder.stream(listings(seed, &lively(), form)).unwrap();
            rows += consumed(&messages(&run), "product_id").len();
        }
        prop_assert_eq!(rows, 40);
    }

    #[test]
    fn the_table_is_what_the_catalogue_lists(seed: u64, seconds in 1i64..300) {
        let form = ChangeForm::Upsert;
        let params = CatalogueParams::new("catalogue", &lively().catalogue).unwrap();
        let catalogue = Catalogue::new(world(seed), &params);
        let table = upserted(messages(&run(listings(seed, &lively(), form), form, seed, seconds)));
        let last = ORIGIN + seconds * SECOND - 1;
        for product in 0..catalogue.products() {
            let item = catalogue.item(product, catalogue.updates_until(last));
            let mut id = Vec::new();
            catalogue.append_id(item, &mut id);
            let row = &table[&String::from_utf8(id).unwrap()];
            prop_assert_eq!(&row["name"], &Value::from(catalogue.name(item)));
            let price = serde_json::to_value(catalogue.price_at(item, last)).unwrap();
            prop_assert_eq!(&row["price"], &price);
        }
    }

    #[test]
    fn rows_are_written_as_serde_writes_them(seed: u64, substream in 0u8..2, index in 0u64..1 << 35) {
        let stream = Rendered::new(listings(seed, &lively(), ChangeForm::Debezium));
        let arrival = Arrival { index, substream, at: ORIGIN };
        let change = stream.draw(arrival, &mut Words::new(&[]));
        let step = Step { arrival: index, substream, number: 0, kind: 2, at: ORIGIN, hurried: false };
        let row: Listing<'_> = stream.row(&change, false).unwrap();
        let (key, value) = stream.line(&change, step, Format::Json);
        prop_assert_eq!(&key, row.product_id.as_bytes());
        prop_assert_eq!(String::from_utf8(value).unwrap(), serde_json::to_string(&row).unwrap());
    }
}

#[test]
fn what_is_seen_begins_with_a_whole_table_after_a_warm_up() {
    let form = ChangeForm::Debezium;
    let warm_up = 77 * SECOND + 1_234;
    let params = ShopParams::new(&lively()).unwrap();
    let stream = Listings::new(world(5), &params, warm_up, form);
    let extent = Extent {
        from: Some(ORIGIN + warm_up),
        until: Some(ORIGIN + 200 * SECOND),
        ..Extent::default()
    };
    let shape = Shape { changes: Some(form), ..Shape::default() };
    let run = Run::builder(world(5)).extent(extent).shape(shape).stream(stream).unwrap();
    let messages = messages(&run);
    let operation = |message: &(String, Option<Value>)| message.1.as_ref().unwrap()["op"].clone();
    assert!(messages[..40].iter().all(|message| operation(message) == "r"));
    assert_eq!(consumed(&messages, "product_id").len(), 40);
}

#[test]
fn a_table_that_changes_faster_than_it_is_read_is_right_all_the_same() {
    // A hundred thousand products are read in a tenth of a millisecond, at the end of which the
    // first of them changes.
    let catalogue = CatalogueConfig {
        products: 100_000.into(),
        launches: 0.5,
        price_updates: "10000/s".parse().unwrap(),
        ..CatalogueConfig::default()
    };
    let config = ShopConfig { catalogue, ..ShopConfig::default() };
    let world = World { origin: ORIGIN - 100, ..world(1) };
    for form in ChangeForm::ALL {
        let params = ShopParams::new(&config).unwrap();
        let stream = Listings::new(world, &params, 0, form);
        let extent = Extent { until: Some(ORIGIN + 12 * SECOND), ..Extent::default() };
        let shape = Shape { changes: Some(form), ..Shape::default() };
        let run = Run::builder(world).extent(extent).shape(shape).stream(stream).unwrap();
        let messages = messages(&run);
        assert!(messages.len() > 270_000, "{}", messages.len());
        let table = match form {
            ChangeForm::Debezium => consumed(&messages, "product_id"),
            ChangeForm::Upsert => upserted(messages),
        };
        assert_eq!(table.len(), 100_000);
    }
}
