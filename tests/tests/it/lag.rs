//! Falling behind: a reader that pauses holds a run back, and `--on-lag` says what becomes of the
//! plan.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::io::Read;
use std::thread::sleep;
use std::time::Duration;

use mercato_test_support::{Program, ended_within, folder, json, read};
use serde_json::Value;

const RUN: &str =
    "--stream orders --rate 2000/s --duration 4s --seed 7 --start 2025-11-09T15:55:40Z";

/// How long the reader pauses, long after the pipe has filled.
const PAUSE: Duration = Duration::from_secs(2);

/// What a run printed whose reader paused, its summary, its ledger and its log.
struct HeldBack {
    lines: Vec<String>,
    summary: Value,
    ledger: Vec<Value>,
    log: String,
}

fn held_back(policy: &str) -> HeldBack {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let program = Program::new("order-gen")
        .words(RUN)
        .words("--clock 1x --lag-bound 300ms --on-lag")
        .arg(policy);
    let program = program
        .arg("--ledger")
        .arg(path("ledger.ndjson"))
        .arg("--summary-json")
        .arg(path("run.json"));
    let mut child = program.start();
    sleep(PAUSE);
    let mut text = String::new();
    child.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    let ended = ended_within(child, Duration::from_secs(20));
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    let ledger = String::from_utf8(read(&path("ledger.ndjson"))).unwrap();
    HeldBack {
        lines: text.lines().map(str::to_owned).collect(),
        summary: json(&path("run.json")),
        ledger: ledger.lines().map(|line| serde_json::from_str(line).unwrap()).collect(),
        log: ended.stderr,
    }
}

fn whole_run() -> Vec<String> {
    Program::new("order-gen").words(RUN).words("--clock fast -q").run().lines()
}

fn assert_told_once(held: &HeldBack) {
    assert_eq!(held.log.matches("falling behind").count(), 1, "{}", held.log);
    assert_eq!(held.log.matches("caught up with the schedule").count(), 1, "{}", held.log);
}

#[test]
fn shed_records_are_left_out_counted_and_in_the_ledger() {
    let (held, whole) = (held_back("shed"), whole_run());
    assert_told_once(&held);
    let shed = held.ledger.len();
    assert!(shed > 1000, "two seconds of 2,000 records, less what the pipe held: {shed}");
    assert_eq!(held.summary["counts"]["shed"], shed);
    assert_eq!(held.summary["counts"]["records"], held.lines.len());
    assert_eq!(held.lines.len() + shed, whole.len(), "each record is printed or in the ledger");
    // What is left of the whole run without what was printed is what the ledger names, in order.
    let printed: BTreeSet<&String> = held.lines.iter().collect();
    let missing = whole.iter().filter(|line| !printed.contains(line));
    for (line, entry) in missing.zip(&held.ledger) {
        let record: Value = serde_json::from_str(line).unwrap();
        assert_eq!(
            (&entry["kind"], &entry["key"]),
            (&Value::from("shed"), &record["customerId"]),
            "{line}"
        );
    }
    let mut rest = whole.iter();
    assert!(
        held.lines.iter().all(|line| rest.any(|whole| whole == line)),
        "what is printed keeps its order"
    );
}

#[test]
fn a_stretched_plan_leaves_nothing_out_and_takes_longer() {
    let (stretched, caught_up) = (held_back("stretch"), held_back("catch-up"));
    for held in [&stretched, &caught_up] {
        assert_told_once(held);
        assert!(held.lines == whole_run(), "the same records, only later");
        assert_eq!((held.ledger.len(), &held.summary["counts"]["shed"]), (0, &Value::from(0)));
    }
    let seconds = |held: &HeldBack| held.summary["pace"]["elapsed_seconds"].as_f64().unwrap();
    let (long, short) = (seconds(&stretched), seconds(&caught_up));
    assert!(
        long > 5.0 && long > short + 0.8,
        "four seconds and most of the pause, against {short}: {long}"
    );
}
