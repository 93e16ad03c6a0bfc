//! `mercato historical --table delta`: each topic's files are a Delta table, version by version.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use mercato_test_support::{Program, columns, ended_within, folder, json, names, read, signal};
use serde_json::{Value, json};

const TABLE: &str = "-o lake --format parquet --table delta";
/// A quiet shop, so that days are made at once.
const RUN: &str = "--seed 42 --rate 300/h --start 2025-03-03";
const TOPICS: &str = "--topics transactions,fraud-alerts";

fn historical(at: &Path, words: &str) -> Program {
    Program::new("mercato").words("historical -q").words(words).in_folder(at)
}

fn run(at: &Path, words: &str) -> Program {
    historical(at, RUN).words(TABLE).words(words)
}

fn log_file(table: &Path, version: u64) -> PathBuf {
    table.join(format!("_delta_log/{version:020}.json"))
}

/// The actions of a version, each with its name.
fn actions(table: &Path, version: u64) -> Vec<(String, Value)> {
    let text = String::from_utf8(read(&log_file(table, version))).unwrap();
    let action = |line: &str| {
        let action: serde_json::Map<String, Value> = serde_json::from_str(line).unwrap();
        assert_eq!(action.len(), 1, "{line}");
        action.into_iter().next().unwrap()
    };
    text.lines().map(action).collect()
}

/// The actions of a name.
fn named<'a>(actions: &'a [(String, Value)], name: &str) -> Vec<&'a Value> {
    actions.iter().filter(|(found, _)| found == name).map(|(_, action)| action).collect()
}

/// Every file below `folder`, by its name there, with its bytes.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for name in names(folder).into_iter().map(PathBuf::from) {
        let path = folder.join(&name);
        if path.is_dir() {
            found.extend(
                contents(&path).into_iter().map(|(inner, bytes)| (name.join(inner), bytes)),
            );
        } else {
            found.insert(name, read(&path));
        }
    }
    found
}

/// Asserts that the files of an `add` are as it says.
fn check_added(table: &Path, add: &Value) {
    let path = add["path"].as_str().unwrap();
    let bytes = read(&table.join(path));
    assert_eq!(add["size"], bytes.len());
    assert_eq!(add["dataChange"], true);
    let day = add["partitionValues"]["dt"].as_str().unwrap();
    assert_eq!(path, format!("dt={day}/part-00000.parquet"));
    let rows = columns::rows(&bytes);
    let stats: Value = serde_json::from_str(add["stats"].as_str().unwrap()).unwrap();
    let times: Vec<&str> = rows.iter().map(|row| row["timestamp"].as_str().unwrap()).collect();
    let expected = json!({
        "numRecords": rows.len(),
        "minValues": {"timestamp": times.iter().min()},
        "maxValues": {"timestamp": times.iter().max()},
        "nullCount": {"timestamp": 0},
    });
    assert_eq!(stats, expected);
    assert!(times.iter().all(|time| time.starts_with(day)), "{day}");
}

