//! Product updates: the fast path writes what serde writes, what is paid is the price of the last
//! update, and nothing is sold before its launch.

use std::collections::BTreeMap;

use mercato_draw::Words;
use mercato_encode::csv;
use mercato_engine::{Arrival, Extent, Format, Run, Schedule, Step, Stream};
use mercato_schema::{Money, ProductUpdate, Purchase, SessionEvent};
use mercato_shop::shop::catalogue::{CatalogueConfig, CategoryConfig};
use mercato_shop::shop::{
    Campaigns, ProductUpdates, Shop, ShopConfig, ShopParams, Update, UserUpdates,
};
use proptest::prelude::*;

use crate::drive::{ORIGIN, Rendered, world};

const HOUR: i64 = 3_600_000_000;
const MILLI: i64 = 1_000;

fn updates(seed: u64, config: &ShopConfig) -> ProductUpdates {
    ProductUpdates::new(world(seed), &ShopParams::new(config).unwrap())
}

/// An update as the engine has it rendered; those of substream 1 are deliveries.
fn due(updates: &ProductUpdates, substream: u8, index: u64) -> (Update, Step) {
    let arrival = Arrival { index, substream, at: ORIGIN + index as i64 % HOUR };
    let update = updates
        .draw(arrival, &mut Words::new(&[index.wrapping_mul(0x9e37_79b9_7f4a_7c15), index << 40]));
    (update, Step { arrival: index, substream, number: 0, kind: 0, at: update.at, hurried: false })
}

fn check(
    updates: &Rendered<ProductUpdates>,
    substream: u8,
    index: u64,
) -> Result<(), TestCaseError> {
    let (update, step) = due(updates, substream, index);
    let record = updates.record(&update, step);
    let (key, value) = updates.line(&update, step, Format::Json);
    prop_assert_eq!(&key, record.product_id.as_bytes());
    prop_assert_eq!(String::from_utf8(value).unwrap(), serde_json::to_string(&record).unwrap());
    let mut row = Vec::new();
    csv::flatten(&mut row, &serde_json::to_value(&record).unwrap());
    let (key, value) = updates.line(&update, step, Format::Csv);
    prop_assert_eq!(&key, record.product_id.as_bytes());
    prop_assert_eq!(String::from_utf8(value).unwrap(), String::from_utf8(row).unwrap());
    updates.formats_agree(&update, step, &record);
    Ok(())
}

fn own_names() -> ShopConfig {
    let mut odd = CategoryConfig::new("Odd, très & <long>");
    odd.price = Some([Money::from_cents(1), Money::from_cents(100_000_000)].into());
    odd.nouns = vec!["Lamp, tall".to_owned(), "Étagère".to_owned()];
    let catalogue = CatalogueConfig {
        products: 12.into(),
        categories: vec![odd, CategoryConfig::new("Books")],
        launches: 0.4,
        ..CatalogueConfig::default()
    };
    ShopConfig { catalogue, ..ShopConfig::default() }
}

proptest! {
    #[test]
    fn updates_are_written_as_serde_writes_them(seed: u64, substream in 0u8..2, index in 0u64..1 << 35) {
        check(&Rendered::new(updates(seed, &ShopConfig::default())), substream, index)?;
    }

    #[test]
    fn so_are_those_of_names_that_need_quotes(seed: u64, substream in 0u8..2, index in 0u64..1 << 30) {
        check(&Rendered::new(updates(seed, &own_names())), substream, index)?;
    }
}

#[test]
fn columns_are_those_of_the_record() {
    let updates = updates(5, &ShopConfig::default());
    let (update, step) = due(&updates, 0, 7);
    assert_eq!(
        csv::columns(&serde_json::to_value(updates.record(&update, step)).unwrap()),
        updates.layout(0).description().columns()
    );
}

/// All updates and all lines of baskets: product, time in microseconds, price before and after, or
/// paid.
#[derive(Default)]
struct Seen {
    updates: BTreeMap<String, Vec<(i64, Option<Money>, Money)>>,
    lines: Vec<(String, i64, Money)>,
    /// When products were launched, and when they were replaced.
    launched: BTreeMap<String, i64>,
    replaced: BTreeMap<String, i64>,
    /// Units delivered.
    deliveries: Vec<u32>,
    /// When sessions began.
    sessions: BTreeMap<String, i64>,
    /// Products that sessions were about: session, product, time.
    shown: Vec<(String, String, i64)>,
}

