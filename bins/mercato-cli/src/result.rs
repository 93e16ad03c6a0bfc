//! `mercato verify --result`: what a pipeline has computed against the answer.

use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use mercato::config::args::{KafkaArgs, bound};
use mercato::config::{KafkaSettings, Layers};
use mercato::runtime::clock::WallClock;
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::logging;
use mercato::runtime::session::check_output;
use mercato::sinks::write_whole;
use mercato::truth::result::{
    Answer, AnswerError, Columns, Comparison, Mode, ResultReport, Tolerance, junit_error,
};
use mercato::truth::{Documents, Hints, Lines, LinesError, Meter};
use mercato::units::{DurationOrNumber, Unit};

use crate::files::{below, nothing, progress};
use crate::reading::{ReadingArgs, is_csv};
use crate::{failures, kafka, print_report};

/// Prefix of a topic's name.
const TOPIC: &str = "kafka:";

/// The name of the report for CI servers.
const SUITE: &str = "mercato verify --result";

/// Pause between two looks at a result that is still being written.
const PAUSE: Duration = Duration::from_secs(1);

/// Flags of the comparison of results.
#[derive(Debug, Args)]
#[command(next_help_heading = "Results of pipelines")]
pub(crate) struct ResultArgs {
    /// Compare what a pipeline has computed with the answer of `mercato truth`: a file, a directory
    /// of files, - for standard input, or kafka:TOPIC
    #[arg(long, value_name = "RESULT", requires = "answer", conflicts_with_all = ["rules", "stream", "summary", "seed", "start", "count", "duration", "from", "to", "backfill", "warm_up", "rate", "shard", "drain", "asked"])]
    pub(crate) result: Option<String>,

    /// The answer: a file that `mercato truth -o` has written
    #[arg(long, value_name = "FILE", requires = "result")]
    answer: Option<PathBuf>,

    /// Meaning of several rows for one group: `append` expects one, with `upsert` the last counts,
    /// with `retract` rows are added and taken back as their column `op` says (+I, -U, +U, -D)
    #[arg(long, value_name = "MODE", default_value = "append", value_parser = modes(), requires = "result")]
    mode: Mode,

    /// Columns of the answer that rows are found by [default: all that hold no aggregate]
    #[arg(long = "by", value_name = "COLUMN", value_delimiter = ',', requires = "result")]
    keys: Vec<String>,

    /// Name of a column in the result that the answer calls otherwise; may be repeated, such as
    /// --column 'sum(total)=revenue'
    #[arg(long = "column", value_name = "ANSWER=RESULT", value_parser = renamed, requires = "result")]
    columns: Vec<(String, String)>,

    /// Accept numbers that are this far from the answer, such as 0.005 [default: exact]
    #[arg(
        long,
        value_name = "X",
        default_value = "0",
        hide_default_value = true,
        allow_negative_numbers = true,
        requires = "result"
    )]
    tolerance: Tolerance,

    /// Wait up to this long until the result is right twice in a row
    #[arg(long, value_name = "D", value_parser = bound::<DurationOrNumber>(), requires = "result")]
    within: Option<DurationOrNumber>,

    /// Write the report as JUnit XML as well, for CI servers
    #[arg(long, value_name = "FILE", requires = "result")]
    junit: Option<PathBuf>,
}

fn modes() -> impl TypedValueParser<Value = Mode> {
    let named = |name: String| Mode::ALL.into_iter().find(|mode| mode.name() == name);
    PossibleValuesParser::new(Mode::ALL.map(Mode::name))
        .try_map(move |name| named(name).ok_or("no such mode"))
}

fn renamed(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((answer, result)) if !answer.is_empty() && !result.is_empty() => {
            Ok((answer.trim().to_owned(), result.trim().to_owned()))
        }
        _ => Err("expected ANSWER=RESULT, such as 'sum(total)=revenue'".to_owned()),
    }
}

/// A result and everything that it is compared with.
struct Task<'a> {
    args: &'a ResultArgs,
    answer: Answer,
    result: &'a str,
    /// The connection to Kafka, if the result is a topic.
    kafka: Option<KafkaSettings>,
    reading: &'a ReadingArgs,
    most: usize,
}

