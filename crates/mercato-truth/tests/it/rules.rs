//! Rules: records that are right meet all of them, and each is broken by a mutant of its own.

use std::fs;

use mercato_encode::Layout;
use mercato_truth::Document;
use mercato_truth::rules::{Checker, Known, Products, Rule, RulesReport, Topic, sources};
use serde_json::{Value, json};

fn update() -> Value {
    json!({"update_id": "upd_000000001", "product_id": "prod_000001", "update_type": "price_change",
        "timestamp": "2025-03-03T09:00:00.000Z", "name": "Premium Monitor", "category": "Electronics",
        "old_price": 309.99, "new_price": 299.99, "quantity": null, "replaces": null})
}

fn event() -> Value {
    json!({"event_id": "evt_000000001", "user_id": "user_000001", "session_id": "sess_abc123def456",
        "event_type": "product_view", "timestamp": "2025-03-03T09:28:15.456Z", "product_id": "prod_000001",
        "category": "Electronics", "page_url": "/products/electronics", "duration_seconds": 45,
        "device_info": {"device_type": "desktop", "screen_resolution": "1920x1080"}})
}

fn transaction() -> Value {
    json!({"transaction_id": "txn_000000001", "user_id": "user_000001", "timestamp": "2025-03-03T09:30:45.123Z",
        "products": [{"product_id": "prod_000001", "name": "Premium Monitor", "category": "Electronics",
            "price": 299.99, "quantity": 1}],
        "total_amount": 323.99, "payment_method": "credit_card",
        "location": {"country": "US", "state": "CA", "city": "San Francisco", "latitude": 37.7749, "longitude": -122.4194},
        "device_info": {"device_type": "desktop", "os": "macOS", "browser": "Chrome"},
        "is_fraud": false, "fraud_score": 0.12})
}

fn alert() -> Value {
    json!({"alert_id": "alert_000000001", "transaction_id": "txn_000000001", "user_id": "user_000001",
        "timestamp": "2025-03-03T09:30:47.000Z", "pattern": "amount", "severity": "low", "fraud_score": 0.12,
        "amount": 323.99, "transaction_timestamp": "2025-03-03T09:30:45.123Z"})
}

fn user() -> Value {
    json!({"update_id": "usr_000000001", "user_id": "user_000001", "update_type": "profile",
        "timestamp": "2025-03-03T09:00:00.000Z", "user_type": "new", "age_group": "25-34", "name": "Amy O'Connell",
        "email": "oconnellamy1@example.com", "country": "US", "state": "CA", "city": "San Francisco",
        "previous_user_type": null, "previous_email": null, "previous_city": null})
}

/// A move of the user that is not from where they were.
fn moved() -> Value {
    with(
        user(),
        &[
            ("/update_id", json!("chg_000000001")),
            ("/update_type", json!("moved")),
            ("/city", json!("Los Angeles")),
            ("/previous_city", json!("San Diego")),
        ],
    )
}

/// Records that are right, of every topic with rules of its own.
fn right() -> Vec<(Topic, Value)> {
    vec![
        (Topic::PRODUCT_UPDATES, update()),
        (Topic::USERS, user()),
        (Topic::USER_EVENTS, event()),
        (Topic::TRANSACTIONS, transaction()),
        (Topic::FRAUD_ALERTS, alert()),
    ]
}

fn checked(records: &[(Topic, Value)]) -> RulesReport {
    let texts = records.iter().map(|(topic, value)| (*topic, value.to_string()));
    checked_texts(&texts.collect::<Vec<_>>())
}

fn checked_texts(records: &[(Topic, String)]) -> RulesReport {
    let (mut checker, mut document) = (Checker::new(2), Document::default());
    for (line, (topic, text)) in records.iter().enumerate() {
        assert!(document.read(text.as_bytes()), "{text}");
        checker.check(*topic, &format!("f:{line}"), document.root());
    }
    checker.report()
}

fn broken(report: &RulesReport) -> Vec<Rule> {
    report
        .rules
        .iter()
        .filter(|finding| finding.violations > 0)
        .map(|finding| finding.rule)
        .collect()
}

