//! The fast path writes what `serde_json` writes for the same record, whatever is configured.

use mercato_encode::csv;
use mercato_engine::{Arrival, Format, Step, Stream};
use mercato_schema::{Order, Sale, Transaction, UserEvent};
use mercato_shop::events::{Events, EventsConfig, FieldConfig};
use mercato_shop::orders::{CustomersConfig, Orders, OrdersConfig};
use mercato_shop::sales::{ProductConfig, Sales, SalesConfig};
use mercato_shop::transactions::{CampaignConfig, PaymentConfig, Transactions, TransactionsConfig};
use mercato_shop::{CountryConfig, Weighted, built_in_countries};
use proptest::prelude::*;
use serde::Serialize;
use serde_json::json;

use crate::drive::{self, Rendered, arrival, purchase};

/// Texts with everything that must be escaped or quoted somewhere, and of any length.
fn nasty() -> Vec<String> {
    let long = "long ".repeat(60);
    [
        "plain",
        "\"quoted\", and more",
        "back\\slash",
        "line\nfeed\r\n",
        "tab\tbell\u{7}",
        "Ünïcödé 日本 🛒",
        ",",
        &long,
    ]
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
        weight: 1.into(),
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
        *price = [1, 1_000_000_000].map(mercato_schema::Money::from_cents).into();
    }
    config.products.iter_mut().for_each(|product| product.price = None);
    config.quantity = [1, 10_000];
    config
}

fn same_bytes<S: Stream>(
    stream: &Rendered<S>,
    entity: &S::Entity,
    step: Step,
    record: &impl Serialize,
    key: &str,
) {
    let (found_key, json) = stream.line(entity, step, Format::Json);
    assert_eq!(String::from_utf8(found_key).unwrap(), key);
    assert_eq!(String::from_utf8(json).unwrap(), serde_json::to_string(record).unwrap());

    let (found_key, line) = stream.line(entity, step, Format::Csv);
    assert_eq!(String::from_utf8(found_key).unwrap(), key);
    let mut flat = Vec::new();
    csv::flatten(&mut flat, &serde_json::to_value(record).unwrap());
    assert_eq!(String::from_utf8(line).unwrap(), String::from_utf8(flat).unwrap());
    stream.formats_agree(entity, step, record);
}

/// Any step of any arrival, from the year 0000 to 9999.
fn any_step() -> impl Strategy<Value = Step> {
    let index = (any::<u64>(), 6u32..64).prop_map(|(index, shift)| index >> shift);
    let at = -62_167_219_200_000_000i64..253_402_300_800_000_000;
    (index, 0u16..4, at).prop_map(|(arrival, kind, at)| Step {
        arrival,
        substream: 0,
        number: kind,
        kind,
        at,
        hurried: false,
    })
}

fn check_sale(sales: &Rendered<Sales>, step: Step, words: &[u64]) {
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
    let streams = [SalesConfig::default(), nasty_sales(), expensive_sales()]
        .map(|config| Rendered::new(drive::sales(7, &config)));
    proptest!(ProptestConfig::with_cases(4_000), |(step in any_step(), words in prop::array::uniform5(any::<u64>()))| {
        for sales in &streams {
            check_sale(sales, step, &words);
        }
    });
}

fn check_order(orders: &Rendered<Orders>, step: Step, words: &[u64]) {
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
        amount: [1, 1_000_000_000].map(mercato_schema::Money::from_cents).into(),
        ..OrdersConfig::default()
    };
    let many_customers =
        OrdersConfig { customers: CustomersConfig::Count(1_000_000), ..OrdersConfig::default() };
    let streams = [OrdersConfig::default(), nasty_orders, many_customers]
        .map(|config| Rendered::new(drive::orders(7, &config)));
    proptest!(ProptestConfig::with_cases(4_000), |(step in any_step(), words in prop::array::uniform3(any::<u64>()))| {
        for orders in &streams {
            check_order(orders, step, &words);
        }
    });
}

/// Fields of every kind and of every nasty name, one after the other and constants between them.
fn nasty_fields() -> Vec<FieldConfig> {
    let field = |name: String| FieldConfig { name, ..FieldConfig::default() };
    let mut fields = Vec::new();
    for (index, name) in nasty().into_iter().enumerate() {
        let choice = nasty().into_iter().map(Weighted::new).collect();
        let constants = [
            json!(name),
            json!(-7),
            json!(0.1),
            json!(1e300),
            json!(true),
            json!(""),
            json!(5e-324),
        ];
        let decimals = index as u32 % 5 + 1;
        let most = [9_999_999_999_999.0, 9_999_999_999.0, 1_000_000_000.0][index % 3];
        fields.extend([
            FieldConfig { choice: Some(choice), ..field(format!("{name} choice")) },
            FieldConfig {
                constant: constants.get(index).cloned().or(Some(json!(0))),
                ..field(format!("{name} same"))
            },
            FieldConfig {
                integer: Some([-9_007_199_254_740_991, 9_007_199_254_740_991]),
                ..field(format!("{name} any"))
            },
            FieldConfig { integer: Some([-3, 12_000]), ..field(name.clone()) },
            FieldConfig {
                decimal: Some([-0.5, 0.5]),
                decimals: Some(decimals),
                ..field(format!("{name} small"))
            },
            FieldConfig {
                decimal: Some([10.0, most]),
                decimals: Some(decimals.min(2)),
                ..field(format!("{name} large"))
            },
        ]);
    }
    fields.push(FieldConfig { constant: Some(json!("last")), ..field("end".to_owned()) });
    fields
}

