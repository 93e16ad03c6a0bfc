//! The program as a user meets it: an event appears at once, without a broker, and everything else
//! is on stderr.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The program in `folder`, away from the developer's own settings.
fn event_gen(folder: &Path, flags: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_event-gen"));
    command.env_clear().current_dir(folder).args(flags.split_whitespace()).stdin(Stdio::null());
    command
}

fn run(folder: &Path, flags: &str) -> Output {
    event_gen(folder, flags).output().unwrap()
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The events on standard output of a run that ends well.
fn events(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn times(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["timestamp"].as_str().unwrap()).collect()
}

const THREE: &str = "--seed 42 --start 2024-01-15T10:30:45.123Z --clock fast --count 3";

#[test]
fn the_first_event_appears_at_once() {
    let folder = folder();
    let mut child =
        event_gen(folder.path(), "").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let event: Value = serde_json::from_str(&line).unwrap();
    assert!((1..=1000).contains(&event["user_id"].as_u64().unwrap()));
    assert!((1..=500).contains(&event["metadata"]["product_id"].as_u64().unwrap()));
}

#[test]
fn events_come_every_three_seconds_unless_told_otherwise() {
    let folder = folder();
    let default = events(&run(folder.path(), THREE));
    assert_eq!(
        times(&default),
        ["2024-01-15T10:30:45.123Z", "2024-01-15T10:30:48.123Z", "2024-01-15T10:30:51.123Z"]
    );
    let half = events(&run(folder.path(), &format!("{THREE} --interval 0.5")));
    assert_eq!(times(&half)[1..], ["2024-01-15T10:30:45.623Z", "2024-01-15T10:30:46.123Z"]);
    let hour = events(&run(folder.path(), "--seed 1 --clock fast --rate 1000/h --duration 3600"));
    assert!(hour.len().abs_diff(1000) < 50, "a bare duration is in seconds: {}", hour.len());
}

#[cfg(feature = "kafka")]
#[test]
fn the_three_documented_variables_are_read_from_dotenv() {
    let folder = folder();
    let variables =
        "KAFKA_BOOTSTRAP_SERVERS=localhost:1\nKAFKA_TOPIC=clicks\nPRODUCER_INTERVAL=2.5\n";
    std::fs::write(folder.path().join(".env"), variables).unwrap();
    let output = run(folder.path(), "--count 1 -X socket.connection.setup.timeout.ms=1000");
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "nobody listens there: {said}");
    for line in
        ["Kafka Bootstrap Servers: localhost:1", "Topic: clicks", "Event Interval: 2.5 seconds"]
    {
        assert!(said.contains(line), "{line}\n{said}");
    }
}

#[test]
fn rate_and_interval_replace_each_other_by_the_strength_of_their_source() {
    let folder = folder();
    let second = |flags: &str, variable: Option<&str>| {
        let mut command = event_gen(folder.path(), &format!("{THREE} {flags}"));
        command.envs(variable.map(|value| ("PRODUCER_INTERVAL", value)));
        times(&events(&command.output().unwrap()))[1].to_owned()
    };
    std::fs::write(
        folder.path().join("rate.toml"),
        "run.rate = '3600/h'\n[events]\nrate = '7200/h'",
    )
    .unwrap();
    std::fs::write(folder.path().join("interval.toml"), "[events]\ninterval = '7s'").unwrap();
    assert_eq!(second("--config interval.toml", None), "2024-01-15T10:30:52.123Z");
    assert_eq!(second("--config interval.toml", Some("4")), "2024-01-15T10:30:49.123Z");
    assert_eq!(second("--config rate.toml", Some("4")), "2024-01-15T10:30:49.123Z");
    assert_eq!(second("--config rate.toml --interval 5", Some("4")), "2024-01-15T10:30:50.123Z");
    assert_ne!(second("--rate 1/h", Some("4")), "2024-01-15T10:30:49.123Z");
}

#[test]
fn banner_and_statistics_are_on_stderr_and_in_the_log_file() {
    let folder = folder();
    let output = run(folder.path(), &format!("{THREE} --log-file events.log"));
    assert_eq!(events(&output).len(), 3, "nothing but events is on standard output");
    let log = std::fs::read_to_string(folder.path().join("events.log")).unwrap();
    for said in [text(&output.stderr), log] {
        let rule = "=".repeat(60);
        for line in [
            "eCommerce User Event Producer",
            "Output: standard output",
            "Event Interval: 3.0 seconds",
        ] {
            assert!(said.contains(line), "{line}\n{said}");
        }
        let block = format!("{rule}\nPRODUCER STATISTICS\n{rule}\nRuntime: ");
        let (_, statistics) = said.split_once(&block).unwrap();
        for line in [
            "Events Sent: 3\nEvents Failed: 0\nEvents/Second: ",
            "Success Rate: 100.0%\n",
            "Seed: 42\n",
        ] {
            assert!(statistics.contains(line), "{line}\n{statistics}");
        }
    }
}

