//! The stream `orders` does what document 003 says, in the proportions it should.

use mercato_engine::Stream;
use mercato_schema::{Money, Order};
use mercato_shop::Weighted;
use mercato_shop::orders::{CustomersConfig, Orders, OrdersConfig, PlacedOrder, narrate};

use crate::drive::{self, entities, first_step};
use mercato_test_support::statistics::{bin, follows};

const DRAWS: u64 = 100_000;

fn records(orders: &Orders, count: u64) -> impl Iterator<Item = Order<'_>> {
    entities(orders, count).map(|(arrival, placed)| orders.record(&placed, first_step(arrival)))
}

#[test]
fn an_entity_is_compact() {
    assert!(size_of::<PlacedOrder>() <= 12);
}

#[test]
fn values_have_the_documented_forms() {
    let orders = drive::orders(42, &OrdersConfig::default());
    let customers: Vec<String> = (1..=5).map(|number| format!("customer_{number:03}")).collect();
    for (index, order) in records(&orders, 20_000).enumerate() {
        assert_eq!(order.order_id, format!("order_{:05}", index + 1));
        assert!(customers.iter().any(|customer| *customer == order.customer_id));
        assert!((1_000..=50_000).contains(&order.amount.cents()));
        assert!(["Electronics", "Clothing", "Books", "Home", "Sports"].contains(&&*order.category));
    }
    assert_eq!(orders.longest_trace(), 0);
    assert_eq!(orders.kinds(), ["order"]);
}

#[test]
fn order_numbers_grow_wider() {
    let orders = drive::orders(42, &OrdersConfig::default());
    let (_, placed) = entities(&orders, 1).next().unwrap();
    let id =
        |index| orders.record(&placed, first_step(drive::arrival(index))).order_id.into_owned();
    assert_eq!(id(0), "order_00001");
    assert_eq!(id(99_998), "order_99999");
    assert_eq!(id(99_999), "order_100000");
    assert_eq!(id(99_999_999_999), "order_100000000000");
}

fn customer(order: &Order<'_>) -> usize {
    order.customer_id.strip_prefix("customer_").unwrap().parse::<usize>().unwrap() - 1
}

#[test]
fn customers_and_categories_come_equally_often() {
    let orders = drive::orders(42, &OrdersConfig::default());
    assert!(follows(records(&orders, DRAWS).map(|order| customer(&order)), &[1; 5]));
    let names = OrdersConfig::default().categories;
    let index =
        |order: Order<'_>| names.iter().position(|name| name.name == order.category).unwrap();
    assert!(follows(records(&orders, DRAWS).map(index), &[1; 5]));
    assert!(
        !follows(records(&orders, DRAWS).map(index), &[21, 20, 20, 20, 20]),
        "five percent would not be noticed"
    );
}

#[test]
fn listed_customers_come_by_their_weights() {
    let weights = [70u64, 20, 10];
    let list: Vec<Weighted> = ["ann", "bob", "cid"]
        .into_iter()
        .zip(weights)
        .map(|(name, weight)| Weighted { name: name.to_owned(), weight: weight.into() })
        .collect();
    let config =
        OrdersConfig { customers: CustomersConfig::List(list.clone()), ..OrdersConfig::default() };
    let orders = drive::orders(42, &config);
    let index =
        |order: Order<'_>| list.iter().position(|entry| entry.name == order.customer_id).unwrap();
    assert!(follows(records(&orders, DRAWS).map(index), &weights));
    assert!(
        !follows(records(&orders, DRAWS).map(index), &[69, 21, 10]),
        "one percent would not be noticed"
    );
}

#[test]
fn amounts_are_uniform_in_cents() {
    let follow = |low: i64| {
        let amount = [low, 50_000].map(Money::from_cents).into();
        let orders = drive::orders(42, &OrdersConfig { amount, ..OrdersConfig::default() });
        let outcome = |order: Order<'_>| bin(order.amount.cents().max(1_000), 1_000, 50_000, 49);
        follows(records(&orders, DRAWS).map(outcome), &[1; 49])
    };
    assert!(follow(1_000));
    assert!(!follow(200), "ten dollars as the lowest amount would not be noticed");
}

#[test]
fn a_sent_order_is_narrated_as_documented() {
    let orders = drive::Rendered::new(drive::orders(42, &OrdersConfig::default()));
    for (arrival, placed) in entities(&*orders, 100) {
        let step = first_step(arrival);
        let (_, json) = orders.line(&placed, step, mercato_engine::Format::Json);
        let order = orders.record(&placed, step);
        let expected = format!(
            "Order{{id={}, customer={}, amount={}, category={}}}",
            order.order_id, order.customer_id, order.amount, order.category
        );
        assert_eq!(narrate(&json), Some(expected));
    }
}
