//! What others do to a topic while a run sends to it, and limits that are told before it sends.

use std::thread::sleep;
use std::time::{Duration, Instant};

use mercato_test_support::{Ended, ended_within, folder, json};

use super::SOON;
use super::broker::Broker;

/// A run of half a minute, during which `change` is done to its topic.
fn disturbed(broker: &Broker, topic: &str, delivery: &str, change: &str) -> (Ended, Duration) {
    broker.mercato("topics create --partitions 3").arg(topic).run().success();
    let words =
        "--flat --rate 500/s --duration 30s --clock 1x -X topic.metadata.refresh.interval.ms=1000";
    let program = broker.program("txn-gen", words).words("--delivery").arg(delivery);
    let child = program.words("-t").arg(topic).start();
    sleep(Duration::from_secs(5));
    broker.mercato(change).arg(topic).run().success();
    let changed = now();
    (ended_within(child, SOON), changed.elapsed())
}

#[expect(clippy::disallowed_methods, reason = "the test measures how soon a run ends")]
fn now() -> Instant {
    Instant::now()
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_topic_that_is_deleted_in_mid_run_ends_the_run() {
    // Where brokers create topics on demand it is there again at once, without what it had.
    for flags in ["", "--no-auto-create"] {
        let Some(broker) = Broker::fresh(flags) else { return };
        for delivery in ["at-least-once", "exactly-once"] {
            let (ended, after) = disturbed(&broker, delivery, delivery, "topics delete");
            assert!(
                after < Duration::from_secs(15),
                "{flags} {delivery}: it ended after {after:?}"
            );
            ended.fails_with(5, &["the topic was deleted during the run"]);
        }
    }
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn limits_of_a_topic_are_told_before_the_first_record() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    let summary = folder.path().join("run.json");
    let create = |setting: &str, topic: &str| {
        let create = broker.mercato("topics create --partitions 1").arg(topic);
        create.words("--topic-config").arg(setting).run().success();
    };
    create("message.timestamp.before.max.ms=3600000", "recent");
    create("max.message.bytes=100000", "small");
    let health = |topic: &str| broker.mercato("health --backfill 2h").arg(topic).run();
    let told = String::from_utf8(health("recent").stdout).unwrap();
    assert!(
        told.contains("✗ recent") && told.contains("message.timestamp.before.max.ms"),
        "{told}"
    );
    let told = String::from_utf8(health("small").stdout).unwrap();
    assert!(told.contains("✗ small") && told.contains("-X batch.size=100000"), "{told}");

    let run =
        |flags: &str| broker.program("txn-gen", "--flat --clock fast --count 500").words(flags);
    let named = ["topic recent", "older than 1h", "2h ago", "--record-timestamp wall"];
    run("-t recent --backfill 2h").run().fails_with(2, &named);
    assert!(broker.records("recent").is_empty(), "nothing was sent");
    run("-t recent --backfill 2h --record-timestamp wall").run().success();
    run("-t recent --backfill 10m").run().success();
    let small = run("-t small").words("-X batch.size=100000 --summary-json").arg(&summary).run();
    assert_eq!(small.code, Some(0), "{}", small.stderr);
    assert_eq!(json(&summary)["delivery"]["acknowledged"], 500);
    run("-t small").run().fails_with(2, &["topic small rejects batches", "-X batch.size=100000"]);
}