/// `value` with other fields, named by pointers; `null` for what is taken away.
fn with(mut value: Value, changes: &[(&str, Value)]) -> Value {
    for (pointer, change) in changes {
        let field = value.pointer_mut(pointer);
        assert!(field.is_some(), "{pointer}");
        field.into_iter().for_each(|field| *field = change.clone());
    }
    value
}

/// The same purchase some time later, under another number.
fn later(number: u32, time: &str) -> Value {
    let changes =
        [("/transaction_id", json!(format!("txn_{number:09}"))), ("/timestamp", json!(time))];
    with(transaction(), &changes)
}

#[test]
fn records_that_are_right_meet_every_rule() {
    let report = checked(&right());
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.records, 5);
    let unchecked: Vec<_> = report
        .rules
        .iter()
        .filter(|finding| finding.checked == 0)
        .map(|found| found.rule)
        .collect();
    let of_a_configuration = [Rule::KnownValue, Rule::KnownUser, Rule::KnownProduct];
    let need_a_record_before = [Rule::Travel, Rule::PriceHistory, Rule::UserHistory];
    assert_eq!(unchecked, [&of_a_configuration[..], &need_a_record_before].concat());
    assert_eq!(Rule::ALL.map(|rule| rule as usize), std::array::from_fn(|index| index));
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of mutants")]
fn each_rule_is_broken_by_its_mutant_and_by_no_other() {
    let tokyo = [
        ("/location/country", json!("JP")),
        ("/location/city", json!("Tokyo")),
        ("/location/latitude", json!(35.68)),
        ("/location/longitude", json!(139.69)),
    ];
    let burst = |number: u32| {
        (Topic::TRANSACTIONS, later(number, &format!("2025-03-03T09:30:{number:02}.000Z")))
    };
    let mutants: Vec<(Rule, Vec<(Topic, Value)>)> = vec![
        (Rule::Readable, vec![(Topic::USER_EVENTS, json!([1, 2]))]),
        (Rule::Required, vec![(Topic::USER_EVENTS, with(event(), &[("/page_url", Value::Null)]))]),
        (
            Rule::Required,
            vec![(Topic::TRANSACTIONS, with(transaction(), &[("/device_info/os", Value::Null)]))],
        ),
        (Rule::Type, vec![(Topic::USER_EVENTS, with(event(), &[("/page_url", json!(7))]))]),
        (
            Rule::Type,
            vec![(Topic::TRANSACTIONS, with(transaction(), &[("/total_amount", json!(323.999))]))],
        ),
        (
            Rule::Type,
            vec![(
                Topic::TRANSACTIONS,
                with(transaction(), &[("/products/0/quantity", json!("1"))]),
            )],
        ),
        (
            Rule::Identifier,
            vec![(Topic::USER_EVENTS, with(event(), &[("/user_id", json!("000001"))]))],
        ),
        (
            Rule::Identifier,
            vec![(
                Topic::TRANSACTIONS,
                with(transaction(), &[("/products/0/product_id", json!("prod_"))]),
            )],
        ),
        (Rule::Unique, vec![(Topic::USER_EVENTS, event()), (Topic::USER_EVENTS, event())]),
        (
            Rule::Product,
            vec![
                (Topic::PRODUCT_UPDATES, update()),
                (Topic::USER_EVENTS, with(event(), &[("/category", json!("Toys"))])),
            ],
        ),
        (
            Rule::Product,
            vec![
                (Topic::PRODUCT_UPDATES, update()),
                (Topic::TRANSACTIONS, with(transaction(), &[("/products/0/name", json!("Chair"))])),
            ],
        ),
        (
            Rule::Session,
            vec![
                (Topic::USER_EVENTS, event()),
                (
                    Topic::USER_EVENTS,
                    with(
                        event(),
                        &[("/event_id", json!("evt_2")), ("/user_id", json!("user_000002"))],
                    ),
                ),
            ],
        ),
        (
            Rule::Alerted,
            vec![
                (Topic::TRANSACTIONS, transaction()),
                (Topic::FRAUD_ALERTS, with(alert(), &[("/transaction_id", json!("txn_9"))])),
            ],
        ),
        (
            Rule::ListedPrice,
            vec![
                (Topic::PRODUCT_UPDATES, update()),
                (Topic::TRANSACTIONS, with(transaction(), &[("/products/0/price", json!(300.0))])),
            ],
        ),
        (
            Rule::Timestamp,
            vec![(Topic::USER_EVENTS, with(event(), &[("/timestamp", json!("2025-03-03 09:28"))]))],
        ),
        (
            Rule::Order,
            vec![
                (Topic::USER_EVENTS, event()),
                (
                    Topic::USER_EVENTS,
                    with(
                        event(),
                        &[
                            ("/event_id", json!("evt_2")),
                            ("/timestamp", json!("2025-03-03T09:28:15.455Z")),
                        ],
                    ),
                ),
            ],
        ),
        (
            Rule::Cause,
            vec![
                (Topic::TRANSACTIONS, transaction()),
                (
                    Topic::FRAUD_ALERTS,
                    with(alert(), &[("/timestamp", json!("2025-03-03T09:30:45.123Z"))]),
                ),
            ],
        ),
        (
            Rule::Coordinates,
            vec![(
                Topic::TRANSACTIONS,
                with(transaction(), &[("/location/latitude", json!(90.5))]),
            )],
        ),
        (
            Rule::City,
            vec![(
                Topic::TRANSACTIONS,
                with(transaction(), &[("/location/latitude", json!(36.5))]),
            )],
        ),
        (
            Rule::Travel,
            vec![
                (Topic::TRANSACTIONS, transaction()),
                (Topic::TRANSACTIONS, with(later(2, "2025-03-03T12:00:00.000Z"), &tokyo)),
            ],
        ),
        (
            Rule::Total,
            vec![(Topic::TRANSACTIONS, with(transaction(), &[("/total_amount", json!(299.0))]))],
        ),
        (
            Rule::Total,
            vec![(Topic::TRANSACTIONS, with(transaction(), &[("/total_amount", json!(400.0))]))],
        ),
        (
            Rule::Basket,
            vec![(
                Topic::TRANSACTIONS,
                with(transaction(), &[("/products", json!([])), ("/total_amount", json!(0.0))]),
            )],
        ),
        (
            Rule::Quantity,
            vec![(
                Topic::TRANSACTIONS,
                with(
                    transaction(),
                    &[("/products/0/quantity", json!(0)), ("/total_amount", json!(0.0))],
                ),
            )],
        ),
        (
            Rule::Price,
            vec![(
                Topic::TRANSACTIONS,
                with(
                    transaction(),
                    &[("/products/0/price", json!(0.0)), ("/total_amount", json!(0.0))],
                ),
            )],
        ),
        (
            Rule::Score,
            vec![(Topic::TRANSACTIONS, with(transaction(), &[("/fraud_score", json!(1.01))]))],
        ),
        (Rule::Velocity, (0..16).map(burst).collect()),
        (
            Rule::Duration,
            vec![(Topic::USER_EVENTS, with(event(), &[("/duration_seconds", json!(-1))]))],
        ),
        (
            Rule::Introduced,
            vec![
                (Topic::USERS, user()),
                (Topic::USER_EVENTS, with(event(), &[("/user_id", json!("user_000002"))])),
            ],
        ),
        (Rule::UserHistory, vec![(Topic::USERS, user()), (Topic::USERS, moved())]),
        (
            Rule::PriceHistory,
            vec![
                (Topic::PRODUCT_UPDATES, update()),
                (
                    Topic::PRODUCT_UPDATES,
                    with(
                        update(),
                        &[("/update_id", json!("upd_2")), ("/old_price", json!(299.98))],
                    ),
                ),
            ],
        ),
    ];
    for (rule, records) in &mutants {
        let report = checked(records);
        assert_eq!(broken(&report), [*rule], "{report}");
        let finding = &report.rules[*rule as usize];
        assert_eq!((finding.violations, finding.examples.len()), (1, 1), "{report}");
        assert_eq!(finding.examples[0].place, format!("f:{}", records.len() - 1));
        assert!(!finding.examples[0].value.is_empty());
    }
    let without: Vec<_> =
        Rule::ALL.into_iter().filter(|rule| mutants.iter().all(|(own, _)| own != rule)).collect();
    let elsewhere = [Rule::Duplicate, Rule::KnownValue, Rule::KnownUser, Rule::KnownProduct];
    assert_eq!(without, elsewhere, "every other rule has a mutant");
}

