//! What `txn-gen` and `event-gen` send, and how: the documented producer, the documented words.

use std::collections::{BTreeMap, BTreeSet};
use std::thread::sleep;
use std::time::Duration;

use mercato_kafka::Record;
use mercato_schema::{Sale, Transaction, UserEvent};
use mercato_test_support::{Program, ended_within, folder, json, read, signal};

use super::FIXED;
use super::broker::{Broker, StoredBatch, assert_placed};

const GZIP: u8 = 1;
const SNAPPY: u8 = 2;
const LZ4: u8 = 3;
const ZSTD: u8 = 4;

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_hundred_thousand_transactions_and_events_arrive_with_their_users() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    for (program, stream, topic) in
        [("txn-gen", "transactions", "transactions"), ("event-gen", "events", "user-events")]
    {
        let summary = folder.path().join(format!("{stream}.json"));
        broker.mercato("topics create --partitions 6").arg(topic).run().success();
        let run =
            broker.program(program, "-q --clock fast --rate 200/s --count 100000").words(FIXED);
        run.arg("--summary-json").arg(&summary).run().success();
        assert_eq!(broker.verified(stream, topic, &summary), 100_000);
        assert_eq!(json(&summary)["delivery"]["acknowledged"], 100_000);
        for record in broker.records(topic) {
            let (user, micros) = if program == "txn-gen" {
                let transaction: Transaction<'_> = serde_json::from_slice(&record.value).unwrap();
                (transaction.user_id.to_string(), transaction.timestamp.micros())
            } else {
                let event: UserEvent<'_> = serde_json::from_slice(&record.value).unwrap();
                (event.user_id.to_string(), event.timestamp.micros())
            };
            assert_placed(&record, &user, 6, micros);
        }
        broker
            .program(program, "-q --clock fast --rate 200/s --count 10")
            .words(FIXED)
            .run()
            .success();
        broker.mercato("verify").arg(stream).arg("--run").arg(&summary).run().fails_with(6, &[]);
    }
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn transactions_are_sent_as_documented_unless_told_otherwise() {
    let Some(broker) = Broker::fresh("") else { return };
    // A thousand a second for three seconds, whatever the hour.
    let sent = |topic: &str, flags: &str| {
        // In one partition, so that a batch holds whatever was sent meanwhile.
        broker.mercato("topics create --partitions 1").arg(topic).run().success();
        let program = broker
            .program("txn-gen", "-q --flat --rate 1000/s --clock 1x --duration 3s -t")
            .arg(topic);
        program.words("--start 2025-11-09T15:55:40Z").words(flags).run().success();
        broker.batches(topic)
    };
    let most = |batches: &[StoredBatch]| batches.iter().map(|batch| batch.records).max().unwrap();
    let documented = sent("documented", "");
    assert!(documented.iter().all(|batch| batch.codec == SNAPPY), "{documented:?}");
    assert!(documented.len() > 30, "ten milliseconds are not waited longer: {documented:?}");
    let chosen = sent("chosen", "-X compression.type=lz4 -X linger.ms=900");
    assert!(chosen.iter().all(|batch| batch.codec == LZ4), "{chosen:?}");
    assert!(most(&chosen) >= 500 && chosen.len() < 20, "{chosen:?}");
    let by_alias = sent("by-alias", "-X compression.codec=lz4 -X queue.buffering.max.ms=900");
    assert!(
        by_alias.iter().all(|batch| batch.codec == LZ4) && most(&by_alias) >= 500,
        "{by_alias:?}"
    );
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn events_are_sent_as_documented_unless_told_otherwise() {
    let Some(broker) = Broker::fresh("") else { return };
    let sent = |topic: &str, flags: &str| {
        broker.mercato("topics create --partitions 1").arg(topic).run().success();
        let program = broker.program("event-gen", "-q --clock fast --count 5000 -t").arg(topic);
        program.words(FIXED).words(flags).run().success();
        broker.batches(topic)
    };
    // An event is of some 150 bytes, before compression.
    let most = |batches: &[StoredBatch]| batches.iter().map(|batch| batch.records).max().unwrap();
    let documented = sent("documented", "");
    assert!(documented.iter().all(|batch| batch.codec == GZIP), "{documented:?}");
    assert!(most(&documented) < 150, "{documented:?}");
    let chosen = sent("chosen", "--compression zstd -X batch.size=1000000 -X linger.ms=900");
    assert!(chosen.iter().all(|batch| batch.codec == ZSTD), "{chosen:?}");
    assert!(most(&chosen) > 1000, "{chosen:?}");
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn each_topic_is_compressed_as_asked_and_verified() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    let (summary, config) = (folder.path().join("run.json"), folder.path().join("shop.toml"));
    broker.mercato("topics create --partitions 1 users transactions user-events").run().success();
    std::fs::write(&config, "[kafka.compression]\nusers = \"lz4\"\nsomebody-elses = \"zstd\"\n")
        .unwrap();
    let topics = "stream -q --clock fast --duration 2m --topics users,transactions,user-events";
    let run = broker.mercato(topics).words(FIXED).words("--compression transactions=zstd");
    let run = run.words("-X compression.type=gzip --config").arg(&config);
    run.arg("--summary-json").arg(&summary).run().success();
    for (topic, codec) in [("users", LZ4), ("transactions", ZSTD), ("user-events", GZIP)] {
        let batches = broker.batches(topic);
        assert!(!batches.is_empty() && batches.iter().all(|batch| batch.codec == codec), "{topic}");
    }
    broker.mercato("verify shop").words("--run").arg(&summary).run().success();

    let refused = broker.mercato(topics).words("--compression transaction=zstd").run();
    refused.fails_with(2, &["`transaction`", "did you mean `transactions`?"]);
    let refused = broker.mercato(topics).words("--compression users=zstd --delivery exactly-once");
    refused.run().fails_with(2, &["exactly-once", "one --compression"]);
    let once =
        broker.mercato(topics).words(FIXED).words("--compression lz4 --delivery exactly-once");
    once.words("--run-name lz4").run().success();
    assert_eq!(broker.batches("transactions").last().unwrap().codec, LZ4);
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn the_ledger_names_where_each_malformed_record_is() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    let ledger = folder.path().join("ledger.ndjson");
    broker.mercato("topics create --partitions 3 ecommerce-sales").run().success();
    let run = broker.order_gen("-q --clock fast --count 5000 --malformed 0.05 --ledger");
    run.arg(&ledger).words(FIXED).run().success();
    let text = String::from_utf8(read(&ledger)).unwrap();
    let mut named: Vec<(i64, i64)> = Vec::new();
    for line in text.lines() {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        named.push((entry["partition"].as_i64().unwrap(), entry["offset"].as_i64().unwrap()));
    }
    let is_malformed = |record: &Record| serde_json::from_slice::<Sale<'_>>(&record.value).is_err();
    let records = broker.records("ecommerce-sales");
    let malformed = records.iter().filter(|record| is_malformed(record));
    let mut found: Vec<(i64, i64)> =
        malformed.map(|record| (i64::from(record.partition), record.offset)).collect();
    assert!(found.len() > 500, "{}", found.len());
    named.sort_unstable();
    found.sort_unstable();
    assert_eq!(named, found);
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn events_are_told_of_one_by_one_in_the_documented_words() {
    let Some(broker) = Broker::fresh("") else { return };
    broker.mercato("topics create --partitions 3 user-events").run().success();
    let ended = broker.program("event-gen", "--count 3 --interval 0.2").run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.is_empty(), "records go to Kafka alone");
    let told =
        ended.stderr.lines().filter(|line| line.contains("Event sent successfully - User: "));
    assert!(
        told.clone().all(|line| line.contains(", Partition: ") && line.contains(", Offset: ")),
        "{}",
        ended.stderr
    );
    assert_eq!(told.count(), 3, "{}", ended.stderr);
    for words in [
        "Topic 'user-events' has 3 partitions",
        "PRODUCER STATISTICS",
        "Events Sent: 3",
        "Success Rate: 100.0%",
    ] {
        assert!(ended.stderr.contains(words), "no {words:?} in {}", ended.stderr);
    }
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_topic_with_records_of_another_shape_is_refused_and_can_be_deleted() {
    let Some(broker) = Broker::fresh("") else { return };
    for _ in 0..2 {
        let ended = broker.program("event-gen", "--count 20 --clock fast").run();
        assert_eq!((ended.code, ended.stderr.contains("another shape")), (Some(0), false));
    }
    let shop = || broker.mercato("stream --topics user-events --clock fast --count 20");
    let named = ["topic user-events already holds records of another shape", "event_id", "-t"];
    shop().run().fails_with(2, &named);
    assert_eq!(broker.records("user-events").len(), 40, "nothing was sent");
    shop().words("--mixed-topic").run().success();
    assert!(broker.records("user-events").len() > 40);
    // Deleted and made again, the topic takes the shop's records.
    assert_eq!(broker.mercato("topics delete user-events").run().lines(), ["deleted user-events"]);
    broker.mercato("topics delete user-events").run().fails_with(4, &["does not exist"]);
    let again = broker.mercato("topics delete user-events --if-exists").run().lines();
    assert_eq!(again, ["user-events does not exist"]);
    shop().run().success();
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn json_and_avro_of_the_same_fields_are_told_apart() {
    let Some(broker) = Broker::fresh("") else { return };
    let send = |topic: &str, format: &str| {
        let run = broker.program("event-gen", "--count 20 --clock fast --format").words(format);
        run.words("-t").arg(topic)
    };
    let avro = "avro --schema-id 7";
    for (topic, first, second, found) in [
        ("of-json", "ndjson", avro, "they have JSON, but this run sends Avro"),
        ("of-avro", avro, "ndjson", "they have Avro or Protobuf"),
    ] {
        send(topic, first).run().success();
        send(topic, first).run().success();
        send(topic, second).run().fails_with(2, &[topic, found, "--mixed-topic"]);
        assert_eq!(broker.records(topic).len(), 40, "nothing was sent");
        send(topic, second).words("--mixed-topic").run().success();
    }
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn the_topic_that_is_read_is_named_and_that_of_the_run() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    let summary = folder.path().join("run.json");
    for (topic, flags) in [("user-events", ""), ("clicks", "-t clicks")] {
        let run = broker.program("event-gen", "-q --count 20 --clock fast").words(flags);
        run.words(FIXED).arg("--summary-json").arg(&summary).run().success();
        let ended = broker.mercato("verify events").words("--run").arg(&summary).run();
        let told = format!("Reading topic {topic} at ");
        assert!(ended.code == Some(0) && ended.stderr.contains(&told), "{}", ended.stderr);
        assert!(ended.stderr.contains("-t chooses another"), "{}", ended.stderr);
    }
    let chosen = broker.mercato("verify events -t clicks").words("--run").arg(&summary).run();
    assert!(chosen.code == Some(0) && !chosen.stderr.contains("-t chooses"), "{}", chosen.stderr);
    broker.mercato("stream -q --topics users --count 50 --clock fast").words(FIXED).run().success();
    let rules = broker.mercato("verify --rules --type users").run();
    assert!(rules.code == Some(0) && rules.stderr.contains("topic users at"), "{}", rules.stderr);
    broker.mercato("verify --rules").run().fails_with(2, &["choose a topic", "user-events"]);
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn partitions_that_no_key_reaches_are_named() {
    let Some(broker) = Broker::fresh("") else { return };
    broker.mercato("topics create analytics-results").run().success();
    let run = "stream --topics analytics-results --clock fast --duration 5m";
    let few = broker.mercato(run).run();
    assert!(few.code == Some(0) && !few.stderr.contains("partitions, but"), "{}", few.stderr);
    broker.mercato("topics create --partitions 64 wide").run().success();
    let many = broker.mercato(run).words("-t wide").run();
    assert!(many.stderr.contains("topic wide has 64 partitions, but its"), "{}", many.stderr);
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_killed_run_goes_on_in_kafka() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    let state = folder.path().join("state.json");
    broker.mercato("topics create --partitions 6 transactions").run().success();
    // Eight seconds of work, killed every three.
    let words = "-q --flat --rate 5000/s --duration 8s --seed 7 --start 2025-11-09T15:55:40Z";
    let run = || broker.program("txn-gen", words).words("--clock 1x --state").arg(&state);
    let mut kills = 0;
    loop {
        let mut child = run().start();
        sleep(Duration::from_secs(3));
        if child.try_wait().unwrap().is_some_and(|status| status.success()) {
            break;
        }
        signal(&child, "KILL");
        ended_within(child, Duration::from_secs(10));
        kills += 1;
        assert!(kills < 12, "it never comes to its end");
    }
    let whole = Program::new("txn-gen").words(words).words("--clock fast").run().lines();
    let sent = json(&state)["counts"]["records"].as_u64().unwrap();
    assert!(kills >= 2 && sent < whole.len() as u64, "{kills} kills, the last run sent {sent}");
    // Nothing is missing, and what came twice was sent after a state was written.
    let mut found = BTreeMap::new();
    for record in broker.records("transactions") {
        *found.entry(String::from_utf8(record.value).unwrap()).or_insert(0_u32) += 1;
    }
    let expected: BTreeSet<String> = whole.into_iter().collect();
    assert!(found.keys().eq(&expected), "{} of {}", found.len(), expected.len());
    let doubled: u32 = found.values().map(|count| count - 1).sum();
    assert!(doubled <= kills * 5_000 * 3, "{doubled} records came twice after {kills} kills");
}
