//! `mercato historical`: a folder for each topic, in it one for each day.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use mercato_test_support::{Program, folder, json, read};
use serde_json::Value;

/// A quiet shop, so that days are made at once.
const FIXED: &str = "--seed 42 --rate 300/h";
const TOPICS: [&str; 6] = [
    "user-events",
    "transactions",
    "product-updates",
    "users",
    "fraud-alerts",
    "analytics-results",
];

fn historical(folder: &Path, words: &str) -> Program {
    Program::new("mercato").words("historical -q").words(FIXED).words(words).in_folder(folder)
}

/// The files below a folder, by their names in it.
fn files(folder: &Path) -> Vec<String> {
    let mut found: Vec<PathBuf> = vec![folder.to_owned()];
    let mut names = Vec::new();
    while let Some(path) = found.pop() {
        if path.is_dir() {
            found.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            names.push(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
        }
    }
    names.sort();
    names
}

/// The bytes of a topic's days, one after the other.
fn whole(folder: &Path, topic: &str) -> Vec<u8> {
    files(&folder.join(topic))
        .iter()
        .flat_map(|name| read(&folder.join(topic).join(name)))
        .collect()
}

/// What the shop streams in the same time.
fn streamed(topic: &str, hours: u32) -> Vec<u8> {
    let program =
        Program::new("mercato").words("stream -q --start 2025-03-03 --clock fast").words(FIXED);
    program.words(&format!("--topics {topic} --duration {hours}")).run().success()
}

#[test]
fn days_are_those_of_event_time_and_hold_what_the_shop_streams() {
    let folder = folder();
    let out = folder.path().join("out");
    historical(folder.path(), "--days 2 --end 2025-03-05 -o out --summary-json run.json")
        .run()
        .success();
    let expected = TOPICS
        .map(|topic| ["03", "04"].map(|day| format!("{topic}/dt=2025-03-{day}/part-00000.ndjson")));
    let mut expected = expected.concat();
    expected.sort();
    assert_eq!(files(&out), expected);
    let summary = json(&folder.path().join("run.json"));
    for topic in TOPICS {
        let made = whole(&out, topic);
        assert_eq!(made, streamed(topic, 48), "{topic}");
        assert_eq!(
            summary["counts"]["topics"][topic],
            made.iter().filter(|byte| **byte == b'\n').count()
        );
        for day in ["2025-03-03", "2025-03-04"] {
            let lines =
                String::from_utf8(read(&out.join(format!("{topic}/dt={day}/part-00000.ndjson"))))
                    .unwrap();
            let times = lines
                .lines()
                .map(|line| serde_json::from_str::<Value>(line).unwrap()["timestamp"].clone());
            assert!(
                times.into_iter().all(|time| time.as_str().unwrap().starts_with(day)),
                "{topic} {day}"
            );
        }
        let verify = format!("verify shop - --topic {topic} --run run.json");
        let said = Program::new("mercato")
            .words(&verify)
            .in_folder(folder.path())
            .run_with_input(&made)
            .lines();
        assert!(said[0].ends_with("no difference"), "{said:?}");
    }
    fs::create_dir(folder.path().join("again")).unwrap();
    let command = format!("cd again && exec {} -q", summary["command"].as_str().unwrap());
    Program::shell(&command).in_folder(folder.path()).run().success();
    assert_eq!(files(&folder.path().join("again/out")), expected);
    assert_eq!(
        whole(&folder.path().join("again/out"), "transactions"),
        whole(&out, "transactions"),
        "{command}"
    );
}

#[test]
fn shards_and_windows_share_a_folder() {
    let folder = folder();
    let all = folder.path();
    historical(all, "--days 2 --start 2025-03-03 -o whole").run().success();
    historical(all, "--days 2 --start 2025-03-03 --to +1d -o windows").run().success();
    historical(all, "--days 2 --start 2025-03-03 --from 2025-03-04T00:00:00Z -o windows")
        .run()
        .success();
    for shard in 0..2 {
        let words = format!(
            "--days 2 --start 2025-03-03 --shard {shard}/2 --topics user_events,transactions -o shards"
        );
        historical(all, &words).run().success();
    }
    assert_eq!(files(&all.join("windows")), files(&all.join("whole")));
    let parts = files(&all.join("shards"));
    assert_eq!(parts.len(), 8, "{parts:?}");
    assert!(
        parts.iter().any(|name| name.ends_with("dt=2025-03-04/part-00001.ndjson")),
        "{parts:?}"
    );
    for topic in TOPICS {
        assert_eq!(whole(&all.join("windows"), topic), whole(&all.join("whole"), topic));
    }
    let lines = |name: &str| {
        let text = String::from_utf8(whole(&all.join(name), "transactions")).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(lines("shards"), lines("whole"));
}

#[test]
fn rows_have_a_header_in_every_file_and_are_compressed() {
    let folder = folder();
    let words =
        "--days 2 --end 2025-03-05 --topics transactions --format csv --compress gz -o out/";
    historical(folder.path(), words).run().success();
    let out = folder.path().join("out");
    let days = files(&out);
    assert_eq!(days.len(), 2);
    for name in days {
        assert!(name.ends_with("/part-00000.csv.gz"), "{name}");
        let mut rows = String::new();
        flate2::read::GzDecoder::new(fs::File::open(out.join(name)).unwrap())
            .read_to_string(&mut rows)
            .unwrap();
        assert!(rows.starts_with("transaction_id,user_id,") && rows.lines().count() > 1000);
        assert_eq!(rows.matches("transaction_id").count(), 1);
    }
}

/// The bytes that a line such as `about 3 records, 1.50 KiB, into …` tells.
fn told_bytes(told: &str) -> f64 {
    let words: Vec<&str> = told.split("records, ").nth(1).unwrap().split([' ', ',']).collect();
    let unit = ["B", "KiB", "MiB", "GiB"].iter().position(|unit| *unit == words[1]).unwrap();
    words[0].parse::<f64>().unwrap() * 1024_f64.powi(unit as i32)
}

#[test]
fn its_size_is_said_before_and_is_about_right() {
    let folder = folder();
    for words in [
        "--days 3",
        "--days 3 --topics transactions",
        "--days 3 --topics product-updates",
        "--days 3 --topics users",
        "--days 1 --topics users",
        "--days 20 --topics users",
        "--days 3 --topics analytics-results",
        "--days 1 --topics users,analytics-results --format csv",
        "--days 3 --compress zst",
        "--days 3 --shard 1/3",
        "--days 3 --shard 1/3 --topics users",
        "--days 3 --from +12h",
        "--days 3 --from +6h --to +30h --topics users,analytics-results",
    ] {
        let loud =
            Program::new("mercato").words("historical --end 2025-03-05 --log-format json -o out");
        let ended = loud
            .words(FIXED)
            .words(words)
            .words("--summary-json run.json")
            .in_folder(folder.path())
            .run();
        let said = ended.stderr.clone();
        ended.success();
        let told = said.lines().find(|line| line.contains("about ")).unwrap().to_owned();
        assert!(told.contains("into out") && told.contains(" free"), "{told}");
        let records: f64 = told
            .split("about ")
            .nth(1)
            .unwrap()
            .split(' ')
            .next()
            .unwrap()
            .replace(',', "")
            .parse()
            .unwrap();
        let counts = json(&folder.path().join("run.json"))["counts"]["records"].as_f64().unwrap();
        assert!((0.85..1.15).contains(&(records / counts)), "{words}: {told} and {counts}");
        let out = folder.path().join("out");
        let length = |name: &String| fs::metadata(out.join(name)).unwrap().len();
        let written = files(&out).iter().map(length).sum::<u64>() as f64;
        let bytes = told_bytes(&told);
        assert!((0.85..1.15).contains(&(bytes / written)), "{words}: {told} and {written} bytes");
        fs::remove_dir_all(folder.path().join("out")).unwrap();
    }
    let ended = Program::new("mercato")
        .words("historical --days 1 --rate 300/h -o null:")
        .in_folder(folder.path())
        .run();
    assert!(ended.stderr.contains("discarded"), "{}", ended.stderr);
    ended.success();
    assert_eq!(files(folder.path()), ["run.json"]);
}

#[test]
fn the_last_midnight_is_the_end_unless_another_is_named() {
    let folder = folder();
    historical(folder.path(), "--days 1 --topics product-updates -o out").run().success();
    let found = files(&folder.path().join("out"));
    assert_eq!(found.len(), 1, "a whole day: {found:?}");
}

#[test]
fn a_day_that_is_not_over_has_no_file() {
    let folder = folder();
    let out = folder.path().join("out");
    // The second day cannot be begun.
    fs::create_dir_all(out.join("user-events")).unwrap();
    fs::write(out.join("user-events/dt=2025-03-04"), "").unwrap();
    let ended = historical(folder.path(), "--days 3 --start 2025-03-03 -o out").run();
    ended.fails_with(8, &["cannot create", "dt=2025-03-04"]);
    let found = files(&out);
    assert!(found.contains(&"user-events/dt=2025-03-03/part-00000.ndjson".to_owned()), "{found:?}");
    assert!(!found.iter().any(|name| name.contains("dt=2025-03-05")), "{found:?}");
    let complete =
        |topic: &str, day: &str| found.contains(&format!("{topic}/dt={day}/part-00000.ndjson"));
    for topic in ["transactions", "product-updates"] {
        assert!(!complete(topic, "2025-03-04"), "{found:?}");
    }
}

#[test]
fn what_cannot_be_made_is_refused_before_anything_is_written() {
    let folder = folder();
    for (words, code, said) in [
        ("--days 0 -o out", 2, ["--days: 0 is", "(1 to 3650)"]),
        ("--days 3651 -o out", 2, ["--days", "1 to 3650"]),
        ("-o out", 2, ["--days", "required"]),
        ("--days 3 --end 1970-01-02 -o out", 2, ["--days 3", "1970"]),
        ("--days 3 --end 2025-01-01 --start 2025-01-01 -o out", 2, ["--end", "--start"]),
        ("--days 3 --duration 5 -o out", 2, ["--days", "--duration"]),
        ("--days 3 --count 5 -o out", 2, ["--days", "--count"]),
        ("--days 3 --clock wall -o out", 2, ["--days", "--clock"]),
        (
            "--days 3 --topics transactoins -o out",
            2,
            ["transactoins", "did you mean `transactions`?"],
        ),
        ("--days 3 --format orc -o out", 2, ["orc", "ndjson, csv or protobuf"]),
        ("--days 3 --format csv.gz --compress zst -o out", 2, ["csv.gz", "--compress"]),
        (
            "--days 3 --summary-json out/transactions/dt=2025-01-01/part-00000.ndjson --start 2025-01-01 -o out",
            2,
            ["--output and --summary-json", "part-00000.ndjson"],
        ),
    ] {
        let ended = historical(folder.path(), words).run();
        assert_eq!(files(folder.path()), [""; 0], "{words}");
        ended.fails_with(code, &said);
    }
    historical(folder.path(), "--days 1 --end 2025-03-04 -o out").run().success();
    let made = whole(&folder.path().join("out"), "transactions");
    let ended = historical(folder.path(), "--days 3 --end 2025-03-05 -o out").run();
    ended.fails_with(
        8,
        &["out/user-events/dt=2025-03-03/part-00000.ndjson", "already exists", "--force"],
    );
    assert_eq!(whole(&folder.path().join("out"), "transactions"), made);
}

#[test]
fn more_than_the_disk_has_room_for_needs_to_be_forced() {
    let folder = folder();
    // Ten thousand changed prices a second for ten years: about a petabyte.
    let nouns = format!("[\"{}\"]", "x".repeat(100));
    let shop = format!(
        "[shop.catalogue]\nprice_updates = '10000/s'\ncategories = [{{ name = 'Odd', price = [1, 2], nouns = {nouns} }}]\n"
    );
    fs::write(folder.path().join("shop.toml"), shop).unwrap();
    let words = "--days 3650 --start 2000-01-01 --topics product-updates --config shop.toml -o out";
    let ended = historical(folder.path(), words).run();
    assert!(!folder.path().join("out").exists());
    ended.fails_with(8, &["not enough disk space", " free", "--force"]);
    let mut forced = historical(folder.path(), words).words("--force").start();
    let begun = folder.path().join("out/product-updates/dt=2000-01-01");
    while !begun.exists() {
        assert!(forced.try_wait().unwrap().is_none(), "it goes on all the same");
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    mercato_test_support::signal(&forced, "INT");
    let ended = mercato_test_support::ended_within(forced, std::time::Duration::from_secs(60));
    assert_eq!(ended.code, Some(9), "it was stopped before its end: {}", ended.stderr);
}

#[test]
fn a_history_is_verified_and_counted_where_it_lies() {
    let folder = folder();
    let at = folder.path();
    for format in ["ndjson", "csv.gz"] {
        let words = format!(
            "--days 2 --end 2025-03-05 -o {format} --format {format} --summary-json {format}.json"
        );
        historical(at, &words).run().success();
        let verify = || {
            Program::new("mercato")
                .words(&format!("verify shop {format} --run {format}.json"))
                .in_folder(at)
        };
        let said = verify().run().lines();
        assert!(
            said.len() >= 3 && said.iter().all(|line| line.ends_with("no difference")),
            "{said:?}"
        );
        let told = Program::new("mercato")
            .words(&format!("stats {format} --json"))
            .in_folder(at)
            .run()
            .success();
        let told: Value = serde_json::from_slice(&told).unwrap();
        let counts = &json(&at.join(format!("{format}.json")))["counts"]["topics"];
        for topic in TOPICS {
            assert_eq!(told[topic]["records"], counts[topic], "{topic}");
        }
        fs::remove_file(
            at.join(format!("{format}/transactions/dt=2025-03-03/part-00000.{format}")),
        )
        .unwrap();
        let ended = verify().run();
        assert_eq!(ended.code, Some(6));
        let said = String::from_utf8(ended.stdout).unwrap();
        assert!(said.contains("missing"), "{said}");
    }
    for shard in 0..2 {
        let words = format!(
            "--days 1 --end 2025-03-05 --shard {shard}/2 -o shards --summary-json shard{shard}.json"
        );
        historical(at, &words).run().success();
    }
    for shard in 0..2 {
        let verify = format!("verify shop shards --run shard{shard}.json");
        let said = Program::new("mercato").words(&verify).in_folder(at).run().lines();
        assert!(said.iter().all(|line| line.ends_with("no difference")), "{said:?}");
    }
    historical(
        at,
        "--days 1 --end 2025-03-05 -o columns --format parquet --summary-json columns.json",
    )
    .run()
    .success();
    let verify = Program::new("mercato").words("verify shop columns --run columns.json");
    let said = verify.in_folder(at).run().lines();
    assert!(said.iter().all(|line| line.ends_with("no difference")), "{said:?}");
    let counted =
        Program::new("mercato").words("stats columns --json").in_folder(at).run().success();
    let counted: Value = serde_json::from_slice(&counted).unwrap();
    let summary = json(&at.join("columns.json"));
    for (topic, records) in summary["counts"]["topics"].as_object().unwrap() {
        assert_eq!(counted[topic]["records"], *records, "{topic}: {counted}");
    }
}
