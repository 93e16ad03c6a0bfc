//! Runs that are stopped or killed, and go on: what they leave is what one run would have left.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use mercato_test_support::{Program, ended_within, folder, json, names, read, signal};
use serde_json::Value;

/// Six hours of the shop in about six seconds.
const RUN: &str = "--seed 7 --start 2026-01-05T10:00:00Z --clock 3600x --duration 6";
const HISTORY: &str = "--seed 7 --days 3 --end 2026-01-08 --topics transactions,fraud-alerts";

/// A run of `mercato` in `folder`, with its output and its state there.
fn run(folder: &Path, words: &str) -> Program {
    Program::new("mercato").words(words).in_folder(folder)
}

/// Every file below `folder` with its bytes, states and lists of faults left out.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let is_output = |name: &String| name != "state.json" && !name.ends_with("faults.ndjson");
    for name in names(folder).into_iter().filter(is_output) {
        let path = folder.join(&name);
        if path.is_dir() {
            let inner = contents(&path).into_iter();
            found.extend(inner.map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.push((name, read(&path)));
        }
    }
    found
}

/// Starts the run again and again, ending it by `name` after each of `pauses`, until it comes to
/// its end; returns how often it was ended.
fn interrupted(folder: &Path, words: &str, name: &str, pauses: &[u64]) -> usize {
    let mut ended = 0;
    for pause in pauses {
        let child = run(folder, words).words("-q --state state.json").start();
        sleep(Duration::from_millis(*pause));
        signal(&child, name);
        let outcome = ended_within(child, Duration::from_secs(60));
        if outcome.code == Some(0) {
            return ended;
        }
        assert!(matches!(outcome.code, None | Some(9)), "{:?} {}", outcome.code, outcome.stderr);
        ended += 1;
    }
    run(folder, words).words("-q --state state.json").run().success();
    ended
}

/// Asserts that a run into `output` that is ended by a signal leaves what an undisturbed one does.
fn leaves_the_same(words: &str, signal: &str, pauses: &[u64]) {
    let (whole, parts) = (folder(), folder());
    let fast = words.replace("3600x", "fast");
    run(whole.path(), &fast).words("-q").run().success();
    assert!(interrupted(parts.path(), words, signal, pauses) > 0, "{words} was never ended");
    let (expected, found) = (contents(whole.path()), contents(parts.path()));
    let names = |files: &[(String, Vec<u8>)]| -> Vec<String> {
        files.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&found), names(&expected), "{words}");
    assert!(found == expected, "{words}: other bytes");
    assert_ne!(json(&parts.path().join("state.json"))["end"], "unfinished");
}

#[test]
fn a_killed_run_goes_on_in_a_file() {
    leaves_the_same(&format!("stream {RUN} -o out.ndjson"), "KILL", &[700, 2900]);
}

#[test]
fn a_killed_run_of_changes_goes_on() {
    let words = format!("stream {RUN} --topics product-updates --cdc debezium -o out.ndjson");
    leaves_the_same(&words, "KILL", &[700, 2900]);
}

#[test]
fn a_killed_run_with_disorder_goes_on() {
    let disorder = "late=5%:1h,reorder=5%:1m,duplicate=2%:10m,drop=2%,future=1%:2h,malformed=1%";
    let words = format!("stream {RUN} --disorder {disorder} -o out.ndjson");
    leaves_the_same(&words, "KILL", &[700, 2900]);
    leaves_the_same(&words, "TERM", &[1500]);
}

#[test]
fn a_killed_run_goes_on_in_a_folder() {
    leaves_the_same(&format!("stream {RUN} -o out/ --format csv"), "KILL", &[2900, 1400]);
}

#[test]
fn a_killed_run_begins_compressed_files_again() {
    leaves_the_same(&format!("stream {RUN} -o out/ --format ndjson.zst"), "KILL", &[1400]);
    leaves_the_same(&format!("stream {RUN} -o t.parquet --topics transactions"), "KILL", &[1400]);
}

#[test]
fn a_stopped_run_goes_on_in_a_file() {
    leaves_the_same(&format!("stream {RUN} -o out.ndjson"), "TERM", &[500, 900, 600]);
}

#[test]
fn a_history_goes_on_with_the_first_unfinished_day() {
    leaves_the_same(&format!("historical {HISTORY} -o h"), "KILL", &[120, 350]);
    leaves_the_same(&format!("historical {HISTORY} -o h --format parquet"), "TERM", &[250]);
}

