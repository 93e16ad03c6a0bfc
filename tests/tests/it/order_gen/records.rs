//! The two records, field by field as their documents have them.

use mercato_schema::{Order, Sale};
use mercato_test_support::{Program, assert_products, cents};
use serde_json::Value;

use super::order_gen;

/// Returns whether `text` is `prefix` and that many digits.
fn is_number(text: &Value, prefix: &str, digits: usize) -> bool {
    let number = text.as_str().and_then(|text| text.strip_prefix(prefix));
    number.is_some_and(|number| {
        number.len() == digits && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

fn is_one_of(value: &Value, known: &[&str]) -> bool {
    known.contains(&value.as_str().unwrap())
}

#[test]
fn a_sale_has_the_twelve_fields_of_its_document() {
    let names = "order_id timestamp product_id product_name quantity price total customer_id customer_email \
                 payment_method shipping_address status";
    let methods =
        ["credit_card", "debit_card", "paypal", "apple_pay", "google_pay", "bank_transfer"];
    for sale in order_gen("--count 2000 --drain").run().records() {
        let keys: Vec<&String> = sale.as_object().unwrap().keys().collect();
        assert_eq!(keys, names.split_whitespace().collect::<Vec<_>>());
        assert!(is_number(&sale["order_id"], "ORD-", 8), "{sale}");
        assert!(
            is_number(&sale["product_id"], "PROD-", 3)
                && is_number(&sale["customer_id"], "CUST-", 6),
            "{sale}"
        );
        assert!(is_one_of(&sale["payment_method"], &methods), "{sale}");
        let (quantity, price) = (sale["quantity"].as_i64().unwrap(), cents(&sale["price"]));
        assert!((1..=5).contains(&quantity) && cents(&sale["total"]) == quantity * price, "{sale}");
        assert!(sale["customer_email"].as_str().unwrap().contains("@example."), "{sale}");
        let address = &sale["shipping_address"];
        let keys: Vec<&String> = address.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["street", "city", "state", "zip_code", "country"]);
        assert!(is_number(&address["zip_code"], "", 5) && address["country"] == "USA", "{sale}");
        assert!(address["state"].as_str().unwrap().len() == 2, "{sale}");
    }
}

#[test]
fn every_line_is_what_serde_writes_for_its_record() {
    for line in order_gen("--count 2000 --drain").run().lines() {
        let sale: Sale<'_> = serde_json::from_str(&line).unwrap();
        assert_eq!(serde_json::to_string(&sale).unwrap(), line);
    }
    for line in order_gen("--stream orders --count 2000").run().lines() {
        let order: Order<'_> = serde_json::from_str(&line).unwrap();
        assert_eq!(serde_json::to_string(&order).unwrap(), line);
    }
}

#[test]
fn fifteen_products_are_sold_and_the_thirteen_named_are_among_them() {
    let mut products: Vec<(String, String)> = (order_gen("--count 2000").run().records().iter())
        .map(|sale| {
            (
                sale["product_id"].as_str().unwrap().into(),
                sale["product_name"].as_str().unwrap().into(),
            )
        })
        .collect();
    products.sort();
    products.dedup();
    assert_products(&products);
}

#[test]
fn order_ids_are_unique_and_customers_keep_their_address() {
    let config = mercato_test_support::folder();
    let path = config.path().join("shop.toml");
    std::fs::write(&path, "[sales]\ncustomers = 20\n").unwrap();
    let sales = order_gen("--count 5000 --config").arg(&path).run().records();
    let distinct = |pick: &dyn Fn(&Value) -> String| {
        sales.iter().map(pick).collect::<std::collections::BTreeSet<_>>().len()
    };
    let new = sales.iter().filter(|sale| sale["status"] == "pending").count();
    assert_eq!((new, distinct(&|sale| sale["order_id"].to_string())), (5000, 5000));
    assert_eq!(distinct(&|sale| sale["customer_id"].to_string()), 20);
    let home = |sale: &Value| {
        format!("{} {} {}", sale["customer_id"], sale["customer_email"], sale["shipping_address"])
    };
    assert_eq!(distinct(&home), 20);
}

#[test]
fn an_order_of_the_lessons_is_one_compact_record() {
    let orders = order_gen("--stream orders --count 3000").run().records();
    for (index, order) in orders.iter().enumerate() {
        let keys: Vec<&String> = order.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["orderId", "customerId", "amount", "timestamp", "category"]);
        assert_eq!(order["orderId"], format!("order_{:05}", index + 1), "arrival 0 is order_00001");
        assert!((1_000..=50_000).contains(&cents(&order["amount"])), "{order}");
        assert!(
            is_one_of(&order["category"], &["Electronics", "Clothing", "Books", "Home", "Sports"]),
            "{order}"
        );
        assert!(is_number(&order["customerId"], "customer_", 3), "{order}");
    }
    let customers: std::collections::BTreeSet<String> =
        orders.iter().map(|order| order["customerId"].to_string()).collect();
    assert_eq!(customers.len(), 5);
    let times: Vec<i64> = orders.iter().map(|order| order["timestamp"].as_i64().unwrap()).collect();
    assert_eq!(times[0], 1_762_703_740_000);
    assert!(
        times.windows(2).all(|pair| (1_999..=4_001).contains(&(pair[1] - pair[0]))),
        "2 to 4 s apart"
    );
}

#[test]
fn new_sales_come_one_to_six_seconds_apart() {
    let sales = order_gen("--count 3000").run().lines();
    let sales: Vec<Sale<'_>> =
        sales.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
    let new: Vec<i64> = sales
        .iter()
        .filter(|sale| sale.status == "pending")
        .map(|sale| sale.timestamp.micros())
        .collect();
    let gaps: Vec<i64> = new.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(new.len(), 3000);
    assert!(gaps.iter().all(|gap| (1_000_000..=6_000_000).contains(gap)));
    assert!(gaps.iter().any(|gap| *gap < 1_100_000) && gaps.iter().any(|gap| *gap > 5_900_000));
}

#[test]
fn delays_and_rate_are_kept() {
    let orders =
        order_gen("--stream orders --count 500 --min-delay 0.5 --max-delay 700ms").run().records();
    let times: Vec<i64> = orders.iter().map(|order| order["timestamp"].as_i64().unwrap()).collect();
    assert!(times.windows(2).all(|pair| (499..=701).contains(&(pair[1] - pair[0]))));
    let at_a_rate = order_gen("--stream orders --rate 7200 --duration 60m").run().lines().len();
    assert!((7_100..=7_300).contains(&at_a_rate), "a bare rate counts by the hour: {at_a_rate}");
}

#[test]
fn customers_and_categories_come_from_the_configuration() {
    let folder = mercato_test_support::folder();
    let path = folder.path().join("lessons.yaml");
    std::fs::write(
        &path,
        "orders:\n  customers: [ann, bob]\n  categories: [Tea]\n  amount: [1.00, 1.00]\n",
    )
    .unwrap();
    for order in order_gen("--stream orders --count 200 --config").arg(&path).run().records() {
        assert!(
            is_one_of(&order["customerId"], &["ann", "bob"]) && order["category"] == "Tea",
            "{order}"
        );
        assert_eq!(cents(&order["amount"]), 100);
    }
}

#[test]
fn other_countries_have_their_own_regions_and_postcodes() {
    let folder = mercato_test_support::folder();
    let path = folder.path().join("europe.json");
    std::fs::write(&path, r#"{"sales": {"countries": ["DEU", "GBR"]}}"#).unwrap();
    let sales = Program::new("order-gen")
        .words("-q --seed 1 --clock fast --count 500 --config")
        .arg(&path)
        .run();
    let sales = sales.records();
    for country in ["DEU", "GBR"] {
        let of_it: Vec<&Value> =
            sales.iter().filter(|sale| sale["shipping_address"]["country"] == country).collect();
        assert!(of_it.len() > 100, "{country}");
        let fits = |sale: &&Value| {
            is_number(&sale["shipping_address"]["zip_code"], "", 5) == (country == "DEU")
        };
        assert!(of_it.iter().all(fits), "{country}");
    }
}
