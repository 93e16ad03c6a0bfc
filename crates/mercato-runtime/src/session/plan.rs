//! From settings, or from the summary of an earlier run, to the run itself.

use mercato_draw::{DrawError, Seed};
use mercato_engine::{
    Cursor, Disorder, DwellError, EngineError, Extent, Format, Run, RunBuilder, Shard, Stream,
    World,
};

use super::{Timetable, disorder};
use crate::exit::{Exit, Failure};
use crate::summary::Summary;
use mercato_config::{
    Cdc, ConfigError, DisorderSection, Effective, RecordSection, RunRange, RunSpec, ScheduleEntry,
    TimestampFormat, did_you_mean,
};
use mercato_encode::{Instants, RecordKey, Shape};
use mercato_schema::ChangeForm;
use mercato_units::Timestamp;

/// Why settings, or the summary of an earlier run, do not make a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// A section that the summary recorded cannot be read.
    #[error(transparent)]
    Recorded(ConfigError),
    /// The summary's cursor cannot be read.
    #[error(transparent)]
    Cursor(serde_json::Error),
    /// Entries of the schedule overlap, end before they begin, or have too high a factor.
    #[error(transparent)]
    Schedule(EngineError),
    /// An entry of the schedule names a scenario of a stream that has none.
    #[error(
        "invalid schedule[{index}].scenario = {scenario:?}: the stream {stream} has no scenarios"
    )]
    Scenario {
        /// The entry's index in the schedule.
        index: usize,
        /// The scenario as given.
        scenario: String,
        /// The stream's name.
        stream: String,
    },
    /// The share of malformed records is not a probability.
    #[error(transparent)]
    Malformed(DrawError),
    /// The times by which records deviate have no law.
    #[error("invalid disorder.{kind}")]
    Deviation {
        /// The kind of deviation.
        kind: &'static str,
        /// The reason.
        source: DwellError,
    },
    /// Malformed records are wanted in another format than JSON.
    #[error("malformed records are JSON only: use .ndjson, or omit them")]
    NotJson,
    /// Shard, topics and extent make no run of these streams.
    #[error(transparent)]
    Run(EngineError),
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        if let PlanError::Run(EngineError::Key { key, known, .. }) = &error {
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let found = did_you_mean(key, &known);
            let advice = format!("--key: {found}; `none` writes records without a key");
            return Self::new(Exit::Usage, error).advise(advice);
        }
        let (exit, advice) = match &error {
            PlanError::Run(_) | PlanError::NotJson => (Exit::Usage, None),
            PlanError::Cursor(_) => (Exit::Config, Some("the summary's cursor has been edited")),
            PlanError::Scenario { .. } => (Exit::Config, Some("use a `factor` instead")),
            _ => (Exit::Config, None),
        };
        let failure = Self::new(exit, error);
        match advice {
            Some(advice) => failure.advise(advice),
            None => failure,
        }
    }
}

/// Everything that determines a run's records besides its stream, and which part of them is wanted.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Seed and origin.
    pub world: World,
    /// Microseconds between the origin and the start, of which nobody sees the records.
    pub warm_up: i64,
    /// The part of the run to emit.
    pub extent: Extent,
    /// The shard to emit.
    pub shard: Shard,
    /// When arrivals come more or less often, and under which scenario.
    pub timetable: Timetable,
    /// The topics whose records are wanted; none for all.
    pub topics: Option<Vec<String>>,
    /// The columns that are kept of records as columns; none for all.
    pub fields: Option<Vec<String>>,
    /// Deviations from the ideal, made on purpose.
    pub disorder: Disorder,
    /// The shape in which records are written.
    pub shape: Shape,
}

impl Plan {
    /// The plan of a program's settings; refuses a schedule whose entries overlap or end before
    /// they begin.
    pub fn of_settings(settings: &RunSpec) -> Result<Self, PlanError> {
        Self::new(
            settings.seed.value,
            settings.origin(),
            &settings.range(),
            &settings.fixed_schedule(),
            &settings.disorder,
            settings.record(),
        )
    }