#[test]
fn values_users_and_products_are_those_of_the_configuration() {
    let layout = Layout::new(Topic::TRANSACTIONS.description().clone())
        .list("products", |line| line.table("category", ["category"], [["Electronics".into()]]))
        .table("payment_method", ["payment_method"], [["credit_card".into()], ["paypal".into()]])
        .table(
            "city",
            ["location.country", "location.state", "location.city"],
            [["US", "CA", "San Francisco"].map(Into::into), ["JP", "13", "Tokyo"].map(Into::into)],
        );
    let check = |products: &Products, pointer: &str, value: Value| {
        let known = Known::new([(Topic::TRANSACTIONS, &layout)], 10, products.clone());
        let (mut checker, mut document) = (Checker::new(2).known(known), Document::default());
        let record = with(transaction(), &[(pointer, value)]).to_string();
        assert!(document.read(record.as_bytes()));
        checker.check(Topic::TRANSACTIONS, &"f:1", document.root());
        let report = checker.report();
        let of_a_configuration = [Rule::KnownValue, Rule::KnownUser, Rule::KnownProduct];
        broken(&report)
            .into_iter()
            .filter(|rule| of_a_configuration.contains(rule))
            .collect::<Vec<_>>()
    };
    let numbered = Products::Numbered { total: 1_000, has_successors: true };
    let lasting = Products::Numbered { total: 1_000, has_successors: false };
    let successor = |products| check(products, "/products/0/product_id", json!("prod_001001"));
    assert_eq!((successor(&numbered), successor(&lasting)), (vec![], vec![Rule::KnownProduct]));
    for (pointer, value, expected) in [
        ("/payment_method", json!("paypal"), None),
        ("/payment_method", json!("seashells"), Some(Rule::KnownValue)),
        ("/location/country", json!("JP"), Some(Rule::KnownValue)),
        ("/location/city", json!("Tokyo"), Some(Rule::KnownValue)),
        ("/products/0/category", json!("Weapons"), Some(Rule::KnownValue)),
        ("/user_id", json!("user_000010"), None),
        ("/user_id", json!("user_000011"), Some(Rule::KnownUser)),
        ("/user_id", json!("user_x"), Some(Rule::KnownUser)),
        ("/products/0/product_id", json!("prod_000000"), Some(Rule::KnownProduct)),
        ("/products/0/product_id", json!("prod_lamp"), Some(Rule::KnownProduct)),
    ] {
        let found = check(&numbered, pointer, value.clone());
        assert_eq!(found, Vec::from_iter(expected), "{pointer} {value}");
    }
    let listed = Products::Listed(vec!["prod_lamp".to_owned()]);
    assert_eq!(check(&listed, "/products/0/product_id", json!("prod_lamp")), []);
    assert_eq!(check(&listed, "/is_fraud", json!(false)), [Rule::KnownProduct]);
}

