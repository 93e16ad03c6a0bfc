//! Kafka: a producer, and what a run there owes its user before and while it sends.

mod exactly_once;
mod future;
mod idle;
mod limits;
mod record_logger;
mod schemas;
mod shape;

use std::time::Duration;

use mercato_config::{ConfigError, KafkaCompression, KafkaSettings, RecordTime};
use mercato_engine::Run;
use mercato_kafka::producer::{Delivered, DeliveryObserver, Target};
use mercato_kafka::{
    ExactlyOnceSink, KafkaConfig, KafkaOptions, KafkaSink, RecordHeaders, RecordTimestamp,
};
use mercato_sinks::{Format, Sink};
use mercato_units::Clock;
use tracing::info;

pub(in crate::session) use self::exactly_once::resumed;
use self::record_logger::RecordLogger;
use super::Destination;
use crate::kafka;
use crate::run::{Interrupt, Observer, Position, Positions};
use crate::session::{Session, SessionError};
use crate::summary::Identity;

/// Digits of the configuration's digest that a header shows.
const DIGEST: usize = 12;

struct Kafka<'a> {
    session: &'a Session<'a>,
    settings: &'a KafkaSettings,
    /// Logs single records, while they come no faster than a person reads.
    record_logger: Option<RecordLogger>,
    /// Where changed records have arrived, for the ledger.
    positions: Option<Positions>,
}

/// Kafka, if a session's settings ask for it.
pub(super) fn wanted<'a>(session: &'a Session<'a>) -> Option<Box<dyn Destination + 'a>> {
    let settings = session.kafka.as_ref()?;
    let is_paced = session.run.clock.value != Clock::Fast;
    // What is logged of a record is read from its JSON.
    let is_logged = is_paced && session.format() == mercato_engine::Format::Json;
    let record_logger = session.title.narrate.filter(|_| is_logged).map(RecordLogger::new);
    let positions = session.ledger_path().map(|_| Positions::default());
    Some(Box::new(Kafka { session, settings, record_logger, positions }))
}

impl Kafka<'_> {
    /// Refuses formats that only files have, with what the user can change.
    fn check_format(&self) -> Result<(), SessionError> {
        let output = &self.session.output;
        let title = match output.encoding() {
            format @ (Format::Csv | Format::Parquet) => format.title(),
            _ => return Ok(()),
        };
        let advice = match &output.output {
            // A file of columns is written alone, which is said of all destinations together.
            Some(_) if output.encoding() == Format::Parquet => return Ok(()),
            Some(_) => "use an output that ends in .ndjson, .avro or .pb, or omit Kafka",
            None => "give --format ndjson, avro or protobuf, or a file with -o instead of Kafka",
        };
        Err(SessionError::usage(format!(
            "records go to Kafka as JSON, Avro or Protobuf, and not as {title}: {advice}"
        )))
    }

    fn client(&self) -> KafkaConfig {
        kafka::client(&self.settings.connection, self.session.title.program)
    }

    /// The compression of each topic; none where it is that of the client.
    ///
    /// Refuses several for transactions, each of which is that of one client.
    fn compression(&self, run: &Run) -> Result<Vec<Option<&'static str>>, SessionError> {
        let of_topics = self.settings.compression.of(run.topics())?;
        let names: Vec<_> =
            of_topics.into_iter().map(|found| found.map(KafkaCompression::name)).collect();
        if self.settings.is_exactly_once() && names.iter().any(|name| *name != names[0]) {
            return Err(SessionError::usage(
                "--delivery exactly-once compresses all topics alike, because a transaction belongs to \
                 one client: give one --compression for all of them, or deliver at-least-once",
            ));
        }
        Ok(names)
    }

    /// Returns whether Kafka's `CreateTime` is the time of sending.
    fn has_wall_time(&self) -> bool {
        self.settings.record_timestamp.value == RecordTime::Wall
    }

    /// The headers of the settings, and those that say of which run and stream a record is.
    fn headers(&self) -> RecordHeaders {
        let given = self.settings.headers.iter();
        let mut shared: Vec<(String, String)> =
            given.map(|header| (header.name.clone(), header.value.clone())).collect();
        let sequence = self.settings.record_headers.value;
        if sequence {
            let Identity { seed, origin, config_digest, stream, .. } = self.session.identity();
            let run = format!("{seed}/{origin}/{}", &config_digest[..DIGEST]);
            shared.extend([("mercato-run".to_owned(), run), ("mercato-stream".to_owned(), stream)]);
        }
        RecordHeaders { shared, sequence }
    }

    /// Hears of deliveries, for the log and for the ledger.
    fn deliveries(&self) -> Option<DeliveryObserver> {
        let log = self.record_logger.as_ref().map(RecordLogger::deliveries);
        let Some(positions) = self.positions.clone() else { return log };
        Some(Box::new(move |delivered| {
            let Delivered { partition, offset, sequence, .. } = delivered;
            let offset = Some(offset).filter(|offset| *offset >= 0);
            positions.arrived(sequence, Position { partition, offset });
            if let Some(log) = &log {
                log(delivered);
            }
        }))
    }

    fn options(&self, interrupt: &Interrupt) -> KafkaOptions {
        let outage = self.settings.max_outage.as_ref();
        KafkaOptions {
            record_timestamp: if self.has_wall_time() {
                RecordTimestamp::Wall
            } else {
                RecordTimestamp::Event
            },
            headers: self.headers(),
            interrupt: Some(interrupt.flag()),
            max_outage: outage.map(|outage| Duration::from_micros(outage.value.max(0) as u64)),
            observer: self.deliveries(),
            ..KafkaOptions::default()
        }
    }
}