#[test]
fn standard_output_goes_on_with_the_next_record() {
    let folder = folder();
    let words = format!("stream {RUN} --topics transactions -q");
    let whole = run(folder.path(), &words.replace("3600x", "fast")).run().success();
    let mut child = run(folder.path(), &words).words("--summary-json run.json").start();
    sleep(Duration::from_millis(900));
    signal(&child, "TERM");
    let mut first = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut first).unwrap();
    assert_eq!(ended_within(child, Duration::from_secs(20)).code, Some(9));
    assert!(!first.is_empty() && first.len() < whole.len());
    let rest = run(folder.path(), &words.replace("3600x", "fast")).words("--resume run.json");
    assert!([first, rest.run().success()].concat() == whole);
}

/// The state of a run that was stopped after a moment, in `state.json`.
fn stopped(folder: &Path, words: &str) {
    let child = run(folder, words).words("--state state.json").start();
    sleep(Duration::from_millis(600));
    signal(&child, "TERM");
    assert_eq!(ended_within(child, Duration::from_secs(20)).code, Some(9));
}

#[test]
fn seed_and_start_are_those_of_the_run_that_is_gone_on_with() {
    let folder = folder();
    let words = "stream --clock 3600x --duration 1 -o out.ndjson -q --topics transactions";
    stopped(folder.path(), words);
    assert_eq!(names(folder.path()), [".out.ndjson.partial", "state.json"]);
    let before = json(&folder.path().join("state.json"));
    run(folder.path(), &words.replace("3600x", "fast")).words("--state state.json").run().success();
    let after = json(&folder.path().join("state.json"));
    assert_eq!((&after["identity"], &after["part"]), (&before["identity"], &before["part"]));
    assert_eq!((&before["end"], &after["end"]), (&"interrupted".into(), &"duration".into()));
    // What lies there is what the state's own command makes.
    let command = after["command"].as_str().unwrap().strip_prefix("mercato ").unwrap().to_owned();
    let lines = run(folder.path(), &command).words("-q").run().success();
    assert!(read(&folder.path().join("out.ndjson")) == lines);
    // And nothing is left to do.
    let again = run(folder.path(), &words.replace("-q", "")).words("--state state.json").run();
    assert!(again.stderr.contains("is complete: nothing is left to do"), "{}", again.stderr);
    assert!(read(&folder.path().join("out.ndjson")) == lines);
}

#[test]
fn a_state_of_another_run_is_refused_with_both_named() {
    let folder = folder();
    let words = format!("stream {RUN} -o out.ndjson -q --topics transactions");
    stopped(folder.path(), &words);
    let partial = read(&folder.path().join(".out.ndjson.partial"));
    fs::write(folder.path().join("more.toml"), "[shop.users]\ntotal = 20000\n").unwrap();
    for (change, named) in [
        (words.replace("--seed 7", "--seed 8"), "its seed is 7, but here it is 8"),
        (
            words.replace("01-05T", "01-06T"),
            "its origin is 2026-01-05T10:00:00Z, but here it is 2026-01-06T10:00:00Z",
        ),
        (
            words.replace("transactions", "user-events"),
            "its topics is transactions, but here it is user-events",
        ),
        (format!("{words} --shard 1/2"), "its shard is 0/1, but here it is 1/2"),
        (format!("{words} --config more.toml"), "shop.users.total is 10000, but here it is 20000"),
        (format!("{words} --rate 5/s"), "but here it is"),
        (
            format!("{words} --from +10m"),
            "its beginning is the start, but here it is 2026-01-05T10:10:00Z",
        ),
        (format!("{words} --drain"), "its drain is off, but here it is on"),
        (format!("{words} --warm-up 1"), "but here it is"),
        (
            words.replace("out.ndjson", "other.ndjson"),
            "its destination is out.ndjson, but here it is other.ndjson",
        ),
    ] {
        run(folder.path(), &change)
            .words("--state state.json")
            .run()
            .fails_with(2, &["--state: state.json is the state of another run", named]);
    }
    assert!(read(&folder.path().join(".out.ndjson.partial")) == partial, "nothing was touched");
}

