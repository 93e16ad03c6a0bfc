//! `mercato verify`: what is there against the run it should be.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::time::Duration;

use mercato_test_support::{Ended, Program, ended_within, folder, read, signal};
use serde_json::Value;

const FIXED: &str = "--seed 42 --start 2025-11-09T15:55:40Z --rate 20/s --count 1500";

fn made(stream: &str, more: &str) -> Vec<String> {
    Program::new("order-gen")
        .words("-q --clock fast")
        .words(FIXED)
        .words(more)
        .words("--stream")
        .arg(stream)
        .run()
        .lines()
}

/// Verifies what comes on standard input against the fixed run.
fn verified(stream: &str, lines: &[String]) -> Ended {
    let program =
        Program::new("mercato").words("verify --json").arg(stream).words("-").words(FIXED);
    program.run_with_input((lines.join("\n") + "\n").as_bytes())
}

/// The counts of a report that found differences.
fn differences(ended: &Ended) -> Value {
    assert_eq!(ended.code, Some(6), "{}", ended.stderr);
    serde_json::from_slice(&ended.stdout).unwrap()
}

fn verify(stream: &str, file: &Path, more: &str) -> Ended {
    Program::new("mercato").words("verify").arg(stream).arg(file).words(more).run()
}

#[test]
fn a_run_as_it_was_made_is_clean() {
    for stream in ["sales", "orders"] {
        let lines = made(stream, "");
        let ended = verified(stream, &lines);
        let report: Value = serde_json::from_slice(&ended.success()).unwrap();
        assert_eq!((&report["matching"], &report["complete"]), (&lines.len().into(), &true.into()));
        assert_eq!(report["differences"], Value::Array(Vec::new()));
    }
}

#[test]
fn each_difference_is_found_where_it_is_and_called_by_its_name() {
    for stream in ["sales", "orders"] {
        let sound = made(stream, "");
        let changed = |change: &dyn Fn(&mut Vec<String>)| {
            let mut lines = sound.clone();
            change(&mut lines);
            differences(&verified(stream, &lines))
        };
        let missing = changed(&|lines| drop(lines.remove(700)));
        assert_eq!(
            (&missing["missing"], &missing["matching"]),
            (&1.into(), &(sound.len() - 1).into())
        );
        let doubled = changed(&|lines| lines.insert(900, lines[700].clone()));
        assert_eq!((&doubled["doubled"], &doubled["missing"]), (&1.into(), &0.into()));
        assert_eq!(doubled["differences"][0]["place"]["line"], 901);
        let altered = changed(&|lines| lines[700] = lines[700].replacen("\":\"", "\":\"X", 1));
        let found = altered["altered"].as_u64().unwrap() + altered["unexpected"].as_u64().unwrap();
        assert_eq!(found, 1, "{altered}");
        let unexpected = changed(&|lines| lines.insert(5, "{\"hello\":\"world\"}".to_owned()));
        assert_eq!(
            (&unexpected["unexpected"], &unexpected["matching"]),
            (&1.into(), &sound.len().into())
        );
        let cut_off = changed(&|lines| lines.truncate(1000));
        assert_eq!(cut_off["missing"], sound.len() - 1000);
    }
}

#[test]
fn records_of_one_key_must_keep_their_order_and_those_of_two_need_not() {
    let sound = made("sales", "");
    let order = |index: usize| &sound[index][..27];
    let later = (1..sound.len()).find(|index| order(*index) == order(0)).unwrap();
    let mut lines = sound.clone();
    lines.swap(0, later);
    assert_eq!(differences(&verified("sales", &lines))["out_of_order"], 1);
    let mut lines = sound.clone();
    lines.swap(10, 11);
    assert_ne!(order(10), order(11));
    verified("sales", &lines).success();
}

#[test]
fn another_seed_is_another_run() {
    let folder = folder();
    let path = folder.path().join("sales.ndjson");
    std::fs::write(&path, made("sales", "").join("\n") + "\n").unwrap();
    let other = verify("sales", &path, &FIXED.replace("42", "43"));
    let said = String::from_utf8(other.stdout).unwrap();
    assert_eq!(other.code, Some(6), "{said}");
    assert!(said.contains(" 0 matching"), "{said}");
}

