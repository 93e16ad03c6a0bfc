//! The registry of built-in streams: a trait that says what a stream is to programs and commands,
//! and one row for each.
//!
//! A stream is its configuration: what implements [`StreamSpec`] is the type that its section is
//! read into.
//! Programs that make one stream use that type; commands that take any of them use [`BuiltIn`],
//! which has forgotten it.
//! Names, sections, the JSON Schema, the template of a configuration file and the topics of a
//! cluster follow from
//! [`STREAMS`] alone, so a stream that has a row is known everywhere.

mod built_in;
mod events;
mod orders;
mod products;
mod query;
mod records;
mod sales;
mod shop;
mod transactions;

use std::fmt;

use mercato_config::{ConfigError, Effective, RowsFile, RunSpec, Section};
use mercato_encode::{Rows, Shape};
use mercato_engine::{Format, Run};
use mercato_runtime::session::{self, Plan, RecordLog};
use mercato_runtime::summary::SummaryStyle;
use mercato_schema::Rate;
use mercato_shop::ParamsError;
use mercato_shop::events::EventsConfig;
use mercato_shop::orders::OrdersConfig;
use mercato_shop::sales::SalesConfig;
use mercato_shop::shop::ShopConfig;
use mercato_shop::transactions::TransactionsConfig;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StreamError;
pub use built_in::{BuiltIn, StreamRow};
pub use query::{Prepare, PreparedQueries, PreparedTable, TableOf};
pub use records::TopicRecord;

/// The version of the tables and laws behind the built-in streams' records; a changed byte is
/// another version.
pub const DATA_VERSION: u32 = 3;

/// Every built-in stream, in the order of its section in a configuration file.
pub const STREAMS: [StreamRow; 5] = [
    StreamRow::of::<ShopConfig>(),
    StreamRow::of::<SalesConfig>(),
    StreamRow::of::<OrdersConfig>(),
    StreamRow::of::<EventsConfig>(),
    StreamRow::of::<TransactionsConfig>(),
];

/// The names of all built-in streams; each is also the name of its section in a configuration.
pub const NAMES: [&str; STREAMS.len()] = {
    let mut names = [""; STREAMS.len()];
    let mut index = 0;
    while index < names.len() {
        names[index] = STREAMS[index].name;
        index += 1;
    }
    names
};

/// The sections of all built-in streams, for a program that reads configuration files.
pub const SECTIONS: [Section; STREAMS.len()] = {
    let mut sections = [Section::new(""); STREAMS.len()];
    let mut index = 0;
    while index < sections.len() {
        let stream = STREAMS[index];
        sections[index] = Section {
            name: stream.name,
            rows_files: stream.rows_files,
            schema: Some(stream.own_schema),
            documented: stream.documented,
        };
        index += 1;
    }
    sections
};

/// A topic as a cluster should have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TopicPreset {
    /// Its name, unless a configuration gives another.
    pub name: &'static str,
    /// Its partitions.
    pub partitions: u32,
    /// True if only the last record of each key matters.
    pub compacted: bool,
    /// The table whose changes it can have instead of its records; none where these are events.
    pub table: Option<&'static str>,
}

impl TopicPreset {
    /// A topic that keeps all records of a key.
    const fn new(name: &'static str, partitions: u32) -> Self {
        Self { name, partitions, compacted: false, table: None }
    }

    /// The same topic, whose records are rows of a table.
    const fn of_rows(self, rows: Rows) -> Self {
        Self { table: Some(rows.table), ..self }
    }
}

/// The topics of all streams, each once.
pub fn topic_presets() -> Vec<TopicPreset> {
    let mut presets: Vec<TopicPreset> = Vec::new();
    for preset in STREAMS.iter().flat_map(|stream| (stream.topics)()) {
        if presets.iter().all(|known| known.name != preset.name) {
            presets.push(preset);
        }
    }
    presets
}