#[test]
fn a_schedule_may_be_appended_to() {
    let folder = folder();
    let words = format!("stream {RUN} -o out.ndjson -q --topics transactions");
    stopped(folder.path(), &words);
    let later = format!("{words} --state state.json --scenario peak_traffic@+5h..+6h");
    run(folder.path(), &later.replace("3600x", "fast")).run().success();
    let whole = words.replace("3600x", "fast").replace("out.ndjson", "whole.ndjson");
    run(folder.path(), &format!("{whole} --scenario peak_traffic@+5h..+6h")).run().success();
    assert!(read(&folder.path().join("out.ndjson")) == read(&folder.path().join("whole.ndjson")));
}

#[test]
fn states_that_cannot_be_kept_are_refused_before_anything_is_written() {
    let folder = folder();
    fs::write(folder.path().join("garbage"), "{").unwrap();
    for (words, code, named) in [
        ("-o a.ndjson --output-console --state s.json", 2, "--state needs a single destination"),
        ("-o a.ndjson --ledger l --state s.json", 2, "--state cannot be combined with a ledger"),
        ("-o a.ndjson --state garbage", 3, "garbage is not a summary written by"),
        ("-o a.ndjson --resume none.json", 8, "none.json"),
        ("-o a.ndjson --state no/such/folder", 8, "no/such/folder"),
        ("-o a.ndjson --state a.ndjson", 2, "both name"),
    ] {
        let run = run(folder.path(), &format!("stream --duration 1 --clock fast -q {words}"));
        run.run().fails_with(code, &[named]);
        assert_eq!(names(folder.path()), ["garbage"], "{words}");
    }
}

#[test]
fn a_state_serves_one_run_at_a_time() {
    let folder = folder();
    let words = format!("stream {RUN} -q --topics transactions --state state.json");
    let child = run(folder.path(), &format!("{words} -o one.ndjson")).start();
    sleep(Duration::from_millis(600));
    run(folder.path(), &format!("{words} -o one.ndjson"))
        .run()
        .fails_with(2, &["another run is using state.json"]);
    signal(&child, "TERM");
    assert_eq!(ended_within(child, Duration::from_secs(20)).code, Some(9));
}

#[test]
fn a_stopped_history_never_names_a_part_of_a_day() {
    let (whole, part) = (folder(), folder());
    let history = HISTORY.replace("--days 3", "--days 12");
    let words = format!("historical {history} -o h --summary-json run.json -q");
    let child = run(part.path(), &words).start();
    let first = part.path().join("h/transactions/dt=2025-12-27/part-00000.ndjson");
    for _ in 0..600 {
        sleep(Duration::from_millis(50));
        if first.exists() {
            break;
        }
    }
    signal(&child, "TERM");
    let ended = ended_within(child, Duration::from_secs(20));
    assert_eq!(ended.code, Some(9), "{}", ended.stderr);
    assert_eq!(json(&part.path().join("run.json"))["end"], Value::from("interrupted"));
    run(whole.path(), &words).run().success();
    let (found, expected) = (contents(&part.path().join("h")), contents(&whole.path().join("h")));
    assert!(!found.is_empty() && found.len() < expected.len(), "{} days", found.len());
    assert!(found.iter().all(|day| expected.contains(day)), "a day that is no whole one");
}

#[test]
fn a_run_that_is_killed_before_it_writes_more_is_gone_on_with_again() {
    let (whole, parts) = (folder(), folder());
    // An order every three seconds of the wall at most.
    let words = "--seed 7 --start 2026-01-05T10:00:00Z --duration 20m --min-delay 60 --max-delay 90 -q -o o.ndjson";
    let run = |folder: &Path, clock: &str| {
        Program::new("order-gen").words(words).words("--clock").arg(clock).in_folder(folder)
    };
    run(whole.path(), "fast").run().success();
    for pause in [2600, 250, 250] {
        let child = run(parts.path(), "100x").words("--state state.json").start();
        sleep(Duration::from_millis(pause));
        signal(&child, "KILL");
        ended_within(child, Duration::from_secs(20));
    }
    run(parts.path(), "fast").words("--state state.json").run().success();
    assert!(contents(whole.path()) == contents(parts.path()));
}

#[test]
fn a_run_that_failed_as_it_ended_goes_on_from_what_was_written() {
    let (whole, parts) = (folder(), folder());
    let words = "--seed 7 --start 2026-01-05T10:00:00Z --duration 200m --min-delay 1 --max-delay 2 --clock fast -q -o o.ndjson";
    Program::new("order-gen").words(words).in_folder(whole.path()).run().success();
    let limited =
        format!("trap '' XFSZ; ulimit -f 12900; exec order-gen {words} --state state.json");
    assert_eq!(Program::shell(&limited).in_folder(parts.path()).run().code, Some(8));
    let again = Program::new("order-gen").words(words).words("--state state.json");
    again.in_folder(parts.path()).run().success();
    assert!(contents(whole.path()) == contents(parts.path()));
}