#[test]
fn a_name_that_occurs_twice_in_an_object_is_a_violation_at_any_depth() {
    let twice = |from: &str, to: &str| {
        let text = transaction().to_string();
        assert!(text.contains(from), "{from}");
        checked_texts(&[(Topic::TRANSACTIONS, text.replacen(from, to, 1))])
    };
    for (from, to, shown) in [
        ("\"is_fraud\":false", "\"is_fraud\":false,\"is_fraud\":false", "is_fraud"),
        ("\"user_id\":", "\"more\":1,\"more\":2,\"user_id\":", "more"),
        ("\"city\":", "\"\\u0063ity\":\"x\",\"city\":", "location.city"),
        ("\"quantity\":1", "\"quantity\":1,\"quantity\":1", "products[].quantity"),
    ] {
        let report = twice(from, to);
        let examples = &report.rules[Rule::Duplicate as usize].examples;
        assert_eq!(examples.len(), 1, "{to}: {report}");
        assert_eq!(examples[0].value, format!("{shown} occurs twice"));
    }
    assert!(twice("\"user_id\":", "\"more\":{\"user_id\":1},\"user_id\":").is_clean());
}

#[test]
fn a_time_may_have_any_number_of_decimals() {
    for decimals in ["", ".1", ".1234567", ".123456789", ".123456789012345678901234"] {
        let time = json!(format!("2025-03-03T09:28:15{decimals}Z"));
        let report = checked(&[(Topic::USER_EVENTS, with(event(), &[("/timestamp", time)]))]);
        assert!(report.is_clean(), "{decimals}: {report}");
    }
    for wrong in ["2025-03-03T09:28:15.", "2025-03-03T09:28:15.Z", "2025-03-03T09:28:15.1"] {
        let report =
            checked(&[(Topic::USER_EVENTS, with(event(), &[("/timestamp", json!(wrong))]))]);
        assert_eq!(broken(&report), [Rule::Timestamp], "{wrong}");
    }
}