impl ResultArgs {
    /// Compares `result` with the answer and shows the report with up to `most` differences.
    pub(crate) fn run(
        &self,
        result: &str,
        layers: &Layers,
        kafka: &KafkaArgs,
        reading: &ReadingArgs,
        most: usize,
        json: bool,
    ) -> Result<Exit, Failure> {
        let Some(path) = &self.answer else {
            return Err(Failure::new(Exit::Usage, "--result requires --answer"));
        };
        self.check(result)?;
        if let Some(junit) = &self.junit {
            let read = [path.as_path(), Path::new(result)];
            check_output("--junit", junit, read.into_iter().chain(layers.read_files()), true)?;
        }
        let lines = Lines::open(path).map_err(unreadable)?;
        let answer =
            Answer::read(Documents::new(lines, is_csv(path)), &self.keys).map_err(|error| {
                match error {
                    AnswerError::NoColumn { .. } => Failure::new(Exit::Usage, error),
                    AnswerError::NoValues { .. } => Failure::new(Exit::Usage, error)
                        .advise("name the columns that rows are found by with --by"),
                    error => Failure::new(Exit::File, error),
                }
            })?;
        let topic = result.strip_prefix(TOPIC);
        if topic.is_some_and(str::is_empty) {
            return Err(Failure::new(Exit::Usage, "--result kafka: needs the name of a topic"));
        }
        let kafka = topic.map(|_| KafkaSettings::assumed(kafka, layers)).transpose()?;
        let task = Task { args: self, answer, result, kafka, reading, most };
        let report = match task.report() {
            Ok(report) => report,
            Err(failure) => {
                self.write_junit(&junit_error(SUITE, &failure.to_string()))?;
                return Err(failure);
            }
        };
        self.write_junit(&report.junit(SUITE))?;
        if self.keys.is_empty() && !report.is_clean() {
            task.answer.doubtful().for_each(|column| {
                logging::warn(&format!(
                    "rows are found by {column}, which holds numbers: if it is an aggregate with a name of its own, \
                     name the columns to find rows by with --by"
                ));
            });
        }
        print_report(&report, json)?;
        Ok(if report.is_clean() { Exit::Done } else { Exit::Difference })
    }
}

impl ResultArgs {
    /// Writes a report for CI servers, if one is wanted.
    fn write_junit(&self, xml: &str) -> Result<(), Failure> {
        let Some(path) = &self.junit else { return Ok(()) };
        Ok(write_whole(path, xml.as_bytes())?)
    }

    /// Refuses flags that contradict each other.
    fn check(&self, result: &str) -> Result<(), Failure> {
        if result == "-" && self.within.is_some() {
            let reason = "--within looks again and again, but standard input can be read once";
            return Err(
                Failure::new(Exit::Usage, reason).advise("give a file, a directory or a topic")
            );
        }
        let names = self.columns.iter().map(|(name, _)| name);
        for (index, name) in names.enumerate() {
            if self.columns[..index].iter().any(|(other, _)| other == name) {
                let reason = format!("--column: `{name}` is given twice: keep one of them");
                return Err(Failure::new(Exit::Usage, reason));
            }
        }
        Ok(())
    }
}

impl Task<'_> {
    /// The report of the only look, or of the last; fails if there was nothing to compare.
    fn report(&self) -> Result<ResultReport, Failure> {
        let report = match self.args.within {
            Some(within) => self.wait(within.in_unit(Unit::Seconds)?.micros())?,
            None => self.compare()?,
        };
        if report.is_empty() && !self.reading.allow_empty {
            return Err(nothing(self.result));
        }
        Ok(report)
    }

    /// Compares until the result has been right twice in a row, or the time is over.
    fn wait(&self, micros: i64) -> Result<ResultReport, Failure> {
        let clock = WallClock::start();
        let deadline = clock.now().saturating_add(micros);
        let mut was_right = false;
        loop {
            let found = self.compare();
            let is_right =
                found.as_ref().is_ok_and(|report| report.is_clean() && !report.is_empty());
            let left = deadline.saturating_sub(clock.now());
            // A result that is half written may be unreadable, so errors are not final either.
            if is_right && was_right || left <= 0 {
                return found;
            }
            was_right = is_right;
            thread::sleep(PAUSE.min(Duration::from_micros(left.unsigned_abs())));
        }
    }

    fn compare(&self) -> Result<ResultReport, Failure> {
        let Self { args, answer, result, reading, .. } = self;
        let columns = Columns::new(args.columns.iter().cloned());
        let mut comparison = Comparison::new(answer, columns, args.mode, args.tolerance, self.most)
            .map_err(|error| Failure::new(Exit::Usage, error))?;
        if let (Some(topic), Some(kafka)) = (result.strip_prefix(TOPIC), &self.kafka) {
            kafka::compare(&mut comparison, kafka, topic, reading)?;
            return Ok(comparison.report());
        }
        let meter = Meter::default();
        let hints = Hints::default().stored_as(reading.form());
        if *result == "-" {
            let lines = Lines::new_known("standard input", meter.count(io::stdin()), &hints);
            add(&mut comparison, lines, reading.is_csv(None))?;
            return Ok(comparison.report());
        }
        let path = PathBuf::from(result);
        let files = if path.is_dir() { below(&path)? } else { vec![path] };
        let _progress = progress(&meter, &files);
        for file in &files {
            let lines = Lines::open_known(file, &meter, &hints);
            add(&mut comparison, lines, reading.is_csv(Some(file)))?;
        }
        Ok(comparison.report())
    }
}

fn add(
    comparison: &mut Comparison<'_>,
    lines: Result<Lines, LinesError>,
    is_csv: bool,
) -> Result<(), Failure> {
    let mut rows = Documents::new(lines.map_err(unreadable)?, is_csv);
    let name = rows.name().to_owned();
    while let Some((line, row)) = rows.read().map_err(unreadable)? {
        comparison.add(&format_args!("{name}:{line}"), row).map_err(failures::of_row)?;
    }
    Ok(())
}

fn unreadable(error: LinesError) -> Failure {
    Failure::new(Exit::File, error)
}
