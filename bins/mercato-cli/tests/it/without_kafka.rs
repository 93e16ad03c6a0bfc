//! A build without Kafka: what needs it says so, and how to get it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;

/// Runs `mercato` with these words; it must end with 2 and write nothing. Returns what it logs.
fn refused(words: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_mercato"));
    let output = program
        .args(words.split(' '))
        .env_remove("KAFKA_BOOTSTRAP_SERVERS")
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "mercato {words}: {error}");
    assert!(output.stdout.is_empty(), "mercato {words}");
    error
}

#[test]
fn what_needs_kafka_names_the_feature() {
    for words in [
        "broker start --port 19092",
        "broker status",
        "registry start --port 18081",
        "health transactions -b localhost:9092",
        "topics list",
        "topics create sales --partitions 3",
        "stream --kafka --count 1 --clock fast",
        "generate --type transactions --count 1 -b localhost:9092",
        "verify sales --kafka --seed 1 --start 2026-01-01 --count 1",
        "verify --rules --topic transactions -b localhost:9092",
    ] {
        let error = refused(words);
        assert!(error.contains("this build does not include Kafka"), "mercato {words}: {error}");
        assert!(error.contains("the feature `kafka`"), "mercato {words}: {error}");
    }
}

#[test]
fn commands_that_need_kafka_are_not_offered() {
    let output = Command::new(env!("CARGO_BIN_EXE_mercato")).arg("--help").output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    for command in ["broker", "health", "registry", "topics"] {
        assert!(!help.contains(&format!("\n  {command} ")), "{help}");
    }
    assert!(help.contains("\n  stream "), "{help}");
}