fn see(config: &ShopConfig, extent: Extent) -> Seen {
    let (world, params) = (world(2026), ShopParams::new(config).unwrap());
    let updates = ProductUpdates::new(world, &params);
    let users = UserUpdates::new(world, &params);
    let campaigns = Campaigns::new(world, &params, Schedule::default());
    let shop = Shop::new(world, params, Schedule::default());
    let run = Run::builder(world)
        .extent(extent)
        .and(shop)
        .beside(users)
        .beside(updates)
        .beside(campaigns)
        .build()
        .unwrap();
    assert_eq!(
        run.topics(),
        ["user-events", "transactions", "fraud-alerts", "users", "product-updates"]
    );
    let mut seen = Seen::default();
    for batch in run.batches().unwrap() {
        for (index, span) in batch.spans().iter().enumerate() {
            match span.stamp.topic {
                0 => {
                    let event: SessionEvent<'_> =
                        serde_json::from_slice(batch.value(index)).unwrap();
                    let at = event.timestamp.micros();
                    seen.sessions.entry(event.session_id.to_string()).or_insert(at);
                    let session = event.session_id.to_string();
                    seen.shown
                        .extend(event.product_id.map(|product| (session, product.to_string(), at)));
                }
                1 => {
                    let purchase: Purchase<'_> =
                        serde_json::from_slice(batch.value(index)).unwrap();
                    let at = purchase.timestamp.micros();
                    let lines = purchase.products.iter();
                    seen.lines
                        .extend(lines.map(|line| (line.product_id.to_string(), at, line.price)));
                }
                4 => {
                    let update: ProductUpdate<'_> =
                        serde_json::from_slice(batch.value(index)).unwrap();
                    seen.update(&update, span.stamp.event_time);
                }
                _ => {}
            }
        }
    }
    seen
}

impl Seen {
    fn update(&mut self, update: &ProductUpdate<'_>, event_time: i64) {
        let (at, product) = (update.timestamp.micros(), update.product_id.to_string());
        if let Some(quantity) = update.quantity {
            assert_eq!(
                (&*update.update_type, update.old_price),
                ("delivery", Some(update.new_price))
            );
            assert!(quantity % 20 == 0 && (20..=400).contains(&quantity), "{quantity}");
            let listed = self.updates.get(&product).and_then(|changes| changes.last());
            assert!(
                listed.is_none_or(|change| change.2 == update.new_price),
                "a delivery is of what is listed"
            );
            assert!(!self.replaced.contains_key(&product), "{product} is sold no more");
            return self.deliveries.push(quantity);
        }
        assert_eq!(at, event_time, "an update comes with a whole millisecond");
        let is_launch = update.update_type == "launch";
        assert_eq!((update.old_price.is_none(), update.replaces.is_some()), (is_launch, is_launch));
        if let Some(replaced) = &update.replaces {
            assert!(
                self.replaced.insert(replaced.to_string(), at).is_none(),
                "{replaced} is replaced twice"
            );
            assert!(
                self.launched.insert(product.clone(), at).is_none(),
                "{product} is launched twice"
            );
            assert!(!self.updates.contains_key(&product), "{product} was there before its launch");
        }
        assert!(!self.replaced.contains_key(&product), "{product} changes behind its end");
        self.updates.entry(product).or_default().push((at, update.old_price, update.new_price));
    }

    /// Checks that products are seen only behind their launch, and if they have a successor only by
    /// whoever came before;
    /// returns how many were seen after a launch, and by how many behind their end.
    fn check_launches(&self) -> (usize, usize) {
        let (mut fresh, mut late) = (0, 0);
        for (session, product, at) in &self.shown {
            if let Some(launched) = self.launched.get(product) {
                assert!(at - launched >= MILLI, "{product} is seen before its launch");
                fresh += 1;
            }
            if let Some(replaced) = self.replaced.get(product) {
                assert!(
                    self.sessions[session] <= *replaced,
                    "{product} is shown although it was replaced"
                );
                late += usize::from(at > replaced);
            }
        }
        (fresh, late)
    }

    /// Checks each line against the updates before it; returns how many had one.
    fn check_prices(&self) -> usize {
        for changes in self.updates.values() {
            assert!(
                changes
                    .windows(2)
                    .all(|pair| pair[0].0 < pair[1].0 && Some(pair[0].2) == pair[1].1),
                "prices join"
            );
        }
        let mut updated = 0;
        for (product, at, paid) in &self.lines {
            let Some(changes) = self.updates.get(product) else { continue };
            let before = changes.partition_point(|(changed, ..)| *changed <= at - MILLI);
            // Before its first update a product costs what that update says it did.
            let listed = before.checked_sub(1).map_or(changes[0].1, |last| Some(changes[last].2));
            assert_eq!(Some(*paid), listed, "{product} at {at}");
            updated += usize::from(before > 0);
        }
        updated
    }
}

