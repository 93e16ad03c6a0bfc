//! A built-in stream whose type is known by name only.

use std::any::Any;
use std::fmt;

use mercato_config::{ConfigError, Effective, Layers, RowsFile, RunSpec};
use mercato_encode::Shape;
use mercato_engine::{Format, Run};
use mercato_runtime::session::Plan;
use mercato_runtime::summary::Summary;
use schemars::{Schema, SchemaGenerator};

use super::{
    Prepare, PreparedQueries, PreparedTable, STREAMS, StreamSpec, TableOf, TopicPreset, TopicRecord,
};
use crate::StreamError;

/// Reads a stream's section of an earlier run, if it has one.
type Recorded = fn(&Effective) -> Result<Option<Box<dyn Erased>>, ConfigError>;

/// A row of the registry: all that is known of a stream without its configuration.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct StreamRow {
    /// The stream's name, and that of its section.
    pub name: &'static str,
    /// The comment above its section in a configuration file.
    pub about: &'static str,
    /// Event time in microseconds after which a run ends that is given no other end.
    pub default_duration: Option<i64>,
    /// Lists of its section that may stand in CSV files.
    pub rows_files: &'static [RowsFile],
    /// What a founding document calls settings of its section, each with its path here.
    pub documented: &'static [(&'static str, &'static str)],
    /// True if a schedule's entries may name scenarios.
    pub has_scenarios: bool,
    /// The topics it sends to, unless its configuration names others.
    pub topics: fn() -> Vec<TopicPreset>,
    /// The JSON Schema of its section, as a part of a larger one.
    pub schema: fn(&mut SchemaGenerator) -> Schema,
    /// The JSON Schema of its section alone.
    pub own_schema: fn() -> serde_json::Value,
    configured: fn(&Layers) -> Result<Box<dyn Erased>, ConfigError>,
    recorded: Recorded,
}

impl StreamRow {
    /// The row of a stream.
    pub const fn of<S: StreamSpec>() -> Self {
        Self {
            name: S::NAME,
            about: S::ABOUT,
            default_duration: S::DEFAULT_DURATION,
            rows_files: S::ROWS_FILES,
            documented: S::DOCUMENTED,
            has_scenarios: S::HAS_SCENARIOS,
            topics: S::topics,
            schema: |generator| generator.subschema_for::<S>(),
            own_schema: || schemars::schema_for!(S).to_value(),
            configured: |layers| Ok(Box::new(layers.section::<S>(S::NAME)?)),
            recorded: |config| {
                let section = config.section::<S>(S::NAME)?;
                Ok(section.map(|section| Box::new(section) as Box<dyn Erased>))
            },
        }
    }

    /// The row of the stream `name`, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        STREAMS.into_iter().find(|row| row.name == name)
    }

    /// The stream as the files of `layers` configure it.
    pub fn configured(self, layers: &Layers) -> Result<BuiltIn, ConfigError> {
        Ok(BuiltIn { row: self, config: (self.configured)(layers)? })
    }
}

impl fmt::Debug for StreamRow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("StreamRow").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A built-in stream with its configuration, whichever it is.
///
/// ```
/// use mercato::BuiltIn;
/// use mercato::config::{Layers, Program};
/// use mercato::config::env::Environment;
/// use mercato::units::Unit;
///
/// let program = Program {
///     command: &["doc"],
///     bare_duration: Unit::Seconds,
///     variables: &[],
///     sections: &mercato::SECTIONS,
/// };
/// let layers = Layers::load(program, &[], Environment::default())?;
/// let sales = BuiltIn::configured("sales", &layers)?.expect("there is such a stream");
/// assert_eq!(sales.row().default_duration, Some(300_000_000));
/// assert!(BuiltIn::configured("sails", &layers)?.is_none());
/// # Ok::<(), mercato::config::ConfigError>(())
/// ```
#[derive(Debug, Clone)]
pub struct BuiltIn {
    row: StreamRow,
    config: Box<dyn Erased>,
}

impl BuiltIn {
    /// The stream `name` as the files of `layers` configure it; none if there is no such stream.
    pub fn configured(name: &str, layers: &Layers) -> Result<Option<Self>, ConfigError> {
        StreamRow::named(name).map(|row| row.configured(layers)).transpose()
    }