#[test]
fn a_city_is_meant_by_its_name_state_and_country() {
    let bought = |country: &str, state: Value, city: &str, latitude: f64, longitude: f64| {
        let place = [
            ("/location/country", json!(country)),
            ("/location/state", state),
            ("/location/city", json!(city)),
            ("/location/latitude", json!(latitude)),
            ("/location/longitude", json!(longitude)),
        ];
        broken(&checked(&[(Topic::TRANSACTIONS, with(transaction(), &place))]))
    };
    for (state, city, latitude, longitude) in [
        ("GA", "Columbus", 32.461, -84.9877),
        ("OH", "Columbus", 39.96, -82.99),
        ("US-OH", "Columbus", 39.96, -82.99),
        ("VA", "Arlington", 38.8816, -77.091),
        ("MN", "Rochester", 44.0121, -92.4802),
        ("Georgia", "Columbus", 32.461, -84.9877),
        ("XX", "Nowhere", 1.0, 1.0),
    ] {
        assert_eq!(bought("US", json!(state), city, latitude, longitude), [], "{city}, {state}");
    }
    for state in ["OH", "US-OH"] {
        let found = bought("US", json!(state), "Columbus", 32.461, -84.9877);
        assert_eq!(found, [Rule::City], "{state}");
    }
    assert_eq!(bought("US", json!(""), "Columbus", 39.96, -82.99), []);
    assert_eq!(bought("US", json!(""), "Columbus", 32.461, -84.9877), [Rule::City]);
}

#[test]
fn in_the_millisecond_of_a_change_either_price_may_be_paid() {
    let at = "2025-03-03T09:30:45.123Z";
    let change = |number: &str, old: f64, new: f64| {
        let changes = [
            ("/update_id", json!(number)),
            ("/timestamp", json!(at)),
            ("/old_price", json!(old)),
            ("/new_price", json!(new)),
        ];
        (Topic::PRODUCT_UPDATES, with(update(), &changes))
    };
    let changes = [change("upd_000000002", 299.99, 250.0), change("upd_000000003", 250.0, 199.0)];
    let paid = |purchase: Value| {
        let records = [
            &[(Topic::PRODUCT_UPDATES, update())][..],
            &changes,
            &[(Topic::TRANSACTIONS, purchase)],
        ]
        .concat();
        broken(&checked(&records))
    };
    assert_eq!(paid(transaction()), []);
    assert_eq!(paid(later(2, "2025-03-03T09:30:45.124Z")), [Rule::ListedPrice]);
}

#[test]
fn examples_move_no_terminal() {
    let mut checker = Checker::new(2);
    checker.unreadable(&"f:1", "\u{1b}[31mred");
    assert!(checker.report().to_string().contains("f:1: \\u{1b}[31mred"), "{}", checker.report());
}

#[test]
fn what_is_marked_as_fraud_may_be_anywhere_at_any_time() {
    let fraud = |value: Value| (Topic::TRANSACTIONS, with(value, &[("/is_fraud", json!(true))]));
    let tokyo = [
        ("/location/country", json!("JP")),
        ("/location/city", json!("Tokyo")),
        ("/location/latitude", json!(35.68)),
        ("/location/longitude", json!(139.69)),
    ];
    let mut records = vec![(Topic::TRANSACTIONS, transaction())];
    records.push(fraud(with(later(2, "2025-03-03T09:40:00.000Z"), &tokyo)));
    records.extend((3..20).map(|number| fraud(later(number, "2025-03-03T09:41:00.000Z"))));
    records.push((Topic::TRANSACTIONS, later(20, "2025-03-03T09:50:00.000Z")));
    let report = checked(&records);
    assert!(report.is_clean(), "{report}");
}

