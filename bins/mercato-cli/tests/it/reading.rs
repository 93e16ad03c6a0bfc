//! Records as other tools leave them, read by `verify`, `verify --rules` and `stats`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// A run of few orders that is the same every time.
const RUN: &str = "--seed 42 --start 2026-11-20T10:00:00Z --count 20";

fn mercato(folder: &Path, words: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mercato"));
    command.args(words.split_whitespace()).current_dir(folder).stdin(Stdio::null());
    command
}

fn run(folder: &Path, words: &str) -> (Option<i32>, String) {
    told(&mercato(folder, words).output().unwrap())
}

fn told(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

fn with_input(folder: &Path, words: &str, input: &[u8]) -> (Option<i32>, String) {
    let path = folder.join("standard-input");
    fs::write(&path, input).unwrap();
    let output = mercato(folder, words).stdin(File::open(&path).unwrap()).output().unwrap();
    told(&output)
}

fn case(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases").join(name)
}

/// Thirty minutes of transactions in a folder.
fn transactions(folder: &Path, output: &str) {
    let words = format!(
        "generate -q --type transactions --seed 42 --start 2026-11-20T10:00:00Z --count 100 -o {output}"
    );
    let (code, text) = run(folder, &words);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn reported_inputs_are_read_and_what_is_wrong_is_still_found() {
    let here = Path::new(".");
    for (name, records) in [
        ("03-transactions-crlf.csv", 3),
        ("03-transactions-lf.csv", 3),
        ("04-timestamps-7-and-9-digits.ndjson", 3),
        ("05-same-name-cities.ndjson", 7),
        ("11-bom.csv", 3),
        ("11-bom.ndjson", 1),
        ("12-blank-lines.ndjson", 2),
        ("12b-array.json", 2),
    ] {
        let path = case(name);
        let rules = run(here, &format!("verify --rules {} --type transactions", path.display()));
        let expected = format!("{records} records, no violation\n");
        assert!(rules.0 == Some(0) && rules.1.ends_with(&expected), "{name}: {}", rules.1);
        let format = if path.extension().is_some_and(|ending| ending == "csv") {
            "--format csv"
        } else {
            ""
        };
        let input = fs::read(&path).unwrap();
        let words = format!("verify --rules - --type transactions {format}");
        let piped = with_input(&std::env::temp_dir(), &words, &input);
        assert!(piped.0 == Some(0) && piped.1.ends_with(&expected), "{name}: {}", piped.1);
        let stats = run(here, &format!("stats {} --json", path.display()));
        let table: Value = serde_json::from_str(&stats.1).unwrap();
        let topic = table.as_object().unwrap().values().next().unwrap();
        assert_eq!(
            (&topic["records"], &topic["malformed"]),
            (&records.into(), &0.into()),
            "{name}"
        );
    }
    let control = case("05-control-must-be-flagged.ndjson");
    let (code, text) = run(here, &format!("verify --rules {}", control.display()));
    assert!(code == Some(6) && text.contains("km from Columbus, OH, US"), "{text}");
}

#[test]
fn nothing_to_check_is_no_success_unless_that_is_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("empty.ndjson"), "").unwrap();
    fs::write(at.join("header.csv"), "transaction_id,user_id\n").unwrap();
    fs::write(at.join("array.json"), "[]\n").unwrap();
    let nothing = "verify sales empty.ndjson --seed 1 --start 2026-11-20T10:00:00Z --count 0";
    for words in [
        "verify --rules empty.ndjson --type transactions",
        "verify --rules header.csv --type transactions",
        "verify --rules array.json",
        "verify --rules -",
        "stats empty.ndjson",
        "stats header.csv",
        "stats -",
        nothing,
    ] {
        let (code, text) = run(at, words);
        if words == nothing && code == Some(2) {
            // A run of nothing may be refused as such.
            continue;
        }
        assert!(code == Some(6) && text.contains("nothing was checked"), "{words}: {text}");
        let (code, text) = run(at, &format!("{words} --allow-empty"));
        assert_eq!(code, Some(0), "{words}: {text}");
    }
    fs::create_dir(at.join("none")).unwrap();
    for words in ["verify --rules none", "stats none"] {
        let (code, text) = run(at, words);
        assert!(code == Some(8) && text.contains("none"), "{words}: {text}");
        let (code, text) = run(at, &format!("{words} --allow-empty"));
        assert_eq!(code, Some(0), "{words}: {text}");
    }
}