fn check_event(events: &Rendered<Events>, step: Step, words: &[u64]) {
    let entity = events.draw(arrival(step.arrival), &mut mercato_draw::Words::new(words));
    let record = events.record(&entity, step);
    let mut owner = Vec::new();
    events.owner(&entity, arrival(step.arrival), &mut owner);
    assert_eq!(owner, record.user_id.to_string().as_bytes());
    same_bytes(events, &entity, step, &record, &record.user_id.to_string());
    let json = serde_json::to_vec(&record).unwrap();
    assert_eq!(
        serde_json::from_slice::<UserEvent>(&json).unwrap().metadata.product_id,
        record.metadata.product_id
    );
}

#[test]
fn events_are_what_serde_json_writes() {
    let nasty_events = EventsConfig {
        types: nasty().into_iter().map(Weighted::new).collect(),
        metadata: nasty_fields(),
        ..EventsConfig::default()
    };
    let wide_events = EventsConfig {
        users: [0, u32::MAX],
        products: [0, u32::MAX],
        session_length: [0, 60_000_000].map(mercato_schema::Minutes::from_hundredths),
        ..EventsConfig::default()
    };
    let streams = [EventsConfig::default(), nasty_events, wide_events]
        .map(|config| Rendered::new(drive::events(7, &config)));
    let narrow = any::<u64>().prop_map(|word| [word >> 48, word >> 20, word].map(|word| word << 1));
    proptest!(ProptestConfig::with_cases(4_000), |(
        step in any_step(), words in prop::array::uniform4(any::<u64>()), narrow in narrow,
    )| {
        for events in &streams {
            check_event(events, step, &words);
            check_event(events, step, &[narrow[0], narrow[1], narrow[2], words[3]]);
        }
    });
}

/// Everything a configuration can put into a record, with everything that must be escaped.
fn nasty_transactions() -> TransactionsConfig {
    let names = || nasty().into_iter().map(Weighted::new).collect::<Vec<_>>();
    let way = |(index, text): (usize, String)| CampaignConfig {
        campaign: (index % 2 == 0).then(|| text.clone()),
        channel: text.clone(),
        referrer: (index % 3 == 0).then_some(text),
        weight: 1.into(),
    };
    let method = |name| PaymentConfig { name, weight: 1.into(), providers: names() };
    TransactionsConfig {
        users: 900_000_000,
        quantities: vec![1.into(); 100],
        discounted: 0.9,
        max_discount: mercato_schema::Discount::from_units(100),
        payment_methods: nasty().into_iter().map(method).collect(),
        campaigns: nasty().into_iter().enumerate().map(way).collect(),
        scatter_metres: 20_000,
        ..TransactionsConfig::default()
    }
}

fn check_transaction(transactions: &Rendered<Transactions>, step: Step, words: &[u64]) {
    let arrival = Arrival { index: step.arrival, substream: step.substream, at: step.at };
    let entity = transactions.draw(arrival, &mut mercato_draw::Words::new(words));
    let record = transactions.record(&entity, step);
    let mut owner = Vec::new();
    transactions.owner(&entity, arrival, &mut owner);
    assert_eq!(owner, record.user_id.as_bytes());
    same_bytes(transactions, &entity, step, &record, &record.user_id);
    let json = serde_json::to_vec(&record).unwrap();
    assert_eq!(
        serde_json::from_slice::<Transaction>(&json).unwrap().user_location,
        record.user_location
    );
}

#[test]
fn transactions_are_what_serde_json_writes() {
    let few = TransactionsConfig {
        users: 3,
        max_discount: mercato_schema::Discount::from_units(1),
        ..Default::default()
    };
    let streams = [TransactionsConfig::default(), nasty_transactions(), few]
        .map(|config| Rendered::new(drive::transactions(7, &config)));
    let recent = 1_000_000_000_000_000i64..4_200_000_000_000_000;
    proptest!(ProptestConfig::with_cases(4_000), |(
        step in any_step(), words in prop::array::uniform4(any::<u64>()), substream in any::<u8>(), recent in recent,
        small in 0u64..100_000_000,
    )| {
        for transactions in &streams {
            let substream = substream % transactions.arrivals().len() as u8;
            check_transaction(transactions, Step { substream, kind: 0, ..step }, &words);
            check_transaction(transactions, Step { substream, kind: 0, at: recent, arrival: small, ..step }, &words);
        }
    });
}

#[test]
fn columns_are_those_of_the_record() {
    let sales = drive::sales(1, &SalesConfig::default());
    let step = drive::first_step(arrival(0));
    let record = serde_json::to_value(sales.record(&purchase(&sales, 0, &[0; 5]), step)).unwrap();
    assert_eq!(sales.layout(0).description().columns(), csv::columns(&record));

    let orders = drive::orders(1, &OrdersConfig::default());
    let entity = orders.draw(arrival(0), &mut mercato_draw::Words::new(&[0; 3]));
    assert_eq!(
        orders.layout(0).description().columns(),
        csv::columns(&serde_json::to_value(orders.record(&entity, step)).unwrap())
    );

    let transactions = drive::transactions(1, &TransactionsConfig::default());
    let entity = transactions.draw(arrival(0), &mut mercato_draw::Words::new(&[0; 4]));
    assert_eq!(
        transactions.layout(0).description().columns(),
        csv::columns(&serde_json::to_value(transactions.record(&entity, step)).unwrap())
    );

    let fields = EventsConfig { metadata: nasty_fields(), ..EventsConfig::default() };
    for config in [EventsConfig::default(), fields] {
        let events = drive::events(1, &config);
        let entity = events.draw(arrival(0), &mut mercato_draw::Words::new(&[0]));
        assert_eq!(
            events.layout(0).description().columns(),
            csv::columns(&serde_json::to_value(events.record(&entity, step)).unwrap())
        );
    }
}
