//! `mercato historical`: whole days of the shop's topics, in folders that analytical tools read as
//! tables.

mod size;

use clap::{Args, ValueEnum};
use mercato::Generation;
use mercato::config::args::{
    ConfigArgs, DisorderArgs, GenerateArgs, KafkaArgs, LogArgs, OutputArgs, RunArgs, bound,
};
use mercato::config::env::now_micros;
use mercato::config::{Origin, OutputSettings, Program, RunSpec, Setting};
use mercato::runtime::exit::{Exit, Failure};
use mercato::shop::shop::ShopConfig;
use mercato::sinks::{Compression, FileFormat, Format, OutputPath, Partitions, TableFormat};
use mercato::units::{Clock, Timestamp, Whole};

use crate::PROGRAM;
use crate::scenario::ScenarioArgs;
use crate::stream::known;

/// Generate whole days of history of one shop: one directory per topic, with one subdirectory per
/// day of event time.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Historical {
    /// Days of history, 1 to 3650
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = bound::<Days>())]
    days: Days,

    /// End the history before this time [default: the last midnight in UTC]
    #[arg(long, value_name = "T", value_parser = bound::<Timestamp>(), conflicts_with = "start")]
    end: Option<Timestamp>,

    /// Topics to generate, separated by commas [default: all topics of the shop]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    topics: Option<Vec<String>>,

    /// Compress the files: like --format with .gz or .zst; for Parquet, compress the pages, and for
    /// Avro, the blocks [default: none; zst for Parquet]
    #[arg(long, value_name = "HOW")]
    compress: Option<Compress>,

    /// Add the Parquet files of each topic to a table that lies in its directory, created if missing
    #[arg(long, value_name = "KIND")]
    table: Option<Table>,

    #[command(flatten)]
    scenario: ScenarioArgs,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    disorder: DisorderArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    log: LogArgs,
}

const EXAMPLES: &str = "\
Examples:
  mercato historical --days 30
  mercato historical --days 365 --end 2026-01-01 --seed 42 -o history --format csv --compress zst
  mercato historical --days 30 --end 2026-01-01 --seed 42 --from +10d --to +20d -o history
  mercato historical --days 30 --seed 42 -o history --format parquet
  mercato historical --days 30 --start 2026-01-01 --seed 42 -o lake --format parquet --table delta
  mercato historical --days 60 --start 2026-01-01 --seed 42 --from +30d -o lake --format parquet --table delta
  mercato historical --days 30 -o null:

Writes DIR/transactions/dt=2026-01-31/part-00000.ndjson and so on. Days are UTC days of event time; a day without
records has no file. A file is hidden (.NAME.partial) until its day is over; with --state FILE
the same command goes on with the first day that is not whole. --shard I/N
writes part-0000I, so shards can share a directory; so can --from/--to windows that start and end at midnight.
The expected number of records and bytes is logged before writing; if the disk has less space, the run is refused unless
--force is given. Parquet stores money as DECIMAL(15, 2) and times as TIMESTAMP in UTC; unfinished Parquet files are removed.
Existing files are replaced only with --force. The clock is always fast.
--table delta adds the files to the tables when all are complete; a later run of the same seed, start and configuration
appends its days, as in the last example. A run that is stopped or killed adds nothing.";

/// A number of days; ten years are more than anybody asks for at once.
type Days = Whole<1, 3_650>;

/// Compression of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Compress {
    /// gzip
    #[value(alias = "gzip")]
    Gz,
    /// Zstandard, smaller and faster
    #[value(alias = "zstd")]
    Zst,
    /// Snappy, for Parquet and Avro only
    Snappy,
    /// No compression
    None,
}

/// Kinds of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Table {
    /// Delta Lake, with a log beside the files
    Delta,
}

impl From<Table> for TableFormat {
    fn from(table: Table) -> Self {
        match table {
            Table::Delta => Self::Delta,
        }
    }
}

/// The directory that history goes into unless a flag names another, as in document 004.
const FOLDER: &str = "history";
/// The output that keeps nothing.
const NULL: &str = "null:";
/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// Flags that other commands end their runs with, or time them.
const OTHERS: [&str; 8] =
    ["count", "duration", "backfill", "warm_up", "clock", "drain", "on_lag", "lag_bound"];

