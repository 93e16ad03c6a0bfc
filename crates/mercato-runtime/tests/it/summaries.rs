//! Summaries: as JSON they read back, and for people they say what the founding document says.

use std::path::Path;

use crate::common::World;
use mercato_config::repeat_command;
use mercato_runtime::exit::{Exit, Failure};
use mercato_runtime::summary::{
    Counts, Deliveries, End, Identity, Lateness, Pace, Summary, SummaryStyle, hint,
};
use serde_json::json;

#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
fn summary() -> Summary {
    let world = World::default();
    let (layers, run) = (world.layers().unwrap(), world.run(&["--seed", "7"]).unwrap());
    let config = run.effective().unwrap().with("sales", &json!({"min_delay": 1.0})).unwrap();
    Summary {
        identity: Identity::new("shop-gen", "sales", 1, &run, config),
        part: run.range(),
        command: repeat_command(&layers, &run, &[]),
        counts: Counts {
            shed: 0,
            rejected: [("not_json".to_owned(), 3)].into(),
            records: 177,
            bytes: 70_800,
            topics: [("ecommerce-sales".to_owned(), 177)].into(),
            kinds: [("pending".to_owned(), 45), ("confirmed".to_owned(), 132)].into(),
            first: 45,
            last: 38,
            open: 7,
            faults: [("wrong_type".to_owned(), 2)].into(),
            event_seconds: 300.0,
        },
        delivery: Deliveries { to: vec!["stdout".into()], sent: 177, acknowledged: 177, failed: 0 },
        pace: Pace {
            elapsed_seconds: 300.0,
            achieved_per_second: 0.59,
            planned_per_second: Some(0.59),
            lateness: Some(Lateness { p50: 0.1, p90: 0.2, p99: 0.3, p99_9: 0.4, max: 0.5 }),
            acknowledged_lateness: None,
        },
        end: End::Duration,
        cursor: json!({"substreams": [1, 2]}),
        unfinished: None,
    }
}

#[test]
fn a_summary_reads_back_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.json");
    summary().write(&path).unwrap();
    let read = Summary::read(&path).unwrap();
    assert_eq!(read, summary());
    assert_eq!(read.identity.config.digest(), read.identity.config_digest);
    let sales: Option<serde_json::Value> = read.identity.config.section("sales").unwrap();
    assert_eq!(sales, Some(json!({"min_delay": 1.0})));
}

#[test]
fn a_summary_survives_other_json_tools_and_no_edit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.json");
    summary().write(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let read_as = |text: &str| {
        std::fs::write(&path, text).unwrap();
        Summary::read(&path)
    };
    let compact = serde_json::from_str::<serde_json::Value>(&text).unwrap().to_string();
    for same in [compact, text.replace("\"min_delay\": 1.0", "\"min_delay\": 1")] {
        assert!(read_as(&same).is_ok(), "{same}");
    }
    for (from, to) in [
        ("\"seed\": 7", "\"seed\": 8"),
        ("\"count\": null", "\"count\": 18446744073709551615"),
        ("\"records\": 177", "\"records\": 176"),
        ("\"min_delay\": 1.0", "\"min_delay\": 1.5"),
        ("\"digest\": \"", "\"digest\": \"0"),
        ("\"end\": \"duration\"", "\"end\": \"count\""),
    ] {
        assert!(text.contains(from), "{from}: {text}");
        let failure = Failure::from(read_as(&text.replacen(from, to, 1)).unwrap_err());
        assert_eq!(failure.exit, Exit::Config, "{to}");
        assert!(failure.to_string().contains("does not fit its digest"), "{failure}");
    }
    for (from, to) in
        [("\"seed\"", "\"sede\""), ("\"drain\"", "\"drains\""), ("\"open\"", "\"opened\"")]
    {
        let failure = Failure::from(read_as(&text.replacen(from, to, 1)).unwrap_err());
        assert_eq!(failure.exit, Exit::Config);
        assert!(
            failure.to_string().contains(&format!("unknown field `{}`", to.trim_matches('"'))),
            "{failure}"
        );
    }
}