/// A stream, as its section of a configuration file states it.
pub trait StreamSpec:
    Clone + fmt::Debug + Default + Serialize + DeserializeOwned + JsonSchema + Send + Sync + 'static
{
    /// The stream's name, and that of its section.
    const NAME: &'static str;
    /// The comment above its section in a configuration file.
    const ABOUT: &'static str;
    /// The summary's terms for its entities.
    const WORDING: SummaryStyle;
    /// Logging of a record sent to Kafka; the program's own by default.
    const NARRATION: Option<RecordLog> = None;
    /// Event time in microseconds after which a run ends that is given no other end; never by
    /// default.
    const DEFAULT_DURATION: Option<i64> = None;
    /// Event time in microseconds by which the origin of a run that starts now lies before its
    /// start, so that entities are under way; 0 by default.
    const WARM_UP: i64 = 0;
    /// Lists of its section that may stand in CSV files; none by default.
    const ROWS_FILES: &'static [RowsFile] = &[];
    /// What a founding document calls settings of its section, each with its path here; nothing by
    /// default.
    const DOCUMENTED: &'static [(&'static str, &'static str)] = &[];
    /// True if a schedule's entries may name scenarios.
    const HAS_SCENARIOS: bool = false;

    /// The topics it sends to, unless its configuration names others.
    fn topics() -> Vec<TopicPreset>;

    /// Returns whether the configuration makes a stream.
    fn check(&self) -> Result<(), ParamsError>;

    /// Lets arrivals come at `rate` instead of by delays.
    ///
    /// Fails where the stream cannot have that rate.
    fn set_rate(&mut self, rate: Rate) -> Result<(), ParamsError>;

    /// Warns of a plan under which the records are not what its user would expect; of none by
    /// default.
    fn warning(&self, _plan: &Plan) -> Option<String> {
        None
    }

    /// The run that `plan` describes.
    fn run(&self, plan: &Plan, format: Format) -> Result<Run, StreamError>;

    /// The run of `plan` for the queries that `ask` makes of the fields of its records.
    ///
    /// Of a stream with several topics the plan must want one.
    fn queries(&self, plan: &Plan, ask: Prepare<'_>) -> Result<PreparedQueries, StreamError> {
        query::prepare(self, plan, ask)
    }

    /// The run of `plan` as a final table.
    ///
    /// Of a stream with several topics the plan must want one, whose records are rows if changes are
    /// asked for.
    fn table(&self, plan: &Plan, of: TableOf) -> Result<PreparedTable, StreamError> {
        query::table(self, plan, of)
    }

    /// The description of the records of each topic that the configured stream can have, with the
    /// topic's name, as they are written in `shape`.
    fn records(&self, shape: &Shape, topic: Option<&str>) -> Result<Vec<TopicRecord>, StreamError> {
        Ok(records::of_run(&self.run(&records::any_plan(shape, topic), Format::Json)?))
    }

    /// Takes over what a program's settings say of the stream: the rate of arrivals.
    ///
    /// Fails when the stream cannot have that rate.
    fn set_settings(&mut self, settings: &RunSpec) -> Result<(), StreamError> {
        let Some(setting) = &settings.rate else { return Ok(()) };
        let before = self.clone();
        let changed = self.set_rate(setting.value).and_then(|()| self.check());
        let Err(error) = changed else { return Ok(()) };
        if before.check().is_err() {
            return Err(error.into());
        }
        // It is the rate that makes the stream impossible, wherever the error sees it.
        let reason = format!("with {} {error}", setting.value);
        Err(ConfigError::wrong(&setting.origin, "run.rate", &reason).into())
    }

    /// The configuration that, with seed and origin, determines the records.
    fn effective(&self, settings: &RunSpec) -> Result<Effective, StreamError> {
        Ok(session::effective(settings, Self::NAME, self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stream_has_a_name_and_topics_of_its_own() {
        for (index, stream) in STREAMS.iter().enumerate() {
            assert!(!NAMES[..index].contains(&stream.name), "{} is there twice", stream.name);
            assert!(!(stream.topics)().is_empty(), "{} sends nowhere", stream.name);
        }
        let names: Vec<&str> = topic_presets().iter().map(|preset| preset.name).collect();
        assert!(names.contains(&"chargebacks"), "{names:?}");
        assert_eq!(names.iter().filter(|name| **name == "transactions").count(), 1, "{names:?}");
    }
}
