//! The fast path writes what `serde_json` writes for the same record, whatever is configured.

use mercato_encode::csv;
use mercato_engine::{Format, Step, Stream};
use mercato_schema::{Order, Sale};
use mercato_shop::orders::{CustomersConfig, Orders, OrdersConfig};
use mercato_shop::sales::{ProductConfig, Sales, SalesConfig};
use mercato_shop::{CountryConfig, Weighted, built_in_countries};
use proptest::prelude::*;
use serde::Serialize;

use crate::drive::{self, arrival, purchase, render};

/// Texts with everything that must be escaped or quoted somewhere, and of any length.
fn nasty() -> Vec<String> {
    let long = "long ".repeat(60);
    ["plain", "\"quoted\", and more", "back\\slash", "line\nfeed\r\n", "tab\tbell\u{7}", "Ünïcödé 日本 🛒", ",", &long]
        .map(str::to_owned)
        .into()
}

/// Every country, nasty names of products, payment methods and states.
fn nasty_sales() -> SalesConfig {
    let mut config = SalesConfig::default();
    let product = |(index, name): (usize, String)| ProductConfig {
        id: format!("{name}-{index}"),
        name,
        category: "Electronics".to_owned(),
        price: None,
        weight: 1,
    };
    config.products = nasty().into_iter().enumerate().map(product).collect();
    config.payment_methods = nasty().into_iter().map(Weighted::new).collect();
    config.countries = built_in_countries().map(CountryConfig::new).collect();
    for (state, name) in nasty().into_iter().take(4).enumerate() {
        let old = std::mem::replace(&mut config.lifecycle.states[state], name.clone());
        for way in &mut config.lifecycle.transitions {
            for end in [&mut way.from, &mut way.to] {
                if *end == old {
                    end.clone_from(&name);
                }
            }
        }
    }
    config
}

/// Prices and quantities up to their bounds, and orders whose numbers have nine and more digits.
fn expensive_sales() -> SalesConfig {
    let mut config = SalesConfig::default();
    for price in config.categories.values_mut() {
        *price = [1, 1_000_000_000].map(mercato_schema::Money::from_cents);
    }
    config.products.iter_mut().for_each(|product| product.price = None);
    config.quantity = [1, 10_000];
    config
}

fn same_bytes<S: Stream>(stream: &S, entity: &S::Entity, step: Step, record: &impl Serialize, key: &str) {
    let (found_key, json) = render(stream, entity, step, Format::Json);
    assert_eq!(String::from_utf8(found_key).unwrap(), key);
    assert_eq!(String::from_utf8(json).unwrap(), serde_json::to_string(record).unwrap());

    let (found_key, line) = render(stream, entity, step, Format::Csv);
    assert_eq!(String::from_utf8(found_key).unwrap(), key);
    let mut flat = Vec::new();
    csv::flatten(&mut flat, &serde_json::to_value(record).unwrap());
    assert_eq!(String::from_utf8(line).unwrap(), String::from_utf8(flat).unwrap());
}

/// Any step of any arrival, from the year 0000 to 9999.
fn any_step() -> impl Strategy<Value = Step> {
    let index = (any::<u64>(), 6u32..64).prop_map(|(index, shift)| index >> shift);
    let at = -62_167_219_200_000_000i64..253_402_300_800_000_000;
    (index, 0u16..4, at).prop_map(|(arrival, kind, at)| Step { arrival, lane: 0, number: kind, kind, at })
}

fn check_sale(sales: &Sales, step: Step, words: &[u64]) {
    let entity = purchase(sales, step.arrival, words);
    let record = sales.record(&entity, step);
    let mut owner = Vec::new();
    sales.owner(&entity, arrival(step.arrival), &mut owner);
    assert_eq!(owner, record.order_id.as_bytes());
    same_bytes(sales, &entity, step, &record, &record.order_id);
    let json = serde_json::to_vec(&record).unwrap();
    assert_eq!(serde_json::from_slice::<Sale>(&json).unwrap(), record);
}

#[test]
fn sales_are_what_serde_json_writes() {
    let streams = [SalesConfig::default(), nasty_sales(), expensive_sales()].map(|config| drive::sales(7, &config));
    proptest!(ProptestConfig::with_cases(4_000), |(step in any_step(), words in prop::array::uniform5(any::<u64>()))| {
        for sales in &streams {
            check_sale(sales, step, &words);
        }
    });
}

fn check_order(orders: &Orders, step: Step, words: &[u64]) {
    let entity = orders.draw(arrival(step.arrival), &mut mercato_draw::Words::new(words));
    let record = orders.record(&entity, step);
    let mut owner = Vec::new();
    orders.owner(&entity, arrival(step.arrival), &mut owner);
    assert_eq!(owner, record.customer_id.as_bytes());
    same_bytes(orders, &entity, step, &record, &record.customer_id);
    let json = serde_json::to_vec(&record).unwrap();
    assert_eq!(serde_json::from_slice::<Order>(&json).unwrap().order_id, record.order_id);
}

#[test]
fn orders_are_what_serde_json_writes() {
    let nasty_orders = OrdersConfig {
        customers: CustomersConfig::List(nasty().into_iter().map(Weighted::new).collect()),
        categories: nasty().into_iter().map(Weighted::new).collect(),
        amount: [1, 1_000_000_000].map(mercato_schema::Money::from_cents),
        ..OrdersConfig::default()
    };
    let many_customers = OrdersConfig { customers: CustomersConfig::Count(1_000_000), ..OrdersConfig::default() };
    let streams = [OrdersConfig::default(), nasty_orders, many_customers].map(|config| drive::orders(7, &config));
    proptest!(ProptestConfig::with_cases(4_000), |(step in any_step(), words in prop::array::uniform3(any::<u64>()))| {
        for orders in &streams {
            check_order(orders, step, &words);
        }
    });
}

#[test]
fn columns_are_those_of_the_record() {
    let sales = drive::sales(1, &SalesConfig::default());
    let step = drive::first_step(arrival(0));
    let record = serde_json::to_value(sales.record(&purchase(&sales, 0, &[0; 5]), step)).unwrap();
    assert_eq!(sales.columns(), csv::columns(&record));

    let orders = drive::orders(1, &OrdersConfig::default());
    let entity = orders.draw(arrival(0), &mut mercato_draw::Words::new(&[0; 3]));
    assert_eq!(orders.columns(), csv::columns(&serde_json::to_value(orders.record(&entity, step)).unwrap()));
}