#[test]
fn the_json_names_times_and_parts_as_people_write_them() {
    let json = serde_json::to_value(summary()).unwrap();
    assert_eq!(json["identity"]["origin"], "2025-01-31T00:00:00Z");
    assert_eq!(json["identity"]["seed"], 7);
    assert_eq!(json["part"]["shard"], "0/1");
    assert_eq!(json["pace"]["lateness"]["p99.9"], 0.4);
    assert_eq!(json["end"], "duration");
    assert_eq!(json["command"], "shop-gen --seed 7 --start 2025-01-31T00:00:00Z --duration 5m");
}

#[test]
fn people_read_the_statistics_of_the_founding_document_first() {
    let shown = summary().human(SummaryStyle::Orders).to_string();
    let expected = "=== Final Statistics ===\n\
                    Total new orders created: 45\n\
                    Total status updates (transitions): 132\n\
                    Total orders shipped (completed): 38\n\
                    Active orders (still in pipeline): 7\n\
                    Average rate: 9.0 new orders per minute\n\
                    Delivered to stdout: 177 sent, 177 acknowledged, 0 failed, 70800 bytes\n\
                    Deliberate faults: 2 wrong_type\n\
                    Not sent because invalid: 3 not_json\n\
                    Elapsed: 300.0 s, 0.6 records/s of 0.6 planned\n\
                    Lateness: p50 0.100 ms, p90 0.200 ms, p99 0.300 ms, p99.9 0.400 ms, max 0.500 ms\n\
                    Seed: 7\n\
                    Reproduce with: shop-gen --seed 7 --start 2025-01-31T00:00:00Z --duration 5m";
    assert_eq!(shown, expected);
}

#[test]
fn orders_of_another_lifecycle_are_not_called_shipped() {
    let mut summary = summary();
    summary.counts.kinds = [("shipped".to_owned(), 20), ("delivered".to_owned(), 38)].into();
    let shown = summary.human(SummaryStyle::Orders).to_string();
    assert!(shown.contains("\nTotal orders completed: 38\n"), "{shown}");
}

#[test]
fn a_producer_of_events_ends_with_its_documented_block() {
    let mut summary = summary();
    (summary.delivery.sent, summary.delivery.acknowledged, summary.delivery.failed) = (120, 117, 3);
    summary.pace.elapsed_seconds = 360.5;
    let shown = summary.human(SummaryStyle::Producer).to_string();
    let rule = "=".repeat(60);
    let block = format!(
        "{rule}\nPRODUCER STATISTICS\n{rule}\nRuntime: 360.5 seconds\nEvents Sent: 117\nEvents Failed: 3\n\
         Events/Second: 0.32\nSuccess Rate: 97.5%\n{rule}\nDelivered to stdout: "
    );
    assert!(shown.starts_with(&block), "{shown}");
    assert!(shown.contains("\nSeed: 7\nReproduce with: shop-gen "), "{shown}");
}

#[test]
fn a_run_of_nothing_has_a_summary_too() {
    let mut summary = summary();
    (summary.counts, summary.pace) = (Counts::default(), Pace::default());
    let shown = summary.human(SummaryStyle::Single("orders")).to_string();
    assert!(
        shown.contains("Total orders: 0\nAverage rate: 0.00 orders per second of event time\n"),
        "{shown}"
    );
    assert!(!shown.contains("Lateness") && !shown.contains("Faults"), "{shown}");
}

#[test]
fn a_run_is_announced_in_one_line() {
    let identity = summary().identity;
    let names = ["stdout".to_owned(), "sales.csv".to_owned()];
    assert_eq!(
        hint(&identity, identity.origin, &names),
        "shop-gen: sales with --seed 7 --start 2025-01-31T00:00:00Z, to stdout and sales.csv"
    );
    let start = identity.origin.plus(3_600_000_000).unwrap();
    assert_eq!(
        hint(&identity, start, &names[..1]),
        "shop-gen: sales with --seed 7 --start 2025-01-31T01:00:00Z --warm-up 1h, to stdout"
    );
}

#[test]
fn files_that_fail_are_named_and_exit_with_8() {
    let error = summary().write(Path::new("no/such/folder/s.json")).unwrap_err();
    let failure = Failure::from(error);
    assert_eq!(failure.exit, Exit::File);
    assert!(
        failure
            .to_string()
            .starts_with("error: cannot write the summary to no/such/folder/s.json: caused by ")
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.json");
    std::fs::write(&path, "{}").unwrap();
    assert!(
        Summary::read(&path)
            .unwrap_err()
            .to_string()
            .ends_with("is not a summary written by --summary-json")
    );
}
