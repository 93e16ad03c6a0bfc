//! Malformed records: deterministic, named one by one in a ledger, and counted.

use std::collections::{BTreeMap, BTreeSet};

use mercato_schema::{Order, Sale};
use mercato_test_support::{folder, json, read};
use serde_json::Value;

use super::order_gen;

const KINDS: [&str; 4] = ["truncated_json", "wrong_type", "missing_field", "unknown_field"];

#[test]
fn each_malformed_record_is_in_the_ledger_and_in_the_counts() {
    let folder = folder();
    let (ledger, summary) = (folder.path().join("ledger.ndjson"), folder.path().join("run.json"));
    for stream in ["sales", "orders"] {
        let run = format!("--stream {stream} --count 5000 --rate 10/s");
        let sound = order_gen(&run).run().lines();
        let program = order_gen(&run).words("--malformed 0.02 --force --ledger").arg(&ledger);
        let lines = program.words("--summary-json").arg(&summary).run().lines();
        assert_eq!(lines.len(), sound.len());

        let changed: Vec<usize> =
            (0..lines.len()).filter(|index| lines[*index] != sound[*index]).collect();
        let is_sound = |line: &String| match stream {
            "sales" => serde_json::from_str::<Sale<'_>>(line).is_ok(),
            _ => serde_json::from_str::<Order<'_>>(line).is_ok(),
        };
        let malformed: Vec<usize> =
            (0..lines.len()).filter(|index| !is_sound(&lines[*index])).collect();
        assert_eq!(
            changed, malformed,
            "what is changed cannot be read, and nothing else is changed"
        );
        assert!(changed.len() * 1000 > lines.len() * 15 && changed.len() * 1000 < lines.len() * 25);

        let text = String::from_utf8(read(&ledger)).unwrap();
        let entries: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(entries.len(), changed.len());
        for (entry, index) in entries.iter().zip(&changed) {
            let record: Value = serde_json::from_str(&sound[*index]).unwrap();
            let key = if stream == "sales" { "order_id" } else { "customerId" };
            assert_eq!(entry["key"], record[key], "{entry}");
            assert!(
                entry["block"].is_u64() && entry["position"].is_u64() && entry["step"].is_u64(),
                "{entry}"
            );
        }
        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        entries
            .iter()
            .for_each(|entry| *kinds.entry(entry["kind"].as_str().unwrap()).or_default() += 1);
        assert_eq!(kinds.keys().copied().collect::<BTreeSet<_>>(), BTreeSet::from(KINDS));
        assert_eq!(json(&summary)["counts"]["faults"], serde_json::to_value(&kinds).unwrap());
    }
}

#[test]
fn faults_are_the_same_on_any_number_of_threads() {
    let folder = folder();
    let made = |threads: &str| {
        let ledger = folder.path().join(format!("{threads}.ndjson"));
        let flags =
            format!("--count 5000 --rate 20/s --malformed 0.1 --threads {threads} --ledger");
        (order_gen(&flags).arg(&ledger).run().success(), read(&ledger))
    };
    let one = made("1");
    assert!(made("2") == one && made("7") == one);
}

#[test]
fn kinds_can_be_chosen_and_the_ledger_lies_beside_the_output() {
    let folder = folder();
    let (config, output) = (folder.path().join("faults.toml"), folder.path().join("sales.ndjson"));
    std::fs::write(&config, "[disorder]\nmalformed = 1\nkinds = [\"missing_field\"]\n").unwrap();
    order_gen("--count 50 --config").arg(&config).arg("-o").arg(&output).run().success();
    let ledger =
        String::from_utf8(read(&folder.path().join("sales.ndjson.faults.ndjson"))).unwrap();
    let lines = String::from_utf8(read(&output)).unwrap();
    assert_eq!(ledger.lines().count(), lines.lines().count());
    assert!(ledger.lines().all(|line| line.contains("\"missing_field\"")));
    let fields =
        |line: &str| serde_json::from_str::<Value>(line).unwrap().as_object().unwrap().len();
    let nested = |line: &str| {
        serde_json::from_str::<Value>(line).unwrap()["shipping_address"]
            .as_object()
            .map_or(5, serde_json::Map::len)
    };
    assert!(
        lines.lines().all(|line| fields(line) + nested(line) == 16),
        "one of all the fields is missing"
    );
}

#[test]
fn an_existing_ledger_is_kept_unless_told_otherwise_and_stdout_leaves_none() {
    let folder = folder();
    let ledger = folder.path().join("ledger.ndjson");
    std::fs::write(&ledger, "precious\n").unwrap();
    let flags = "--count 30 --malformed 0.5 -o null: --ledger";
    order_gen(flags)
        .arg(&ledger)
        .run()
        .fails_with(8, &["ledger.ndjson", "already exists", "--force"]);
    assert_eq!(read(&ledger), b"precious\n");
    order_gen(flags).arg(&ledger).arg("--force").run().success();
    assert!(read(&ledger).starts_with(b"{\"kind\""));
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    for flags in ["--count 30 --malformed 0.5", "--count 30 --malformed 0.5 -o null:"] {
        order_gen(flags).in_folder(&empty).run().success();
    }
    assert_eq!(std::fs::read_dir(&empty).unwrap().count(), 0);
}
