//! From flags to a run that is carried out: the same steps for every program that generates a
//! built-in stream.

use std::sync::Arc;

use mercato_config::env::{Environment, now_micros};
use mercato_config::{
    KafkaSettings, Layers, LogSettings, OutputSettings, Program, Property, RunDefaults, RunSpec,
};
use mercato_encode::Layout;
use mercato_engine::Run;
use mercato_runtime::exit::Exit;
use mercato_runtime::logging;
use mercato_runtime::session::{self, Plan, Resumed, Session, StreamInfo};
use mercato_schema::ChangeForm;
use mercato_units::Clock;

use crate::{DATA_VERSION, GenerationError, StreamError, StreamSpec, start, topic_check};
use mercato_config::args::{GenerateArgs, KafkaArgs};

/// A built-in stream with everything that its run is carried out with, resolved from flags,
/// variables and files.
///
/// A program changes what its own flags are about, and then calls [`Generation::carry_out`].
#[derive(Debug)]
pub struct Generation<S> {
    /// The layers the settings came from.
    pub layers: Layers,
    /// The stream, as files configure it.
    pub stream: S,
    /// The run and the part of it to emit.
    pub run: RunSpec,
    /// Destinations of the records besides Kafka.
    pub output: OutputSettings,
    /// Logging settings.
    pub log: LogSettings,
    /// The connection to Kafka, if records go there.
    pub kafka: Option<KafkaSettings>,
    /// The program's own flags, for the command that repeats the run.
    pub own_flags: Vec<String>,
    /// Banner to print after the run is checked, before it starts.
    pub banner: Option<String>,
    /// Lines to print once the destination is open and records begin to leave.
    pub opening: Option<String>,
    /// The earlier run that this one goes on with, if its settings name one.
    pub resumed: Option<Resumed>,
}

impl<S: StreamSpec> Generation<S> {
    /// Resolves `args` over environment and files, and begins to log.
    ///
    /// Fails when a flag, variable or file is wrong.
    pub fn prepare(
        program: Program,
        args: &GenerateArgs,
        clock: Clock,
    ) -> Result<Self, GenerationError> {
        let layers = Layers::load(program, &args.config.config, Environment::capture()?)?;
        let log = LogSettings::resolve(&args.log, &layers)?;
        logging::init(&log)?;
        let stream = layers.section(S::NAME)?;
        let defaults = RunDefaults { duration: S::DEFAULT_DURATION, clock, warm_up: S::WARM_UP };
        let kafka = KafkaSettings::resolve(&args.kafka, &layers)?;
        if kafka.is_none() {
            check_kafka(&layers)?;
            warn_unused(&args.kafka, &layers)?;
        }
        let mut run = RunSpec::resolve(&args.run, &layers, &defaults, now_micros())?;
        args.disorder.apply(&mut run.disorder);
        let output = OutputSettings::resolve(&args.output, &layers)?;
        let title = Self::title(&layers);
        let resumed = session::resumed(&title, &output, kafka.as_ref(), &run)?;
        if let Some(resumed) = &resumed {
            resumed.pin(&mut run);
        }
        Ok(Self {
            run,
            output,
            resumed,
            log,
            kafka,
            stream,
            layers,
            own_flags: args.disorder.repeated(),
            banner: None,
            opening: None,
        })
    }

    /// Sets the documented properties of a program's producer, unless the user sets them.
    pub fn set_documented_properties(&mut self, documented: &[(&str, &str)]) {
        let Some(kafka) = &mut self.kafka else { return };
        let property = |(name, value): &(&str, &str)| Property {
            name: (*name).into(),
            value: (*value).into(),
        };
        kafka.connection.properties.splice(..0, documented.iter().map(property));
    }

    fn title(layers: &Layers) -> StreamInfo {
        StreamInfo {
            program: layers.program().command[0],
            stream: S::NAME,
            data_version: DATA_VERSION,
            wording: S::WORDING,
            narrate: S::NARRATION,
        }
    }

    /// Carries out the run, and reports on stderr and in the summary; returns [`Exit::Stopped`] if it
    /// was stopped before its end.
    ///
    /// Fails when the stream's configuration makes no run, and when records cannot go where they
    /// should.
    pub fn carry_out(self) -> Result<Exit, GenerationError> {
        let Self { layers, mut stream, mut run, output, log, own_flags, banner, opening, .. } =
            self;
        stream.set_settings(&run)?;
        let located = |error: StreamError| GenerationError::Run {
            place: layers.place_of_first_word(&error.to_string()),
            error: Box::new(error),
        };
        stream.check().map_err(|error| located(error.into()))?;
        start::settle(&stream, &mut run)?;
        let session = Session {
            title: Self::title(&layers),
            layers: &layers,
            output,
            log_file: log.log_file.map(|file| file.value),
            kafka: self.kafka,
            effective: stream.effective(&run)?,
            own_flags,
            opening,
            resumed: self.resumed,
            run,
        };
        let mut plan = Plan::of_settings(&session.run).map_err(StreamError::from)?;
        if let Some(resumed) = &session.resumed {
            resumed.shorten(&mut plan);
        }
        let run = stream.run(&plan, session.format()).map_err(located)?;
        if let Some(warning) = stream.warning(&plan).filter(|_| session.resumed.is_none()) {
            tracing::warn!("{warning}");
        }
        warn_lost_deletes(&session, &run);
        start::check_reachable(&session.run, &run)?;
        topic_check::check_disorder(&layers, &session.run.disorder, &run)?;
        topic_check::check(&layers, S::NAME, session.kafka.as_ref(), &run)?;
        if let Some(banner) = banner {
            logging::say(&banner);
        }
        Ok(session.carry_out(&run)?)
    }
}

/// Warns of deletes that lines cannot show, because a tombstone is nothing but its key.
fn warn_lost_deletes(session: &Session<'_>, run: &Run) {
    let output = &session.output;
    let has_file = output.output.as_ref().is_some_and(|output| !output.value.is_null());
    let has_lines = has_file || output.to_stdout(session.kafka.is_some());
    let loses = |layout: &Arc<Layout>| {
        layout.changes() == Some(ChangeForm::Upsert)
            && layout.rows().is_some_and(|rows| rows.are_deleted)
    };
    if has_lines && run.topics().len() == 1 && run.layout(0).is_some_and(loses) {
        tracing::warn!(
            "lines have no tombstones, so with --cdc upsert deletes are seen in Kafka only: use --cdc \
             debezium to have them in files and on standard output"
        );
    }
}

/// Checks the section `[kafka]` of files although no record goes there, with Kafka's client if this
/// build has it; contacts no broker.
fn check_kafka(layers: &Layers) -> Result<(), GenerationError> {
    let settings = KafkaSettings::check_files(layers)?;
    #[cfg(feature = "kafka")]
    if !settings.connection.properties.is_empty() {
        let (connection, program) = (&settings.connection, layers.program().command[0]);
        let client = mercato_runtime::kafka::producer(connection, program, layers);
        client.map_err(|error| session::SessionError::Client(error.into()))?;
    }
    #[cfg(not(feature = "kafka"))]
    drop(settings);
    Ok(())
}

/// Warns about flags and a topic's variable without effect, because records do not go to Kafka.
///
/// Files are not mentioned: they serve other programs too.
fn warn_unused(args: &KafkaArgs, layers: &Layers) -> Result<(), GenerationError> {
    for setting in KafkaSettings::unused(args, layers)? {
        tracing::warn!("{setting} has no effect without Kafka: add --kafka, or -b with an address");
    }
    Ok(())
}
