//! Parquet files hold what the lines hold: every topic of the shop, value by value.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use mercato_test_support::{Program, folder, json, names, read};
use serde_json::Value;

fn mercato(folder: &Path, words: &str) -> Program {
    Program::new("mercato").words(words).in_folder(folder)
}

fn rows(path: &Path) -> Vec<Value> {
    mercato_test_support::columns::rows(&read(path))
}

fn lines(path: &Path) -> Vec<Value> {
    let text = String::from_utf8(read(path)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const DAYS: &str = "historical -q --seed 42 --rate 300/h --days 2 --end 2025-03-05";

#[test]
fn every_topic_of_the_shop_has_its_records_in_typed_columns() {
    let folder = folder();
    let at = folder.path();
    mercato(at, &format!("{DAYS} -o lines")).run().success();
    mercato(at, &format!("{DAYS} -o columns --format parquet --summary-json run.json"))
        .run()
        .success();
    mercato(at, &format!("{DAYS} -o again --format parquet --threads 1")).run().success();
    let topics = names(&at.join("lines"));
    assert!(topics.len() >= 3);
    assert_eq!(names(&at.join("columns")), topics);
    for topic in topics {
        for day in names(&at.join("lines").join(&topic)) {
            let place = |folder: &str, ending: &str| {
                at.join(format!("{folder}/{topic}/{day}/part-00000.{ending}"))
            };
            let columns = rows(&place("columns", "parquet"));
            let expected = lines(&place("lines", "ndjson"));
            assert_eq!(columns.len(), expected.len(), "{topic} {day}");
            for (found, expected) in columns.iter().zip(&expected) {
                assert_eq!(found, expected, "{topic} {day}");
            }
            assert_eq!(
                read(&place("columns", "parquet")),
                read(&place("again", "parquet")),
                "{topic} {day}"
            );
        }
    }
    let summary = json(&at.join("run.json"));
    fs::create_dir(at.join("repeated")).unwrap();
    let command = format!("cd repeated && exec {} -q", summary["command"].as_str().unwrap());
    Program::shell(&command).in_folder(at).run().success();
    let file = "columns/transactions/dt=2025-03-04/part-00000.parquet";
    assert_eq!(read(&at.join("repeated").join(file)), read(&at.join(file)), "{command}");
}

#[test]
fn pages_are_compressed_as_asked_for() {
    let folder = folder();
    let mut sizes = Vec::new();
    for how in ["none", "snappy", "gz", "zst"] {
        let words = format!(
            "{DAYS} --topics transactions -o {how} --format parquet --compress {how} --summary-json s"
        );
        mercato(folder.path(), &words).run().success();
        let command = json(&folder.path().join("s"))["command"].as_str().unwrap().to_owned();
        assert!(command.contains(&format!("--format parquet --compress {how}")), "{command}");
        let path = folder.path().join(how).join("transactions/dt=2025-03-03/part-00000.parquet");
        sizes.push((read(&path).len(), rows(&path)));
    }
    assert!(sizes.iter().all(|(_, rows)| *rows == sizes[0].1), "the same records");
    assert!(sizes[1..].iter().all(|(size, _)| *size < sizes[0].0), "smaller than without");
}

#[test]
fn a_topic_can_be_one_file_and_a_shop_a_folder_of_files() {
    let folder = folder();
    let fixed = "--seed 42 --start 2025-03-03 --rate 3000/h";
    mercato(
        folder.path(),
        &format!("generate -q --type transactions --count 200 {fixed} -o t.parquet"),
    )
    .run()
    .success();
    mercato(
        folder.path(),
        &format!("generate -q --type transactions --count 200 {fixed} -o t.ndjson"),
    )
    .run()
    .success();
    assert_eq!(rows(&folder.path().join("t.parquet")), lines(&folder.path().join("t.ndjson")));
    let words = format!("stream -q --clock fast --duration 1 {fixed} -o all/ --format parquet");
    mercato(folder.path(), &words).run().success();
    assert!(rows(&folder.path().join("all/user-events.parquet")).len() > 1000);
}

#[test]
fn what_has_no_place_in_columns_is_refused_before_anything_is_written() {
    let folder = folder();
    for (words, said) in [
        ("generate --type transactions --count 5 --format parquet", ["standard output", "-o"]),
        ("stream --clock fast --duration 1 -o all.parquet", ["one topic", "a directory"]),
        ("historical --days 1 -o out --format ndjson --compress snappy", ["snappy", "gz or zst"]),
        ("historical --days 1 -o out --format parquet.gz", ["parquet.gz", "or parquet"]),
    ] {
        let ended = mercato(folder.path(), words).run();
        assert_eq!(names(folder.path()), [""; 0], "{words}");
        ended.fails_with(2, &said);
    }
    fs::write(folder.path().join("bad.toml"), "[disorder]\nmalformed = 0.1\n").unwrap();
    let words = "historical --days 1 -o out --format parquet --config bad.toml";
    mercato(folder.path(), words).run().fails_with(2, &["malformed", ".ndjson"]);
    let sales = Program::new("order-gen")
        .words("--count 5 --clock fast -o sales.parquet --malformed 0.1")
        .in_folder(folder.path())
        .run();
    sales.fails_with(2, &["malformed", ".ndjson"]);
    assert_eq!(names(folder.path()), ["bad.toml"]);
}
