//! Where a session's records go, opened in the order in which a user wants to hear of mistakes.

use mercato_encode::csv;
use mercato_engine::Run;
use mercato_sinks::{Compression, Sink, StdoutSink, TeeSink, TopicFile, in_envelopes};
#[cfg(feature = "kafka")]
use tracing::info;

#[cfg(feature = "kafka")]
use super::retention;
use super::{Narrator, Packing, Session};
use crate::exit::Failure;
#[cfg(feature = "kafka")]
use crate::kafka;
use crate::run::Interrupt;
use mercato_config::ConfigError;

/// An open destination.
pub(super) struct Destination {
    /// What it is called in summaries; no secrets.
    pub(super) names: Vec<String>,
    /// The topics as they are called there.
    pub(super) topics: Vec<String>,
    pub(super) sink: Box<dyn Sink>,
}

impl Destination {
    /// Opens Kafka, file and standard output as the session's settings ask for them.
    pub(super) fn open(
        session: &Session<'_>,
        run: &Run,
        interrupt: &Interrupt,
        narrator: Option<&Narrator>,
    ) -> Result<Self, Failure> {
        let mut open = Self {
            names: Vec::new(),
            topics: run.topics().to_vec(),
            sink: Box::new(mercato_sinks::NullSink::default()),
        };
        let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
        #[cfg(feature = "kafka")]
        let to_kafka = session.kafka.is_some();
        #[cfg(not(feature = "kafka"))]
        let to_kafka = false;
        #[cfg(feature = "kafka")]
        if let Some(kafka) = &session.kafka {
            sinks.push(open.kafka(session, run, kafka, interrupt, narrator)?);
        }
        #[cfg(not(feature = "kafka"))]
        let _ = (interrupt, narrator);
        let files = session.topic_files(run)?;
        if let Some(output) = &session.output.output {
            open.names.push(
                output
                    .value
                    .path()
                    .map_or_else(|| "null:".to_owned(), |path| path.display().to_string()),
            );
            let packing = Packing::of(run, output.value.file_format(), &session.run)?;
            sinks.push(packing.open(&output.value, &files)?);
        }
        if session.output.to_stdout(to_kafka) {
            open.names.push("standard output".to_owned());
            let header = files.first().and_then(|file| file.header.as_deref());
            sinks.push(in_envelopes(&files, Box::new(StdoutSink::open(header)?)));
        }
        let tee = |first, second| -> Box<dyn Sink> { Box::new(TeeSink::new(first, second)) };
        open.sink = sinks.into_iter().reduce(tee).unwrap_or(open.sink);
        Ok(open)
    }

    #[cfg(feature = "kafka")]
    fn kafka(
        &mut self,
        session: &Session<'_>,
        run: &Run,
        settings: &mercato_config::KafkaSettings,
        interrupt: &Interrupt,
        narrator: Option<&Narrator>,
    ) -> Result<Box<dyn Sink>, Failure> {
        use std::time::Duration;

        use mercato_kafka::{KafkaOptions, KafkaSink, RecordTimestamp};

        use crate::exit::Exit;
        use mercato_config::RecordTime;

        if session.format() == mercato_engine::Format::Csv {
            let reason = "records go to Kafka as JSON: give -o a name that ends in .ndjson, or leave Kafka out";
            return Err(ConfigError::Usage { reason: reason.to_owned() }.into());
        }
        let wall = settings.record_timestamp.value == RecordTime::Wall;
        if !wall {
            refuse_the_future(session, run)?;
        }
        let options = KafkaOptions {
            record_timestamp: if wall { RecordTimestamp::Wall } else { RecordTimestamp::Event },
            interrupt: Some(interrupt.flag()),
            max_outage: settings
                .max_outage
                .as_ref()
                .map(|outage| Duration::from_micros(outage.value.max(0) as u64)),
            observer: narrator.map(Narrator::deliveries),
            ..KafkaOptions::default()
        };
        let client = kafka::client(&settings.connection, session.title.program).producer();
        let client = client.map_err(|error| Failure::new(Exit::Config, error))?;
        kafka::log_loaded(&settings.connection);
        for warning in client.warnings() {
            tracing::warn!("{warning}");
        }
        info!("Connecting to Kafka at {}", settings.connection.brokers.value);
        let sink = KafkaSink::open(&client, &self.topics, options)?;
        for target in sink.targets() {
            info!(
                "Successfully connected to Kafka. Topic '{}' has {} partitions",
                target.topic, target.partitions
            );
            self.names.push(format!("topic {} at {}", target.topic, sink.address()));
        }
        if !wall {
            retention::warn(
                &kafka::client(&settings.connection, session.title.program),
                &self.topics,
                first_event(run),
            );
        }
        Ok(Box::new(sink))
    }
}