#[test]
fn quiet_is_quiet() {
    let folder = folder();
    let output = run(folder.path(), &format!("{THREE} -q"));
    assert_eq!(events(&output).len(), 3);
    assert_eq!(text(&output.stderr), "");
}

#[test]
fn the_command_in_the_summary_makes_the_same_records_again() {
    let folder = folder();
    let mut command = event_gen(folder.path(), "--count 5 --clock fast --summary-json run.json");
    let first = command.env("PRODUCER_INTERVAL", "1.25").output().unwrap();
    let summary = std::fs::read_to_string(folder.path().join("run.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    let again = summary["command"].as_str().unwrap().strip_prefix("event-gen ").unwrap().to_owned();
    assert!(again.contains("--interval 1250ms"), "{again}");
    assert_eq!(events(&first), events(&run(folder.path(), &again)));
    assert_eq!(summary["counts"]["kinds"].as_object().unwrap().len(), 4);
}

#[test]
fn types_and_fields_are_configuration() {
    let folder = folder();
    let config = "
        [events]
        types = ['search', { name = 'wishlist_add', weight = 3 }]
        [[events.metadata]]
        name = 'category'
        choice = ['electronics', 'clothing', 'books']
        [[events.metadata]]
        name = 'price'
        decimal = [10.0, 500.0]
        [[events.metadata]]
        name = 'source'
        constant = 'web'
    ";
    std::fs::write(folder.path().join("events.toml"), config).unwrap();
    for event in events(&run(folder.path(), "--config events.toml --count 100 --clock fast")) {
        assert!(["search", "wishlist_add"].contains(&event["event_type"].as_str().unwrap()));
        let metadata = event["metadata"].as_object().unwrap();
        let names: Vec<&str> = metadata.keys().map(String::as_str).collect();
        let mut expected = ["product_id", "session_length", "category", "price", "source"];
        // Whether a map keeps its order is for the features of serde_json to say.
        if names != expected {
            expected.sort_unstable();
        }
        assert_eq!(names, expected);
        assert!((10.0..=500.0).contains(&metadata["price"].as_f64().unwrap()));
    }
}

#[test]
fn wrong_input_names_the_key_the_value_and_what_is_allowed() {
    let folder = folder();
    for (flags, code, parts) in [
        ("--interval 0", 2, ["--interval: 0 is", "(1us to 100d)"]),
        ("--interval -1", 2, ["--interval: invalid duration '-1'", "a number and its unit"]),
        ("--lag-bound -1", 2, ["--lag-bound: invalid duration '-1'", "90s"]),
        ("--max-outage -1", 2, ["--max-outage: invalid duration '-1'", "90s"]),
        ("--interval soon", 2, ["'soon'", "a number and its unit"]),
        ("--interval 1 --rate 5/s", 2, ["--interval", "--rate"]),
    ] {
        let output = run(folder.path(), flags);
        let said = text(&output.stderr);
        assert_eq!(
            (output.status.code(), text(&output.stdout)),
            (Some(code), String::new()),
            "{flags}: {said}"
        );
        assert!(parts.iter().all(|part| said.contains(part)), "{flags}: {said}");
    }
    for (config, parts) in [
        (
            "types = [{ name = 'a', weight = -1 }]",
            ["bad.toml:2: events.types[0].weight: -1 is out of range", "(0 to "],
        ),
        ("types = [{ name = 'a', weight = 0 }]", ["events.types", "sum to zero"]),
        ("types = ['a', 'a']", ["events.types", "\"a\" is listed twice"]),
        (
            "session_length = [30, 0.5]",
            ["events.session_length", "the minimum 30.0 is above the maximum 0.5"],
        ),
        ("usres = [1, 2]", ["unknown key `events.usres`", "users"]),
    ] {
        std::fs::write(folder.path().join("bad.toml"), format!("[events]\n{config}\n")).unwrap();
        let output = run(folder.path(), "--config bad.toml");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(3), "{config}: {said}");
        assert!(parts.iter().all(|part| said.contains(part)), "{config}: {said}");
    }
    let output = event_gen(folder.path(), "").env("PRODUCER_INTERVAL", "0").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("PRODUCER_INTERVAL"), "{}", text(&output.stderr));
}
