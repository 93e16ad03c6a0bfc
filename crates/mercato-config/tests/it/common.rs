//! What the tests of this crate share: a program, its flags, and settings resolved from texts.

#![allow(unreachable_pub, reason = "this module is the tests' own")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;

use clap::Parser;
use mercato_config::args::{ConfigArgs, LogArgs, OutputArgs, RunArgs};
use mercato_config::env::Environment;
use mercato_config::{
    CellKind, Column, ConfigError, Layers, LogSettings, OutputSettings, Program, RowsFile,
    RunDefaults, RunSpec, Section,
};
use mercato_units::{Clock, Unit};

/// A program in the manner of order-gen.
pub const PROGRAM: Program = Program {
    command: &["shop-gen"],
    bare_duration: Unit::Minutes,
    variables: &[("run.rate", "GENERATION_RATE"), ("run.duration", "DURATION")],
    sections: &[
        Section::new("sales"),
        Section { rows_files: PRODUCTS, documented: RENAMED, ..Section::new("orders") },
    ],
};

/// The name of a setting in a document.
const RENAMED: &[(&str, &str)] = &[("weekend_multiplier", "orders.week.weekend")];

/// A list that may stand in a CSV file.
const PRODUCTS: &[RowsFile] =
    &[RowsFile { key: "products_file", list: "products", columns: COLUMNS }];

const COLUMNS: &[Column] = &[
    Column { name: "id", key: "id", kind: CellKind::Text, required: true },
    Column { name: "min_price", key: "price", kind: CellKind::Low, required: false },
    Column { name: "max_price", key: "price", kind: CellKind::High, required: false },
    Column { name: "weight", key: "weight", kind: CellKind::Integer, required: false },
];

/// The moment at which every test runs: 2025-01-31T00:00:00Z.
pub const NOW: i64 = 1_738_281_600_000_000;

/// Its flags.
#[derive(Debug, Parser)]
#[command(name = "shop-gen")]
pub struct Cli {
    #[command(flatten)]
    pub run: RunArgs,
    #[command(flatten)]
    pub kafka: mercato_config::args::KafkaArgs,
    #[command(flatten)]
    pub output: OutputArgs,
    #[command(flatten)]
    pub config: ConfigArgs,
    #[command(flatten)]
    pub log: LogArgs,
}

/// The flags, without the program's name.
pub fn cli(flags: &[&str]) -> Cli {
    Cli::try_parse_from(["shop-gen"].iter().chain(flags)).unwrap()
}

/// What clap says to flags that it refuses; it must exit with 2.
pub fn refused(flags: &[&str]) -> String {
    let error = Cli::try_parse_from(["shop-gen"].iter().chain(flags)).unwrap_err();
    assert_eq!(error.exit_code(), 2, "{error}");
    error.to_string()
}

/// Settings below the flags.
#[derive(Default)]
pub struct World {
    pub variables: Vec<(&'static str, &'static str)>,
    pub dotenv: &'static str,
    /// Name with its ending, and text.
    pub files: Vec<(&'static str, &'static str)>,
    /// The program's default warm-up in microseconds.
    pub warm_up: i64,
}

impl World {
    pub fn of_file(name: &'static str, text: &'static str) -> Self {
        Self { files: vec![(name, text)], ..Self::default() }
    }

    pub fn of_variables(variables: &[(&'static str, &'static str)]) -> Self {
        Self { variables: variables.to_vec(), ..Self::default() }
    }

    /// The layers; messages name a file by its name alone.
    pub fn layers(&self) -> Result<Layers, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> =
            self.files.iter().map(|(name, _)| folder.path().join(name)).collect();
        for (path, (_, text)) in paths.iter().zip(&self.files) {
            std::fs::write(path, text).unwrap();
        }
        let variables =
            self.variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Layers::load(PROGRAM, &paths, Environment::new(variables, self.dotenv)?)
    }

    pub fn run(&self, flags: &[&str]) -> Result<RunSpec, ConfigError> {
        let warm_up = self.warm_up;
        let defaults = RunDefaults { duration: Some(300_000_000), clock: Clock::Wall, warm_up };
        RunSpec::resolve(&cli(flags).run, &self.layers()?, &defaults, NOW)
    }

    pub fn output(&self, flags: &[&str]) -> Result<OutputSettings, ConfigError> {
        OutputSettings::resolve(&cli(flags).output, &self.layers()?)
    }

    pub fn log(&self, flags: &[&str]) -> Result<LogSettings, ConfigError> {
        LogSettings::resolve(&cli(flags).log, &self.layers()?)
    }
}

/// An error's message without the folder that a test's files lie in.
pub fn message(error: &ConfigError) -> String {
    let text = error.to_string();
    let folder = std::env::temp_dir().display().to_string() + "/";
    match text
        .split_once(&folder)
        .and_then(|(before, rest)| Some((before, rest.split_once('/')?.1)))
    {
        Some((before, rest)) => format!("{before}{rest}"),
        None => text,
    }
}