/// The command with the flags of others taken away, and any name of a folder allowed.
pub(crate) fn adapted(command: clap::Command) -> clap::Command {
    let folder = |argument: clap::Arg| {
        let help = "Write into this directory, created if missing; `null:` discards the output [default: ./history]";
        argument.help(help).value_parser(folder_of)
    };
    let start =
        |argument: clap::Arg| argument.help("Start the history at this time; replaces --end");
    let format = |argument: clap::Arg| {
        argument.help("Write records in this format: ndjson, csv or protobuf, also with .gz or .zst, or parquet or avro [default: ndjson]")
    };
    let force = |argument: clap::Arg| {
        argument.help(
            "Replace existing files, and start even if the history is expected not to fit on the disk",
        )
    };
    let command = command
        .mut_arg("output", folder)
        .mut_arg("start", start)
        .mut_arg("format", format)
        .mut_arg("force", force);
    // Hidden and refused: each says something that `--days` says already.
    OTHERS.into_iter().fold(command, |command, other| {
        command.mut_arg(other, |argument| argument.hide(true).conflicts_with("days"))
    })
}

/// Reads the name of a directory, or `null:`.
fn folder_of(text: &str) -> Result<OutputPath, &'static str> {
    if text == "-" {
        return Err("a history is a directory of files, which standard output cannot be");
    }
    Ok(OutputPath::folder(text))
}