impl Kafka<'_> {
    /// Logs the topics of a run, refuses those with records of another shape, and warns of what
    /// they would do with its records.
    fn look_at(
        &self,
        targets: &[Target],
        run: &Run,
        interrupt: &Interrupt,
    ) -> Result<(), SessionError> {
        for target in targets {
            info!(
                "Successfully connected to Kafka. Topic '{}' has {} partitions",
                target.topic, target.partitions
            );
        }
        if !self.settings.mixed_topic.value {
            shape::check(&self.client(), run, interrupt)?;
        }
        for target in targets {
            idle::warn(run, &target.topic, target.partitions);
        }
        let first_event = (!self.has_wall_time()).then(|| first_event(run));
        limits::check(&self.client(), run.topics(), first_event, self.session.resumed.is_some())
    }
}

impl Destination for Kafka<'_> {
    fn check(&self, run: &Run) -> Result<(), SessionError> {
        self.check_format()?;
        self.registry(run)?;
        self.compression(run)?;
        if self.has_wall_time() { Ok(()) } else { future::refuse(self.session, run) }
    }

    fn open(&self, run: &Run, interrupt: &Interrupt) -> Result<Box<dyn Sink>, SessionError> {
        let (session, connection) = (self.session, &self.settings.connection);
        let client = kafka::producer(connection, session.title.program, session.layers);
        let client = client.map_err(|error| SessionError::Client(error.into()))?;
        kafka::log_loaded(&self.settings.connection);
        for warning in client.warnings() {
            tracing::warn!("{warning}");
        }
        let value_prefixes = self.value_prefixes(run)?;
        info!("Connecting to Kafka at {}", self.settings.connection.brokers.value);
        let compression = self.compression(run)?;
        let shared = compression.first().copied().flatten();
        let options = KafkaOptions { value_prefixes, compression, ..self.options(interrupt) };
        if self.settings.is_exactly_once() {
            let (session, settings) = (self.session, self.settings);
            let instance = exactly_once::instance(session.layers.environment());
            let (stream, shard) = (session.title.stream, session.run.shard.value);
            let instance = exactly_once::run(settings, stream, shard, instance)?;
            let shared = shared.map(|name| ("compression.type".to_owned(), name.to_owned()));
            let mut client = self.client();
            client.properties.extend(shared);
            let sink = ExactlyOnceSink::open(&client, run.topics(), options, instance)?;
            self.look_at(sink.targets(), run, interrupt)?;
            return Ok(Box::new(sink));
        }
        let sink = KafkaSink::open(&client, run.topics(), options)?;
        self.look_at(sink.targets(), run, interrupt)?;
        if !self.has_wall_time() {
            limits::warn_of_doubles(first_event(run));
        }
        Ok(Box::new(sink))
    }

    fn names(&self, run: &Run) -> Vec<String> {
        let name = |topic| format!("topic {topic} at {}", self.settings.connection.brokers.value);
        run.topics().iter().map(name).collect()
    }

    /// Refuses one name for several topics.
    fn renamed(&self, run: &Run) -> Result<Option<Run>, SessionError> {
        let Some(topic) = &self.settings.topic else { return Ok(None) };
        if let several @ [_, _, ..] = run.topics() {
            let reason = format!(
                "a single topic name for the records of {}: choose one of them",
                several.join(", ")
            );
            return Err(ConfigError::wrong(&topic.origin, "kafka.topic", &reason).into());
        }
        Ok(Some(run.clone().with_only_topic(topic.value.to_string())))
    }

    fn positions(&self) -> Option<Positions> {
        self.positions.clone()
    }

    fn observer(&self) -> Option<Box<dyn Observer>> {
        self.record_logger
            .clone()
            .map(|record_logger| -> Box<dyn Observer> { Box::new(record_logger) })
    }
}

/// Event time from which on `run` emits, in microseconds since the Unix epoch.
fn first_event(run: &Run) -> i64 {
    run.extent().from.unwrap_or(run.world().origin)
}
