//! `mercato verify --rules`: checks any records against the rules of the shop's topics.

use std::io;
use std::path::Path;

use clap::Args;
use mercato::config::{KafkaSettings, did_you_mean};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::progress::ReadingProgress;
use mercato::truth::Lines;
use mercato::truth::rules::sources::{self, SourceError};
use mercato::truth::rules::{Checker, Known, Topic, topic_named};

use crate::files::{nothing, progress};
use crate::reading::ReadingArgs;
use crate::{failures, kafka, print_report};

/// Flags of the rule checks.
#[derive(Debug, Args)]
pub(crate) struct RulesArgs {
    /// Check any records of the shop's topics against rules instead of comparing them with a run:
    /// STREAM is then the file or directory, or - for standard input; omit it with --topic
    #[arg(long, conflicts_with_all = ["file", "summary", "seed", "start", "count", "duration", "from", "to", "backfill", "warm_up", "rate", "shard", "drain", "asked"])]
    pub(crate) rules: bool,

    /// With --rules, the topic of all records [default: derived from file, directory, envelope or
    /// first record]
    #[arg(long = "type", value_name = "TOPIC", value_parser = topic)]
    kind: Option<Topic>,

    /// With --rules, number of violations to show per rule
    #[arg(long, value_name = "N", default_value_t = 5)]
    examples: usize,
}

fn topic(name: &str) -> Result<Topic, String> {
    Topic::named(name).ok_or_else(|| did_you_mean(name, &Topic::ALL.map(|topic| topic.name)))
}

impl RulesArgs {
    /// Refuses flags of the rule checks where no rules are checked.
    pub(crate) fn refuse_alone(&self) -> Result<(), Failure> {
        let Some(topic) = self.kind else { return Ok(()) };
        Err(Failure::new(
            Exit::Usage,
            format!(
                "--type {} requires --rules: give both, or choose a topic with --topic",
                topic.name
            ),
        ))
    }

    /// Checks the records at `path`, or those of the topic of `kafka`, and shows the report.
    pub(crate) fn run(
        &self,
        path: Option<&str>,
        kafka: Option<&KafkaSettings>,
        known: Option<Known>,
        reading: &ReadingArgs,
        json: bool,
    ) -> Result<Exit, Failure> {
        let mut checker = Checker::new(self.examples);
        if let Some(known) = known {
            checker = checker.known(known);
        }
        let meter = checker.meter().clone();
        match (path, kafka) {
            (Some("-"), _) => {
                let _progress = ReadingProgress::start(meter.counter(), None);
                let input = meter.count(io::stdin());
                let hints = sources::hints(self.kind, reading.form());
                let lines =
                    Lines::new_known("standard input", input, &hints).map_err(unreadable)?;
                sources::check_lines(&mut checker, lines, reading.is_csv(None), self.kind)
                    .map_err(failures::of_rules)?;
            }
            (Some(path), _) => {
                self.of_path(&mut checker, Path::new(path), reading)?;
            }
            (None, Some(kafka)) => self.of_kafka(&mut checker, kafka, reading)?,
            (None, None) => {
                return Err(Failure::new(
                    Exit::Usage,
                    "nothing to check: give a file, a directory or - for standard input",
                ));
            }
        }
        let report = checker.report();
        if report.is_empty() && !reading.allow_empty {
            return Err(nothing(path.unwrap_or("the topic")));
        }
        print_report(&report, json)?;
        Ok(if report.is_clean() { Exit::Done } else { Exit::Difference })
    }

    fn of_path(
        &self,
        checker: &mut Checker,
        path: &Path,
        reading: &ReadingArgs,
    ) -> Result<(), Failure> {
        let meter = checker.meter().clone();
        let _progress = progress(&meter, path.is_file().then(|| path.to_owned()).as_ref());
        if path.is_dir() && reading.format.is_some() {
            let reason = format!("files in {} are read as their names say", path.display());
            return Err(Failure::new(Exit::Usage, reason).advise("omit --format"));
        }
        if reading.format.is_none() {
            return match sources::check(checker, path, self.kind) {
                Err(SourceError::Nothing { .. }) if reading.allow_empty => Ok(()),
                checked => checked.map_err(failures::of_rules),
            };
        }
        let hints = sources::hints(self.kind, reading.form());
        let lines = Lines::open_known(path, &meter, &hints).map_err(unreadable)?;
        sources::check_lines(checker, lines, reading.is_csv(Some(path)), self.kind)
            .map_err(failures::of_rules)
    }

    fn of_kafka(
        &self,
        checker: &mut Checker,
        settings: &KafkaSettings,
        reading: &ReadingArgs,
    ) -> Result<(), Failure> {
        let named = settings.topic.as_ref().map(|topic| topic.value.to_string());
        let Some(name) = named.or_else(|| self.kind.map(|kind| kind.name.to_owned())) else {
            let known = Topic::ALL.map(|topic| topic.name).join(", ");
            let reason = format!("nothing to check: choose a topic, such as {known}");
            return Err(Failure::new(Exit::Usage, reason).advise("give it with --topic"));
        };
        let kind = self.kind.or_else(|| topic_named(&name));
        let records = kafka::Records::new(settings, &name, kind.map(Topic::description), reading)?;
        kafka::check(checker, settings, records, kind)
    }
}

fn unreadable(error: mercato::truth::LinesError) -> Failure {
    Failure::new(Exit::File, error)
}
