//! `mercato config validate`: checks configuration files before a run depends on them.

use std::fmt::Display;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use mercato::STREAMS;
use mercato::config::args::{LogArgs, OutputArgs, RunArgs};
use mercato::config::env::{Environment, now_micros};
use mercato::config::{KafkaSettings, Layers, LogSettings, OutputSettings, RunDefaults, RunSpec};
use mercato::engine::Format;
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::session::Plan;
use mercato::units::Clock;

use crate::{PROGRAM, print};

/// Check configuration files for mistakes.
///
/// Merges several files as --config does. Ignores environment variables.
#[derive(Debug, Args)]
#[command(after_help = super::EXAMPLES)]
pub(crate) struct Validate {
    /// Configuration files (.toml, .yaml or .json); later files override earlier ones
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl Validate {
    pub(super) fn run(&self) -> Result<Exit, Failure> {
        let mistakes = self.mistakes()?;
        if mistakes.is_empty() {
            return print("ok");
        }
        for mistake in mistakes {
            // Nothing is left to say it to if stderr has gone.
            let _ = writeln!(io::stderr().lock(), "{mistake}");
        }
        Ok(Exit::Config)
    }

    /// Returns the mistakes, at most one per section and one per file that cannot be read.
    fn mistakes(&self) -> Result<Vec<String>, Failure> {
        let mut found = Found::default();
        let load = |files: &[PathBuf]| Layers::load(PROGRAM, files, Environment::default());
        // A file that cannot be read must not hide what is wrong with the others.
        let mut is_read = |file: &PathBuf| found.look(load(std::slice::from_ref(file))).is_some();
        let files: Vec<PathBuf> = self.files.iter().filter(|file| is_read(file)).cloned().collect();
        check(&load(&files)?, &mut found)?;
        // Of settings that several files make, only the first mistake is found: each file has its
        // own.
        if !found.0.is_empty() && files.len() > 1 {
            for file in &files {
                check(&load(std::slice::from_ref(file))?, &mut found)?;
            }
        }
        Ok(found.0)
    }
}

/// Looks for mistakes in the settings that files come to.
fn check(layers: &Layers, found: &mut Found) -> Result<(), Failure> {
    let plan = plan(layers, found)?;
    found.look(OutputSettings::resolve(&OutputArgs::default(), layers));
    if let Some(settings) = found.look(KafkaSettings::check_files(layers)) {
        check_client(&settings, layers, found);
    }
    found.look(LogSettings::resolve(&LogArgs::default(), layers));
    for row in STREAMS {
        if let Some(stream) = found.look(row.configured(layers)) {
            // A file may name scenarios that only some streams have; only a run of another refuses them.
            let timetable = if row.has_scenarios {
                plan.timetable.clone()
            } else {
                plan.timetable.without_scenarios()
            };
            let plan = Plan { timetable, ..plan.clone() };
            found.look(
                stream
                    .run(&plan, Format::Json)
                    .map_err(|error| Failure::from(error).located(layers)),
            );
        }
    }
    Ok(())
}

/// Finds properties that Kafka's client or that of a registry does not take; contacts nobody.
#[cfg(feature = "kafka")]
fn check_client(settings: &KafkaSettings, layers: &Layers, found: &mut Found) {
    use mercato::registry::RegistryError;
    use mercato::runtime::kafka;

    let connection = &settings.connection;
    let client = kafka::producer(connection, PROGRAM.command[0], layers);
    found.look(client.map_err(|error| Failure::new(Exit::Config, error)));
    found.look(kafka::registry(connection).map_err(|error| {
        let place = match &error {
            RegistryError::Property { name, .. } => layers.place_of_property(name),
            _ => None,
        };
        Failure::new(Exit::Config, error).at(place)
    }));
}

/// Without the client nobody can say.
#[cfg(not(feature = "kafka"))]
fn check_client(_: &KafkaSettings, _: &Layers, _: &mut Found) {}

/// The plan that files describe, or one of nothing but defaults where they are wrong.
fn plan(layers: &Layers, found: &mut Found) -> Result<Plan, Failure> {
    let defaults = RunDefaults { duration: None, clock: Clock::Fast, warm_up: 0 };
    let resolve =
        |layers: &Layers| RunSpec::resolve(&RunArgs::default(), layers, &defaults, now_micros());
    let of_files =
        found.look(resolve(layers)).and_then(|settings| found.look(Plan::of_settings(&settings)));
    if let Some(plan) = of_files {
        return Ok(plan);
    }
    let layers = Layers::load(PROGRAM, &[], Environment::default())?;
    Ok(Plan::of_settings(&resolve(&layers)?)?)
}

/// The mistakes so far, each once.
#[derive(Debug, Default)]
struct Found(Vec<String>);

impl Found {
    fn look<T, E: Into<Failure>>(&mut self, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.note(&error.into())).ok()
    }

    fn note(&mut self, mistake: &impl Display) {
        let mistake = mistake.to_string();
        if !self.0.contains(&mistake) {
            self.0.push(mistake);
        }
    }
}