#[test]
fn each_topic_is_a_table_and_the_next_run_appends_its_days() {
    let folder = folder();
    let at = folder.path();
    run(at, "--days 2 --summary-json run.json").run().success();
    let identity = json(&at.join("run.json"))["identity"].clone();
    for topic in ["analytics-results", "fraud-alerts", "product-updates", "transactions", "users"] {
        let table = at.join("lake").join(topic);
        let first = actions(&table, 0);
        assert_eq!(
            named(&first, "protocol"),
            [&json!({"minReaderVersion": 1, "minWriterVersion": 2})]
        );
        let [about] = named(&first, "metaData")[..] else { panic!("{first:?}") };
        assert_eq!((&about["name"], &about["partitionColumns"]), (&json!(topic), &json!(["dt"])));
        assert_eq!(about["createdTime"], 1_740_960_000_000_i64, "the run's start");
        let run = about["configuration"]["mercato.run"].as_str().unwrap();
        let run: Value = serde_json::from_str(run).unwrap();
        for (name, value) in run.as_object().unwrap() {
            assert_eq!(*value, identity[name], "{name}");
        }
        assert!(run.as_object().unwrap().len() >= 6, "{run}");
        let schema: Value = serde_json::from_str(about["schemaString"].as_str().unwrap()).unwrap();
        let fields: Vec<&str> = schema["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|field| field["name"].as_str().unwrap())
            .collect();
        let row = &columns::rows(&read(&table.join("dt=2025-03-03/part-00000.parquet")))[0];
        let names: Vec<&str> = row.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(fields, [&names[..], &["dt"]].concat(), "the day is in the path alone");
        let added = named(&first, "add");
        assert_eq!(added.len(), 2, "{topic}");
        added.iter().for_each(|add| check_added(&table, add));
    }
    let table = at.join("lake/transactions");
    let first = read(&log_file(&table, 0));
    run(at, "--days 5 --from +2d").run().success();
    assert_eq!(read(&log_file(&table, 0)), first, "what is written stays");
    let second = actions(&table, 1);
    assert!(named(&second, "metaData").is_empty() && named(&second, "protocol").is_empty());
    let added = named(&second, "add");
    let days: Vec<_> =
        added.iter().map(|add| add["partitionValues"]["dt"].as_str().unwrap()).collect();
    assert_eq!(days, ["2025-03-05", "2025-03-06", "2025-03-07"]);
    added.iter().for_each(|add| check_added(&table, add));
    assert!(!log_file(&table, 2).exists());
    // Our own readers take the log for no records.
    let told = Program::new("mercato").words("stats lake --json").in_folder(at).run().success();
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert_eq!(told.as_object().unwrap().len(), 6, "{told}");
    assert_eq!(told["transactions"]["malformed"], 0);
    let rules = Program::new("mercato").words("verify --rules lake").in_folder(at).run();
    rules.success();
}

#[test]
fn the_same_run_writes_the_same_log_and_shards_share_a_table() {
    let folder = folder();
    let at = folder.path();
    for place in ["one", "two"] {
        fs::create_dir(at.join(place)).unwrap();
    }
    run(&at.join("one"), TOPICS).words("--days 2 --threads 1").run().success();
    run(&at.join("two"), TOPICS).words("--days 2 --threads 3").run().success();
    assert!(contents(&at.join("one")) == contents(&at.join("two")), "the same files and logs");
    // Both at the same time: one of them makes the table, and the other adds to it.
    let shards: Vec<_> = (0..2)
        .map(|shard| run(at, TOPICS).words(&format!("--days 2 --shard {shard}/2")).start())
        .collect();
    for shard in shards {
        let ended = ended_within(shard, Duration::from_secs(120));
        ended.success();
    }
    let table = at.join("lake/transactions");
    let all: Vec<_> = (0..2).flat_map(|version| actions(&table, version)).collect();
    assert_eq!((named(&all, "metaData").len(), named(&all, "add").len()), (1, 4));
    let records = |adds: Vec<&Value>| -> u64 {
        let stats = adds.iter().map(|add| add["stats"].as_str().unwrap());
        stats
            .map(|text| {
                serde_json::from_str::<Value>(text).unwrap()["numRecords"].as_u64().unwrap()
            })
            .sum()
    };
    let whole = actions(&at.join("one/lake/transactions"), 0);
    assert_eq!(records(named(&all, "add")), records(named(&whole, "add")));
    assert_ne!(
        named(&all, "metaData")[0]["id"],
        named(&actions(&at.join("lake/fraud-alerts"), 0), "metaData")[0]["id"]
    );
}

#[test]
fn files_name_their_run() {
    let folder = folder();
    let at = folder.path();
    let words = format!("{RUN} {TOPICS} --days 1 --format parquet -o h --shard 1/2");
    historical(at, &words).words("--summary-json run.json").run().success();
    let file = read(&at.join("h/transactions/dt=2025-03-03/part-00001.parquet"));
    let metadata = columns::metadata(&file);
    let run: Value = serde_json::from_str(&metadata["mercato.run"]).unwrap();
    let identity = &json(&at.join("run.json"))["identity"];
    for name in ["program", "stream", "data_version", "seed", "origin", "config_digest"] {
        assert_eq!(run[name], identity[name], "{name}");
    }
    assert_eq!(metadata["mercato.shard"], "1/2");
}

#[test]
fn a_run_whose_records_are_there_writes_nothing() {
    let folder = folder();
    let at = folder.path();
    run(at, TOPICS).words("--days 2").run().success();
    let before = contents(at);
    for force in ["", "--force"] {
        let again = Program::new("mercato").words("historical").words(RUN).words(TABLE);
        let ended = again.words(TOPICS).words(force).words("--days 2").in_folder(at).run();
        let said = ended.stderr.clone();
        ended.success();
        assert!(said.contains("lake/transactions (version 0)"), "{said}");
        assert!(said.contains("nothing is left to do"), "{said}");
        assert!(contents(at) == before);
    }
    for (words, said) in [
        ("--days 3", ["lake/transactions", "to 2025-03-05T00:00:00Z", "--from 2025-03-05"]),
        ("--days 3 --force", ["version 0", "to 2025-03-05T00:00:00Z", "--from 2025-03-05"]),
        ("--days 2 --shard 1/2 --force", ["shard 0/1", "shard 1/2", "--from"]),
    ] {
        let ended = run(at, TOPICS).words(words).run();
        assert!(contents(at) == before, "{words}");
        ended.fails_with(8, &said);
    }
    // A file that the table has must not change, whatever else does.
    run(at, TOPICS).words("--days 3 --from +2d --to +60h").run().success();
    let before = contents(at);
    let ended = run(at, TOPICS).words("--days 3 --from +60h --force").run();
    assert!(contents(at) == before);
    ended.fails_with(8, &["dt=2025-03-05/part-00000.parquet", "version 1", "midnight"]);
}

#[test]
fn a_killed_run_goes_on_and_leaves_the_log_of_an_undisturbed_one() {
    let (whole, killed) = (folder(), folder());
    let words = "--days 20 --topics transactions,fraud-alerts";
    run(whole.path(), words).run().success();
    let at = killed.path();
    let child = run(at, words).words("--state state.json").start();
    let begun = at.join("lake/transactions/dt=2025-03-05/part-00000.parquet");
    while !(begun.exists() && at.join("state.json").exists()) {
        sleep(Duration::from_millis(2));
    }
    signal(&child, "KILL");
    let ended = ended_within(child, Duration::from_secs(60));
    assert_eq!(ended.code, None, "it was over before it was killed");
    assert!(!at.join("lake/transactions/_delta_log").exists(), "no table that lies");
    run(at, words).words("--state state.json").run().success();
    fs::remove_file(at.join("state.json")).unwrap();
    let (found, expected) = (contents(at), contents(whole.path()));
    assert!(found.keys().eq(expected.keys()), "{:?}", found.keys());
    assert!(found == expected, "other bytes");
}

#[test]
fn a_file_of_another_run_is_not_added() {
    let folder = folder();
    let at = folder.path();
    let alerts = "--topics fraud-alerts --format parquet -o lake --days 1";
    historical(at, &format!("{RUN} {alerts}")).run().success();
    let left = at.join("lake/fraud-alerts/dt=2025-03-03/part-00000.parquet");
    assert!(left.exists());
    // The last second has no alert, so that nothing replaces the file.
    let quiet = format!("{RUN} {alerts} --from 2025-03-03T23:59:59Z --table delta --force")
        .replace("--seed 42", "--seed 43");
    let ended = historical(at, &quiet).run();
    assert!(!at.join("lake/fraud-alerts/_delta_log").exists());
    ended.fails_with(8, &["dt=2025-03-03/part-00000.parquet", "of another run", "--force"]);
    fs::remove_file(left).unwrap();
    historical(at, &quiet).run().success();
    let first = actions(&at.join("lake/fraud-alerts"), 0);
    assert_eq!(
        (named(&first, "metaData").len(), named(&first, "add").len()),
        (1, 0),
        "an empty table"
    );
}

#[test]
fn what_cannot_be_added_to_is_refused_before_anything_is_written() {
    let folder = folder();
    let at = folder.path();
    run(at, TOPICS).words("--days 1").run().success();
    let table = at.join("lake/transactions");
    let before = contents(at);
    let next = "--days 2 --from +1d";
    for (words, said) in [
        (RUN.replace("42", "43"), ["its seed is 42, but here it is 43", "lake/transactions"]),
        (RUN.replace("03-03", "03-02"), ["its start is 2025-03-03", "but here it is 2025-03-02"]),
        (RUN.replace("300", "301"), ["config digest", "lake/transactions"]),
    ] {
        let ended = historical(at, &words).words(TABLE).words(TOPICS).words(next).run();
        assert!(contents(at) == before, "{words}");
        ended.fails_with(8, &said);
    }
    let text = String::from_utf8(read(&log_file(&table, 0))).unwrap();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    };
    let amount = r#"\"name\":\"total_amount\",\"type\":\"decimal(15,2)\""#;
    for (log, said) in [
        (
            changed(amount, &amount.replace("15", "12")),
            ["`total_amount` decimal(12,2)", "`total_amount` decimal(15,2)"],
        ),
        (changed(r#""mercato.run""#, r#""owner""#), ["another program", "partitioned by dt"]),
        (changed(r#"["dt"]"#, r#"["day"]"#), ["another program", r#"["day"]"#]),
        (
            changed(r#""minWriterVersion":2"#, r#""minWriterVersion":7"#),
            ["a writer of version 7", "one of 1 and 2"],
        ),
        ("no log".to_owned(), ["not a file of a Delta log", "0000.json"]),
    ] {
        fs::write(log_file(&table, 0), &log).unwrap();
        let before = contents(at);
        let ended = run(at, TOPICS).words(next).run();
        assert!(contents(at) == before, "{said:?}");
        ended.fails_with(8, &said);
    }
    fs::write(log_file(&table, 0), &text).unwrap();
    fs::rename(log_file(&table, 0), log_file(&table, 1)).unwrap();
    run(at, TOPICS).words(next).run().fails_with(8, &["version 0 is gone", "lake/transactions"]);
    for (words, said) in [
        ("--days 1 -o l --table delta", ["--table delta", "--format parquet"]),
        ("--days 1 -o l --table delta --format csv", ["these are CSV", "--format parquet"]),
        ("--days 1 -o null: --table delta --format parquet", ["null:", "directory"]),
    ] {
        let ended = historical(at, words).run();
        assert!(!at.join("l").exists(), "{words}");
        ended.fails_with(3, &said);
    }
    historical(at, "--days 1 --table iceberg").run().fails_with(2, &["iceberg", "delta"]);
    Program::new("mercato").words("stream --kafka --table delta").run().fails_with(2, &["--table"]);
}

#[test]
fn a_run_that_does_not_end_adds_nothing_and_can_be_finished() {
    let folder = folder();
    let at = folder.path();
    // The second day cannot be begun.
    let blocked = at.join("lake/transactions/dt=2025-03-04");
    fs::create_dir_all(blocked.parent().unwrap()).unwrap();
    fs::write(&blocked, "").unwrap();
    run(at, TOPICS).words("--days 2 --state state.json").run().fails_with(8, &["dt=2025-03-04"]);
    assert!(at.join("lake/transactions/dt=2025-03-03/part-00000.parquet").exists());
    assert!(!at.join("lake/transactions/_delta_log").exists());
    fs::remove_file(&blocked).unwrap();
    run(at, TOPICS).words("--days 2 --state state.json").run().success();
    let table = at.join("lake/transactions");
    let added = actions(&table, 0);
    let added = named(&added, "add");
    assert_eq!(added.len(), 2, "also what was there before");
    added.iter().for_each(|add| check_added(&table, add));
    // One table has its version, and the other not: as after a kill between the two.
    fs::remove_dir_all(at.join("lake/fraud-alerts/_delta_log")).unwrap();
    let log = read(&log_file(&table, 0));
    run(at, TOPICS).words("--days 2").run().fails_with(8, &["already exists", "--force"]);
    run(at, TOPICS).words("--days 2 --force --summary-json run.json").run().success();
    assert_eq!(read(&log_file(&table, 0)), log);
    assert!(!log_file(&table, 1).exists());
    assert_eq!(named(&actions(&at.join("lake/fraud-alerts"), 0), "add").len(), 2);
    let summary = json(&at.join("run.json"));
    assert_eq!(summary["delivery"]["sent"], summary["delivery"]["acknowledged"]);
    assert_eq!(summary["delivery"]["sent"], summary["counts"]["records"]);
}
