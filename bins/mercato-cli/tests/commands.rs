//! The commands that `mercato` offers; this test also has the program built for the suites in `tests/`.

use std::process::Command;

#[test]
fn every_command_explains_itself() {
    for command in
        ["broker", "config", "generate", "health", "stats", "stream", "topics", "truth", "verify", "completions", "man"]
    {
        let output = Command::new(env!("CARGO_BIN_EXE_mercato")).args([command, "--help"]).output().unwrap();
        assert!(output.status.success(), "mercato {command} --help");
        assert!(String::from_utf8_lossy(&output.stdout).contains("Usage: mercato"), "{command}");
    }
}
