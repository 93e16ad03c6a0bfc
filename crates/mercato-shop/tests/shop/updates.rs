//! Product updates: the fast path writes what serde writes, and what is paid is the price of the last update.

use std::collections::BTreeMap;

use mercato_draw::Words;
use mercato_encode::csv;
use mercato_engine::{Arrival, Extent, Format, Run, Schedule, Step, Stream};
use mercato_schema::{Money, ProductUpdate, Purchase};
use mercato_shop::shop::catalogue::{CatalogueConfig, CategoryConfig};
use mercato_shop::shop::{ProductUpdates, Shop, ShopConfig, ShopParams};
use proptest::prelude::*;

use crate::drive::{ORIGIN, render, world};

const HOUR: i64 = 3_600_000_000;
const MILLI: i64 = 1_000;

fn updates(seed: u64, config: &ShopConfig) -> ProductUpdates {
    ProductUpdates::new(world(seed), &ShopParams::new(config).unwrap())
}

/// An update as the engine has it rendered.
fn due(updates: &ProductUpdates, index: u64) -> (mercato_shop::shop::catalogue::PriceUpdate, Step) {
    let arrival = Arrival { index, lane: 0, at: ORIGIN };
    let update = updates.draw(arrival, &mut Words::new(&[]));
    (update, Step { arrival: index, lane: 0, number: 0, kind: 0, at: update.at, hurried: false })
}

fn check(updates: &ProductUpdates, index: u64) -> Result<(), TestCaseError> {
    let (update, step) = due(updates, index);
    let record = updates.record(&update, step);
    let (key, value) = render(updates, &update, step, Format::Json);
    prop_assert_eq!(&key, record.product_id.as_bytes());
    prop_assert_eq!(String::from_utf8(value).unwrap(), serde_json::to_string(&record).unwrap());
    let mut row = Vec::new();
    csv::flatten(&mut row, &serde_json::to_value(&record).unwrap());
    let (key, value) = render(updates, &update, step, Format::Csv);
    prop_assert_eq!(&key, record.product_id.as_bytes());
    prop_assert_eq!(String::from_utf8(value).unwrap(), String::from_utf8(row).unwrap());
    Ok(())
}

fn own_names() -> ShopConfig {
    let mut odd = CategoryConfig::new("Odd, très & <long>");
    odd.price = Some([Money::from_cents(1), Money::from_cents(100_000_000)]);
    odd.nouns = vec!["Lamp, tall".to_owned(), "Étagère".to_owned()];
    let catalogue = CatalogueConfig {
        products: 12,
        categories: vec![odd, CategoryConfig::new("Books")],
        ..CatalogueConfig::default()
    };
    ShopConfig { catalogue, ..ShopConfig::default() }
}

proptest! {
    #[test]
    fn updates_are_written_as_serde_writes_them(seed: u64, index in 0u64..1 << 35) {
        check(&updates(seed, &ShopConfig::default()), index)?;
    }

    #[test]
    fn so_are_those_of_names_that_need_quotes(seed: u64, index in 0u64..1 << 30) {
        check(&updates(seed, &own_names()), index)?;
    }
}

#[test]
fn columns_are_those_of_the_record() {
    let updates = updates(5, &ShopConfig::default());
    let (update, step) = due(&updates, 7);
    assert_eq!(csv::columns(&serde_json::to_value(updates.record(&update, step)).unwrap()), updates.columns());
    assert!(ProductUpdate::COLUMNS.contains(&ProductUpdate::KEY));
}

/// All updates and all lines of baskets: product, time in microseconds, price before and after, or paid.
#[derive(Default)]
struct Seen {
    updates: BTreeMap<String, Vec<(i64, Money, Money)>>,
    lines: Vec<(String, i64, Money)>,
}