    /// The plan of an earlier run, as far as that run came.
    pub fn of_summary(summary: &Summary) -> Result<Self, PlanError> {
        let identity = &summary.identity;
        let schedule: Vec<ScheduleEntry> =
            identity.config.section("schedule").map_err(PlanError::Recorded)?.unwrap_or_default();
        let disorder: DisorderSection =
            identity.config.section("disorder").map_err(PlanError::Recorded)?.unwrap_or_default();
        let record: RecordSection =
            identity.config.section("record").map_err(PlanError::Recorded)?.unwrap_or_default();
        let mut plan =
            Self::new(identity.seed, identity.origin, &summary.part, &schedule, &disorder, record)?;
        let whole_until = summary.unfinished.as_ref().and_then(|unfinished| unfinished.from);
        if let (true, Some(until)) = (summary.end.is_early(), whole_until) {
            plan.extent.to = Some(until.micros());
        } else if summary.end.is_early() {
            let cursor: Option<Cursor> =
                serde_json::from_value(summary.cursor.clone()).map_err(PlanError::Cursor)?;
            // A run that was ended before its first record has none.
            plan.extent.last = cursor.map(|cursor| cursor.key());
            if plan.extent.last.is_none() {
                plan.extent.to = Some(plan.world.origin);
            }
        }
        Ok(plan)
    }

    fn new(
        seed: u64,
        origin: Timestamp,
        range: &RunRange,
        schedule: &[ScheduleEntry],
        section: &DisorderSection,
        record: RecordSection,
    ) -> Result<Self, PlanError> {
        let micros = |time: Option<Timestamp>| time.map(Timestamp::micros);
        Ok(Self {
            world: World { seed: Seed::new(seed), origin: origin.micros() },
            warm_up: range.warm_up_micros,
            extent: Extent {
                arrivals: range.count,
                records: range.records,
                until: range
                    .duration_micros
                    .map(|duration| origin.micros().saturating_add(duration)),
                drain: range.drain,
                from: micros(range.from),
                to: micros(range.to),
                ..Extent::default()
            },
            shard: range.shard,
            topics: range.topics.clone(),
            timetable: Timetable::new(schedule, origin).map_err(PlanError::Schedule)?,
            fields: None,
            disorder: disorder::disorder(section)?,
            shape: shape(record),
        })
    }

    /// The run of `stream`, encoded as `format`.
    pub fn run(&self, stream: impl Stream, format: Format) -> Result<Run, PlanError> {
        self.build(self.builder(format)?.and(stream))
    }

    /// The run of the streams that were added to a builder of this plan.
    pub fn build(&self, builder: RunBuilder) -> Result<Run, PlanError> {
        builder.build().map_err(PlanError::Run)
    }

    /// The run, encoded as `format`, before it has streams; refuses malformed records in CSV.
    pub fn builder(&self, format: Format) -> Result<RunBuilder, PlanError> {
        if self.disorder.malformed.is_some() && format != Format::Json {
            return Err(PlanError::NotJson);
        }
        let builder = Run::builder(self.world)
            .topics(self.topics.clone())
            .fields(self.fields.clone())
            .extent(self.extent)
            .shard(self.shard)
            .shape(self.shape.clone())
            .format(format);
        Ok(builder.disorder(self.disorder.clone()))
    }
}

/// The shape that settings ask for.
pub fn shape(record: RecordSection) -> Shape {
    let key = record.key.map(|key| match key.as_str() {
        "none" => RecordKey::Absent,
        _ => RecordKey::Field(key),
    });
    let instants = record.timestamp_format.map(|format| match format {
        TimestampFormat::Iso => Instants::Text,
        TimestampFormat::EpochMs => Instants::EpochMillis,
        TimestampFormat::EpochUs => Instants::EpochMicros,
    });
    let changes = record.cdc.map(|form| match form {
        Cdc::Debezium => ChangeForm::Debezium,
        Cdc::Upsert => ChangeForm::Upsert,
    });
    Shape { key, instants, changes }
}

/// The effective configuration of a stream under `settings`: its own section, schedule and faults.
pub fn effective(
    settings: &RunSpec,
    name: &str,
    section: &impl serde::Serialize,
) -> Result<Effective, ConfigError> {
    settings.effective()?.with(name, section)
}