#[test]
fn files_are_read_side_by_side_and_told_by_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for day in
        ["fraud-alerts/dt=2025-03-03", "transactions/dt=2025-03-02", "transactions/dt=2025-03-03"]
    {
        fs::create_dir_all(at(day)).unwrap();
    }
    // An alert whose file comes first by name, and a day before with a purchase of its own.
    fs::write(at("fraud-alerts/dt=2025-03-03/part-00000.ndjson"), format!("{}\n", alert()))
        .unwrap();
    let before = later(9, "2025-03-02T10:00:00.000Z");
    fs::write(at("transactions/dt=2025-03-02/part-00000.ndjson"), format!("{before}\n")).unwrap();
    let last = with(transaction(), &[("/transaction_id", json!("txn_000000009"))]);
    let lines = format!("{}\n{last}\nnothing\n", transaction());
    fs::write(at("transactions/dt=2025-03-03/part-00000.ndjson"), lines).unwrap();
    let mut checker = Checker::new(9);
    sources::check(&mut checker, folder.path(), None).unwrap();
    let report = checker.report();
    assert_eq!(broken(&report), [Rule::Readable, Rule::Unique], "{report}");
    let place = |rule: Rule| report.rules[rule as usize].examples[0].place.clone();
    assert!(
        place(Rule::Unique).ends_with("transactions/dt=2025-03-03/part-00000.ndjson:2"),
        "{report}"
    );
    assert!(place(Rule::Readable).ends_with("part-00000.ndjson:3"), "{report}");
    assert_eq!(report.records, 5);
}

#[test]
fn bytes_that_are_no_text_are_no_record() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("transactions.ndjson");
    let mut line = format!("{}\n", transaction()).into_bytes();
    let broken_byte = line.iter().position(|byte| *byte == b't').unwrap();
    line[broken_byte] = 0xff;
    fs::write(&path, line).unwrap();
    let mut checker = Checker::new(2);
    sources::check(&mut checker, &path, None).unwrap();
    assert_eq!(broken(&checker.report()), [Rule::Readable]);
}

#[test]
fn rows_and_envelopes_are_records_too() {
    let folder = tempfile::tempdir().unwrap();
    let csv = folder.path().join("anything.csv");
    let row = "upd_1,prod_1,price_change,2025-03-03T09:00:00Z,Lamp,Home,9.99,0.0,,\n";
    let header = "update_id,product_id,update_type,timestamp,name,category,old_price,new_price,quantity,replaces\n";
    fs::write(&csv, format!("{header}{row}short\n")).unwrap();
    let mut checker = Checker::new(9);
    sources::check(&mut checker, &csv, None).unwrap();
    assert_eq!(broken(&checker.report()), [Rule::Readable, Rule::Price], "{}", checker.report());
    fs::write(&csv, format!("{header}{}", row.replace("Lamp", "").replace("0.0", "8.5"))).unwrap();
    let mut checker = Checker::new(9);
    sources::check(&mut checker, &csv, None).unwrap();
    assert!(checker.report().is_clean(), "an empty text is a text: {}", checker.report());

    let envelopes = folder.path().join("all.ndjson");
    let line = |topic: &str, value: Value| {
        format!("{}\n", json!({"topic": topic, "key": "k", "value": value}))
    };
    let lines = line("transactions", transaction())
        + &line("fraud-alerts", alert())
        + &line("fraud_alerts", alert());
    fs::write(&envelopes, lines).unwrap();
    let mut checker = Checker::new(9);
    sources::check(&mut checker, &envelopes, None).unwrap();
    assert_eq!(broken(&checker.report()), [Rule::Unique], "{}", checker.report());
}

#[test]
fn what_cannot_be_checked_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let check = |name: &str| {
        sources::check(&mut Checker::new(1), &folder.path().join(name), None)
            .unwrap_err()
            .to_string()
    };
    assert!(check("none.ndjson").contains("cannot open"));
    assert!(check("").contains("no record files in "));
    fs::write(folder.path().join("visits.ndjson"), "{\"visit\":1}\n").unwrap();
    assert!(check("visits.ndjson").contains("neither its name nor its first record"));
    fs::write(folder.path().join("transactions.parquet"), "PAR1").unwrap();
    assert!(check("transactions.parquet").contains("cannot open"));
}
