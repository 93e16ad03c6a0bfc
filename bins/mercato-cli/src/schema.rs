//! `mercato schema`: the schema of a stream's records, as other tools read it.

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use mercato::config::args::{ConfigArgs, LogArgs, RunArgs};
use mercato::config::env::now_micros;
use mercato::config::{Cdc, OptionValue, RunDefaults, RunSpec, TimestampFormat};
use mercato::encode::Shape;
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::session::shape;
use mercato::schema::dialect::{Dialect, Record};
use mercato::units::Clock;
use mercato::{BuiltIn, TopicRecord};

use crate::layers;
use crate::stream::position;
use crate::text_output::TextOutput;

/// Print the schema of a stream's records for another tool, with the meaning of every field.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Schema {
    /// Stream whose records are described
    #[arg(long, value_name = "STREAM", value_parser = mercato::NAMES)]
    stream: String,

    /// Topic to describe, such as transactions [default: all topics of the stream]
    #[arg(long, value_name = "TOPIC")]
    topic: Option<String>,

    /// Language of the schema
    #[arg(long, value_name = "FORMAT", value_parser = dialects(), ignore_case = true)]
    format: Dialect,

    /// Describe records written with this key, a field or `none`
    #[arg(long, value_name = "FIELD")]
    key: Option<String>,

    /// Describe records written with all instants in this form: `iso`, `epoch-ms` or `epoch-us`
    #[arg(long, value_name = "FORM", value_parser = TimestampFormat::parser())]
    timestamp_format: Option<TimestampFormat>,

    /// Describe changes of rows: `debezium` or `upsert`; in Flink, the table that they make
    #[arg(long, value_name = "FORM", value_parser = Cdc::parser())]
    cdc: Option<Cdc>,

    #[command(flatten)]
    output: TextOutput,

    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    log: LogArgs,
}

const EXAMPLES: &str = "\
Examples:
  mercato schema --stream sales --format flink
  mercato schema --stream shop --format postgres -o shop.sql
  mercato schema --stream shop --topic transactions --format avro
  mercato schema --stream sales --cdc debezium --format flink
  mercato schema --stream events --config custom-fields.toml --format json-schema

A file of json-schema or avro holds one record type, so a stream with several topics needs --topic there.";

/// Other words for dialects.
const ALIASES: [(&str, Dialect); 4] = [
    ("json_schema", Dialect::JsonSchema),
    ("jsonschema", Dialect::JsonSchema),
    ("proto", Dialect::Protobuf),
    ("postgresql", Dialect::Postgres),
];

/// The dialects by their names.
fn dialects() -> impl TypedValueParser<Value = Dialect> {
    let values = Dialect::ALL.map(|dialect| {
        let aliases = ALIASES.into_iter().filter(|(_, known)| *known == dialect);
        PossibleValue::new(dialect.name())
            .help(dialect.about())
            .aliases(aliases.map(|(alias, _)| alias))
    });
    PossibleValuesParser::new(values).try_map(|name| {
        let name = name.to_ascii_lowercase();
        let alias = ALIASES.into_iter().find(|(alias, _)| *alias == name);
        let named = Dialect::ALL.into_iter().find(|dialect| dialect.name() == name);
        named.or(alias.map(|(_, dialect)| dialect)).ok_or("unknown format")
    })
}

impl Schema {
    pub(crate) fn run(&self) -> Result<Exit, Failure> {
        let layers = layers(&self.config, &self.log)?;
        let stream = BuiltIn::configured(&self.stream, &layers)?.ok_or_else(|| {
            Failure::new(Exit::Usage, format!("unknown stream `{}`", self.stream))
        })?;
        let args = RunArgs {
            key: self.key.clone(),
            timestamp_format: self.timestamp_format,
            cdc: self.cdc,
            ..RunArgs::default()
        };
        let defaults = RunDefaults { duration: None, clock: Clock::Fast, warm_up: 0 };
        let settings = RunSpec::resolve(&args, &layers, &defaults, now_micros())?;
        let shape = shape(settings.record());
        if shape.changes.is_some() && !self.format.reads_changes() {
            let reason = format!(
                "change events are JSON, which {} does not describe: use json-schema, spark, flink, \
                 clickhouse or duckdb, or omit --cdc",
                self.format.name()
            );
            return Err(Failure::new(Exit::Config, reason));
        }
        let located = |error| Failure::from(error).located(&layers);
        let all = stream.records(&Shape::default(), None).map_err(located)?;
        let topic = self.wanted(&all)?;
        let records = stream.records(&shape, topic).map_err(located)?;
        let records: Vec<Record<'_>> = records.iter().map(TopicRecord::borrowed).collect();
        self.output.write(&self.format.write(&records))
    }

    /// The wanted topic, or none for all; refuses several where a file holds only one.
    fn wanted<'a>(&self, records: &'a [TopicRecord]) -> Result<Option<&'a str>, Failure> {
        let topics: Vec<&str> = records.iter().map(|record| record.topic.as_str()).collect();
        if let Some(topic) = &self.topic {
            let index = position("--topic", topic, &topics)?;
            return Ok(Some(topics[index]));
        }
        if records.len() > 1 && !self.format.holds_several() {
            let reason = format!(
                "a file of {} holds one record type, but the stream {} has {} topics",
                self.format.name(),
                self.stream,
                records.len()
            );
            let advice = format!("choose one with --topic: {}", topics.join(", "));
            return Err(Failure::new(Exit::Usage, reason).advise(advice));
        }
        Ok(None)
    }
}
