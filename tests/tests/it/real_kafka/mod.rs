//! The programs against a real Apache Kafka.
//!
//! `cargo test --release -p mercato-tests --test it -- --ignored real_kafka` starts brokers of its
//! own;
//! it needs a JDK 17 and Kafka in the cache folder, `KAFKA_HOME` or Maven, and says `SKIPPED`
//! without them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bad_days;
mod broker;
mod exactly_once;
mod frozen;
mod producers;
mod registry;
mod shop;

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::Duration;

pub(crate) use broker::Broker;
use broker::assert_placed;
use mercato_schema::{Order, Sale};
use mercato_test_support::{
    Program, ended_within, folder, free_port, get, json, metric, now_micros, read, signal,
};

const FIXED: &str = "--seed 42 --start 2025-11-09T15:55:40Z";

/// How long a run may take to deliver what it has after a signal.
const SOON: Duration = Duration::from_secs(60);

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_hundred_thousand_records_arrive_in_the_order_of_each_key() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    let summary = folder.path().join("run.json");
    broker.mercato("topics create --partitions 6 ecommerce-sales").run().success();
    let run = broker.order_gen("-q --clock fast --rate 50/s --count 25000 --drain").words(FIXED);
    run.arg("--summary-json").arg(&summary).run().success();
    assert_eq!(broker.verified("sales", "ecommerce-sales", &summary), 100_000);
    assert_eq!(json(&summary)["delivery"]["acknowledged"], 100_000);

    let mut status: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    for record in broker.records("ecommerce-sales") {
        let sale: Sale<'_> = serde_json::from_slice(&record.value).unwrap();
        assert_placed(&record, &sale.order_id, 6, sale.timestamp.micros());
        let step = status.entry(record.key).or_default();
        assert_eq!(sale.status, ["pending", "confirmed", "processing", "shipped"][*step]);
        *step += 1;
    }
    assert_eq!(status.len(), 25_000);

    // The verifier finds what was sent twice.
    broker.order_gen("-q --clock fast --rate 50/s --count 10").words(FIXED).run().success();
    let twice = broker.mercato("verify sales").arg("--run").arg(&summary).run();
    twice.fails_with(6, &[]);
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn orders_are_told_of_one_by_one_and_timestamps_are_chosen() {
    let Some(broker) = Broker::fresh("") else { return };
    let ended = broker.order_gen("--stream orders --count 3 --min-delay 0.2 --max-delay 0.3").run();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.is_empty(), "records go to Kafka alone");
    for number in 1..=3 {
        let sent = format!("Sent Order> Order{{id=order_0000{number}, customer=customer_00");
        assert!(ended.stderr.lines().any(|line| line.starts_with(&sent)), "{}", ended.stderr);
    }
    let delivered =
        ended.stderr.lines().filter(|line| line.starts_with("  ✓ Delivered to partition "));
    assert!(delivered.clone().all(|line| line.contains(" at offset ")), "{}", ended.stderr);
    assert_eq!(delivered.count(), 3, "{}", ended.stderr);
    assert!(!ended.stderr.contains(" WARN "), "nothing is wrong: {}", ended.stderr);
    for record in broker.records("orders") {
        let order: Order<'_> = serde_json::from_slice(&record.value).unwrap();
        assert_eq!(order.customer_id.as_bytes(), record.key);
    }

    let before = now_micros() / 1000;
    let console = broker
        .order_gen("-q --clock fast --count 5 -t by-wall --record-timestamp wall --output-console");
    assert!(console.words(FIXED).run().lines().len() >= 5, "both Kafka and the console");
    assert!(broker.records("by-wall").iter().all(|record| record.timestamp_millis >= Some(before)));

    let future = "-q --clock fast --count 5 -t future --start 2999-01-01T00:00:00Z";
    broker
        .order_gen(future)
        .run()
        .fails_with(2, &["2999", "more than an hour ahead", "--record-timestamp wall"]);
    assert!(broker.order_gen(future).words("--record-timestamp wall").run().code == Some(0));
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_run_that_a_signal_ended_is_whole_as_far_as_it_came() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    for (stream, topic) in [("sales", "cut-sales"), ("orders", "cut-orders")] {
        let summary = folder.path().join(format!("{stream}.json"));
        let program = broker
            .order_gen("--rate 2000/s --backfill 1 -t")
            .arg(topic)
            .arg("--stream")
            .arg(stream);
        let child = program.arg("--summary-json").arg(&summary).start();
        sleep(Duration::from_secs(4));
        signal(&child, "INT");
        let ended = ended_within(child, SOON);
        assert!(ended.stderr.contains("=== Final Statistics ==="), "{}", ended.stderr);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        let verified = broker.verified(stream, topic, &summary);
        assert!(verified > 100_000, "{verified}");
        assert_eq!(json(&summary)["counts"]["records"], verified);
    }
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_missing_topic_exits_with_5_and_the_command_that_creates_it() {
    let Some(broker) = Broker::fresh("--no-auto-create") else { return };
    let run =
        || broker.order_gen("-q --clock fast --count 10 -t orders-of-today").words(FIXED).run();
    let ended = run();
    let command = ended.stderr.split('`').nth(1).unwrap_or_default().to_owned();
    ended.fails_with(
        5,
        &["orders-of-today", "does not exist", "mercato topics create orders-of-today"],
    );
    Program::shell(&command).run().success();
    run().success();
    let described = broker.mercato("topics describe orders-of-today").run().lines();
    assert!(described[0].contains("orders-of-today"), "{described:?}");
    assert!(
        broker
            .mercato("topics list")
            .run()
            .lines()
            .iter()
            .any(|line| line.starts_with("orders-of-today"))
    );
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn a_broker_that_goes_and_comes_back_in_mid_run_loses_and_doubles_nothing() {
    let Some(broker) = Broker::fresh("") else { return };
    let folder = folder();
    let summary = folder.path().join("run.json");
    broker.mercato("topics create --partitions 3 outage").run().success();
    let metrics = format!("127.0.0.1:{}", free_port());
    let program =
        broker.order_gen("--rate 500/s --duration 30s -t outage --summary-json").arg(&summary);
    // So little memory that writes block for most of the outage.
    let child = program.words("-X buffer.memory=524288 --metrics-listen").arg(&metrics).start();
    sleep(Duration::from_secs(4));
    assert_eq!(broker.stop().code, Some(0));
    sleep(Duration::from_secs(3));
    let (_, first) = get(&metrics, "/metrics");
    sleep(Duration::from_secs(2));
    let (_, later) = get(&metrics, "/metrics");
    assert!(metric(&first, "mercato_queue_records") > 100.0, "{first}");
    let lag = metric(&first, "mercato_lag_seconds");
    assert!(
        lag > 1.0 && metric(&later, "mercato_lag_seconds") > lag + 1.5,
        "the outage is seen: {first}\n{later}"
    );
    assert_eq!(broker.start().code, Some(0));
    let ended = ended_within(child, Duration::from_secs(180));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("connection lost") && ended.stderr.contains("reconnected"),
        "{}",
        ended.stderr
    );
    assert!(broker.verified("sales", "outage", &summary) > 15_000);
    assert_eq!(json(&summary)["delivery"]["failed"], 0);
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn no_secret_of_a_login_is_in_any_output() {
    let Some(broker) = Broker::fresh("--tls --sasl") else { return };
    let password =
        std::fs::read_to_string(broker.state().join("password")).unwrap().trim().to_owned();
    let ways =
        std::fs::read_dir(broker.state().join("clients")).unwrap().map(|file| file.unwrap().path());
    let (mut logins, folder) = (0, folder());
    for way in ways {
        let properties = std::fs::read_to_string(&way).unwrap();
        if !properties.contains(&password) {
            continue;
        }
        logins += 1;
        let (log, summary) = (folder.path().join("log"), folder.path().join("run.json"));
        let metrics = format!("127.0.0.1:{}", free_port());
        let program = Program::new("order-gen")
            .words("--kafka --rate 500/s --duration 3s --clock 1x -X debug=all");
        let program = program
            .words("--log-level trace --command-config")
            .arg(&way)
            .arg("--metrics-listen")
            .arg(&metrics);
        let child = program.arg("--log-file").arg(&log).arg("--summary-json").arg(&summary).start();
        // So much is said that it must be read all the time.
        let ending = std::thread::spawn(move || ended_within(child, SOON));
        sleep(Duration::from_secs(2));
        let (_, page) = get(&metrics, "/metrics");
        let ended = ending.join().unwrap();
        assert_eq!(ended.code, Some(0), "{}: {}", way.display(), ended.stderr);
        assert!(metric(&page, "mercato_acknowledged_total") > 0.0, "{page}");
        let files = [&log, &summary].map(|path| String::from_utf8(read(path)).unwrap()).concat();
        for said in [&page, &ended.stderr, &String::from_utf8(ended.stdout).unwrap(), &files] {
            assert!(!said.contains(&password), "{}", way.display());
        }
    }
    assert!(logins >= 5, "{logins}");
}

#[test]
#[ignore = "needs a real broker, see .ci/run"]
fn history_that_a_topic_would_delete_at_once_is_warned_of() {
    let Some(broker) = Broker::fresh("") else { return };
    broker.mercato("topics create --partitions 1 --retention 7d short").run().success();
    broker.mercato("topics create --partitions 1 --retention forever long").run().success();
    let run = |flags: &str| broker.order_gen("--clock fast --count 5").words(flags).run();
    let warned = run("-t short --backfill 30d");
    assert_eq!(warned.code, Some(0), "{}", warned.stderr);
    for words in [
        "topic short keeps records 7d",
        "starts 30d ago",
        "--retention forever",
        "--record-timestamp wall",
    ] {
        assert!(warned.stderr.contains(words), "no {words:?} in: {}", warned.stderr);
    }
    let may_double = "may arrive twice";
    assert!(warned.stderr.contains(may_double), "{}", warned.stderr);
    // What is older than a day is warned of for another reason, unless it has the time of sending.
    for (flags, warnings) in [
        ("-t short --backfill 20h", 0),
        ("-t short --backfill 6d", 1),
        ("-t short --backfill 30d --record-timestamp wall", 0),
        ("-t long --backfill 30d", 1),
    ] {
        let ended = run(flags);
        let found = ended.stderr.matches(" WARN ").count();
        let doubles = ended.stderr.matches(may_double).count();
        assert_eq!((ended.code, found, doubles), (Some(0), warnings, warnings), "{}", ended.stderr);
    }
}
