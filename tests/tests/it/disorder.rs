//! Disorder, seen from outside: what the programs write, count and name, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use mercato_test_support::{Program, folder, json, read};
use serde_json::Value;

const ALL: &str = "late=5%:30s,reorder=5%:2s,duplicate=2%:1s,drop=2%,future=1%:2h,malformed=1%";
const TYPED: &str = "late=5%:30s:exponential:5s,reorder=5%:2s,duplicate=2%,drop=2%,future=1%:2h";
const FIXED: &str = "-q --seed 42 --start 2025-11-09T15:55:40Z --clock fast";

fn text(path: &Path) -> String {
    String::from_utf8(read(path)).unwrap()
}

/// The lines of a ledger.
fn entries(path: &Path) -> Vec<Value> {
    text(path).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_disordered_run_is_named_by_its_summary() {
    let folder = folder();
    for (program, stream, output, disorder) in [
        ("order-gen --count 1500 --rate 20/s", "sales", "sales.ndjson", ALL),
        ("order-gen --count 1500 --rate 20/s --shard 1/2 --drain", "sales", "half.csv", TYPED),
        ("order-gen --stream orders --count 3000 --rate 20/s", "orders", "orders.avro", TYPED),
        ("txn-gen --count 3000 --rate 20/s --drain", "transactions", "t.ndjson.zst", ALL),
        ("txn-gen --count 3000 --rate 20/s", "transactions", "t.parquet", TYPED),
        ("event-gen --count 3000 --rate 200/s --from +5s", "events", "events.pb", TYPED),
        ("mercato stream --duration 1", "shop", "shop/", ALL),
    ] {
        let (output, summary) = (folder.path().join(output), folder.path().join("run.json"));
        let (name, words) = program.split_once(' ').unwrap();
        let program =
            Program::new(name).words(words).words(FIXED).words("--disorder").arg(disorder);
        program.arg("-o").arg(&output).arg("--summary-json").arg(&summary).run().success();
        let faults = &json(&summary)["counts"]["faults"];
        for kind in ["late", "reorder", "duplicate", "drop", "future"] {
            assert!(faults[kind].as_u64() > Some(10), "{}: {kind} of {faults}", output.display());
        }
        let verify =
            Program::new("mercato").words("verify").arg(stream).arg(&output).words("--run");
        let report = String::from_utf8(verify.arg(&summary).run().success()).unwrap();
        assert!(report.contains("no difference"), "{}: {report}", output.display());
    }
}

#[test]
fn each_fault_is_in_the_ledger_and_in_the_counts() {
    let folder = folder();
    let (ledger, summary) = (folder.path().join("l.ndjson"), folder.path().join("run.json"));
    let run = || Program::new("order-gen").words(FIXED).words("--count 3000 --rate 20/s --drain");
    let sound = run().run().lines();
    let disordered = run().words("--disorder").arg(ALL).words("--ledger").arg(&ledger);
    let lines = disordered.words("--summary-json").arg(&summary).run().lines();
    let entries = entries(&ledger);
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in &entries {
        *kinds.entry(entry["kind"].as_str().unwrap()).or_default() += 1;
    }
    let counts = &json(&summary)["counts"];
    assert_eq!(counts["faults"], serde_json::to_value(&kinds).unwrap());
    assert_eq!((counts["first"].as_u64(), counts["open"].as_u64()), (Some(3000), Some(0)));
    assert_eq!(lines.len() as u64, sound.len() as u64 - kinds["drop"] + kinds["duplicate"]);
    // What is left of the sound run without the faults that the ledger names is there as it was.
    let place =
        |entry: &Value| ["block", "position", "step"].map(|name| entry[name].as_u64().unwrap());
    let changed =
        |entry: &&Value| !matches!(entry["kind"].as_str(), Some("late" | "reorder" | "duplicate"));
    let changed: std::collections::BTreeSet<_> =
        entries.iter().filter(changed).map(place).collect();
    let mut rest: BTreeMap<&str, i64> = BTreeMap::new();
    for line in &lines {
        *rest.entry(line).or_default() += 1;
    }
    let gone = sound.iter().filter(|line| !rest.contains_key(line.as_str())).count();
    assert_eq!(gone, changed.len(), "records that are dropped, malformed or ahead, and no others");
    for entry in entries.iter().filter(|entry| entry["kind"] == "late") {
        let delay = entry["micros"].as_i64().unwrap();
        assert!((1_000..=30_000_000).contains(&delay), "{entry}");
    }
}

#[test]
fn flag_variable_and_files_say_the_same() {
    let folder = folder();
    let run = || Program::new("txn-gen").words(FIXED).words("--count 500 --rate 20/s");
    let by_flag = run().words("--disorder").arg(TYPED).run().success();
    assert!(by_flag != run().run().success());
    assert!(run().env("MERCATO_DISORDER", TYPED).run().success() == by_flag);
    for (name, text) in [
        ("short.toml", format!("[run]\ndisorder = \"{TYPED}\"\n")),
        (
            "long.toml",
            "[disorder]\nlate = { share = \"5%\", max = \"30s\", distribution = \"exponential\", mean = \"5s\" }\n\
             reorder = \"5%:2s\"\nduplicate = 0.02\ndrop = \"2%\"\nfuture = \"1%:2h\"\n"
                .to_owned(),
        ),
        ("over.toml", "[disorder]\nlate = \"5%:30s:exponential:5s\"\nreorder = \"5%:2s\"\nduplicate = \"2%\"\ndrop = \"2%\"\nfuture = \"1%:2h\"\n".to_owned()),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        assert!(run().words("--config").arg(&path).run().success() == by_flag, "{name}");
    }
    let over = run().words("--disorder late=0 --config").arg(folder.path().join("over.toml"));
    let rest = TYPED.split_once(',').unwrap().1;
    assert!(over.run().success() == run().words("--disorder").arg(rest).run().success());
}

#[test]
fn the_ledger_of_a_run_with_a_state_is_written_at_any_time() {
    let folder = folder();
    let run = |words: &str| {
        let program = Program::new("order-gen").words(FIXED).words("--count 500 --rate 20/s");
        program.words("--disorder").arg(ALL).words(words).in_folder(folder.path()).run().success()
    };
    run("-o a.ndjson");
    run("-o b.ndjson --state s.json");
    run("-o null: --ledger later.ndjson");
    let path = |name: &str| folder.path().join(name);
    assert!(read(&path("a.ndjson")) == read(&path("b.ndjson")));
    assert!(read(&path("a.ndjson.faults.ndjson")) == read(&path("later.ndjson")));
    assert!(!path("b.ndjson.faults.ndjson").exists());
}

#[test]
fn disorder_that_cannot_be_is_refused_before_anything_is_written() {
    for (flags, words) in [
        ("--disorder late=101%:3s", ["late: 101% is out of range", "(0 to 1)"]),
        ("--disorder late=1%", ["without a longest time", "0.01:30s"]),
        ("--disorder future=1%", ["future", "without a longest time"]),
        ("--disorder lat=1%:3s", ["unknown kind of disorder `lat`", "did you mean `late`?"]),
        ("--disorder late=1%:200d", ["late: 200d is out of range", "(1ms to 100d)"]),
        ("--disorder late=1%:1us", ["late: 1us is out of range", "(1ms to 100d)"]),
        ("--disorder late=1%:3s:exponential", ["the law needs a mean", "5s"]),
        ("--disorder late=1%:3s:exponentail:1s", ["exponentail", "did you mean `exponential`?"]),
        ("--disorder late=1%:3s:uniform:1s", ["uniform", "omit the mean"]),
        ("--disorder late=1%:3s,late=2%:3s", ["late is given twice", ""]),
        ("--disorder drop", ["invalid disorder 'drop'", "KIND=SHARE"]),
        ("--disorder malformed=1% -o a.avro", ["malformed", ".ndjson"]),
        ("--disorder malformed=1% -o a.csv", ["malformed", ".ndjson"]),
    ] {
        let folder = folder();
        let ended = Program::new("order-gen").words("--count 5 --clock fast").words(flags);
        let ended = ended.in_folder(folder.path()).run();
        assert!(ended.stdout.is_empty(), "{flags}: nothing is written");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "{flags}");
        ended.fails_with(2, &words);
    }
    for (text, words) in [
        ("late = \"1%\"", ["bad.toml:2: disorder.late", "without a longest time"]),
        ("late = { share = 2, max = \"3s\" }", ["bad.toml:2", "(0 to 1)"]),
        ("late = { share = 0.1, maximum = \"3s\" }", ["bad.toml:2", "maximum"]),
        ("layte = \"1%:3s\"", ["bad.toml:2", "did you mean `late`?"]),
        ("late = \"1%:3s:exponential:99d\"", ["disorder.late", "less than a thousandth"]),
    ] {
        let folder = folder();
        fs::write(folder.path().join("bad.toml"), format!("[disorder]\n{text}\n")).unwrap();
        let ended = Program::new("order-gen").words("--count 5 --clock fast --config bad.toml");
        ended.in_folder(folder.path()).run().fails_with(3, &words);
    }
}
