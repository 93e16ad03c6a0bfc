//! `mercato stream`: all of the shop's topics, to standard output, a file, a folder.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::io::Read;
use std::path::Path;

use mercato_test_support::{Program, folder, json, read};
use serde_json::Value;

const FIXED: &str = "--seed 42 --start 2025-03-03T10:00:00Z --clock fast --duration 0.5";
const TOPICS: [&str; 6] = [
    "user-events",
    "transactions",
    "product-updates",
    "users",
    "fraud-alerts",
    "analytics-results",
];

fn stream(words: &str) -> Program {
    Program::new("mercato").words("stream -q").words(words)
}

fn values(lines: &[Value], topic: &str) -> Vec<Value> {
    lines.iter().filter(|line| line["topic"] == topic).map(|line| line["value"].clone()).collect()
}

fn records(path: &Path) -> Vec<Value> {
    let text = String::from_utf8(read(path)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn lines_name_topic_and_key_and_join() {
    let lines = stream(FIXED).run().records();
    let (events, transactions) = (values(&lines, "user-events"), values(&lines, "transactions"));
    let updates = values(&lines, "product-updates");
    let (alerts, analytics) = (values(&lines, "fraud-alerts"), values(&lines, "analytics-results"));
    let users = values(&lines, "users");
    assert_eq!(
        events.len()
            + transactions.len()
            + updates.len()
            + users.len()
            + alerts.len()
            + analytics.len(),
        lines.len()
    );
    assert!(
        (5_000..7_100).contains(&users.len()),
        "most come within half an hour: {}",
        users.len()
    );
    assert_eq!(analytics.len(), 30 * 8, "eight metrics a minute");
    assert!((20..90).contains(&alerts.len()), "a hundred an hour: {}", alerts.len());
    let (deliveries, listed): (Vec<_>, Vec<_>) =
        updates.iter().partition(|update| update["update_type"] == "delivery");
    assert_eq!(listed.len(), 499, "a thousand an hour");
    assert!((30..70).contains(&deliveries.len()), "a hundred an hour on top: {}", deliveries.len());
    assert!(
        events.len() > 8 * transactions.len() && transactions.len() > 1000,
        "{} {}",
        events.len(),
        transactions.len()
    );
    for line in &lines {
        let key = match line["topic"].as_str().unwrap() {
            "transactions" | "users" => "user_id",
            "user-events" => "session_id",
            "fraud-alerts" => "transaction_id",
            "analytics-results" => "metric_type",
            _ => "product_id",
        };
        assert_eq!(line["key"], line["value"][key]);
        assert_eq!(line.as_object().unwrap().keys().collect::<Vec<_>>(), ["topic", "key", "value"]);
    }
    assert!(lines.is_sorted_by_key(|line| line["value"]["timestamp"].as_str().unwrap().to_owned()));
}

#[test]
fn a_folder_gets_a_file_for_each_topic() {
    let folder = folder();
    let all = stream(FIXED).run().records();
    let made = |words: &str| {
        let program =
            stream(FIXED).words(words).words("--summary-json run.json").in_folder(folder.path());
        program.run().success();
        json(&folder.path().join("run.json"))
    };
    let verify = |words: &str| {
        Program::new("mercato")
            .words("verify shop --run run.json")
            .words(words)
            .in_folder(folder.path())
            .run()
    };
    let summary = made("-o out/");
    for topic in TOPICS {
        let written = records(&folder.path().join(format!("out/{topic}.ndjson")));
        assert_eq!(written, values(&all, topic));
        assert_eq!(summary["counts"]["topics"][topic], written.len());
    }
    assert_eq!(
        std::fs::read_dir(folder.path().join("out")).unwrap().count(),
        TOPICS.len(),
        "nothing else is left there"
    );
    let said = verify("out").lines();
    assert!(
        said.len() == TOPICS.len() && said.iter().all(|line| line.ends_with("no difference")),
        "{said:?}"
    );
    assert_eq!(verify("out/transactions.ndjson --topic transactions").lines().len(), 1);
    verify("out/transactions.ndjson").fails_with(6, &[]);
    verify("out --topic payments").fails_with(2, &["payments", "transactions"]);

    made("-o packed/ --format csv.gz");
    let mut rows = String::new();
    let packed = std::fs::File::open(folder.path().join("packed/transactions.csv.gz")).unwrap();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut rows).unwrap();
    assert!(rows.starts_with("transaction_id,user_id,"));
    assert_eq!(rows.lines().count(), 1 + values(&all, "transactions").len());
    let said = verify("packed").lines();
    assert!(said.iter().all(|line| line.ends_with("no difference")), "{said:?}");

    made("-o all.ndjson.zst");
    assert!(verify("all.ndjson.zst").lines()[0].ends_with("no difference"));
    std::fs::remove_file(folder.path().join("out/user-events.ndjson")).unwrap();
    verify("out").fails_with(8, &["user-events.ndjson"]);
}

#[test]
fn shards_and_threads_make_the_same_records() {
    let whole = stream(FIXED).words("--threads 1").run().lines();
    assert_eq!(stream(FIXED).words("--threads 3").run().lines(), whole);
    let mut shards: Vec<String> = (0..3)
        .flat_map(|shard| stream(FIXED).words(&format!("--shard {shard}/3")).run().lines())
        .collect();
    let mut sorted = whole;
    shards.sort();
    sorted.sort();
    assert_eq!(shards, sorted);
}

#[test]
fn topics_are_chosen_and_one_of_them_comes_as_it_is() {
    let all = stream(FIXED).run().records();
    assert_eq!(
        stream(FIXED).words("--topics transactions").run().records(),
        values(&all, "transactions")
    );
    assert_eq!(
        stream(FIXED).words("--topics user_events").run().records(),
        values(&all, "user-events")
    );
    let updates = stream(FIXED).words("--topics product-updates").run().records();
    assert_eq!(
        updates,
        values(&all, "product-updates"),
        "they are the same where no session is made"
    );
    let analytics = stream(FIXED).words("--topics analytics-results").run().records();
    assert_eq!(
        analytics,
        values(&all, "analytics-results"),
        "they are the same where nothing else is seen"
    );
    let reversed: Vec<&str> = TOPICS.into_iter().rev().collect();
    assert_eq!(
        stream(FIXED).words(&format!("--topics {}", reversed.join(","))).run().records(),
        all
    );
    let both = stream(FIXED).words("--topics transactions,user-events").run().records();
    let users = stream(FIXED).words("--topics users").run().records();
    assert_eq!(users, values(&all, "users"), "they are the same where no session is seen");
    let others = updates.len() + analytics.len() + users.len() + values(&all, "fraud-alerts").len();
    assert_eq!(both.len() + others, all.len());
}

#[test]
fn a_count_is_one_of_sessions() {
    let fixed = "--seed 42 --start 2025-03-03T10:00:00Z --clock fast --count 2000";
    let folder = folder();
    let made = |words: &str| {
        let program =
            stream(fixed).words(words).words("--summary-json run.json").in_folder(folder.path());
        (program.run().records(), json(&folder.path().join("run.json"))["counts"].clone())
    };
    let (lines, counts) = made("");
    let session = |line: &Value| line["value"]["session_id"].as_str().map(str::to_owned);
    let sessions: std::collections::BTreeSet<String> = lines.iter().filter_map(session).collect();
    // A traveller whose first arrival it is has a profile and no session.
    let users = values(&lines, "users");
    let is_event_of = |event: &Value, user: &Value| {
        [&event["user_id"], &event["timestamp"]] == [&user["user_id"], &user["timestamp"]]
    };
    let events = values(&lines, "user-events");
    let absent =
        users.iter().filter(|user| !events.iter().any(|event| is_event_of(event, user))).count();
    assert!((1..50).contains(&absent), "{absent}");
    assert_eq!(counts["first"], sessions.len() + absent, "updates are no sessions");
    // With a few of them nobody comes, because the user is on a journey.
    assert!((1_950..=2_000).contains(&sessions.len()), "{}", sessions.len());
    let updates = values(&lines, "product-updates");
    assert!(updates.len() > 40, "{}", updates.len());
    assert_eq!(
        made("--topics product-updates").0,
        updates,
        "the run ends with the last session, seen or not"
    );
}

#[test]
fn a_multiplier_makes_more_of_everything() {
    // There are no more users for that.
    let count = |words: &str| {
        let lines = stream(FIXED).words(words).run().records();
        lines.iter().filter(|line| line["topic"] != "users").count() as f64
    };
    let ratio = count("--rate-multiplier 3") / count("");
    assert!((2.8..3.2).contains(&ratio), "{ratio}");
    let ratio = count("--rate 50000/h") / count("");
    assert!((1.8..2.2).contains(&ratio), "25,000 sessions an hour unless told otherwise: {ratio}");
}

#[test]
fn what_cannot_be_streamed_is_refused_before_anything_is_written() {
    let folder = folder();
    for (words, said) in [
        ("--topics transactoins", ["transactoins", "did you mean `transactions`?"]),
        (
            "--topics payments",
            ["payments", "user-events, transactions, product-updates, users, fraud-alerts"],
        ),
        ("--rate-multiplier 0", ["--rate-multiplier: 0 is", "(0.000001 to 1000)"]),
        ("--rate-multiplier -1", ["--rate-multiplier: -1 is", "(0.000001 to 1000)"]),
        (
            "--kafka -t all",
            ["--topic", "user-events, transactions, fraud-alerts, users, product-updates"],
        ),
        ("--format csv", ["different columns", "directory"]),
        ("-o all.csv", ["different columns", "directory"]),
        (
            "-o out/ --summary-json out/user-events.ndjson",
            ["--output and --summary-json", "user-events.ndjson"],
        ),
        (
            "--duration 1 --start 2999-01-01T00:00:00Z --clock fast --kafka",
            ["2999-01-01", "--record-timestamp wall"],
        ),
    ] {
        let ended = stream(words).in_folder(folder.path()).run();
        assert!(ended.stdout.is_empty(), "{words}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{words}");
        ended.fails_with(2, &said);
    }
    for rate in ["1000000000/s", "500000000/s"] {
        let ended = stream("--clock fast --duration 1s --rate").arg(rate).run();
        assert!(ended.stdout.is_empty(), "{rate}");
        ended.fails_with(2, &["shop.", "is invalid"]);
    }
    std::fs::write(
        folder.path().join("shop.toml"),
        "[shop]\ntransactions_topic = \"user-events\"\n",
    )
    .unwrap();
    stream("--config shop.toml")
        .in_folder(folder.path())
        .run()
        .fails_with(3, &["shop topics", "user-events"]);
}

#[test]
fn a_failed_folder_has_no_file_that_looks_complete() {
    let folder = folder();
    let line = "trap '' XFSZ; ulimit -f 600; exec mercato stream -q --seed 1 --clock fast --duration 4 --start 2025-03-03 -o out/";
    Program::shell(line)
        .in_folder(folder.path())
        .run()
        .fails_with(8, &["cannot write out/.user-events.ndjson.partial"]);
    let names = std::fs::read_dir(folder.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| name.to_string_lossy().ends_with(".partial")));
}

