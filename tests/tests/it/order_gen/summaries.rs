//! What `--summary-json` holds, and that its command makes the same records again.

use mercato_schema::Timestamp;
use mercato_test_support::{Program, folder, json};
use serde_json::json;

use super::order_gen;

#[test]
fn a_summary_names_the_run_and_counts_it() {
    let folder = folder();
    let path = folder.path().join("run.json");
    let printed = order_gen("--count 500 --drain --summary-json").arg(&path).run().success();
    let summary = json(&path);
    let identity = &summary["identity"];
    assert_eq!(identity["program"], "order-gen");
    assert_eq!(identity["stream"], "sales");
    assert_eq!(identity["seed"], 42);
    assert_eq!(identity["origin"], "2025-11-09T15:55:40Z");
    assert_eq!(identity["config_digest"].as_str().unwrap().len(), 64);
    assert!(
        identity["data_version"].is_u64() && identity["config"]["sales"]["products"].is_array()
    );
    let counts = &summary["counts"];
    assert_eq!(counts["topics"], json!({ "ecommerce-sales": 2000 }));
    assert_eq!(
        counts["kinds"],
        json!({ "confirmed": 500, "pending": 500, "processing": 500, "shipped": 500 })
    );
    assert_eq!(
        (&counts["first"], &counts["last"], &counts["open"]),
        (&json!(500), &json!(500), &json!(0))
    );
    assert_eq!(counts["bytes"], printed.len());
    let delivered =
        json!({ "to": ["standard output"], "sent": 2000, "acknowledged": 2000, "failed": 0 });
    assert_eq!(summary["delivery"], delivered);
    assert_eq!(summary["part"]["drain"], true);
    assert_eq!(summary["end"], "count");
    assert!(summary["cursor"].is_object());
}

#[test]
fn a_paced_run_says_how_late_its_records_left() {
    let folder = folder();
    let path = folder.path().join("run.json");
    Program::new("order-gen")
        .words("-q --rate 2000/s --count 2000 -o null: --summary-json")
        .arg(&path)
        .run()
        .success();
    let pace = &json(&path)["pace"];
    let (planned, achieved) = (
        pace["planned_per_second"].as_f64().unwrap(),
        pace["achieved_per_second"].as_f64().unwrap(),
    );
    assert!((1900.0..2100.0).contains(&planned) && (1800.0..2200.0).contains(&achieved), "{pace}");
    for percentile in ["p50", "p90", "p99", "p99.9", "max"] {
        assert!(pace["lateness"][percentile].is_f64(), "{pace}");
    }
}

#[test]
fn its_command_makes_the_same_bytes_again() {
    let folder = folder();
    let config = folder.path().join("it's a shop.toml");
    std::fs::write(
        &config,
        "[sales]\ncustomers = 9\n[disorder]\nmalformed = 0.05\n[run]\nclock = \"fast\"\n",
    )
    .unwrap();
    for flags in [
        "--count 50 --clock fast",
        "--stream orders --count 50 --clock fast --min-delay 1 --max-delay 1.5",
        "--duration 20 --rate 2/s --clock fast --from +5m --to +6m --shard 1/3",
        "--rate 100/s --backfill 1 --duration 1 --drain --clock fast",
        "--clock fast --count 300 --malformed 0.1",
        "--count 300 --config",
    ] {
        let path = folder.path().join("run.json");
        let mut program =
            Program::new("order-gen").in_folder(folder.path()).words("-q").words(flags);
        if flags.ends_with("--config") {
            program = program.arg(&config);
        }
        let printed =
            program.words("--summary-json").arg(&path).env("MERCATO_SEED", "77").run().success();
        let command = json(&path)["command"].as_str().unwrap().to_owned();
        let again = Program::shell(&command).in_folder(folder.path()).run();
        assert!(!printed.is_empty() && again.success() == printed, "{flags}: {command}");
    }
}

#[test]
fn a_run_of_five_minutes_at_full_speed_ends_now() {
    let folder = folder();
    let path = folder.path().join("run.json");
    let before = mercato_test_support::now_micros();
    Program::new("order-gen")
        .words("-q --clock fast -o null: --summary-json")
        .arg(&path)
        .run()
        .success();
    let summary = json(&path);
    assert_eq!(summary["part"]["duration_micros"], 300_000_000);
    assert_eq!(
        (&summary["end"], &summary["counts"]["event_seconds"]),
        (&json!("duration"), &json!(300.0))
    );
    let origin: Timestamp = summary["identity"]["origin"].as_str().unwrap().parse().unwrap();
    let end = origin.micros() + 300_000_000;
    assert!(
        (before..=mercato_test_support::now_micros()).contains(&end),
        "nothing lies in the future"
    );
}

#[test]
fn a_run_that_goes_on_after_now_says_so() {
    let warned = |words: &str| {
        let run = Program::new("order-gen").words("--clock fast -o null:").words(words).run();
        assert_eq!(run.code, Some(0), "{}", run.stderr);
        run.stderr.lines().find(|line| line.contains("in the future")).map(str::to_owned)
    };
    for (words, flag) in [
        ("--count 5000 --backfill 1m", "--backfill"),
        ("--count 5000 --backfill 1m --drain", "--backfill"),
        ("--duration 5m --drain", "--drain"),
        ("--drain", "--drain"),
        ("--backfill 1m --duration 5m --drain", "--drain"),
    ] {
        let line = warned(words).unwrap_or_else(|| panic!("{words}: no warning"));
        assert!(line.contains("WARN") && line.contains(flag), "{line}");
    }
    for words in [
        "",
        "--count 5",
        "--count 5 --backfill 30d",
        "--duration 5m --start 2025-01-01T00:00:00Z --drain",
        "--backfill 7d --duration 1h --drain",
    ] {
        assert_eq!(warned(words), None, "{words}");
    }
}
