//! The configuration page names exactly the keys that are accepted.

use std::collections::BTreeSet;
use std::fmt::Debug;

use mercato_shop::events::EventsConfig;
use mercato_shop::shop::FraudConfig;
use mercato_shop::transactions::TransactionsConfig;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../../../docs/configuration.md");

/// The keys in the first column of a section's table.
fn documented(section: &str) -> BTreeSet<String> {
    let (_, rest) = PAGE.split_once(&format!("\n## `[{section}]`\n")).unwrap();
    let section = rest.split("\n## ").next().unwrap();
    let keys = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    keys.map(|(key, _)| key.to_owned()).collect()
}

/// The keys that serde expects where `inside` puts an unknown one.
fn accepted<C: DeserializeOwned + Debug>(
    prefix: &str,
    inside: impl Fn(Value) -> Value,
) -> BTreeSet<String> {
    let error = serde_json::from_value::<C>(inside(json!({"no such key": 0}))).unwrap_err();
    let text = error.to_string();
    let (_, expected) = text.split_once("expected ").unwrap();
    expected.split('`').skip(1).step_by(2).map(|key| format!("{prefix}{key}")).collect()
}

#[test]
fn the_keys_of_events_are_those_on_the_page() {
    let top = accepted::<EventsConfig>("", |unknown| unknown);
    let fields = accepted::<EventsConfig>("metadata[].", |unknown| json!({"metadata": [unknown]}));
    assert_eq!(documented("events"), &top | &fields);
}

#[test]
fn the_keys_of_transactions_are_those_on_the_page() {
    let mut keys = accepted::<TransactionsConfig>("", |unknown| unknown);
    for list in ["zones", "payment_methods", "campaigns"] {
        keys.extend(accepted::<TransactionsConfig>(
            &format!("{list}[]."),
            |unknown| json!({list: [unknown]}),
        ));
    }
    keys.extend(accepted::<TransactionsConfig>("week.", |unknown| json!({"week": unknown})));
    assert_eq!(documented("transactions"), keys);
}

#[test]
fn the_keys_of_fraud_are_those_on_the_page() {
    let mut keys = accepted::<FraudConfig>("", |unknown| unknown);
    for section in ["detection", "chargebacks"] {
        assert!(keys.remove(section));
        keys.extend(accepted::<FraudConfig>(
            &format!("{section}."),
            |unknown| json!({section: unknown}),
        ));
    }
    assert_eq!(documented("shop.fraud"), keys);
}
