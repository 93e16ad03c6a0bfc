//! The program as a user meets it: a transaction appears at once, without a broker, and everything
//! else is on stderr.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The program in `folder`, away from the developer's own settings.
fn txn_gen(folder: &Path, flags: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_txn-gen"));
    command.env_clear().current_dir(folder).args(flags.split_whitespace()).stdin(Stdio::null());
    command
}

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn lines(output: &Output) -> Vec<String> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(str::to_owned).collect()
}

/// A Tuesday: half past ten in New York, half past three in London.
const TUESDAY: &str = "--seed 42 --start 2024-07-16T14:30:00Z --clock fast";

fn run(flags: &str) -> Output {
    txn_gen(folder().path(), &format!("{TUESDAY} {flags}")).output().unwrap()
}

#[test]
fn the_first_transaction_appears_at_once() {
    let folder = folder();
    let flags = "--rate 100/s";
    let mut child =
        txn_gen(folder.path(), flags).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let transaction: Value = serde_json::from_str(&line).unwrap();
    assert!(transaction["transaction_id"].as_str().unwrap().starts_with("txn_20"));
    assert!(transaction["user_location"]["latitude"].as_f64().unwrap() > 20.0);
}

#[test]
fn the_same_seed_and_start_make_the_same_transactions() {
    let whole = lines(&run("--count 3000"));
    assert_eq!(whole.len(), 3000);
    assert_eq!(lines(&run("--count 3000 --threads 3")), whole);
    assert_eq!(lines(&run("--count 1000")), whole[..1000]);
    let mut shards =
        [lines(&run("--count 3000 --shard 0/2")), lines(&run("--count 3000 --shard 1/2"))].concat();
    assert_eq!(shards.len(), whole.len());
    let mut sorted = whole;
    sorted.sort_unstable();
    shards.sort_unstable();
    assert_eq!(shards, sorted);
}

#[test]
fn the_rate_is_the_one_where_the_factor_is_one() {
    // A bare duration counts seconds. Everywhere from Newfoundland to Hawaii something else is the
    // time of day, but nowhere on a Tuesday a factor above 2; without them there are exactly as
    // many as asked for.
    let flat = lines(&run("--flat --rate 7200 --duration 3600")).len();
    assert!((7_100..7_300).contains(&flat), "{flat}");
    let busy = lines(&run("--rate 7200 --duration 3600")).len();
    assert!((9_000..12_000).contains(&busy), "{busy}");
}

#[test]
fn documented_variables_are_read_and_flags_win() {
    let with = |flags: &str| {
        let folder = folder();
        let mut command = txn_gen(folder.path(), &format!("{TUESDAY} --flat {flags}"));
        command.env("GENERATION_RATE", "3600").env("DURATION", "60").env("LOG_LEVEL", "DEBUG");
        command.output().unwrap()
    };
    let output = with("");
    let count = lines(&output).len();
    assert!((40..80).contains(&count), "{count}");
    let repeat = "Reproduce with: txn-gen --flat --seed 42 --start 2024-07-16T14:30:00Z --duration 1m --rate 1/s";
    assert!(text(&output.stderr).contains(repeat), "{}", text(&output.stderr));
    assert!((400..800).contains(&lines(&with("--duration 600")).len()));

    let refused =
        txn_gen(folder().path(), "--count 1").env("GENERATION_RATE", "often").output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("GENERATION_RATE"), "{}", text(&refused.stderr));
}

#[test]
fn an_impossible_configuration_is_named_before_anything_is_written() {
    let folder = folder();
    for (section, message) in [
        ("[[transactions.zones]]\nname = 'Europe/Londn'", "did you mean \"Europe/London\"?"),
        ("[transactions]\ncategories = [{ name = 'toys', weight = 0 }]", "the weights sum to zero"),
        ("[transactions]\ncampains = []", "did you mean `campaigns`?"),
        (
            "[transactions]\nweek = { hours = [1.0] }",
            "the hours of a day: expected 24 factors, found 1",
        ),
    ] {
        std::fs::write(folder.path().join("shop.toml"), section).unwrap();
        let output =
            txn_gen(folder.path(), "--config shop.toml --count 1 -o out.ndjson").output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{section}");
        assert!(text(&output.stderr).contains(message), "{section}\n{}", text(&output.stderr));
        assert!(!folder.path().join("out.ndjson").exists());
    }
    let usage = txn_gen(folder.path(), "--rate lots").output().unwrap();
    assert_eq!(usage.status.code(), Some(2));
}
