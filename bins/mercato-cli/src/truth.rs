//! `mercato truth`: the expected results of windowed aggregations, and the final table.

use std::io::{self, Write};

use clap::Args;
use mercato::config::args::{ConfigArgs, LogArgs, RunArgs, bound};
use mercato::config::env::now_micros;
use mercato::config::{Layers, RunDefaults, RunSpec};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::session::{Plan, check_output};
use mercato::shop::shop::ShopConfig;
use mercato::sinks::{Compression, Format, OutputPath, PartialFile, SinkError};
use mercato::truth::answer::{Aggregate, AnswerFormat, Query, Table, header};
use mercato::units::{Clock, DurationOrNumber, Unit};
use mercato::{BuiltIn, StreamError};

use crate::scenario::ScenarioArgs;
use crate::stream::known;
use crate::{identity, layers};

/// Lines are handed on in pieces of this size.
const PIECE: usize = 64 * 1024;

/// Compute the expected results of tumbling event-time windows, or the final table of changes, from
/// the run's identity alone.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub(crate) struct Truth {
    /// Stream whose results are computed
    #[arg(long, value_name = "STREAM", value_parser = mercato::NAMES)]
    stream: String,

    /// Topic of the shop to aggregate, such as transactions
    #[arg(long, value_name = "TOPIC", required_if_eq("stream", "shop"))]
    topic: Option<String>,

    #[command(flatten)]
    scenario: ScenarioArgs,

    /// Window size; must divide a day evenly
    #[arg(long, value_name = "D", value_parser = bound::<DurationOrNumber>(), required_unless_present = "table")]
    window: Option<DurationOrNumber>,

    /// Compute the final table instead: the last row of each key, without deleted rows; for topics
    /// that --cdc writes changes of
    #[arg(long, conflicts_with_all = ["window", "by", "agg"])]
    table: bool,

    /// Fields to group by: their CSV names, separated by commas
    #[arg(long, value_name = "FIELD", value_delimiter = ',')]
    by: Vec<String>,

    /// Aggregates to compute: count, sum(FIELD), min(FIELD), max(FIELD), separated by commas
    #[arg(long, value_name = "AGG", value_delimiter = ',', default_value = "count", value_parser = aggregate)]
    agg: Vec<Aggregate>,

    #[command(flatten)]
    run: RunArgs,
    /// Write to this file, .ndjson or .csv, instead of standard output
    #[arg(short, long, value_name = "PATH", value_parser = output_path)]
    output: Option<OutputPath>,

    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    force: bool,

    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    log: LogArgs,
}

const EXAMPLE: &str = "\
Examples:
  mercato truth --stream sales --seed 42 --start 2025-11-09T00:00:00Z --duration 1h \\
      --window 1m --by status --agg 'count,sum(total)'
  mercato truth --stream shop --topic transactions --seed 42 --start 2025-11-09T00:00:00Z --duration 1h \\
      --window 1m --by device_info.device_type --agg 'count,sum(total_amount)'
  mercato truth --stream sales --seed 42 --start 2025-11-09T00:00:00Z --duration 1h --table
  mercato truth --stream shop --topic product-updates --seed 42 --start 2025-11-09T00:00:00Z --duration 24h \\
      --table -o products.csv";

fn output_path(text: &str) -> Result<OutputPath, String> {
    OutputPath::parse(text).map_err(|error| error.to_string())
}

fn aggregate(text: &str) -> Result<Aggregate, String> {
    Aggregate::parse(text.trim()).map_err(|error| error.to_string())
}

