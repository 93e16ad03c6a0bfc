//! Which run is meant: where it begins and ends, its pace, and the command that repeats it.

#![expect(clippy::disallowed_methods, reason = "how long reading takes is what is tested")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use crate::common::{NOW, World, cli, message};
use mercato_config::{RunSpec, repeat_command};
use mercato_units::{Clock, Shard};

fn run(flags: &[&str]) -> RunSpec {
    World::default().run(flags).unwrap()
}

const HOUR: i64 = 3_600_000_000;

#[test]
fn a_run_begins_now_unless_it_would_reach_into_the_future() {
    for (flags, start) in [
        (&[] as &[&str], NOW),
        (&["--duration", "60"], NOW),
        (&["--clock", "fast", "--duration", "60"], NOW - HOUR),
        (&["--clock", "60x", "--duration", "1h"], NOW - HOUR),
        (&["--clock", "fast"], NOW - HOUR / 12),
        (&["--clock", "fast", "--count", "9"], NOW),
        (&["--backfill", "120"], NOW - 2 * HOUR),
        (&["--backfill", "2h", "--duration", "3h"], NOW - 2 * HOUR),
        (&["--start", "2025-01-31T00:00:00Z", "--clock", "fast"], NOW),
    ] {
        assert_eq!(run(flags).start.value.micros(), start, "{flags:?}");
    }
}

#[test]
fn a_start_before_1970_is_blamed_on_the_setting_that_moved_it() {
    for (flag, flags) in [
        ("--duration", &["--duration", "36500d", "--clock", "fast"] as &[&str]),
        ("--backfill", &["--backfill", "36500d"]),
    ] {
        let shown = message(&World::default().run(flags).unwrap_err());
        let reason = "36500d before now is earlier than 1970; give --start, or at most 20119d";
        assert_eq!(shown, format!("{flag}: {reason}"));
    }
    let world = World::of_file("a.toml", "[run]\nseed = 1\nduration = \"36500d\"\n");
    let shown = message(&world.run(&["--clock", "fast"]).unwrap_err());
    assert!(shown.starts_with("a.toml:3: run.duration: 36500d before now"), "{shown}");
    assert!(world.run(&["--clock", "fast", "--start", "2020-01-01"]).is_ok());
    assert!(run(&["--duration", "20119d", "--clock", "fast"]).start.value.micros() == 0);
}

#[test]
fn no_duration_is_refused_with_value_and_range() {
    for text in ["0", "0s"] {
        let shown = message(&World::default().run(&["--duration", text]).unwrap_err());
        assert_eq!(shown, "--duration: 0s is out of range (1us to 36500d)");
    }
}

#[test]
fn a_bare_bound_of_lag_is_seconds_whatever_the_program_counts_durations_in() {
    assert_eq!(run(&["--lag-bound", "5"]).lag_bound.value, 5_000_000);
    assert_eq!(run(&["--lag-bound", "0.5"]).lag_bound.value, 500_000);
    assert_eq!(run(&["--lag-bound", "5m"]).lag_bound.value, 300_000_000);
    let world = World::of_file("a.toml", "[run]\nlag_bound = 5\n");
    let shown = message(&world.run(&[]).unwrap_err());
    assert!(shown.starts_with("a.toml:2: run.lag_bound: invalid duration '5'"), "{shown}");
}

#[test]
fn the_default_duration_holds_only_where_no_end_is_given() {
    for (flags, duration) in [
        (&[] as &[&str], Some(300_000_000)),
        (&["--duration", "1.5"], Some(90_000_000)),
        (&["--duration", "90s", "--count", "5"], Some(90_000_000)),
        (&["--count", "5"], None),
        (&["--to", "+1h"], None),
        (&["--backfill", "1h"], None),
    ] {
        assert_eq!(run(flags).duration.map(|set| set.value), duration, "{flags:?}");
    }
}

#[test]
fn an_empty_window_is_refused() {
    for (flags, named) in [
        (&["--from", "+10m", "--to", "+10m"] as &[&str], "ends at +10m but starts at +10m"),
        (
            &["--to", "2024-01-01"],
            "ends at 2024-01-01T00:00:00Z but starts at 2025-01-31T00:00:00Z",
        ),
    ] {
        let shown = message(&World::default().run(flags).unwrap_err());
        assert!(shown.starts_with("--to: ") && shown.contains(named), "{shown}");
    }
    assert!(World::default().run(&["--from", "+10m", "--to", "+11m"]).is_ok());
}

