//! All topics of one shop: each in its own, with its own keys, and verified one after the other.

use std::collections::{BTreeMap, BTreeSet};

use mercato_kafka::partition_of;
use mercato_test_support::{folder, json};
use serde_json::Value;

use super::FIXED;
use super::broker::Broker;

/// Topic, partitions and key.
const TOPICS: [(&str, u32, &str); 6] = [
    ("user-events", 6, "session_id"),
    ("transactions", 3, "user_id"),
    ("product-updates", 3, "product_id"),
    ("users", 2, "user_id"),
    ("fraud-alerts", 2, "transaction_id"),
    ("analytics-results", 2, "metric_type"),
];

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_shop_arrives_in_its_topics_and_joins() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    let summary = folder.path().join("run.json");
    for (topic, partitions, _) in TOPICS {
        broker
            .mercato("topics create")
            .arg(topic)
            .words(&format!("--partitions {partitions}"))
            .run()
            .success();
    }
    // A second hour in which every tenth transaction is fraudulent.
    let stream = || {
        let words = "stream -q --clock fast --duration 2 --rate-multiplier 0.5 --scenario fraud_testing@+1h..+2h";
        broker.mercato(words).words(FIXED)
    };
    let run = stream().arg("--summary-json").arg(&summary).run();
    assert!(run.success().is_empty(), "records go to Kafka alone");
    let (mut users, mut paid) = (BTreeSet::new(), BTreeMap::new());
    let (mut counted, mut alerts, mut revenue) = (Vec::new(), 0, BTreeMap::new());
    for (topic, partitions, key) in TOPICS {
        let records = broker.records(topic);
        for record in &records {
            let value: Value = serde_json::from_slice(&record.value).unwrap();
            let text = |field: &str| value[field].as_str().unwrap().to_owned();
            assert_eq!(record.key, text(key).as_bytes());
            assert_eq!(
                record.partition,
                partition_of(&record.key, partitions),
                "where Java's clients look for it"
            );
            match topic {
                "user-events" => {
                    users.insert(text("user_id"));
                }
                "transactions" => {
                    assert!(users.contains(&text("user_id")), "whoever buys has been seen");
                    *revenue.entry(text("timestamp")[..13].to_owned()).or_insert(0.0) +=
                        value["total_amount"].as_f64().unwrap();
                    paid.insert(
                        text("transaction_id"),
                        (text("timestamp"), value["fraud_score"].clone()),
                    );
                }
                "fraud-alerts" => {
                    let (at, score) = &paid[&text("transaction_id")];
                    assert!(*at < text("timestamp") && *score == value["fraud_score"], "{value}");
                    alerts += 1;
                }
                "analytics-results"
                    if value["window"] == "1h" && value["metric_type"] == "gross_revenue" =>
                {
                    let sum: f64 = revenue[&text("window_start")[..13]];
                    assert!((value["value"].as_f64().unwrap() - sum).abs() < 0.005, "{value}");
                }
                _ => {}
            }
        }
        assert_eq!(json(&summary)["counts"]["topics"][topic], records.len());
        counted.push(records.len());
    }
    assert!(counted[0] > 7 * counted[1] && counted[1] > 3_000 && alerts > 200, "{counted:?}");
    assert_eq!(counted[5], 8 * 120 + 20 * 2, "five hundred an hour");

    let verify =
        |words: &str| broker.mercato("verify shop").arg("--run").arg(&summary).words(words).run();
    let said = verify("").lines();
    assert!(said.len() == 6 && said.iter().all(|line| line.ends_with("no difference")), "{said:?}");
    assert_eq!(verify("--topic transactions").lines().len(), 1);
    stream().words("--topics transactions").run().success();
    verify("").fails_with(6, &[]);
    assert_eq!(verify("--topic user-events").lines().len(), 1, "that one is as it was");
}