#[test]
fn what_is_paid_is_the_price_of_the_last_update() {
    let hours = |hours: i64| Extent { until: Some(ORIGIN + hours * HOUR), ..Extent::default() };
    let seen = see(&ShopConfig::default(), hours(3));
    assert_eq!(
        seen.updates.values().map(Vec::len).sum::<usize>(),
        2_999,
        "a thousand an hour, the last at the end"
    );
    let places = seen.updates.len() - seen.launched.len();
    assert!((990..=1_000).contains(&places), "every product in its turn, {places}");
    let deliveries = seen.deliveries.len();
    assert!(
        (270..330).contains(&deliveries),
        "a hundred an hour, by chance a few more or fewer: {deliveries}"
    );
    let updated = seen.check_prices();
    assert!(updated > 10_000 && updated < seen.lines.len(), "{updated} of {}", seen.lines.len());

    // Prices that change all the time: many purchases fall into the millisecond of an update.
    let mut busy = ShopConfig::default();
    busy.catalogue.price_updates = "997/s".parse().unwrap();
    busy.catalogue.products = 50.into();
    busy.catalogue.launches = 0.0;
    let seen = see(&busy, Extent { until: Some(ORIGIN + HOUR / 12), ..Extent::default() });
    assert!(seen.check_prices() > 200);
    let same = |(product, at, _): &&(String, i64, Money)| {
        seen.updates[product].iter().any(|change| change.0 == *at)
    };
    assert!(
        seen.lines.iter().filter(same).count() > 0,
        "some are paid in the millisecond of a change"
    );
}

#[test]
fn nobody_sees_a_product_before_its_launch_or_comes_for_it_behind_its_end() {
    let mut config = ShopConfig::default();
    config.catalogue.products = 60.into();
    config.catalogue.launches = 0.25;
    let seen = see(&config, Extent { until: Some(ORIGIN + HOUR), ..Extent::default() });
    let launched = seen.launched.len();
    assert!((230..270).contains(&launched), "{launched} of 999");
    let (fresh, late) = seen.check_launches();
    assert!(fresh > 5_000 && late > 100, "{fresh} and {late}");
    assert!(seen.check_prices() > 5_000);
}

#[test]
fn deliveries_are_of_what_is_sold() {
    let config = ShopConfig::default();
    let seen = see(&config, Extent { until: Some(ORIGIN + 12 * HOUR), ..Extent::default() });
    let delivered: u32 = seen.deliveries.iter().sum();
    assert!((220_000..290_000).contains(&delivered), "{delivered} in twelve hours");
    let mut none = ShopConfig::default();
    none.catalogue.deliveries = 0.0;
    assert!(
        see(&none, Extent { until: Some(ORIGIN + HOUR), ..Extent::default() })
            .deliveries
            .is_empty()
    );
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
    let updates = Rendered::new(updates(42, &ShopConfig::default()));
    let launch = (0..1_000).find(|index| due(&updates, 0, *index).0.before.is_none()).unwrap();
    let lines = [(0, 0), (0, 1), (0, launch), (1, 2)].map(|(substream, index)| {
        let (update, step) = due(&updates, substream, index);
        String::from_utf8(updates.line(&update, step, Format::Json).1).unwrap()
    });
    let found = lines.join("\n");
    assert_eq!(found, FROZEN, "a changed record is a new data version; found\n{found}");
}

const FROZEN: &str = r#"{"update_id":"upd_000000000","product_id":"prod_000113","update_type":"price_change","timestamp":"2025-11-09T00:00:03.600Z","name":"Solenne Studio Printer","category":"Electronics","old_price":1068.95,"new_price":1424.95,"quantity":null,"replaces":null}
{"update_id":"upd_000000001","product_id":"prod_000409","update_type":"price_change","timestamp":"2025-11-09T00:00:07.200Z","name":"Solveig Organic Sweater","category":"Clothing","old_price":115.99,"new_price":165.99,"quantity":null,"replaces":null}
{"update_id":"upd_000000176","product_id":"prod_001861","update_type":"launch","timestamp":"2025-11-09T00:10:37.200Z","name":"Mirabelle Herbal Soap","category":"Beauty & Health","old_price":null,"new_price":9.99,"quantity":null,"replaces":"prod_000861"}
{"update_id":"dlv_000000002","product_id":"prod_000405","update_type":"delivery","timestamp":"2025-11-09T00:00:00.000Z","name":"Tessuto Slim Pyjamas","category":"Clothing","old_price":77.95,"new_price":77.95,"quantity":20,"replaces":null}"#;