#[test]
fn records_that_are_broken_on_purpose_are_named_with_their_topic() {
    let folder = folder();
    std::fs::write(folder.path().join("faults.toml"), "[disorder]\nmalformed = 0.02\n").unwrap();
    stream(FIXED).words("--config faults.toml -o out/").in_folder(folder.path()).run().success();
    let entries = records(&folder.path().join("out/faults.ndjson"));
    for topic in ["user-events", "transactions"] {
        assert!(entries.iter().filter(|entry| entry["topic"] == topic).count() > 5, "{topic}");
    }
}

#[test]
fn a_short_run_of_chargebacks_alone_is_warned_of() {
    let folder = folder();
    let path = folder.path().join("late.toml");
    std::fs::write(&path, "[shop.fraud.chargebacks]\nshare = 0.5\n").unwrap();
    let run = |words: &str| {
        let run = stream("--clock fast -o null:").words(words).words("--config");
        run.arg(&path).run().stderr
    };
    let none = "no records of chargebacks: transactions are charged back after 1d";
    assert!(run("--duration 2 --topics chargebacks").contains(none));
    assert!(!run("--duration 2 --topics chargebacks,fraud-alerts").contains(none));
}

/// Returns transactions of the first two minutes and of all twelve of a run.
fn beginning(words: &str) -> (usize, usize) {
    let run =
        "--topics transactions --seed 5 --clock fast --duration 0.2 --start 2025-03-03T10:00:00Z";
    let lines = stream(run).words(words).run().records();
    let early = |line: &&Value| line["timestamp"].as_str().unwrap() < "2025-03-03T10:02:00";
    (lines.iter().filter(early).count(), lines.len())
}

