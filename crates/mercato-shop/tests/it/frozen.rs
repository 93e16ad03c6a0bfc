//! The first records of seed 42 at 2025-11-09T00:00:00Z.
//!
//! They change only with the data version, and then with a line in the changelog.

use mercato_engine::{Extent, Run, Schedule, Stream};
use mercato_shop::events::{Events, EventsConfig, EventsParams, FieldConfig};
use mercato_shop::orders::{Orders, OrdersParams};
use mercato_shop::sales::{Sales, SalesParams};
use mercato_shop::transactions::{Transactions, TransactionsParams};

use crate::drive::world;

/// The records of the first arrivals, as the engine makes them.
fn lines(stream: impl Stream, arrivals: u64, drain: bool) -> String {
    let extent = Extent { arrivals: Some(arrivals), drain, ..Extent::default() };
    let run = Run::builder(world(42)).extent(extent).stream(stream).unwrap();
    let batches: Vec<_> = run.batches().unwrap().collect();
    batches.iter().map(|batch| String::from_utf8(batch.bytes().to_vec()).unwrap()).collect()
}

#[test]
fn the_first_sales_are_frozen() {
    let sales = Sales::new(world(42), SalesParams::default(), Schedule::default());
    let found = lines(sales, 2, true);
    assert_eq!(found, SALES, "a changed record is a new data version; found\n{found}");
}

#[test]
fn the_first_orders_are_frozen() {
    let orders = Orders::new(world(42), OrdersParams::default(), Schedule::default());
    let found = lines(orders, 4, false);
    assert_eq!(found, ORDERS, "a changed record is a new data version; found\n{found}");
}

#[test]
fn the_first_events_are_frozen() {
    let events = Events::new(world(42), EventsParams::default(), Schedule::default());
    let found = lines(events, 4, false);
    assert_eq!(found, EVENTS, "a changed record is a new data version; found\n{found}");
}

#[test]
fn the_first_events_with_a_further_field_are_frozen() {
    let field = FieldConfig {
        name: "quantity".to_owned(),
        integer: Some([1, 5]),
        ..FieldConfig::default()
    };
    let config = EventsConfig { metadata: vec![field], ..EventsConfig::default() };
    let events = Events::new(world(42), EventsParams::new(&config).unwrap(), Schedule::default());
    let quantities: Vec<char> =
        lines(events, 4, false).lines().filter_map(|line| line.chars().rev().nth(2)).collect();
    assert_eq!(quantities, QUANTITIES, "a changed record is a new data version");
}

#[test]
fn the_first_transactions_are_frozen() {
    let transactions =
        Transactions::new(world(42), TransactionsParams::default(), Schedule::default());
    let found = lines(transactions, 6, false);
    assert_eq!(found, TRANSACTIONS, "a changed record is a new data version; found\n{found}");
}

const TRANSACTIONS: &str = include_str!("frozen/transactions.ndjson");

const QUANTITIES: [char; 4] = ['5', '3', '3', '1'];

const SALES: &str = include_str!("frozen/sales.ndjson");

const ORDERS: &str = include_str!("frozen/orders.ndjson");

const EVENTS: &str = include_str!("frozen/events.ndjson");
