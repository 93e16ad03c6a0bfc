//! The configurations in `docs/examples`, each run as its users run it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mercato_test_support::Program;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/examples")
}

/// The first transactions under an example.
fn transactions(example: &str, words: &str) -> Vec<Value> {
    let file = folder().join(example);
    let lines = Program::new("mercato")
        .words("generate -q --type transactions --seed 1")
        .words(words)
        .words("--config")
        .arg(&file)
        .run()
        .lines();
    lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_example_is_valid_and_makes_records() {
    let mut seen = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        Program::new("mercato").words("config validate -q --config").arg(&path).run();
        assert_eq!(
            transactions(name, "--start 2026-11-20T10:00:00Z --count 20").len(),
            20,
            "{name}"
        );
        seen += 1;
    }
    assert!(seen >= 5, "{seen} examples");
}

#[test]
fn two_regions_are_all_there_is() {
    let countries: BTreeSet<String> =
        transactions("two-regions.toml", "--start 2026-05-20T10:00:00Z --count 2000")
            .iter()
            .map(|record| record["location"]["country"].as_str().unwrap().to_owned())
            .collect();
    assert!(countries.contains("US") && countries.contains("DE"), "{countries:?}");
    for other in ["CN", "IN", "JP", "BR", "AU", "ZA"] {
        assert!(!countries.contains(other), "{other}");
    }
}

#[test]
fn own_categories_have_their_prices() {
    for record in transactions("own-categories.toml", "--start 2026-05-20T10:00:00Z --count 2000") {
        for line in record["products"].as_array().unwrap() {
            let (low, high) = match line["category"].as_str().unwrap() {
                "Electronics" => (100.0, 2000.0),
                "Fashion" => (20.0, 500.0),
                other => {
                    assert_eq!(other, "Home");
                    (30.0, 800.0)
                }
            };
            let price = line["price"].as_f64().unwrap();
            assert!((low..=high).contains(&price), "{line}");
        }
    }
}

#[test]
fn black_friday_is_ten_times_as_busy() {
    let hour = |start: &str| {
        transactions("black-friday.toml", &format!("--start {start} --duration 5m")).len() as f64
    };
    // Both are Fridays, and it is the same hour everywhere.
    let (friday, other) = (hour("2026-11-27T15:00:00Z"), hour("2026-11-20T15:00:00Z"));
    assert!((friday / other / 10.0 - 1.0).abs() < 0.1, "{friday} against {other}");
}
