//! Reaching a cluster within a limit, and saying what to do when it cannot be reached.
//!
//! librdkafka tries for ever and tells its troubles to a callback;
//! here a client asks for a topic's metadata in growing slices of time and looks at those troubles
//! in between.
//! So a wrong password ends at once, a refused connection after two seconds, and silence at the
//! limit.

mod advertised;
mod diagnosis;
mod errors;
mod look;

use std::error::Error;
use std::time::Duration;

use mercato_sinks::SinkError;
use rdkafka::ClientConfig;
use rdkafka::client::{Client, ClientContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::metadata::{Metadata, MetadataTopic};

use crate::clock::{Deadline, Stopwatch, pause};
use diagnosis::Failed;
pub(crate) use errors::{ErrorLog, Quiet, route_log};

/// Default time limit for reaching the cluster: leaves three of the 15 seconds in which a run must
/// have failed.
pub const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(12);

/// Time during which refused connections are attributed to a broker that is just starting.
const REFUSED_PATIENCE: Duration = Duration::from_secs(2);

/// Time during which a missing topic is attributed to a broker that is just creating it.
const CREATION_PATIENCE: Duration = Duration::from_secs(3);

/// Time during which an unusable advertised address is attributed to a broker that is just
/// starting.
const ADVERTISED_PATIENCE: Duration = Duration::from_secs(4);

/// Delay between retries.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Why a cluster or a topic could not be reached.
///
/// The source is what librdkafka says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReachError {
    /// No broker answers, or none lets us in.
    #[error("cannot reach Kafka at {address}: {advice}")]
    Unreachable {
        /// Address, as the user gave it.
        address: String,
        /// The recommended next step.
        advice: String,
        /// The client's error.
        source: Box<dyn Error + Send + Sync>,
    },

    /// The topic does not exist, and the cluster does not create it on demand.
    #[error("topic {topic} does not exist on {address}: create it with `{command}`")]
    TopicMissing {
        /// The topic.
        topic: String,
        /// Address, as the user gave it.
        address: String,
        /// The exact command that creates it.
        command: String,
    },

    /// The topic exists and cannot be used.
    #[error("cannot use topic {topic} on {address}: {advice}")]
    TopicRefused {
        /// The topic.
        topic: String,
        /// Address, as the user gave it.
        address: String,
        /// The recommended next step.
        advice: String,
        /// The broker's error.
        source: Box<dyn Error + Send + Sync>,
    },
}

impl From<ReachError> for SinkError {
    fn from(error: ReachError) -> Self {
        match error {
            ReachError::Unreachable { address, advice, source } => {
                Self::Connect { destination: format!("Kafka at {address}"), advice, source }
            }
            ReachError::TopicMissing { topic, address, command } => {
                Self::MissingTopic { topic, destination: address, command }
            }
            ReachError::TopicRefused { topic, address, advice, source } => {
                Self::Connect { destination: format!("topic {topic} on {address}"), advice, source }
            }
        }
    }
}

/// A client that is asked, and what is known about its connection.
pub(crate) struct Line<'a, C: ClientContext> {
    pub(crate) client: &'a Client<C>,
    pub(crate) errors: &'a ErrorLog,
    /// Lets the client's callbacks run; nothing for a client that has a thread for it.
    pub(crate) serve: &'a dyn Fn(),
    pub(crate) address: &'a str,
    /// The connection properties of the client.
    pub(crate) properties: &'a ClientConfig,
}

