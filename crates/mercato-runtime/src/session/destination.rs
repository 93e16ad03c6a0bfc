//! Where a session's records go, opened in the order in which a user wants to hear of mistakes.

use mercato_encode::csv;
use mercato_engine::Run;
use mercato_sinks::{Sink, StdoutSink, TeeSink};
#[cfg(feature = "kafka")]
use tracing::info;

use super::{Narrator, Session};
#[cfg(feature = "kafka")]
use crate::config::ConfigError;
use crate::exit::Failure;
use crate::run::Interrupt;

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
        let header = session.header(run);
        if let Some(output) = &session.output.output {
            open.names.push(output.value.path().map_or_else(|| "null:".to_owned(), |path| path.display().to_string()));
            sinks.push(output.value.open(header.as_deref())?);
        }
        if session.output.to_stdout(to_kafka) {
            open.names.push("standard output".to_owned());
            sinks.push(Box::new(StdoutSink::open(header.as_deref())?));
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
        settings: &crate::config::KafkaSettings,
        interrupt: &Interrupt,
        narrator: Option<&Narrator>,
    ) -> Result<Box<dyn Sink>, Failure> {
        use std::time::Duration;

        use mercato_kafka::{KafkaOptions, KafkaSink, RecordTimestamp};

        use crate::config::RecordTime;
        use crate::exit::Exit;

        if session.format() == mercato_engine::Format::Csv {
            let reason = "records go to Kafka as JSON: give -o a name that ends in .ndjson, or leave Kafka out";
            return Err(ConfigError::Usage { reason: reason.to_owned() }.into());
        }
        if let (Some(topic), [own]) = (&settings.topic, self.topics.as_mut_slice()) {
            *own = topic.value.to_string();
        }
        let wall = settings.record_timestamp.value == RecordTime::Wall;
        if !wall {
            refuse_the_future(session, run)?;
        }
        let options = KafkaOptions {
            record_timestamp: if wall { RecordTimestamp::Wall } else { RecordTimestamp::Event },
            interrupt: Some(interrupt.flag()),
            max_outage: settings.max_outage.as_ref().map(|outage| Duration::from_micros(outage.value.max(0) as u64)),
            observer: narrator.map(Narrator::deliveries),
            ..KafkaOptions::default()
        };
        let client = settings.client(session.title.program).producer();
        let client = client.map_err(|error| Failure::new(Exit::Config, error))?;
        settings.tell();
        for warning in client.warnings() {
            tracing::warn!("{warning}");
        }
        info!("Connecting to Kafka at {}", settings.brokers.value);
        let sink = KafkaSink::open(&client, &self.topics, options)?;
        for target in sink.targets() {
            info!("Successfully connected to Kafka. Topic '{}' has {} partitions", target.topic, target.partitions);
            self.names.push(format!("topic {} at {}", target.topic, sink.address()));
        }
        Ok(Box::new(sink))
    }
}

/// Brokers refuse records whose time is more than an hour ahead of theirs, one by one and after they were sent.
#[cfg(feature = "kafka")]
fn refuse_the_future(session: &Session<'_>, run: &Run) -> Result<(), Failure> {
    use crate::text::{Clock, Time};

    const HOUR: i64 = 3_600_000_000;
    // On the wall's clock a record leaves when its time has come.
    if session.run.clock.value == Clock::Wall {
        return Ok(());
    }
    let latest = crate::env::now_micros().saturating_add(HOUR);
    let extent = run.extent();
    let first = extent.from.unwrap_or(run.world().origin);
    let ahead = extent.until.into_iter().chain(extent.to).min().unwrap_or(first);
    if ahead <= latest {
        return Ok(());
    }
    let until = Time::new(ahead).map_or_else(|_| "beyond the year 9999".to_owned(), |time| time.to_string());
    let reason = format!(
        "records would carry event times up to {until}, and brokers refuse times more than an hour ahead: \
         begin earlier with --start, end earlier, or let Kafka have the time of sending with --record-timestamp wall"
    );
    Err(ConfigError::Usage { reason }.into())
}

impl Session<'_> {
    /// The first line of a CSV file.
    fn header(&self, run: &Run) -> Option<Vec<u8>> {
        (self.format() == mercato_engine::Format::Csv).then(|| {
            let mut line = Vec::new();
            csv::header(&mut line, run.columns());
            line
        })
    }
}
