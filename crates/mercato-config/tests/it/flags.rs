//! Flags bind when they are parsed: a wrong one names flag, value and what is allowed, and exits 2.

use crate::common::{Cli, cli, refused};
use clap::CommandFactory;

#[test]
fn the_flags_are_sound() {
    Cli::command().debug_assert();
}

#[test]
fn a_wrong_value_names_flag_value_and_bound() {
    for (flags, named) in [
        (["--rate", "10/y"], ["--rate: ", "'10/y'", "N/s, N/m, N/h or N/d"]),
        (["--rate", "0"], ["--rate: ", "0 is", "(0.000001/h to 1000000000/s)"]),
        (["--shard", "3/2"], ["--shard: ", "'3/2'", "0 or 1"]),
        (["--start", "yesterday"], ["--start: ", "'yesterday'", "RFC 3339"]),
        (["--duration", "5y"], ["--duration: ", "'5y'", "90s"]),
        (["--count", "0"], ["--count: ", "0 is", "(1 to 288230376151711744)"]),
        (["--seed", "-1"], ["--seed: ", "-1 is", "(0 to 18446744073709551615)"]),
        (["--rate", "-5"], ["--rate: ", "'-5'", "N/s, N/m, N/h or N/d"]),
        (
            ["--seed", "18446744073709551616"],
            ["--seed: ", "18446744073709551616 is", "(0 to 18446744073709551615)"],
        ),
        (["--threads", "0"], ["--threads: ", "0 is", "(1 to 1024)"]),
        (["--clock", "slow"], ["--clock: ", "'slow'", "wall, fast"]),
        (["--to", "soon"], ["--to: ", "'soon'", "+10m"]),
        (["-o", "sales.txt"], ["--output <PATH>", "'sales.txt'", ".ndjson"]),
        (["--log-level", "loud"], ["--log-level <LEVEL>", "'loud'", "debug"]),
        (["--log-format", "xml"], ["--log-format <FORMAT>", "'xml'", "json"]),
        (["--color", "blue"], ["--color <WHEN>", "'blue'", "never"]),
        (["--speed", "9"], ["--speed", "unexpected argument", ""]),
    ] {
        let message = refused(&flags);
        for part in named {
            assert!(message.contains(part), "{flags:?}: {message}");
        }
    }
}

#[test]
fn flags_that_contradict_each_other_are_refused() {
    for flags in [
        &["--start", "2025-01-01", "--backfill", "2h"] as &[&str],
        &["-v", "-q"],
        &["-v", "--log-level", "warn"],
    ] {
        assert!(refused(flags).contains("cannot be used with"));
    }
}

#[test]
fn an_unknown_flag_has_a_suggestion() {
    assert!(refused(&["--durration", "5m"]).contains("--duration"));
}

#[test]
fn levels_are_read_in_capitals_too() {
    assert_eq!(
        cli(&["--log-level", "DEBUG"]).log.log_level.map(mercato_config::LogLevel::name),
        Some("debug")
    );
}

#[test]
fn every_flag_of_the_contract_is_there() {
    let command = Cli::command();
    let mut names: Vec<String> =
        command.get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned)).collect();
    names.extend(
        command.get_arguments().filter_map(clap::Arg::get_all_aliases).flatten().map(str::to_owned),
    );
    let common = [
        "seed",
        "count",
        "duration",
        "start",
        "from",
        "to",
        "backfill",
        "warm-up",
        "clock",
        "rate",
        "threads",
        "shard",
        "drain",
        "output",
        "output-console",
        "config",
        "verbose",
        "quiet",
        "log-level",
        "log-format",
        "log-file",
        "color",
        "summary-json",
    ];
    let kafka = [
        "bootstrap-servers",
        "bootstrap-server",
        "kafka-bootstrap-servers",
        "kafka",
        "topic",
        "kafka-topic",
        "record-timestamp",
        "command-config",
        "command-property",
        "producer-property",
    ];
    for name in common.iter().chain(&kafka) {
        assert!(names.contains(&(*name).to_owned()), "--{name} is missing");
    }
}
