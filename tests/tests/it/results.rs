//! Results of pipelines against the answer, with mistakes that people make.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;

use mercato_test_support::{Ended, Program, folder};
use serde_json::{Value, json};
use tempfile::TempDir;

const RUN: &str = "--seed 42 --start 2025-11-09T00:00:07Z --rate 20/s --count 4000";

/// A sum by window and status, as a pipeline would compute it.
type Table = BTreeMap<(u64, String), (u64, f64)>;

/// A mistake of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mistake {
    None,
    LastWindowMissing,
    AnHourOff,
    WiderWindow,
    ATooMany,
    DuplicatesCounted,
    FloatSums,
    OneStatusDropped,
    Twice,
    Empty,
}

/// A folder with records and the answer.
fn shop() -> (TempDir, Vec<Value>) {
    let folder = folder();
    let records = Program::new("order-gen").words("-q --clock fast").words(RUN).run().records();
    let truth =
        "truth --stream sales --window 1m --by status --agg count,sum(total) -o answer.ndjson";
    Program::new("mercato").words(truth).words(RUN).in_folder(folder.path()).run().success();
    (folder, records)
}

fn seconds(record: &Value) -> u64 {
    let text = record["timestamp"].as_str().unwrap();
    let part = |from: usize| text[from..from + 2].parse::<u64>().unwrap();
    (part(8) * 24 + part(11)) * 3600 + part(14) * 60 + part(17)
}

fn start(seconds: u64) -> String {
    let (day, clock) = (seconds / 86_400, seconds % 86_400);
    format!("2025-11-{day:02} {:02}:{:02}:00", clock / 3600, clock % 3600 / 60)
}

/// What a pipeline with this mistake writes, as CSV.
fn pipeline(records: &[Value], mistake: Mistake) -> String {
    let width = if mistake == Mistake::WiderWindow { 120 } else { 60 };
    let shift = if mistake == Mistake::AnHourOff { 3600 } else { 0 };
    let mut table = Table::new();
    let mut add = |record: &Value| {
        let window = (seconds(record) + shift) / width * width;
        let entry =
            table.entry((window, record["status"].as_str().unwrap().to_owned())).or_default();
        entry.0 += 1;
        let total = record["total"].as_f64().unwrap();
        // Sums in single precision lose cents.
        entry.1 = if mistake == Mistake::FloatSums {
            f64::from(entry.1 as f32 + total as f32)
        } else {
            ((entry.1 + total) * 100.0).round() / 100.0
        };
    };
    for (index, record) in records.iter().enumerate() {
        add(record);
        if mistake == Mistake::DuplicatesCounted && index % 100 == 0 {
            add(record);
        }
    }
    match mistake {
        Mistake::LastWindowMissing => {
            let last = table.keys().map(|(window, _)| *window).max().unwrap();
            table.retain(|(window, _), _| *window != last);
        }
        Mistake::OneStatusDropped => table.retain(|(_, status), _| status != "shipped"),
        Mistake::ATooMany => table.values_mut().next_back().unwrap().0 += 1,
        Mistake::Empty => table.clear(),
        _ => {}
    }
    let mut rows: Vec<String> = table
        .iter()
        .map(|((window, status), (count, sum))| {
            let end = start(window + width);
            format!("{},{end},{status},{count},{sum}", start(*window))
        })
        .collect();
    if mistake == Mistake::Twice {
        rows.push(rows[0].clone());
    }
    let header = "begins,ends,status,orders,revenue".to_owned();
    std::iter::once(header).chain(rows).map(|row| row + "\n").collect()
}

const COLUMNS: &str = "--column window_start=begins --column window_end=ends --column count=orders --column sum(total)=revenue";

fn verified(folder: &TempDir, words: &str) -> Ended {
    let verify = "verify --answer answer.ndjson --json --result";
    Program::new("mercato").words(verify).words(words).words(COLUMNS).in_folder(folder.path()).run()
}

#[test]
fn every_mistake_is_found_and_named_and_a_right_result_passes() {
    let (folder, records) = shop();
    for (mistake, verdicts) in [
        (Mistake::None, &[][..]),
        (Mistake::LastWindowMissing, &["missing"]),
        (Mistake::AnHourOff, &["missing", "spurious_window"]),
        (Mistake::WiderWindow, &["missing", "extra"]),
        (Mistake::ATooMany, &["value"]),
        (Mistake::DuplicatesCounted, &["value"]),
        (Mistake::FloatSums, &["value"]),
        (Mistake::OneStatusDropped, &["missing"]),
        (Mistake::Twice, &["extra"]),
        (Mistake::Empty, &["missing"]),
    ] {
        fs::write(folder.path().join("result.csv"), pipeline(&records, mistake)).unwrap();
        let output = verified(&folder, "result.csv");
        assert_eq!(
            output.code,
            Some(if verdicts.is_empty() { 0 } else { 6 }),
            "{mistake:?}: {}",
            output.stderr
        );
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let counts = report["counts"].as_array().unwrap();
        let found: Vec<&str> = counts
            .iter()
            .filter(|count| count[1] != json!(0))
            .map(|count| count[0].as_str().unwrap())
            .collect();
        assert_eq!(found, verdicts, "{mistake:?}: {report}");
    }
}