    /// The stream of an earlier run, as it was configured then; none if this version knows no such
    /// stream.
    pub fn of_summary(summary: &Summary) -> Result<Option<Self>, ConfigError> {
        let Some(row) = StreamRow::named(&summary.identity.stream) else { return Ok(None) };
        let config = (row.recorded)(&summary.identity.config)?;
        Ok(config.map(|config| Self { row, config }))
    }

    /// Returns the properties of the stream that do not depend on its configuration.
    pub fn row(&self) -> StreamRow {
        self.row
    }

    /// The configuration, if the stream is that of `S`.
    pub fn config_mut<S: StreamSpec>(&mut self) -> Option<&mut S> {
        self.config.as_any_mut().downcast_mut()
    }

    /// Takes over the rate of a program's settings; see [`StreamSpec::set_settings`].
    pub fn set_settings(&mut self, settings: &RunSpec) -> Result<(), StreamError> {
        self.config.set_settings(settings)
    }

    /// The configuration that, with seed and origin, determines the records.
    pub fn effective(&self, settings: &RunSpec) -> Result<Effective, StreamError> {
        self.config.effective(settings)
    }

    /// The run that `plan` describes.
    pub fn run(&self, plan: &Plan, format: Format) -> Result<Run, StreamError> {
        self.config.run(plan, format)
    }

    /// The description of the records of each topic; see [`StreamSpec::records`].
    pub fn records(
        &self,
        shape: &Shape,
        topic: Option<&str>,
    ) -> Result<Vec<TopicRecord>, StreamError> {
        self.config.records(shape, topic)
    }

    /// The run of `plan` as a fold for the queries that `ask` makes of the stream's fields.
    ///
    /// Of a stream with several topics the plan must want one, and the queries are about its records.
    pub fn queries(&self, plan: &Plan, ask: Prepare<'_>) -> Result<PreparedQueries, StreamError> {
        self.config.queries(plan, ask)
    }

    /// The run of `plan` as a final table; see [`StreamSpec::table`].
    pub fn table(&self, plan: &Plan, of: TableOf) -> Result<PreparedTable, StreamError> {
        self.config.table(plan, of)
    }
}

/// A configuration without its type.
trait Erased: fmt::Debug + Send + Sync {
    fn boxed(&self) -> Box<dyn Erased>;
    fn as_any_mut(&mut self) -> &mut dyn Any;
    fn set_settings(&mut self, settings: &RunSpec) -> Result<(), StreamError>;
    fn effective(&self, settings: &RunSpec) -> Result<Effective, StreamError>;
    fn run(&self, plan: &Plan, format: Format) -> Result<Run, StreamError>;
    fn records(&self, shape: &Shape, topic: Option<&str>) -> Result<Vec<TopicRecord>, StreamError>;
    fn queries(&self, plan: &Plan, ask: Prepare<'_>) -> Result<PreparedQueries, StreamError>;
    fn table(&self, plan: &Plan, of: TableOf) -> Result<PreparedTable, StreamError>;
}

impl<S: StreamSpec> Erased for S {
    fn boxed(&self) -> Box<dyn Erased> {
        Box::new(self.clone())
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn set_settings(&mut self, settings: &RunSpec) -> Result<(), StreamError> {
        StreamSpec::set_settings(self, settings)
    }

    fn effective(&self, settings: &RunSpec) -> Result<Effective, StreamError> {
        StreamSpec::effective(self, settings)
    }

    fn run(&self, plan: &Plan, format: Format) -> Result<Run, StreamError> {
        StreamSpec::run(self, plan, format)
    }

    fn records(&self, shape: &Shape, topic: Option<&str>) -> Result<Vec<TopicRecord>, StreamError> {
        StreamSpec::records(self, shape, topic)
    }

    fn queries(&self, plan: &Plan, ask: Prepare<'_>) -> Result<PreparedQueries, StreamError> {
        StreamSpec::queries(self, plan, ask)
    }

    fn table(&self, plan: &Plan, of: TableOf) -> Result<PreparedTable, StreamError> {
        StreamSpec::table(self, plan, of)
    }
}

impl Clone for Box<dyn Erased> {
    fn clone(&self) -> Self {
        (**self).boxed()
    }
}