#[test]
fn a_stronger_layer_decides_where_the_run_begins() {
    let world = World::of_file("a.toml", "[run]\nstart = 2020-01-01T00:00:00Z\n");
    assert_eq!(world.run(&[]).unwrap().start.value.to_string(), "2020-01-01T00:00:00Z");
    assert_eq!(world.run(&["--backfill", "1h"]).unwrap().start.value.micros(), NOW - HOUR);
    let world = World::of_file("a.toml", "[run]\nbackfill = \"1h\"\n");
    assert_eq!(
        world.run(&["--start", "2020-01-01"]).unwrap().start.value.to_string(),
        "2020-01-01T00:00:00Z"
    );
}

#[test]
fn threads_follow_the_clock() {
    assert_eq!(run(&[]).threads.value, 1);
    assert_eq!(run(&["--clock", "60x"]).threads.value, 1);
    assert_eq!(run(&["--clock", "fast", "--threads", "7"]).threads.value, 7);
    assert!(run(&["--clock", "fast"]).threads.value >= 1);
}

#[test]
fn everything_can_be_said_in_a_file() {
    let text = "[run]\nseed = 7\ncount = 10\nduration = \"2h\"\nstart = \"2025-01-01\"\nfrom = \"+1m\"\nto = \"+1h\"\n\
                clock = \"2.5x\"\nrate = \"50/s\"\nthreads = 3\nshard = \"1/2\"\ndrain = true\n\
                [[schedule]]\nfrom = \"+10m\"\nto = 2025-01-01T00:20:00Z\nfactor = 5\n\
                [disorder]\nmalformed = 0.01\nkinds = [\"wrong_type\"]\nledger = \"faults.ndjson\"\n";
    let run = World::of_file("a.toml", text).run(&[]).unwrap();
    assert_eq!(
        (run.seed.value, run.count.unwrap().value, run.duration.unwrap().value),
        (7, 10, 2 * HOUR)
    );
    assert_eq!(run.clock.value, Clock::Paced { event: 5, wall: 2 });
    assert_eq!(
        (run.threads.value, run.shard.value, run.drain.value),
        (3, Shard::new(1, 2).unwrap(), true)
    );
    assert_eq!(
        run.schedule[0].to.micros(run.start.value) - run.schedule[0].from.micros(run.start.value),
        600_000_000
    );
    assert_eq!(run.disorder.malformed.millionths(), 10_000);
    assert_eq!(run.disorder.kinds().len(), 1);
}

#[test]
fn the_command_repeats_the_run_and_nothing_else() {
    let world = World {
        variables: vec![("GENERATION_RATE", "50/s"), ("MERCATO_SEED", "7")],
        files: vec![("it's.toml", "[run]\ncount = 5\n")],
        ..World::default()
    };
    let flags = [
        "--clock",
        "fast",
        "--duration",
        "90s",
        "-o",
        "null:",
        "--threads",
        "2",
        "--shard",
        "0/2",
        "--drain",
    ];
    let (layers, run) = (world.layers().unwrap(), world.run(&flags).unwrap());
    let command = repeat_command(&layers, &run, &["--stream".into(), "orders".into()]);
    let (before, rest) = command.split_once(" --config '").unwrap();
    let (_, after) = rest.split_once(r"it'\''s.toml' ").unwrap();
    assert_eq!(before, "shop-gen --stream orders");
    let expected = "--seed 7 --start 2025-01-30T23:58:30Z --duration 90s --rate 50/s --clock fast --shard 0/2 --drain";
    assert_eq!(after, expected);

    let again = World::default().run(&expected.split(' ').collect::<Vec<_>>()).unwrap();
    assert_eq!((again.seed.value, again.start.value), (run.seed.value, run.start.value));
    assert_eq!(again.duration.unwrap().value, run.duration.unwrap().value);
    assert_eq!(again.rate.unwrap().value, run.rate.unwrap().value);
    assert!(cli(&["--seed", "7"]).run.start.is_none());
}

#[test]
fn an_option_is_the_same_in_flags_files_and_rows() {
    let text = "[run]\ndrain = true\non_lag = \"shed\"\nlag_bound = \"9s\"\n";
    let run = World::of_file("a.toml", text).run(&["--threads", "3", "--shard", "1/2"]).unwrap();
    let row = |key: &str| {
        let row = run.rows().into_iter().find(|row| row.key.file == key).unwrap();
        let origin = row.origin.to_string();
        (row.value, origin.rsplit('/').next().unwrap().to_owned())
    };
    assert_eq!(row("run.drain"), (true.into(), "a.toml:2".to_owned()));
    assert_eq!(row("run.on_lag"), ("shed".into(), "a.toml:3".to_owned()));
    assert_eq!(row("run.lag_bound"), ("9s".into(), "a.toml:4".to_owned()));
    assert_eq!(row("run.threads"), (3.into(), "--threads".to_owned()));
    assert_eq!(row("run.shard"), ("1/2".into(), "--shard".to_owned()));
    assert_eq!(row("run.count"), (serde_json::Value::Null, "default".to_owned()));
    let bound = World::default().run(&[]).unwrap().lag_bound;
    assert_eq!((bound.value, bound.origin.to_string().as_str()), (5_000_000, "default"));
}