impl Truth {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let layers = layers(&self.config, &self.log)?;
        let stream = BuiltIn::configured(&self.stream, &layers)?;
        let mut stream = stream.ok_or_else(|| Failure::new(Exit::Usage, "unknown stream"))?;
        let defaults =
            RunDefaults { duration: stream.row().default_duration, clock: Clock::Fast, warm_up: 0 };
        let mut settings = RunSpec::resolve(&self.run, &layers, &defaults, now_micros())?;
        self.narrow(&layers, &mut stream, &mut settings)?;
        if settings.count.is_none() && settings.duration.is_none() && settings.to.is_none() {
            let failure =
                Failure::new(Exit::Usage, "the run never ends, so it has no final answer");
            return Err(failure.advise("give --count, --duration or --to"));
        }
        identity::require(&settings, "")?;
        if let Some(path) = self.output.as_ref().and_then(OutputPath::path) {
            check_output("--output", path, layers.read_files(), self.force)?;
        }
        stream.set_settings(&settings)?;
        let plan = Plan::of_settings(&settings)?;
        let located = |error: StreamError| Failure::from(error).located(&layers);
        let Some(window) = self.window.filter(|_| !self.table) else {
            let table = stream.table(&plan).map_err(located)?;
            return Lines::open(self.output.as_ref())?.table(&table);
        };
        let window = window.in_unit(Unit::Seconds)?.micros();
        let ask = |fields: &[_]| Query::new(fields, window, &self.by, self.agg.clone());
        let (query, folding) = stream.query(&plan, &ask).map_err(located)?;
        let mut lines = Lines::open(self.output.as_ref())?;
        if lines.format == AnswerFormat::Csv {
            lines.pending.extend(header(&query));
            lines.pending.push(b'\n');
        }
        let mut failed = None;
        folding.answer(&query, |window| {
            window.append(&query, lines.format, &mut lines.pending);
            failed = lines.hand_on(PIECE).err();
            failed.is_none()
        })?;
        lines.end(failed)
    }
}

impl Truth {
    /// Applies the flags of the shop: topic and scenarios.
    fn narrow(
        &self,
        layers: &Layers,
        stream: &mut BuiltIn,
        settings: &mut RunSpec,
    ) -> Result<(), Failure> {
        if let Some(topic) = &self.topic {
            let name = stream.row().name;
            let Some(config) = stream.config_mut::<ShopConfig>() else {
                let reason = format!(
                    "--topic applies to the stream shop only; {name} has a single topic: omit --topic"
                );
                return Err(Failure::new(Exit::Usage, reason));
            };
            settings.topics = Some(vec![known("--topic", topic, config)?]);
        }
        self.scenario.apply_to(stream, layers, settings)
    }
}

/// The destination of the answer.
struct Lines {
    format: AnswerFormat,
    pending: Vec<u8>,
    /// None for standard output.
    file: Option<PartialFile>,
}

impl Lines {
    fn open(output: Option<&OutputPath>) -> Result<Self, Failure> {
        let Some(output) = output else {
            return Ok(Self { format: AnswerFormat::Json, pending: Vec::new(), file: None });
        };
        if output.compression() != Compression::None {
            return Err(Failure::new(
                Exit::Usage,
                "results are written uncompressed: -o must end in .ndjson or .csv",
            ));
        }
        let create = |path: &std::path::Path| {
            PartialFile::create(path)
                .map_err(|source| SinkError::file("create", path, 0, 0, source))
        };
        let format =
            if output.format() == Format::Csv { AnswerFormat::Csv } else { AnswerFormat::Json };
        Ok(Self { format, pending: Vec::new(), file: output.path().map(create).transpose()? })
    }

    /// Writes the pending bytes once there are at least `least`.
    fn hand_on(&mut self, least: usize) -> Result<(), SinkError> {
        if self.pending.len() < least {
            return Ok(());
        }
        let (path, written) = match &mut self.file {
            Some(file) => (file.path().to_owned(), file.write_all(&self.pending)),
            None => ("standard output".into(), io::stdout().lock().write_all(&self.pending)),
        };
        self.pending.clear();
        written.map_err(|source| SinkError::file("write", path, 0, 0, source))
    }

    /// Writes a whole table.
    fn table(mut self, table: &Table) -> Result<Exit, Failure> {
        if self.format == AnswerFormat::Csv {
            self.pending.extend(table.header());
            self.pending.push(b'\n');
        }
        let mut failed = None;
        table.rows(self.format, |row| {
            self.pending.extend_from_slice(row);
            self.pending.push(b'\n');
            failed = self.hand_on(PIECE).err();
            failed.is_none()
        });
        self.end(failed)
    }

    /// Completes the answer, unless that has failed; a reader who has gone needs no more of it.
    fn end(self, failed: Option<SinkError>) -> Result<Exit, Failure> {
        match failed.map_or_else(|| self.finish(), Err) {
            Err(SinkError::Closed) | Ok(()) => Ok(Exit::Done),
            Err(error) => Err(error.into()),
        }
    }

    fn finish(mut self) -> Result<(), SinkError> {
        self.hand_on(0)?;
        let Some(file) = self.file else { return Ok(()) };
        let path = file.target().to_owned();
        file.finish().map_err(|source| SinkError::file("complete", path, 0, 0, source))
    }
}
