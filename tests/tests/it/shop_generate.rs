//! `mercato generate`: the first records of one of the shop's topics.

use mercato_test_support::{Program, folder, json, read};
use serde_json::Value;

const FIXED: &str = "--seed 42 --start 2025-03-03T10:00:00Z";

fn generate(words: &str) -> Program {
    Program::new("mercato").words("generate -q").words(words)
}

fn fixed(words: &str) -> Vec<String> {
    generate(FIXED).words(words).run().lines()
}

#[test]
fn what_never_comes_is_not_waited_for() {
    let folder = folder();
    let shop = "[shop.fraud.detection]\ntrue_positive_rate = 0\nfalse_positive_rate = 0\n[shop.scenarios.shut]\nrate = 0\n";
    std::fs::write(folder.path().join("shop.toml"), shop).unwrap();
    for words in ["--type fraud-alerts --count 1", "--type transactions --count 1 --scenario shut"]
    {
        let ended = generate(words).words("--config shop.toml").in_folder(folder.path()).run();
        ended.fails_with(2, &["never generates any", "mercato stats"]);
    }
}

#[test]
fn the_first_records_are_a_prefix_of_more_of_them() {
    for kind in ["transactions", "user-events", "product-updates", "users"] {
        let more = fixed(&format!("--type {kind} --count 3000"));
        assert_eq!(more.len(), 3000);
        for count in [1, 7, 1023] {
            assert_eq!(fixed(&format!("--type {kind} --count {count}")), more[..count], "{kind}");
        }
        assert_eq!(fixed(&format!("--type {kind}")), more[..1000], "1000 unless told otherwise");
        assert_eq!(fixed(&format!("--type {kind} --count 3000 --threads 1")), more);
        assert_eq!(fixed(&format!("--type {kind} --count 3000 --threads 3")), more);
    }
    assert_eq!(fixed("--type user_events --count 5"), fixed("--type user-events --count 5"));
    assert_eq!(fixed("--type updates --count 5"), fixed("--type product-updates --count 5"));
}

#[test]
fn all_types_are_of_the_shop_that_streams() {
    let stream = Program::new("mercato")
        .words("stream -q --clock fast --duration 1")
        .words(FIXED)
        .run()
        .lines();
    for kind in ["transactions", "user-events", "product-updates", "users"] {
        let head = format!("{{\"topic\":\"{kind}\",\"key\":\"");
        let values = stream.iter().filter_map(|line| line.strip_prefix(&head));
        let values: Vec<&str> = values
            .map(|rest| rest.split_once("\",\"value\":").unwrap().1.strip_suffix('}').unwrap())
            .collect();
        assert!(values.len() > 500);
        assert_eq!(fixed(&format!("--type {kind} --duration 1")), values, "{kind}");
        assert_eq!(fixed(&format!("--type {kind} --count 500")), values[..500], "{kind}");
    }
}

#[test]
fn between_two_ends_there_are_exactly_as_many_as_asked_for() {
    for (kind, count, end) in [
        ("transactions", 2000, "2025-03-05T10:00:00Z"),
        ("user-events", 500, "2025-03-03T11:00:00Z"),
        ("transactions", 40_000, "2025-03-03T12:00:00Z"),
        ("product-updates", 7, "2025-03-03T12:00:00Z"),
        ("product-updates", 30_000, "2025-03-04T10:00:00Z"),
    ] {
        let words = format!("--type {kind} --count {count} --end {end}");
        let lines = fixed(&words);
        assert_eq!(lines.len(), count);
        let time = |line: &String| {
            serde_json::from_str::<Value>(line).unwrap()["timestamp"].as_str().unwrap().to_owned()
        };
        let times: Vec<String> = lines.iter().map(time).collect();
        assert!(times.is_sorted());
        assert!(times[0].as_str() >= "2025-03-03T10:00:00" && times[count - 1].as_str() < end);
        if count == 30_000 {
            assert!(times[count - 1].as_str() > "2025-03-04T09:59:50", "{}", times[count - 1]);
        }
        if count == 2000 {
            assert!(
                times[count - 1].as_str() > "2025-03-05T04",
                "the last of two days is near their end: {}",
                times[count - 1]
            );
            let first_day = times.iter().filter(|time| time.as_str() < "2025-03-04T10").count();
            assert!((700..1300).contains(&first_day), "two days like each other: {first_day}");
        }
        assert_eq!(fixed(&format!("{words} --threads 1")), lines);
    }
}