fn see(config: &ShopConfig, extent: Extent) -> Seen {
    let (world, params) = (world(2026), ShopParams::new(config).unwrap());
    let updates = ProductUpdates::new(world, &params);
    let shop = Shop::new(world, params, Schedule::default());
    let run = Run::builder(world).extent(extent).and(shop).beside(updates).build().unwrap();
    assert_eq!(run.topics(), ["user-events", "transactions", "product-updates"]);
    let mut seen = Seen::default();
    for batch in run.batches().unwrap() {
        for (index, span) in batch.spans().iter().enumerate() {
            match span.stamp.topic {
                1 => {
                    let purchase: Purchase<'_> = serde_json::from_slice(batch.value(index)).unwrap();
                    let at = purchase.timestamp.micros();
                    let lines = purchase.products.iter();
                    seen.lines.extend(lines.map(|line| (line.product_id.to_string(), at, line.price)));
                }
                2 => {
                    let update: ProductUpdate<'_> = serde_json::from_slice(batch.value(index)).unwrap();
                    let change = (update.timestamp.micros(), update.old_price, update.new_price);
                    assert_eq!(change.0, span.stamp.event_time, "an update comes with a whole millisecond");
                    seen.updates.entry(update.product_id.to_string()).or_default().push(change);
                }
                _ => {}
            }
        }
    }
    seen
}

impl Seen {
    /// Checks each line against the updates before it; returns how many had one.
    fn check_prices(&self) -> usize {
        for changes in self.updates.values() {
            assert!(changes.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].2 == pair[1].1), "prices join");
        }
        let mut updated = 0;
        for (product, at, paid) in &self.lines {
            let Some(changes) = self.updates.get(product) else { continue };
            let before = changes.partition_point(|(changed, ..)| *changed <= at - MILLI);
            // Before its first update a product costs what that update says it did.
            let listed = before.checked_sub(1).map_or(changes[0].1, |last| changes[last].2);
            assert_eq!(*paid, listed, "{product} at {at}");
            updated += usize::from(before > 0);
        }
        updated
    }
}

#[test]
fn what_is_paid_is_the_price_of_the_last_update() {
    let hours = |hours: i64| Extent { until: Some(ORIGIN + hours * HOUR), ..Extent::default() };
    let seen = see(&ShopConfig::default(), hours(3));
    assert_eq!(seen.updates.values().map(Vec::len).sum::<usize>(), 2_999, "a thousand an hour, the last at the end");
    assert_eq!(seen.updates.len(), 1_000, "every product in its turn");
    let updated = seen.check_prices();
    assert!(updated > 10_000 && updated < seen.lines.len(), "{updated} of {}", seen.lines.len());

    // Prices that change all the time: many purchases fall into the millisecond of an update.
    let mut busy = ShopConfig::default();
    busy.catalogue.price_updates = "997/s".parse().unwrap();
    busy.catalogue.products = 50;
    let seen = see(&busy, Extent { until: Some(ORIGIN + HOUR / 12), ..Extent::default() });
    assert!(seen.check_prices() > 200);
    let same = |(product, at, _): &&(String, i64, Money)| seen.updates[product].iter().any(|change| change.0 == *at);
    assert!(seen.lines.iter().filter(same).count() > 0, "some are paid in the millisecond of a change");
}

#[test]
fn a_multiplier_lets_prices_change_more_often_too() {
    let config = ShopConfig { rate_multiplier: 2.5, ..ShopConfig::default() };
    let seen = see(&config, Extent { until: Some(ORIGIN + HOUR), ..Extent::default() });
    assert_eq!(seen.updates.values().map(Vec::len).sum::<usize>(), 2_499);
    seen.check_prices();
}

#[test]
fn the_first_updates_are_frozen() {
    let updates = updates(42, &ShopConfig::default());
    let lines = (0..2).map(|index| {
        let (update, step) = due(&updates, index);
        String::from_utf8(render(&updates, &update, step, Format::Json).1).unwrap()
    });
    let found = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(found, FROZEN, "a changed record is a new data version; found\n{found}");
}

const FROZEN: &str = r#"{"update_id":"upd_000000000","product_id":"prod_000113","update_type":"price_change","timestamp":"2025-11-09T00:00:03.600Z","name":"Solenne Studio Printer","category":"Electronics","old_price":1068.95,"new_price":1424.95}
{"update_id":"upd_000000001","product_id":"prod_000409","update_type":"price_change","timestamp":"2025-11-09T00:00:07.200Z","name":"Solveig Organic Sweater","category":"Clothing","old_price":115.99,"new_price":165.99}"#;