impl<C: ClientContext> Line<'_, C> {
    /// Metadata of one topic, or of all, as soon as any broker gives it.
    pub(crate) fn metadata(
        &self,
        topic: Option<&str>,
        deadline: Deadline,
    ) -> Result<Metadata, ReachError> {
        let asked = Stopwatch::start();
        let mut slice = Duration::from_millis(500);
        loop {
            let failure = match self
                .client
                .fetch_metadata(topic, slice.min(deadline.remaining()).max(ASK_AGAIN))
            {
                Ok(metadata) => return Ok(metadata),
                Err(error) => error.rdkafka_error_code().unwrap_or(Code::Fail),
            };
            (self.serve)();
            let refused = self.errors.is_down() && asked.elapsed() >= REFUSED_PATIENCE;
            if self.errors.is_permanent() || refused || deadline.passed() {
                return Err(self.unreachable(failure));
            }
            slice = (slice * 2).min(Duration::from_secs(5));
        }
    }

    /// The number of partitions of `topic`, once each of them has a leader.
    ///
    /// With a producer's client the question creates the topic where brokers create topics on
    /// demand.
    pub(crate) fn partitions(&self, topic: &str, deadline: Deadline) -> Result<u32, ReachError> {
        let mut missing: Option<Stopwatch> = None;
        loop {
            let metadata = self.metadata(Some(topic), deadline)?;
            match TopicState::of(&metadata, topic) {
                TopicState::Ready(partitions) => return Ok(partitions),
                TopicState::Refused(code) => return Err(self.topic_refused(topic, code)),
                TopicState::Missing => {
                    let waited = missing.get_or_insert_with(Stopwatch::start).elapsed();
                    if waited >= CREATION_PATIENCE || deadline.passed() {
                        return Err(self.topic_missing(topic));
                    }
                }
                TopicState::Leaderless if deadline.passed() => {
                    return Err(self.topic_refused(topic, Code::LeaderNotAvailable));
                }
                TopicState::Leaderless => {}
            }
            pause(ASK_AGAIN);
        }
    }

    /// Checks that the leaders of each topic, or all brokers if there are no topics, advertise
    /// addresses that this machine can use; those it was given have answered.
    pub(crate) fn check_advertised(
        &self,
        topics: &[&str],
        deadline: Deadline,
    ) -> Result<(), ReachError> {
        let mut usable: Vec<String> =
            self.address.split(',').map(|address| address.trim().to_owned()).collect();
        if topics.is_empty() {
            return self.check_leaders(None, &mut usable, deadline);
        }
        topics.iter().try_for_each(|topic| self.check_leaders(Some(topic), &mut usable, deadline))
    }

    fn check_leaders(
        &self,
        topic: Option<&str>,
        usable: &mut Vec<String>,
        deadline: Deadline,
    ) -> Result<(), ReachError> {
        let asked = Stopwatch::start();
        loop {
            let metadata = self.metadata(topic, deadline)?;
            let Some(unusable) = advertised::unusable(&metadata, topic, usable) else {
                return Ok(());
            };
            if asked.elapsed() >= ADVERTISED_PATIENCE || deadline.passed() {
                return Err(ReachError::Unreachable {
                    address: self.address.to_owned(),
                    advice: unusable.advice,
                    source: Box::new(unusable.source),
                });
            }
            pause(ASK_AGAIN);
        }
    }

    /// The first offset of a partition that is still there, and the one after its last.
    pub(crate) fn watermarks(
        &self,
        topic: &str,
        partition: i32,
        deadline: Deadline,
    ) -> Result<(i64, i64), KafkaError> {
        loop {
            let limit = deadline.remaining().max(ASK_AGAIN);
            let error = match self.client.fetch_watermarks(topic, partition, limit) {
                Ok(watermarks) => return Ok(watermarks),
                Err(error) => error,
            };
            // A new topic's leader is announced before it leads.
            let passing = matches!(
                error.rdkafka_error_code(),
                Some(
                    Code::NotLeaderForPartition
                        | Code::LeaderNotAvailable
                        | Code::UnknownTopicOrPartition
                )
            );
            if !passing || deadline.passed() {
                return Err(error);
            }
            pause(ASK_AGAIN);
        }
    }

    /// That `topic` does not exist, with the command that creates it.
    pub(crate) fn topic_missing(&self, topic: &str) -> ReachError {
        let address = self.address.to_owned();
        let command = format!("mercato topics create {topic} --partitions 3 -b {address}");
        ReachError::TopicMissing { topic: topic.to_owned(), address, command }
    }

    pub(crate) fn topic_refused(&self, topic: &str, code: Code) -> ReachError {
        let advice = match code {
            Code::TopicAuthorizationFailed => {
                "request permission (ACL) to describe, read and write it, or log in as another user"
            }
            Code::InvalidTopic => {
                "a topic name has at most 249 letters, digits, dots, underscores and hyphens"
            }
            Code::LeaderNotAvailable => {
                "a partition has no leader; find the broker that is down with `mercato topics describe`"
            }
            _ => "see the broker's log",
        };
        ReachError::TopicRefused {
            topic: topic.to_owned(),
            address: self.address.to_owned(),
            advice: advice.to_owned(),
            source: Box::new(code),
        }
    }

    fn unreachable(&self, failure: Code) -> ReachError {
        let (code, source) = self.errors.last().unwrap_or_else(|| (failure, Box::new(failure)));
        let said = source.to_string();
        let failed =
            Failed { code, said: &said, address: self.address, properties: self.properties };
        ReachError::Unreachable {
            address: self.address.to_owned(),
            advice: failed.advice(),
            source,
        }
    }
}

/// The state of a topic according to one response.
enum TopicState {
    Ready(u32),
    Leaderless,
    Missing,
    Refused(Code),
}

impl TopicState {
    fn of(metadata: &Metadata, topic: &str) -> Self {
        let Some(found) = metadata.topics().iter().find(|entry| entry.name() == topic) else {
            return Self::Missing;
        };
        match found.error().map(Code::from) {
            None => Self::of_partitions(found),
            Some(Code::UnknownTopicOrPartition | Code::UnknownTopic) => Self::Missing,
            Some(Code::LeaderNotAvailable) => Self::Leaderless,
            Some(code) => Self::Refused(code),
        }
    }

    fn of_partitions(topic: &MetadataTopic) -> Self {
        let partitions = topic.partitions();
        if partitions.is_empty() || partitions.iter().any(|partition| partition.leader() < 0) {
            return Self::Leaderless;
        }
        Self::Ready(partitions.len() as u32)
    }
}
