//! The commands that `mercato` offers; this test also has the program built for the suites in
//! `tests/`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::process::Command;

fn help_of(command: &str) -> String {
    let words = command.split(' ').chain(["--help"]);
    let output = Command::new(env!("CARGO_BIN_EXE_mercato")).args(words).output().unwrap();
    assert!(output.status.success(), "mercato {command} --help");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_command_explains_itself() {
    for command in ["completions", "man"] {
        assert!(help_of(command).contains("Usage: mercato"), "{command}");
    }
    let groups = [
        ("broker", ["start", "status", "stop"].as_slice()),
        ("config", &["init", "show", "validate", "schema"]),
        ("registry", &["start", "status", "stop"]),
        ("topics", &["list", "create", "delete", "describe"]),
        ("generate", &[]),
        ("health", &[]),
        ("historical", &[]),
        ("scenarios", &[]),
        ("schema", &[]),
        ("stats", &[]),
        ("stream", &[]),
        ("truth", &[]),
        ("verify", &[]),
    ];
    let needs_kafka = |group: &str| ["broker", "health", "registry", "topics"].contains(&group);
    for (group, commands) in groups {
        if needs_kafka(group) && !cfg!(feature = "kafka") {
            continue;
        }
        let below = commands.iter().map(|command| format!("{group} {command}"));
        for command in below.chain([group.to_owned()]) {
            let help = help_of(&command);
            assert!(help.contains("Usage: mercato"), "{command}");
            assert!(
                help.contains(&format!("  mercato {group}")),
                "an example of mercato {command}: {help}"
            );
        }
    }
}

#[test]
fn flags_that_change_nothing_in_a_command_are_not_offered_there() {
    for command in ["truth", "verify"] {
        let help = help_of(command);
        for flag in [
            "--clock",
            "--threads",
            "--on-lag",
            "--lag-bound",
            "--max-outage",
            "--record-timestamp",
        ] {
            assert!(!help.contains(&format!("{flag} <")), "{command} {flag}");
        }
    }
}