#[test]
fn help_names_default_and_variable_as_they_are_declared() {
    use clap::CommandFactory;

    let help = crate::common::Cli::command().render_help().to_string();
    let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "[default: random, printed with the run] [env: MERCATO_SEED]",
        "and its records as too late [default: 5s]",
        "Emit only shard I of N; each key belongs to exactly one shard [default: 0/1]",
    ] {
        assert!(words.contains(part), "{part}: {help}");
    }
}

#[test]
fn a_long_schedule_is_checked_at_once() {
    let entry = |second: u32| {
        format!("[[schedule]]\nfrom = \"+{second}s\"\nto = \"+{}s\"\nfactor = 2\n", second + 1)
    };
    let text: String = (0..20_000).map(|second| entry(2 * second)).collect();
    let begin = std::time::Instant::now();
    let run = World::of_file("a.toml", text.clone().leak()).run(&[]).unwrap();
    assert_eq!(run.schedule.len(), 20_000);
    // Each entry compared with all before it took a minute.
    assert!(begin.elapsed().as_secs() < 20, "it took {:?}", begin.elapsed());
    let twice = text + &entry(10_000) + &entry(7);
    let refused = message(&World::of_file("a.toml", twice.leak()).run(&[]).unwrap_err());
    assert!(refused.starts_with("a.toml:80001: the `schedule` entry from +"), "{refused}");
    assert!(refused.contains("overlaps the entry"), "{refused}");
}

/// Returns the settings of a run whose program warms up for an hour, with its origin and its part.
fn warmed_up(flags: &[&str]) -> (i64, Option<i64>, Option<i64>) {
    let run = World { warm_up: HOUR, ..World::default() }.run(flags).unwrap();
    let range = run.range();
    (run.origin().micros() - NOW, range.from.map(|from| from.micros() - NOW), range.duration_micros)
}

#[test]
fn only_a_run_that_starts_now_warms_up_unasked() {
    const MINUTE: i64 = HOUR / 60;
    for (flags, expected) in [
        (&[] as &[&str], (-HOUR, Some(0), Some(HOUR + 5 * MINUTE))),
        (&["--duration", "60"], (-HOUR, Some(0), Some(2 * HOUR))),
        (&["--to", "+20m"], (-HOUR, Some(0), None)),
        (&["--warm-up", "0"], (0, None, Some(5 * MINUTE))),
        (&["--warm-up", "2h"], (-2 * HOUR, Some(0), Some(2 * HOUR + 5 * MINUTE))),
        (&["--warm-up", "2h", "--from", "+1m"], (-2 * HOUR, Some(MINUTE), Some(125 * MINUTE))),
        (&["--from", "+1m"], (0, Some(MINUTE), Some(5 * MINUTE))),
        (&["--count", "9"], (0, None, None)),
        (&["--backfill", "1h"], (-HOUR, None, None)),
        (&["--clock", "fast", "--duration", "60"], (-HOUR, None, Some(HOUR))),
        (&["--start", "2025-01-31"], (0, None, Some(5 * MINUTE))),
        (&["--start", "2025-01-31", "--warm-up", "30"], (-HOUR / 2, Some(0), Some(35 * MINUTE))),
    ] {
        assert_eq!(warmed_up(flags), expected, "{flags:?}");
    }
}

#[test]
fn periods_count_from_the_start_and_not_from_the_warm_up() {
    let text = "[[schedule]]\nfrom = \"+10m\"\nto = \"+20m\"\nfactor = 5\n";
    let world = World { warm_up: HOUR, ..World::of_file("a.toml", text) };
    let fixed = world.run(&[]).unwrap().fixed_schedule();
    assert_eq!(fixed[0].from.to_string(), "2025-01-31T00:10:00Z");
    assert_eq!(fixed[0].to.to_string(), "2025-01-31T00:20:00Z");
    let cold = world.run(&["--warm-up", "0"]).unwrap();
    assert_eq!(cold.fixed_schedule(), cold.schedule);
}

#[test]
fn a_warm_up_that_cannot_be_is_refused() {
    for (flags, reason) in [
        (&["--warm-up", "1h", "--count", "9"] as &[&str], "cannot be combined with run.count"),
        (
            &["--warm-up", "1d", "--start", "1970-01-01"],
            "1d before the start, 1970-01-01T00:00:00Z",
        ),
    ] {
        let shown = message(&World::default().run(flags).unwrap_err());
        assert!(shown.starts_with("--warm-up") && shown.contains(reason), "{shown}");
    }
}