#[test]
fn a_run_is_compared_by_value_and_one_changed_cent_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    transactions(at, "t.ndjson --summary-json run.json");
    let text = fs::read_to_string(at.join("t.ndjson")).unwrap();
    let records: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let sorted = |record: &Value| {
        let members: std::collections::BTreeMap<_, _> =
            record.as_object().unwrap().iter().collect();
        serde_json::to_string(&members).unwrap() + "\n"
    };
    let kcat = |record: &Value| {
        let payload = Value::from(record.to_string());
        format!(
            "{{\"topic\":\"t\",\"partition\":0,\"offset\":1,\"key\":\"k\",\"payload\":{payload}}}\n"
        )
    };
    let spaced = text.replace("\":", "\": ").replace(".0,", ",").replace('-', "\\u002d");
    // Minus signs are not texts.
    let spaced = spaced.replace("\"longitude\": \\u002d", "\"longitude\": -");
    let spaced = spaced.replace("\"latitude\": \\u002d", "\"latitude\": -");
    for (name, written) in [
        ("as-it-was.ndjson", text.clone()),
        ("sorted.ndjson", records.iter().map(sorted).collect()),
        ("array.json", serde_json::to_string_pretty(&records).unwrap()),
        ("kcat.ndjson", records.iter().map(kcat).collect()),
        ("spaced.ndjson", spaced.clone()),
        ("crlf.ndjson", text.replace('\n', "\r\n")),
    ] {
        fs::write(at.join(name), written).unwrap();
        let (code, told) = run(at, &format!("verify shop {name} --run run.json"));
        assert!(code == Some(0) && told.contains("100 matching: no difference"), "{name}: {told}");
    }
    let total = records[7]["total_amount"].as_f64().unwrap();
    let cent = spaced.replacen(
        &format!("\"total_amount\": {total}"),
        &format!("\"total_amount\": {:.2}", total + 0.01),
        1,
    );
    assert_ne!(cent, spaced);
    fs::write(at.join("cent.ndjson"), cent).unwrap();
    let (code, told) = run(at, "verify shop cent.ndjson --run run.json");
    assert!(code == Some(6) && told.contains("1 difference"), "{told}");
}

#[test]
fn an_edited_summary_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    transactions(at, "t.ndjson --summary-json run.json");
    let summary: Value = serde_json::from_slice(&fs::read(at.join("run.json")).unwrap()).unwrap();
    for (pointer, value) in [
        ("/identity/seed", Value::from(43)),
        ("/part/records", u64::MAX.into()),
        ("/counts/records", 1.into()),
        ("/digest", "00".into()),
    ] {
        let mut edited = summary.clone();
        *edited.pointer_mut(pointer).unwrap() = value;
        fs::write(at.join("edited.json"), edited.to_string()).unwrap();
        let (code, told) = run(at, "verify shop t.ndjson --run edited.json");
        assert!(code == Some(3) && told.contains("does not fit its digest"), "{pointer}: {told}");
    }
    fs::write(at.join("same.json"), summary.to_string()).unwrap();
    assert_eq!(run(at, "verify shop t.ndjson --run same.json").0, Some(0));
}

#[test]
fn a_configuration_says_which_values_and_users_there_are() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    transactions(at, "transactions.ndjson");
    fs::write(at.join("same.toml"), "").unwrap();
    fs::write(at.join("small.toml"), "[shop.users]\ntotal = 5000\n").unwrap();
    let check =
        |config: &str| run(at, &format!("verify --rules transactions.ndjson --config {config}"));
    let (code, told) = check("same.toml");
    assert!(code == Some(0) && told.contains("100 records, no violation"), "{told}");
    let (code, told) = check("small.toml");
    assert!(code == Some(6) && told.contains("is none of 5000 users"), "{told}");
    let text = fs::read_to_string(at.join("transactions.ndjson")).unwrap();
    let changed = text.replacen("\"country\":\"US\"", "\"country\":\"FR\"", 1);
    assert_ne!(changed, text);
    fs::write(at.join("transactions.ndjson"), changed).unwrap();
    let (code, told) = check("same.toml");
    assert!(code == Some(6) && told.contains("location.city is FR, "), "{told}");
}

#[test]
fn stats_of_a_folder_skip_what_is_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    transactions(at, "transactions.ndjson");
    assert!(Command::new("mkfifo").arg(at.join("pipe.ndjson")).status().unwrap().success());
    let (code, text) = run(at, "stats .");
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("transactions: 100 records"), "{text}");
    assert!(text.contains("pipe.ndjson: not a regular file"), "{text}");
}

#[cfg(feature = "parquet")]
#[test]
fn columns_have_the_statistics_of_lines_and_meet_the_rules() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    ["lines", "columns"].iter().for_each(|name| fs::create_dir(at.join(name)).unwrap());
    transactions(at, "lines/transactions.ndjson");
    transactions(at, "columns/transactions.parquet");
    let stats = |folder: &str| {
        let (code, text) = run(at, &format!("stats {folder} --json"));
        assert_eq!(code, Some(0), "{text}");
        serde_json::from_str::<Value>(&text).unwrap()
    };
    assert_eq!(stats("columns"), stats("lines"));
    let (code, text) = run(at, "verify --rules columns");
    assert!(code == Some(0) && text.ends_with("100 records, no violation\n"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_reading_that_waits_can_be_interrupted() {
    use std::os::unix::process::ExitStatusExt;
    let folder = tempfile::tempdir().unwrap();
    for words in ["stats -", "verify --rules -", &format!("verify sales - {RUN}")] {
        let mut command = mercato(folder.path(), words);
        let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"{}\n").unwrap();
        std::thread::sleep(std::time::Duration::from_millis(300));
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        let status = child.wait().unwrap();
        // Not SIGINT: a shell's background job ignores it. A shell reports the signal as 143.
        assert!(status.signal() == Some(15) || status.code() == Some(143), "{words}: {status}");
        drop(input);
    }
}