/// Event time from which on `run` emits, in microseconds since the Unix epoch.
#[cfg(feature = "kafka")]
fn first_event(run: &Run) -> i64 {
    run.extent().from.unwrap_or(run.world().origin)
}

/// Brokers refuse records whose time is more than an hour ahead of theirs, one by one and after
/// they were sent.
#[cfg(feature = "kafka")]
fn refuse_the_future(session: &Session<'_>, run: &Run) -> Result<(), Failure> {
    use crate::exit::Exit;
    use mercato_units::{Clock, Timestamp};

    const HOUR: i64 = 3_600_000_000;
    let (event, wall) = match session.run.clock.value {
        // On the wall's clock a record leaves when its time has come.
        Clock::Wall => return Ok(()),
        Clock::Fast => (1, 0),
        Clock::Paced { event, wall } => (event, wall),
    };
    let (now, extent, first) = (mercato_config::env::now_micros(), run.extent(), first_event(run));
    let by_time = extent.until.into_iter().chain(extent.to).min();
    let by_count = run.last_arrival().map_err(|error| Failure::new(Exit::Usage, error))?;
    let by_records =
        last_of_records(run, by_time.is_none_or(|end| end.saturating_sub(now) > HOUR))?;
    let last = by_time.into_iter().chain(by_count).chain(by_records).min();
    // A run that is no faster than the wall is furthest ahead when it begins, a faster one when it
    // ends.
    let at_the_end = match last {
        Some(last) => {
            let passed = i128::from(last.saturating_sub(first)) * i128::from(wall)
                / i128::from(event.max(1));
            i128::from(last) - i128::from(now) - passed
        }
        None if event <= wall => i128::MIN,
        None => i128::MAX,
    };
    if at_the_end.max(i128::from(first) - i128::from(now)) <= i128::from(HOUR) {
        return Ok(());
    }
    let until = match last.map(Timestamp::new) {
        Some(Ok(time)) => format!("up to {time}"),
        _ => "without end".to_owned(),
    };
    let reason = format!(
        "records would carry event times {until}, and brokers refuse times more than an hour ahead: begin earlier with \
         --start, end earlier, or let Kafka have the time of sending with --record-timestamp wall"
    );
    Err(ConfigError::Usage { reason }.into())
}

/// Event time of the last record of a run that ends by their number, found by making them all, if
/// it `matters`.
#[cfg(feature = "kafka")]
fn last_of_records(run: &Run, matters: bool) -> Result<Option<i64>, Failure> {
    if run.extent().records.is_none() || !matters {
        return Ok(None);
    }
    let failed = |error| Failure::new(crate::exit::Exit::Unexpected, error);
    let mut batches = run.batches().map_err(failed)?;
    let mut last = None;
    while let Some(batch) = batches.try_next().map_err(failed)? {
        last = batch.spans().last().map(|span| span.stamp.event_time).or(last);
        batches.recycle(batch);
    }
    Ok(last)
}

impl Session<'_> {
    /// The topics with the first line of a CSV file of each; refuses CSV where records of several
    /// would share a place.
    fn topic_files(&self, run: &Run) -> Result<Vec<TopicFile>, Failure> {
        let csv = self.format() == mercato_engine::Format::Csv;
        let shared = self.output.to_stdout(self.to_kafka())
            || self
                .output
                .output
                .as_ref()
                .is_some_and(|output| !output.value.is_folder() && !output.value.is_null());
        if let (true, true, [_, _, ..]) = (csv, shared, run.topics()) {
            let reason = format!(
                "records of {} have different columns: give -o a folder, which ends in /, for a file each, or choose \
                 one topic",
                run.topics().join(", ")
            );
            return Err(ConfigError::Usage { reason }.into());
        }
        self.check_columnar(run)?;
        let packed = self
            .output
            .format
            .as_ref()
            .is_some_and(|format| format.value.compression != Compression::None);
        if packed && self.output.output.is_none() {
            let reason = "standard output is not compressed: give -o a file or a folder, or pipe it into a compressor";
            return Err(ConfigError::Usage { reason: reason.to_owned() }.into());
        }
        let file = |(index, topic): (u16, &String)| TopicFile {
            topic: topic.clone(),
            header: csv.then(|| {
                let mut line = Vec::new();
                csv::header(&mut line, run.columns(index));
                line
            }),
        };
        Ok((0..).zip(run.topics()).map(file).collect())
    }
}