#[test]
fn the_summary_tells_of_records_and_names_the_run() {
    let folder = folder();
    let run = |words: &str| {
        let program = generate(FIXED).words(words).words("--summary-json run.json");
        program.in_folder(folder.path()).run().success()
    };
    let verify = || {
        Program::new("mercato")
            .words("verify shop out.ndjson --run run.json")
            .in_folder(folder.path())
            .run()
    };
    for more in ["", "--end 2025-03-03T16:00:00Z"] {
        run(&format!("--type transactions --count 700 {more} --force -o out.ndjson"));
        let summary = json(&folder.path().join("run.json"));
        assert_eq!(
            (summary["end"].as_str(), summary["counts"]["topics"]["transactions"].as_u64()),
            (Some("count"), Some(700))
        );
        assert_eq!(summary["cursor"]["records"], 700);
        assert_eq!(summary["part"]["topics"], serde_json::json!(["transactions"]));
        assert_eq!(
            verify().lines(),
            ["700 records expected, 700 found, 700 matching: no difference"]
        );
        let made = read(&folder.path().join("out.ndjson"));
        let again = Program::shell(&format!("exec {} -q", summary["command"].as_str().unwrap()))
            .run()
            .success();
        assert_eq!(again, made, "{}", summary["command"]);
        let cut = made.iter().position(|byte| *byte == b'\n').unwrap() + 1;
        std::fs::write(folder.path().join("out.ndjson"), &made[cut..]).unwrap();
        verify().fails_with(6, &[]);
    }
}

#[test]
fn rows_are_written_by_the_ending_or_the_format() {
    let folder = folder();
    generate(FIXED)
        .words("--type transactions --count 20 -o rows.csv")
        .in_folder(folder.path())
        .run()
        .success();
    let rows = String::from_utf8(read(&folder.path().join("rows.csv"))).unwrap();
    assert!(rows.starts_with("transaction_id,user_id,timestamp,"), "{rows}");
    assert_eq!(rows.lines().count(), 21);
    assert_eq!(
        fixed("--type transactions --count 20 --format csv"),
        rows.lines().collect::<Vec<_>>()
    );
    let into = generate(FIXED).words("--type user-events --count 3 --format csv.gz -o");
    into.arg(folder.path().join("new/")).run().success();
    assert!(folder.path().join("new/user-events.csv.gz").is_file());
}

#[test]
fn what_cannot_be_generated_is_refused_before_anything_is_written() {
    for (words, said) in [
        ("--type payments", ["payments", "user-events, transactions, product-updates, users"]),
        ("--type transactoins", ["transactoins", "transactions"]),
        (
            "--type users --count 5 --start 2025-03-03 --end 2025-03-04",
            ["how many users there are", "--duration"],
        ),
        ("--count 5", ["--type", "required"]),
        ("--type transactions --count 0", ["--count: 0 is", "(1 to"]),
        ("--type transactions --count 5 --end 2025-03-04", ["--start", "required"]),
        (
            "--type transactions --count 5 --start 2025-03-04 --end 2025-03-03",
            ["2025-03-03T00:00:00Z", "after the start"],
        ),
        (
            "--type transactions --count 5 --start 2025-03-04 --end 2025-03-04",
            ["2025-03-04T00:00:00Z", "after the start"],
        ),
        (
            "--type transactions --count 5 --start 2025-03-04 --end 2025-03-05 --rate 5/s",
            ["--end", "cannot be used with '--rate"],
        ),
        ("--type transactions --count 5 --shard 0/2", ["--shard", "--to"]),
        ("--type transactions --shard 0/2", ["--shard", "--to"]),
        ("--type transactions --format orc", ["orc", "ndjson, csv or protobuf"]),
        ("--type transactions --format csv.gz", ["standard output is not compressed", "-o"]),
        ("--type transactions --format csv -o x.ndjson", ["x.ndjson", "csv"]),
        (
            "--type transactions --count 1000000 --start 2025-03-04T00:00:00Z --end 2025-03-04T00:00:01Z",
            ["--count", "window"],
        ),
    ] {
        let ended = generate(words).run();
        assert!(ended.stdout.is_empty(), "{words}");
        ended.fails_with(2, &said);
    }
}
