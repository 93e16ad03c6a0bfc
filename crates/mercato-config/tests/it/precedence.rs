//! Flag, environment, `.env`, file, default: each layer wins over those after it.

use crate::common::{World, message};
use mercato_config::{ColorChoice, LogLevel};

/// A world in which each of the four lower layers says something else about seed and level.
fn crowded() -> World {
    World {
        variables: vec![("MERCATO_SEED", "4"), ("LOG_LEVEL", "error")],
        dotenv: "MERCATO_SEED=3\nLOG_LEVEL=warn\n",
        files: vec![
            ("a.toml", "[run]\nseed = 1\n"),
            ("b.yaml", "run:\n  seed: 2\nlog:\n  level: trace\n"),
        ],
        ..World::default()
    }
}

#[test]
fn each_layer_wins_over_those_below_it() {
    let mut world = crowded();
    let seed = |world: &World, flags: &[&str]| {
        let seed = world.run(flags).unwrap().seed;
        (seed.value, seed.origin.to_string().rsplit('/').next().unwrap().to_owned())
    };
    assert_eq!(seed(&world, &["--seed", "5"]), (5, "--seed".into()));
    assert_eq!(seed(&world, &[]), (4, "MERCATO_SEED in the environment".into()));
    world.variables.clear();
    assert_eq!(seed(&world, &[]), (3, "MERCATO_SEED in .env:1".into()));
    world.dotenv = "";
    assert_eq!(seed(&world, &[]), (2, "b.yaml:2".into()));
    world.files.pop();
    assert_eq!(seed(&world, &[]), (1, "a.toml:2".into()));
    world.files.clear();
    assert_eq!(seed(&world, &[]).1, "default");
}

#[test]
fn the_level_comes_from_the_same_layers() {
    let mut world = crowded();
    let level = |world: &World, flags: &[&str]| world.log(flags).unwrap().log_level.value;
    assert_eq!(level(&world, &["-v"]), LogLevel::Debug);
    assert_eq!(level(&world, &["-qq"]), LogLevel::Error);
    assert_eq!(level(&world, &[]), LogLevel::Error);
    world.variables.clear();
    assert_eq!(level(&world, &[]), LogLevel::Warn);
    world.dotenv = "";
    assert_eq!(level(&world, &[]), LogLevel::Trace);
    world.files.clear();
    assert_eq!(level(&world, &[]), LogLevel::Info);
}

#[test]
fn levels_have_pythons_names_too() {
    for (name, level) in [
        ("WARNING", LogLevel::Warn),
        ("CRITICAL", LogLevel::Error),
        ("Fatal", LogLevel::Error),
        ("debug", LogLevel::Debug),
    ] {
        let world = World::of_variables(&[("LOG_LEVEL", name)]);
        assert_eq!(world.log(&[]).unwrap().log_level.value, level, "{name}");
        let flag = World::default().log(&["--log-level", name]).unwrap();
        assert_eq!(flag.log_level.value, level, "--log-level {name}");
    }
}

#[test]
fn an_empty_variable_is_not_set() {
    let world = World {
        variables: vec![("MERCATO_SEED", "")],
        dotenv: "MERCATO_SEED=3",
        ..World::default()
    };
    assert_eq!(world.run(&[]).unwrap().seed.value, 3);
}

#[test]
fn a_program_has_variables_of_its_own() {
    let world = World::of_variables(&[("GENERATION_RATE", "50/s"), ("DURATION", "2")]);
    let run = world.run(&[]).unwrap();
    assert_eq!(run.rate.unwrap().value.to_string(), "50/s");
    assert_eq!(run.duration.unwrap().value, 120_000_000);
}

#[test]
fn a_wrong_variable_is_named_unless_a_flag_wins_over_it() {
    let world = World {
        variables: vec![("MERCATO_SEED", "many")],
        dotenv: "LOG_LEVEL=loud",
        ..World::default()
    };
    let error = world.run(&[]).unwrap_err();
    let expected = "MERCATO_SEED in the environment: invalid whole number 'many': expected a number from 0 to 18446744073709551615";
    assert_eq!(message(&error), expected);
    assert!(world.run(&["--seed", "1"]).is_ok());
    let error = message(&world.log(&[]).unwrap_err());
    assert!(
        error.starts_with("LOG_LEVEL in .env:1: invalid log level 'loud': expected off, error"),
        "{error}"
    );
}

#[test]
fn no_color_counts_unless_a_flag_says_otherwise() {
    let color = |world: &World, flags: &[&str]| world.log(flags).unwrap().color.value;
    let world = World {
        variables: vec![("NO_COLOR", "1")],
        files: vec![("a.toml", "[log]\ncolor = \"always\"")],
        dotenv: "",
        ..World::default()
    };
    assert_eq!(color(&world, &[]), ColorChoice::Never);
    assert_eq!(color(&world, &["--color", "always"]), ColorChoice::Always);
    assert_eq!(color(&World::default(), &[]), ColorChoice::Auto);
}

#[test]
fn outputs_come_from_flags_and_files() {
    let world = World::of_file(
        "a.json",
        r#"{"output": {"path": "sales.csv.gz", "summary_json": "s.json"}}"#,
    );
    let output = world.output(&[]).unwrap();
    assert_eq!(
        output.output.as_ref().unwrap().value.path().unwrap().to_str(),
        Some("sales.csv.gz")
    );
    assert!(!output.to_stdout(false) && !output.to_stdout(true));
    assert!(world.output(&["-o", "null:"]).unwrap().output.unwrap().value.is_null());
    assert!(world.output(&["--output-console"]).unwrap().to_stdout(true));
    let plain = World::default().output(&[]).unwrap();
    assert!(plain.to_stdout(false) && !plain.to_stdout(true));
    let error = World::of_file("a.toml", "[output]\npath = \"sales.txt\"").output(&[]).unwrap_err();
    assert!(
        message(&error).starts_with("a.toml:2: output.path: unknown extension of `sales.txt`"),
        "{error}"
    );
}