#[test]
fn files_are_read_as_their_names_say() {
    let folder = folder();
    for stream in ["sales", "orders"] {
        for ending in ["ndjson", "ndjson.gz", "ndjson.zst", "csv", "csv.gz", "csv.zst"] {
            let path = folder.path().join(format!("{stream}.{ending}"));
            let program = Program::new("order-gen")
                .words("-q --clock fast")
                .words(FIXED)
                .words("--stream")
                .arg(stream);
            program.words("-o").arg(&path).run().success();
            let report = String::from_utf8(verify(stream, &path, FIXED).success()).unwrap();
            assert!(report.contains("no difference"), "{stream}.{ending}: {report}");
        }
    }
}

#[test]
fn a_summary_names_the_run_with_its_configuration_and_faults() {
    let folder = folder();
    let (config, path, summary) = (
        folder.path().join("shop.toml"),
        folder.path().join("sales.ndjson"),
        folder.path().join("run.json"),
    );
    let text = "[sales]\ncustomers = 7\n[[schedule]]\nfrom = \"+1m\"\nto = \"+2m\"\nfactor = 5\n\
                [disorder]\nmalformed = 0.05\n";
    std::fs::write(&config, text).unwrap();
    let program = Program::new("order-gen")
        .words("-q --clock fast --count 2000 --shard 1/2 --drain --config")
        .arg(&config);
    program.arg("-o").arg(&path).arg("--summary-json").arg(&summary).run().success();
    std::fs::remove_file(&config).unwrap();
    verify("sales", &path, &format!("--run {}", summary.display())).success();
}

#[test]
fn an_interrupted_run_is_clean_as_far_as_it_came() {
    for stream in ["sales", "orders"] {
        let folder = folder();
        let (path, summary) = (folder.path().join("live.ndjson"), folder.path().join("run.json"));
        let program =
            Program::new("order-gen").words("-q --rate 300/s --backfill 2 --stream").arg(stream);
        let child = program.arg("-o").arg(&path).arg("--summary-json").arg(&summary).start();
        std::thread::sleep(Duration::from_millis(1500));
        signal(&child, "INT");
        assert_eq!(ended_within(child, Duration::from_secs(20)).code, Some(0));
        let report = String::from_utf8(
            verify(stream, &path, &format!("--run {}", summary.display())).success(),
        )
        .unwrap();
        assert!(report.contains("no difference"), "{report}");
        assert!(read(&path).iter().filter(|byte| **byte == b'\n').count() > 30_000);
    }
}

#[test]
fn what_cannot_be_verified_is_said() {
    let folder = folder();
    let none = folder.path().join("none.ndjson");
    verify("sales", &none, FIXED).fails_with(8, &["none.ndjson", "No such file"]);
    let nothing = Program::new("mercato").words("verify sales").words(FIXED).run();
    nothing.fails_with(2, &["FILE", "--kafka"]);
    Program::new("mercato")
        .words("verify sales -")
        .run()
        .fails_with(2, &["--seed", "--start", "--run"]);
    let endless =
        Program::new("mercato").words("verify orders - --seed 1 --start 2025-03-03").run();
    endless.fails_with(2, &["never ends", "--duration"]);
    let both = Program::new("mercato").words("verify sales - --run run.json --shard 0/2").run();
    both.fails_with(2, &["--run", "cannot be used with", "--shard"]);
    verify("sales", folder.path(), FIXED).fails_with(8, &["no file of ecommerce-sales"]);
    Program::new("mercato").words("verify payments -").run().fails_with(2, &["payments", "sales"]);
    std::fs::write(folder.path().join("run.json"), "{}").unwrap();
    let wrong = Program::new("mercato")
        .words("verify sales - --run run.json")
        .in_folder(folder.path())
        .run();
    wrong.fails_with(3, &["run.json", "--summary-json", "identity"]);
}

#[test]
fn the_summary_of_another_stream_is_refused() {
    let folder = folder();
    let summary = folder.path().join("run.json");
    Program::new("order-gen")
        .words("-q --count 1 --clock fast --summary-json")
        .arg(&summary)
        .run()
        .success();
    let ended = Program::new("mercato").words("verify orders - --run").arg(&summary).run();
    ended.fails_with(
        2,
        &["a run of sales", "hint: use it to verify sales, or give a summary of orders"],
    );
}
