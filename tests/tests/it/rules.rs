//! `mercato verify --rules`: the shop meets its own rules, and what does not is found by file and
//! line.

use std::fs;
use std::path::Path;

use mercato_test_support::{Program, folder, read};
use serde_json::Value;

fn mercato(folder: &Path, words: &str) -> Program {
    Program::new("mercato").words(words).in_folder(folder)
}

fn rules(folder: &Path, words: &str) -> Vec<String> {
    mercato(folder, &format!("verify --rules {words}")).run().lines()
}

#[test]
fn the_shop_meets_its_own_rules_on_every_topic() {
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("shop.toml"), "[shop]\n").unwrap();
    for (name, words) in [
        ("lines", "historical -q --seed 7 --days 2 --end 2025-03-05 --rate 600/h -o lines"),
        (
            "rows",
            "historical -q --seed 7 --days 2 --end 2025-12-01 --rate 300/h -o rows --format csv.gz",
        ),
        ("all/", "stream -q --seed 7 --start 2025-03-03 --clock fast --duration 1 -o all/"),
        (
            "all.ndjson.zst",
            "stream -q --seed 7 --start 2025-03-03 --clock fast --duration 1 -o all.ndjson.zst",
        ),
    ] {
        mercato(at, words).run().success();
        let told = rules(at, &format!("{name} --config shop.toml"));
        assert!(told.last().unwrap().ends_with(" records, no violation"), "{name}: {told:#?}");
        let unchecked: Vec<&String> =
            told.iter().filter(|line| line.split_whitespace().nth(1) == Some("0")).collect();
        assert!(unchecked.len() <= 2, "{unchecked:?}");
    }
    for shard in 0..2 {
        let words = format!(
            "historical -q --seed 7 --days 1 --end 2025-03-05 --rate 600/h -o shards --shard {shard}/2"
        );
        mercato(at, &words).run().success();
    }
    assert!(rules(at, "shards").last().unwrap().ends_with("no violation"));
}

#[test]
fn what_breaks_a_rule_is_told_with_its_line() {
    let folder = folder();
    let at = folder.path();
    let words =
        "generate -q --type transactions --seed 7 --start 2025-03-03 --count 50 -o t.ndjson";
    mercato(at, words).run().success();
    let lines = String::from_utf8(read(&at.join("t.ndjson"))).unwrap();
    let mut lines: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    lines[16]["total_amount"] = Value::from(1);
    let text = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n") + "\n";
    fs::write(at.join("t.ndjson"), &text).unwrap();
    let ended = mercato(at, "verify --rules t.ndjson").run();
    assert_eq!(ended.code, Some(6));
    let told = String::from_utf8(ended.stdout).unwrap();
    assert!(
        told.contains("t.ndjson:17: total_amount is 100 cents")
            && told.contains("50 records, 1 violation"),
        "{told}"
    );
    let ended =
        mercato(at, "verify --rules - --type transactions --json").run_with_input(text.as_bytes());
    assert_eq!(ended.code, Some(6));
    let report: Value = serde_json::from_slice(&ended.stdout).unwrap();
    let total = report["rules"]
        .as_array()
        .unwrap()
        .iter()
        .find(|rule| rule["rule"] == "business.total")
        .unwrap();
    assert_eq!((&total["violations"], &total["checked"]), (&Value::from(1), &Value::from(50)));
    assert_eq!(total["examples"][0]["place"], "standard input:17");
}

#[test]
fn what_cannot_be_checked_is_said() {
    let folder = folder();
    let at = folder.path();
    fs::write(at.join("visits.ndjson"), "{\"visit\":1}\n").unwrap();
    for (words, code, said) in [
        ("verify --rules none.ndjson", 8, ["none.ndjson", "cannot open"]),
        ("verify --rules visits.ndjson", 2, ["visits.ndjson", "--type"]),
        (
            "verify --rules visits.ndjson --type transactoins",
            2,
            ["transactoins", "did you mean `transactions`?"],
        ),
        ("verify --rules", 2, ["nothing to verify", "--kafka"]),
        ("verify --rules visits.ndjson --run run.json", 2, ["--rules", "cannot be used with"]),
        ("verify shop visits.ndjson --type transactions", 2, ["--type transactions", "--rules"]),
        ("verify shpo visits.ndjson", 2, ["shpo", "did you mean `shop`?"]),
        ("verify", 2, ["STREAM", "required"]),
    ] {
        mercato(at, words).run().fails_with(code, &said);
    }
}

#[test]
fn the_page_lists_every_rule() {
    let page =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/rules.md")).unwrap();
    let folder = folder();
    fs::write(folder.path().join("transactions.ndjson"), "").unwrap();
    let told = mercato(folder.path(), "verify --rules transactions.ndjson --json --allow-empty")
        .run()
        .success();
    let report: Value = serde_json::from_slice(&told).unwrap();
    let rules: Vec<&str> = report["rules"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| rule["rule"].as_str().unwrap())
        .collect();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    assert_eq!(rows.map(|(name, _)| name).collect::<Vec<_>>(), rules);
}
