//! `mercato stats`: what a world contains, and what files hold.

use mercato_test_support::{Program, cents, folder};
use serde_json::Value;

fn stats(words: &str) -> Program {
    Program::new("mercato").words("stats").words(words)
}

#[test]
fn a_world_has_the_documented_people_products_and_rates() {
    let shop: Value = serde_json::from_slice(&stats("--json").run().success()).unwrap();
    assert_eq!(
        (&shop["users"]["total"], &shop["products"]["total"]),
        (&10_000.into(), &1_000.into())
    );
    let near = |value: &Value, expected: f64| {
        let value = value.as_f64().unwrap();
        assert!((value - expected).abs() <= 0.02 * expected.max(1.0), "{value} and not {expected}");
    };
    for (name, share) in [("vip", 0.05), ("regular", 0.7), ("new", 0.25)] {
        near(&shop["users"]["types"][name], share);
    }
    for (name, share) in [("North America", 0.45), ("Europe", 0.3), ("Asia", 0.2)] {
        near(&shop["users"]["regions"][name], share);
    }
    near(&shop["users"]["devices"]["mobile"], 0.5);
    near(&shop["rates"]["sessions_per_hour"], 25_000.0);
    near(&shop["rates"]["conversion"], 0.4);
    let topics = [
        ("user-events", 100_000.0),
        ("transactions", 10_000.0),
        ("product-updates", 1_100.0),
        // Half a change, and a profile for each campaign.
        ("users", 7_000.0 * 0.05 / 720.0 + 10.0 * (0.3 / 10.0 + 0.7)),
        ("fraud-alerts", 100.0),
        ("analytics-results", 500.0),
    ];
    for (topic, records) in topics {
        near(&shop["records_per_hour"][topic], records);
    }
    let categories = shop["products"]["categories"].as_array().unwrap();
    assert_eq!(
        categories.iter().map(|category| category["products"].as_u64().unwrap()).sum::<u64>(),
        1_000
    );
    assert!(shop["lookback"].as_str().unwrap().contains('m'));

    let folder = folder();
    std::fs::write(
        folder.path().join("shop.toml"),
        "[shop]\nrate_multiplier = 2\n[shop.users]\ntotal = 2000\n",
    )
    .unwrap();
    let lines = stats("--config shop.toml").in_folder(folder.path()).run().lines();
    assert!(
        lines.iter().any(|line| line.starts_with("users ") && line.contains("2000, of whom 1400")),
        "{lines:?}"
    );
    // What campaigns of fraud buy is bought by nobody else.
    assert!(
        lines.iter().any(|line| line.starts_with("sessions per hour") && line.contains("49940")),
        "{lines:?}"
    );
    assert!(
        lines.iter().any(|line| line.starts_with("  transactions") && line.ends_with(" 20000")),
        "{lines:?}"
    );
}

#[test]
fn files_are_told_by_topic_as_an_independent_fold_tells_them() {
    let folder = folder();
    let made = |words: &str| {
        let stream = Program::new("mercato")
            .words("stream -q --seed 4 --start 2025-03-03 --duration 0.2 --clock fast");
        stream.words(words).in_folder(folder.path()).run().success();
    };
    made("-o all.ndjson.zst");
    made("-o out/");
    made("-o rows/ --format csv");
    let lines = Program::new("mercato")
        .words("stream -q --seed 4 --start 2025-03-03 --duration 0.2 --clock fast --topics transactions")
        .run()
        .records();
    let sum: i64 = lines.iter().map(|line| cents(&line["total_amount"])).sum();
    let users: std::collections::BTreeSet<&str> =
        lines.iter().map(|line| line["user_id"].as_str().unwrap()).collect();
    let told = |files: &str| -> Value {
        serde_json::from_slice(
            &stats(files).words("--json").in_folder(folder.path()).run().success(),
        )
        .unwrap()
    };
    for files in [
        "all.ndjson.zst",
        "out/transactions.ndjson out/user-events.ndjson",
        "rows/transactions.csv rows/user-events.csv",
    ] {
        let all = told(files);
        let transactions = &all["transactions"];
        assert_eq!(transactions["records"], lines.len(), "{files}");
        assert_eq!(transactions["malformed"], 0);
        let amount = &transactions["fields"]["total_amount"];
        let told: f64 = amount["sum"].as_str().unwrap().parse().unwrap();
        assert_eq!((told * 100.0).round() as i64, sum, "{files}");
        assert_eq!(transactions["fields"]["user_id"]["distinct"], users.len());
        assert_eq!(transactions["time"][0], lines[0]["timestamp"]);
        assert_eq!(transactions["time"][1], lines[lines.len() - 1]["timestamp"]);
        let top = all["user-events"]["fields"]["event_type"]["top"].as_array().unwrap();
        assert!(top.len() > 3, "{files}: {top:?}");
    }
    assert_eq!(told("all.ndjson.zst")["transactions"]["keys"], users.len());
    let text = stats("out/transactions.ndjson").in_folder(folder.path()).run().lines();
    assert!(
        text[0].starts_with(&format!("transactions: {} records, 2025-03-03T", lines.len())),
        "{text:?}"
    );
    stats("none.ndjson").in_folder(folder.path()).run().fails_with(8, &["none.ndjson"]);
    let both = told("out/transactions.ndjson out/user-events.ndjson");
    assert_eq!(told("out")["transactions"], both["transactions"], "a folder is the files in it");
    std::fs::create_dir(folder.path().join("nothing")).unwrap();
    stats("nothing")
        .in_folder(folder.path())
        .run()
        .fails_with(8, &["no record files in ", "nothing"]);
    std::fs::write(folder.path().join("empty.ndjson"), "").unwrap();
    let empty = |more: &str| stats("empty.ndjson").words(more).in_folder(folder.path()).run();
    empty("").fails_with(6, &["empty.ndjson is empty", "--allow-empty"]);
    assert_eq!(empty("--allow-empty").lines(), ["no records"]);
    Program::shell("exec mercato stats > /dev/full")
        .run()
        .fails_with(8, &["cannot write standard output", "No space"]);
}

#[test]
fn a_ledger_of_any_name_is_no_topic() {
    let folder = folder();
    let words = "stream -q --seed 1 --start 2025-03-03 --duration 1 --clock fast --malformed 2% \
                 --ledger out/changed.ndjson -o out/";
    Program::new("mercato").words(words).in_folder(folder.path()).run().success();
    let told = stats("out --json").in_folder(folder.path()).run().success();
    let told: Value = serde_json::from_slice(&told).unwrap();
    assert!(told.get("transactions").is_some() && told.get("changed").is_none(), "{told}");
}

#[test]
fn a_look_back_is_shown_in_units_that_people_read() {
    let lines = stats("").run().lines();
    let line = lines.iter().find(|line| line.contains("look-back")).unwrap();
    assert!(!line.contains("ms:") && line.contains('m'), "{line}");
}

#[test]
fn age_groups_are_shown_as_they_are_configured() {
    let shop: Value = serde_json::from_slice(&stats("--json").run().success()).unwrap();
    assert_eq!(shop["users"]["age_groups"]["25-34"], 0.25);
    let folder = folder();
    let path = folder.path().join("ages.toml");
    let groups = "[[shop.users.age_groups]]\nname = \"young\"\nweight = 3\n[[shop.users.age_groups]]\nname = \"old\"\n";
    std::fs::write(&path, groups).unwrap();
    let shown = stats("--config").arg(&path).run().lines();
    assert!(shown.contains(&"  young                     75.0 %".to_owned()), "{shown:?}");
}