#[test]
fn a_folder_of_parts_is_one_result_and_ci_gets_its_report() {
    let (folder, records) = shop();
    let text = pipeline(&records, Mistake::None);
    let lines: Vec<&str> = text.lines().collect();
    let parts = folder.path().join("parts");
    fs::create_dir(&parts).unwrap();
    for (index, part) in lines[1..].chunks(lines.len() / 3).enumerate() {
        let part = format!("{}\n{}\n", lines[0], part.join("\n"));
        fs::write(parts.join(format!("part-{index}.csv")), part).unwrap();
    }
    fs::write(parts.join("_SUCCESS"), "").unwrap();
    let output = verified(&folder, "parts --junit report.xml");
    assert_eq!(output.code, Some(0), "{}", output.stderr);
    let xml = fs::read_to_string(folder.path().join("report.xml")).unwrap();
    assert!(xml.contains(r#"failures="0""#), "{xml}");
}

#[test]
fn a_result_that_grows_is_waited_for_and_one_that_stays_wrong_is_not() {
    let (folder, records) = shop();
    let text = pipeline(&records, Mistake::None);
    let path = folder.path().join("result.csv");
    fs::write(&path, &text[..text.len() / 2]).unwrap();
    let wrong = verified(&folder, "result.csv --within 1s");
    assert!(matches!(wrong.code, Some(6 | 8)), "{}", wrong.stderr);
    let writer = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(1500));
        fs::write(&path, &text).unwrap();
    });
    let right = verified(&folder, "result.csv --within 30s");
    assert_eq!(right.code, Some(0), "{}", right.stderr);
    writer.join().unwrap();
}

#[test]
fn what_cannot_be_compared_is_refused_with_its_name() {
    let (folder, records) = shop();
    fs::write(folder.path().join("result.csv"), pipeline(&records, Mistake::None)).unwrap();
    fs::write(folder.path().join("empty.csv"), "").unwrap();
    fs::write(folder.path().join("torn.ndjson"), "{\"begins\":").unwrap();
    let run = |words: &str| {
        Program::new("mercato").words("verify").words(words).in_folder(folder.path()).run()
    };
    run("--result result.csv").fails_with(2, &["--answer"]);
    run("--result result.csv --answer none.ndjson").fails_with(8, &["none.ndjson"]);
    run("--result none.csv --answer answer.ndjson").fails_with(8, &["none.csv"]);
    run("--result result.csv --answer answer.ndjson").fails_with(8, &["window_start", "--column"]);
    run("--result result.csv --answer answer.ndjson --column begins")
        .fails_with(2, &["ANSWER=RESULT"]);
    run("--result result.csv --answer answer.ndjson --column begin=begins")
        .fails_with(2, &["`begin`"]);
    run("--result torn.ndjson --answer answer.ndjson").fails_with(8, &["torn.ndjson:1"]);
    run("--result result.csv --answer answer.ndjson --tolerance -1").fails_with(2, &["tolerance"]);
    run("--result result.csv --answer answer.ndjson --junit answer.ndjson")
        .fails_with(2, &["--junit", "answer.ndjson"]);
    run("sales --result result.csv --answer answer.ndjson").fails_with(2, &["--result"]);
    run("sales s.ndjson --mode upsert").fails_with(2, &["--result"]);
    run("--result - --within 3s --answer answer.ndjson").fails_with(2, &["--within"]);
    run("--result kafka: --answer answer.ndjson").fails_with(2, &["name of a topic"]);
    run("--result result.csv --answer answer.ndjson --column status=a --column status=b")
        .fails_with(2, &["`status` is given twice"]);
    run("--result torn.ndjson --answer answer.ndjson --junit torn.xml").fails_with(8, &["torn"]);
    let xml = fs::read_to_string(folder.path().join("torn.xml")).unwrap();
    assert!(xml.contains(r#"errors="1""#), "{xml}");
    let empty = verified(&folder, "empty.csv");
    assert_eq!(empty.code, Some(6), "an empty result is never right: {}", empty.stderr);
}