#[test]
fn the_summary_of_a_killed_run_is_enough_to_go_on_in_its_file() {
    let (whole, parts) = (folder(), folder());
    let words = format!("stream {RUN} -q -o out.ndjson --topics transactions");
    run(whole.path(), &words.replace("3600x", "fast")).run().success();
    let child = run(parts.path(), &words).words("--summary-json state.json").start();
    sleep(Duration::from_millis(2900));
    signal(&child, "KILL");
    ended_within(child, Duration::from_secs(20));
    let rest = run(parts.path(), &words.replace("3600x", "fast")).words("--resume state.json");
    rest.run().success();
    assert!(contents(whole.path()) == contents(parts.path()));
}

#[test]
fn a_file_that_has_its_name_is_not_replaced_by_the_rest() {
    let folder = folder();
    let words = format!("stream {RUN} -q -o out.ndjson --topics transactions");
    let child = run(folder.path(), &words).words("--summary-json run.json").start();
    sleep(Duration::from_millis(900));
    signal(&child, "TERM");
    assert_eq!(ended_within(child, Duration::from_secs(20)).code, Some(9));
    let named = read(&folder.path().join("out.ndjson"));
    for force in ["", "--force"] {
        run(folder.path(), &words)
            .words("--resume run.json")
            .words(force)
            .run()
            .fails_with(2, &["files that have their names"]);
    }
    assert!(read(&folder.path().join("out.ndjson")) == named);
}

#[test]
fn the_warm_up_is_that_of_the_run_that_is_gone_on_with() {
    let folder = folder();
    let words = "stream --duration 1 --clock wall -o out.ndjson -q --topics user-events";
    stopped(folder.path(), words);
    let before = json(&folder.path().join("state.json"));
    let fast = words.replace("--clock wall", "--clock fast");
    run(folder.path(), &fast).words("--state state.json").run().success();
    assert_eq!(json(&folder.path().join("state.json"))["part"], before["part"]);
}

#[test]
fn an_end_is_moved_only_to_what_is_still_to_come() {
    let folder = folder();
    let words = format!("stream {RUN} -q -o out.ndjson --topics transactions");
    stopped(folder.path(), &words);
    let with = |end: &str| {
        let words = words.replace("--duration 6", end).replace("3600x", "fast");
        run(folder.path(), &words).words("--state state.json").run()
    };
    with("--duration 1s").fails_with(2, &["has already passed this end"]);
    with("--duration 1").success();
    with("--duration 2").fails_with(2, &["belongs to a complete run with another end"]);
    with("--duration 1").success();
}

#[test]
fn what_lies_in_place_of_an_unfinished_file_is_left_alone() {
    let folder = folder();
    let words = format!("stream {RUN} -q -o out.ndjson --topics transactions");
    stopped(folder.path(), &words);
    let partial = folder.path().join(".out.ndjson.partial");
    let victim = folder.path().join("victim");
    fs::rename(&partial, folder.path().join("kept")).unwrap();
    fs::write(&victim, vec![b'x'; 10_000_000]).unwrap();
    std::os::unix::fs::symlink(&victim, &partial).unwrap();
    let again = || run(folder.path(), &words).words("--state state.json").run();
    again().fails_with(8, &["delete the state to begin again"]);
    assert!(read(&victim) == vec![b'x'; 10_000_000]);
    fs::remove_file(&partial).unwrap();
    fs::write(folder.path().join("out.ndjson"), "somebody else's\n").unwrap();
    again().fails_with(2, &["is there already", "move it away"]);
    assert_eq!(read(&folder.path().join("out.ndjson")), b"somebody else's\n");
}

#[test]
fn a_summary_on_standard_output_is_one() {
    let words = "order-gen -q --count 5000 --clock fast -o null: --summary-json /dev/stdout";
    let folder = folder();
    let line = format!("{words} > sum.json");
    assert_eq!(Program::shell(&line).in_folder(folder.path()).run().code, Some(0));
    assert_eq!(json(&folder.path().join("sum.json"))["counts"]["first"], 5000);
}