impl Historical {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let program = Program { command: &["mercato", "historical"], ..PROGRAM };
        let start = self.start()?;
        let args = GenerateArgs {
            run: RunArgs { start: Some(start), ..self.run.clone() },
            output: self.destination(),
            disorder: self.disorder.clone(),
            // History goes to Kafka with `mercato stream --backfill`.
            kafka: KafkaArgs::default(),
            config: self.config.clone(),
            log: self.log.clone(),
        };
        let mut generation = Generation::<ShopConfig>::prepare(program, &args, Clock::Fast)?;
        generation.kafka = None;
        let Generation { run, stream: config, output, own_flags, layers, resumed, .. } =
            &mut generation;
        if let (Some(resumed), None, None) = (resumed, self.run.start, self.end) {
            // Midnight has come and gone since then.
            run.start = Setting::default(resumed.origin());
        }
        own_flags.extend(["--days".to_owned(), self.days.to_string()]);
        if let Some(topics) = &self.topics {
            own_flags.extend(["--topics".to_owned(), topics.join(",")]);
            run.topics = Some(
                topics
                    .iter()
                    .map(|topic| known("--topics", topic, config))
                    .collect::<Result<_, _>>()?,
            );
        }
        self.scenario.apply(layers, config, run, own_flags)?;
        self.bound_by_days(run);
        let form = self.form(output)?;
        self.check_table(form, output)?;
        own_flags.extend(self.output_flags(form));
        partition(run, output, form, self.table.map(Into::into))?;
        let forced = generation.output.force.value;
        size::check(&generation, form, forced)?;
        Ok(generation.carry_out()?)
    }

    /// Returns where the history goes: into `./history` unless a flag says otherwise.
    fn destination(&self) -> OutputArgs {
        let output = self.output.output.clone().unwrap_or_else(|| OutputPath::folder(FOLDER));
        OutputArgs { output: Some(output), ..self.output.clone() }
    }

    /// Returns the start of the history, by default `--days` before its end.
    fn start(&self) -> Result<Timestamp, Failure> {
        if let Some(start) = self.run.start {
            return Ok(start);
        }
        let midnight = |micros: i64| Timestamp::new(micros.div_euclid(DAY) * DAY);
        let wrong = |error| Failure::new(Exit::Usage, format!("--days {}: {error}", self.days));
        let end = self.end.map_or_else(|| midnight(now_micros()), Ok).map_err(wrong)?;
        end.plus(-(self.days.get() as i64 * DAY)).map_err(wrong)
    }

    /// Lets nothing but the days end the run or hold it up, whatever a file says for other
    /// commands.
    fn bound_by_days(&self, run: &mut RunSpec) {
        let days = self.days.get() as i64 * DAY;
        // As long as the command says with --days.
        run.duration = Some(Setting { value: days, origin: Origin::Flag("--end") });
        run.count = None;
        run.drain = Setting::default(false);
        run.clock = Setting::default(Clock::Fast);
        run.warm_up = None;
    }

    /// Returns format and compression of the records; refuses two different compressions.
    fn form(&self, output: &OutputSettings) -> Result<FileFormat, Failure> {
        let form = output.format.as_ref().map_or(FileFormat::NDJSON, |format| format.value);
        let Some(compress) = self.compress else { return Ok(form) };
        let compression = match compress {
            Compress::Gz => Compression::Gzip,
            Compress::Zst => Compression::Zstd,
            Compress::Snappy => Compression::Snappy,
            Compress::None => Compression::None,
        };
        if form.format.is_packed_inside() {
            return Ok(FileFormat { compression, ..form });
        }
        if compression == Compression::Snappy {
            let reason = "--compress snappy requires --format parquet or avro: use gz or zst for ndjson, csv and protobuf";
            return Err(Failure::new(Exit::Usage, reason));
        }
        if self.output.format.is_some()
            && form.compression != Compression::None
            && form.compression != compression
        {
            let reason =
                format!("--format {form} and --compress contradict each other: omit one of them");
            return Err(Failure::new(Exit::Usage, reason));
        }
        Ok(FileFormat { compression, ..form })
    }

    /// Refuses a table of anything but Parquet files.
    fn check_table(&self, form: FileFormat, output: &OutputSettings) -> Result<(), Failure> {
        let Some(table) = self.table.and_then(|table| table.to_possible_value()) else {
            return Ok(());
        };
        let name = table.get_name();
        if form.format != Format::Parquet {
            let title = form.format.title();
            let reason =
                format!("--table {name} is a table of Parquet files, but these are {title}");
            return Err(Failure::new(Exit::Config, reason).advise("add --format parquet"));
        }
        if output.output.as_ref().is_some_and(|output| output.value.is_null()) {
            let reason = format!("--table {name} needs a directory, but {NULL} keeps nothing");
            return Err(Failure::new(Exit::Config, reason).advise("give a directory with -o"));
        }
        Ok(())
    }

    /// The flags that say where, for the command that makes the same files again.
    fn output_flags(&self, form: FileFormat) -> Vec<String> {
        let output = self.destination().output;
        let path = output.as_ref().and_then(OutputPath::path);
        let path = path.map_or_else(|| NULL.to_owned(), |path| path.display().to_string());
        let mut flags = vec!["-o".to_owned(), path.clone()];
        // The run has filled the directory, and only --force replaces its files.
        if path != NULL {
            flags.push("--force".to_owned());
        }
        if form != FileFormat::NDJSON {
            flags.extend(["--format".to_owned(), form.to_string()]);
        }
        if let (true, Some(compress)) =
            (form.format.is_packed_inside(), self.compress.and_then(|how| how.to_possible_value()))
        {
            flags.extend(["--compress".to_owned(), compress.get_name().to_owned()]);
        }
        if let Some(table) = self.table.and_then(|table| table.to_possible_value()) {
            flags.extend(["--table".to_owned(), table.get_name().to_owned()]);
        }
        flags
    }
}

/// Has the output written as `form`, divided by the days of the run's window, and added to tables
/// of this kind.
fn partition(
    run: &RunSpec,
    output: &mut OutputSettings,
    form: FileFormat,
    table: Option<TableFormat>,
) -> Result<(), Failure> {
    let replace = output.force.value;
    let Some(Setting { value: path, .. }) = &mut output.output else { return Ok(()) };
    let start = run.start.value;
    let moment = |moment: &Setting<mercato::units::Moment>| moment.value.micros(start);
    let end = run.end().unwrap_or(start.micros());
    let from = run.from.as_ref().map_or(start.micros(), moment).max(start.micros());
    let to = run.to.as_ref().map_or(end, moment).min(end);
    let partitions = Partitions::between(run.shard.value.index().into(), from, to);
    let partitions = Partitions { replace, table, ..partitions };
    *path = path
        .clone()
        .with_format(form)
        .map_err(|error| Failure::new(Exit::Usage, error))?
        .partitioned(partitions);
    Ok(())
}
