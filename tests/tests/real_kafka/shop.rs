//! Three topics of one run: each in its own, with its own keys, and verified one after the other.

use mercato_kafka::partition_of;
use mercato_tests::{folder, json};
use serde_json::Value;

use super::FIXED;
use super::broker::Broker;

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_shop_arrives_in_its_topics_and_joins() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    let summary = folder.path().join("run.json");
    broker.mercato("topics create --partitions 6 user-events").run().success();
    broker.mercato("topics create --partitions 3 transactions product-updates").run().success();
    let stream = || broker.mercato("stream -q --clock fast --duration 0.5").words(FIXED);
    let run = stream().arg("--summary-json").arg(&summary).run();
    assert!(run.success().is_empty(), "records go to Kafka alone");
    let (mut sessions, mut counted) = (std::collections::BTreeSet::new(), Vec::new());
    let topics =
        [("user-events", 6, "session_id"), ("transactions", 3, "user_id"), ("product-updates", 3, "product_id")];
    for (topic, partitions, key) in topics {
        let records = broker.records(topic);
        for record in &records {
            let value: Value = serde_json::from_slice(&record.value).unwrap();
            assert_eq!(record.key, value[key].as_str().unwrap().as_bytes());
            assert_eq!(record.partition, partition_of(&record.key, partitions), "where Java's clients look for it");
            if topic == "user-events" {
                sessions.insert(value["user_id"].as_str().unwrap().to_owned());
            } else if topic == "transactions" {
                assert!(sessions.contains(value["user_id"].as_str().unwrap()), "whoever buys has been seen");
            }
        }
        assert_eq!(json(&summary)["counts"]["topics"][topic], records.len());
        counted.push(records.len());
    }
    assert!(counted[0] > 8 * counted[1] && counted[1] > 1_000 && counted[2] == 499, "{counted:?}");

    let verify = |words: &str| broker.mercato("verify shop").arg("--run").arg(&summary).words(words).run();
    let said = verify("").lines();
    assert!(said.len() == 3 && said.iter().all(|line| line.ends_with("no difference")), "{said:?}");
    assert_eq!(verify("--topic transactions").lines().len(), 1);
    stream().words("--topics transactions").run().success();
    verify("").fails_with(6, &[]);
    assert_eq!(verify("--topic user-events").lines().len(), 1, "that one is as it was");
}
