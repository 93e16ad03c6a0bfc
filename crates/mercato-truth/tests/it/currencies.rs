//! Rules about amounts in currencies that have other decimals than cents.

use mercato_truth::Document;
use mercato_truth::rules::{Checker, Rule, Topic};
use serde_json::{Value, json};

/// A purchase of two pieces, with `more` fields.
fn purchase(price: &Value, total: &Value, line_currency: Option<&str>, more: &Value) -> Value {
    let mut line = json!({"product_id": "prod_000001", "name": "Premium Monitor", "category": "Electronics",
        "price": price, "quantity": 2});
    if let Some(currency) = line_currency {
        line["currency"] = json!(currency);
    }
    let mut record = json!({"transaction_id": "txn_000000001", "user_id": "user_000001",
        "timestamp": "2025-03-03T09:30:45.123Z", "products": [line], "total_amount": total,
        "payment_method": "credit_card", "location": {"country": "US", "state": "CA", "city": "San Francisco",
            "latitude": 37.7749, "longitude": -122.4194},
        "device_info": {"device_type": "desktop", "os": "macOS", "browser": "Chrome"},
        "is_fraud": false, "fraud_score": 0.12});
    for (name, value) in more.as_object().into_iter().flatten() {
        record[name] = value.clone();
    }
    record
}

/// The rules that `records` break.
fn broken(records: &[(Topic, Value)]) -> Vec<Rule> {
    let (mut checker, mut document) = (Checker::new(2), Document::default());
    for (topic, record) in records {
        assert!(document.read(record.to_string().as_bytes()));
        checker.check(*topic, &"f", document.root());
    }
    let report = checker.report();
    let broken = report.rules.iter().filter(|finding| finding.violations > 0);
    broken.map(|finding| finding.rule).collect()
}

#[test]
fn an_amount_has_at_most_the_decimals_of_its_currency_and_adds_up_in_them() {
    let paid = |currency: &str, price: Value, total: Value| {
        let record = purchase(&price, &total, None, &json!({"currency": currency}));
        broken(&[(Topic::TRANSACTIONS, record)])
    };
    assert_eq!(paid("JPY", json!(1_200), json!(2_400)), []);
    assert_eq!(paid("JPY", json!(1_200.5), json!(2_401)), [Rule::Type]);
    assert_eq!(paid("KWD", json!(1.234), json!(2.468)), []);
    assert_eq!(paid("KWD", json!(1.2345), json!(2.469)), [Rule::Type]);
    assert_eq!(paid("USD", json!(1.234), json!(2.46)), [Rule::Type]);
    assert_eq!(paid("CLF", json!(1.2345), json!(2.469)), []);
    // One unit of the last decimal below the sum is rounding, and two are not.
    assert_eq!(paid("JPY", json!(1_200), json!(2_399)), []);
    assert_eq!(paid("JPY", json!(1_200), json!(2_398)), [Rule::Total]);
    assert_eq!(paid("KWD", json!(1.234), json!(2.467)), []);
    assert_eq!(paid("KWD", json!(1.234), json!(2.466)), [Rule::Total]);
    assert_eq!(paid("KWD", json!(-1.234), json!(2.468)), [Rule::Total, Rule::Price]);
}

#[test]
fn a_line_may_have_a_currency_of_its_own_and_is_not_added_to_another() {
    let paid = |price: Value, total: Value| {
        let record = purchase(&price, &total, Some("JPY"), &json!({"currency": "USD"}));
        broken(&[(Topic::TRANSACTIONS, record)])
    };
    assert_eq!(paid(json!(1_200), json!(17.25)), []);
    assert_eq!(paid(json!(1_200.25), json!(17.25)), [Rule::Type]);
}

#[test]
fn a_listed_price_is_compared_with_what_is_paid_in_the_same_currency_only() {
    let update = |currency: Option<&str>| {
        let mut update = json!({"update_id": "upd_000000001", "product_id": "prod_000001",
            "update_type": "price_change", "timestamp": "2025-03-03T09:00:00.000Z", "name": "Premium Monitor",
            "category": "Electronics", "old_price": 1300, "new_price": 1200, "quantity": null, "replaces": null});
        if let Some(currency) = currency {
            update["currency"] = json!(currency);
        }
        (Topic::PRODUCT_UPDATES, update)
    };
    let paid = |currency: &str, price: i64| {
        let more = json!({"currency": currency});
        (Topic::TRANSACTIONS, purchase(&json!(price), &json!(price * 2), None, &more))
    };
    assert_eq!(broken(&[update(Some("JPY")), paid("JPY", 1_200)]), []);
    assert_eq!(broken(&[update(Some("JPY")), paid("JPY", 1_201)]), [Rule::ListedPrice]);
    assert_eq!(broken(&[update(Some("JPY")), paid("USD", 9)]), []);
    assert_eq!(broken(&[update(None), paid("USD", 9)]), [Rule::ListedPrice]);
}