#[test]
fn a_warm_shop_is_the_window_of_one_that_opened_earlier() {
    let warm = stream("--seed 42 --start 2025-03-03T10:00:00Z --clock fast --duration 0.5")
        .words("--warm-up 1 --scenario peak_traffic@+10m..+20m");
    let window = stream("--seed 42 --start 2025-03-03T09:00:00Z --clock fast --duration 1.5")
        .words("--from 2025-03-03T10:00:00Z --scenario peak_traffic@+70m..+80m");
    // Who has come before the start is introduced again.
    let seen = |run: Program| {
        let lines = run.run().lines().into_iter();
        lines.filter(|line| !line.starts_with(r#"{"topic":"users""#)).collect::<Vec<_>>()
    };
    let (warm, window) = (seen(warm), seen(window));
    assert!(warm.len() > 10_000 && warm == window, "{} and {}", warm.len(), window.len());
}

#[test]
fn users_of_a_warm_shop_are_introduced_before_their_visits() {
    let run = "--seed 42 --start 2025-03-03T10:00:00Z --clock fast --duration 0.5 --warm-up 1";
    let lines = stream(run).words("--topics users,user-events").run().records();
    let (mut known, mut strangers) = (BTreeSet::new(), BTreeSet::new());
    for line in &lines {
        let user = line["value"]["user_id"].as_str().unwrap();
        if line["topic"] == "users" {
            known.insert(user);
        } else if !known.contains(user) {
            strangers.insert(line["value"]["session_id"].as_str().unwrap());
        }
    }
    // Only visits that were under way at the start.
    let late = lines.iter().filter(|line| {
        line["value"]["session_id"].as_str().is_some_and(|session| strangers.contains(session))
            && line["value"]["timestamp"].as_str().unwrap() > "2025-03-03T10:29"
    });
    assert_eq!(late.count(), 0);
    let profiles = lines.iter().filter(|line| line["value"]["update_type"] == "profile").count();
    assert!(strangers.len() < 2_000 && profiles < 3 * known.len(), "{profiles} of {}", known.len());
}

#[test]
fn a_warm_shop_sells_from_its_first_minutes_on() {
    let ((cold, rest), (warm, all)) = (beginning(""), beginning("--warm-up 1"));
    assert!(10 * cold < rest, "{cold} of {rest}: a shop that opens has nobody to sell to");
    assert!(7 * warm > all, "{warm} of {all}");
}

#[test]
fn a_run_that_starts_now_is_warm_and_its_command_repeats_it() {
    let folder = folder();
    let summary = folder.path().join("run.json");
    let out = stream("--duration 1s --seed 7 --summary-json").arg(&summary).run();
    let lines = out.lines();
    let summary = json(&summary);
    let time =
        |value: &Value| value.as_str().unwrap().parse::<mercato_schema::Timestamp>().unwrap();
    let (origin, from) = (time(&summary["identity"]["origin"]), time(&summary["part"]["from"]));
    assert_eq!(from.micros() - origin.micros(), 3_600_000_000);
    let command = summary["command"].as_str().unwrap();
    assert!(command.contains("--warm-up 1h"), "{command}");
    let words = command.strip_prefix("mercato stream ").unwrap();
    assert_eq!(stream("--clock fast").words(words).run().lines(), lines);
}

#[test]
fn users_who_are_too_few_for_a_sale_are_named() {
    let warned = |words: &str| {
        let run =
            Program::new("mercato").words("stream --seed 1 --clock fast --duration 0.1 -o null:");
        run.words(words).run().stderr
    };
    let sale = warned("--start 2026-11-27T12:00:00Z");
    assert!(sale.contains("set shop.users.total to 46000 or more (now 10000)"), "{sale}");
    let plain = warned("--start 2026-11-18T12:00:00Z");
    assert!(!plain.contains("shop.users.total"), "{plain}");
}
