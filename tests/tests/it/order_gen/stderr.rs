//! What is said on stderr: the statistics of document 000, and nothing that is not asked for.

use mercato_test_support::Program;
use serde_json::Value;

use super::{FIXED, order_gen};

#[test]
fn the_statistics_are_those_of_the_document_line_by_line() {
    let ended = Program::new("order-gen").words(FIXED).words("--duration 5m -o null:").run();
    assert_eq!(ended.code, Some(0));
    let mut lines =
        ended.stderr.lines().skip_while(|line| *line != "=== Final Statistics ===").skip(1);
    let mut number = |label: &str| -> f64 {
        let line = lines.next().unwrap_or_default();
        let value = line
            .strip_prefix(label)
            .unwrap_or_else(|| panic!("{line} does not begin with {label}"));
        value.trim_end_matches(" new orders per minute").parse().unwrap()
    };
    let new = number("Total new orders created: ");
    let updates = number("Total status updates (transitions): ");
    let shipped = number("Total orders shipped (completed): ");
    let active = number("Active orders (still in pipeline): ");
    let rate = number("Average rate: ");
    assert!((60.0..120.0).contains(&new), "1 to 6 s apart in 5 minutes: {new}");
    assert!(updates >= shipped * 3.0 && (new - shipped - active).abs() < 0.5);
    assert!((rate - new / 5.0).abs() < 0.051, "{rate}");
}

#[test]
fn seed_and_start_are_said_so_that_any_run_can_be_repeated() {
    let ended = Program::new("order-gen").words("--count 5 --clock fast").run();
    let after = |word: &str| {
        ended.stderr.split(word).nth(1).unwrap().split([',', ' ', '\n']).next().unwrap().to_owned()
    };
    let (seed, start) = (after("--seed "), after("--start "));
    let again = format!("-q --count 5 --clock fast --seed {seed} --start {start}");
    assert!(Program::new("order-gen").words(&again).run().success() == ended.success());
}

#[test]
fn quiet_runs_say_nothing_and_pipes_see_no_progress() {
    assert_eq!(order_gen("--count 100").run().stderr, "");
    let ended = Program::new("order-gen").words(FIXED).words("--count 100").run();
    assert!(!ended.stderr.contains(['\r', '\u{1b}']), "{:?}", ended.stderr);
    assert!(ended.records().len() >= 100, "standard output is data only");
}

#[test]
fn colours_only_where_they_are_asked_for() {
    let colour = |flags: &str| {
        Program::new("order-gen")
            .words(FIXED)
            .words("--count 1")
            .words(flags)
            .run()
            .stderr
            .contains('\u{1b}')
    };
    assert!(colour("--color always") && !colour("--color never"));
}

#[test]
fn the_log_can_be_one_json_object_a_line() {
    let ended = Program::new("order-gen").words(FIXED).words("--count 10 --log-format json").run();
    let lines: Vec<Value> =
        ended.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said: Vec<&str> = lines.iter().map(|line| line["message"].as_str().unwrap()).collect();
    assert!(
        said.contains(&"=== Final Statistics ===")
            && said.contains(&"Total new orders created: 10"),
        "{said:?}"
    );
}

#[test]
fn the_log_goes_to_a_file_too_and_more_is_said_when_asked() {
    let folder = mercato_test_support::folder();
    let path = folder.path().join("run.log");
    let ended =
        Program::new("order-gen").words(FIXED).words("--count 10 --log-file").arg(&path).run();
    let logged = String::from_utf8(mercato_test_support::read(&path)).unwrap();
    let without_time = |log: &str| log.split_once(" INFO ").unwrap().1.to_owned();
    assert_eq!(without_time(&logged), without_time(&ended.stderr));
    let more = Program::new("order-gen").words(FIXED).words("-v --count 10").run();
    assert!(more.stderr.lines().count() >= ended.stderr.lines().count());
}

#[test]
fn the_flags_of_the_document_are_explained() {
    let help =
        String::from_utf8(Program::new("order-gen").words("--help").run().success()).unwrap();
    for flag in [
        "--stream",
        "--seed",
        "--count",
        "--duration",
        "--start",
        "--from",
        "--to",
        "--backfill",
        "--clock",
        "--rate",
        "--threads",
        "--shard",
        "--drain",
        "-o, --output",
        "-b, --bootstrap-servers",
        "--kafka-bootstrap-servers",
        "-t, --topic",
        "--kafka-topic",
        "--output-console",
        "--record-timestamp",
        "--command-config",
        "-X, --command-property",
        "--producer-property",
        "--config",
        "--verbose",
        "--quiet",
        "--log-level",
        "--log-format",
        "--log-file",
        "--color",
        "--summary-json",
        "--min-delay",
        "--max-delay",
    ] {
        assert!(help.contains(flag), "{flag}");
    }
}
