//! Topics: listed, created, described, deleted.
//!
//! Questions go through a consumer's client, which never creates a topic by asking for it.
//! Everything has a time limit, and every failure says what was attempted, where, and what to do.

mod limits;
mod retention;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::time::Duration;

use futures_executor::block_on;
use rdkafka::ClientConfig;
use rdkafka::admin::{self, AdminClient, AdminOptions, ResourceSpecifier, TopicReplication};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::metadata::{Metadata, MetadataPartition, MetadataTopic};

use crate::clock::{Deadline, pause};
use crate::config::{ConfigError, KafkaConfig};
use crate::connect::{DEFAULT_CONNECT_TIMEOUT, Line, Quiet, ReachError};
pub use limits::Limits;
pub use retention::{Retention, span};

/// The settings of a topic that decide how long a record stays, in the order they are shown.
const JUDGED: [&str; 8] = [
    "cleanup.policy",
    "retention.ms",
    "retention.bytes",
    "segment.ms",
    "max.message.bytes",
    "message.timestamp.type",
    "message.timestamp.before.max.ms",
    "min.insync.replicas",
];

/// Why a topic could not be listed, created, described or deleted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AdminError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),

    /// The cluster or the topic cannot be reached.
    #[error(transparent)]
    Reach(#[from] ReachError),

    /// There is such a topic already.
    #[error(
        "topic {topic} already exists on {address}: show it with `mercato topics describe {topic} -b {address}`"
    )]
    Exists {
        /// The topic.
        topic: String,
        /// Address, as the user gave it.
        address: String,
    },

    /// The cluster does not do what was asked.
    #[error("cannot {action} on {address}: {advice}")]
    Refused {
        /// The attempted action.
        action: String,
        /// Address, as the user gave it.
        address: String,
        /// The recommended next step.
        advice: String,
        /// The broker's error.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// A topic to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTopic {
    /// Name: at most 249 letters, digits, dots, underscores and hyphens.
    pub name: String,
    /// Number of partitions, at least 1.
    pub partitions: u32,
    /// Copies of each partition, at most the number of brokers; `None` lets the cluster choose.
    pub replication: Option<u16>,
    /// Settings such as `retention.ms` or `cleanup.policy`.
    pub config: BTreeMap<String, String>,
}

impl NewTopic {
    /// A topic with the cluster's own replication and settings.
    pub fn new(name: impl Into<String>, partitions: u32) -> Self {
        Self { name: name.into(), partitions, replication: None, config: BTreeMap::new() }
    }
}

/// One line of a list of topics.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct TopicSummary {
    /// Name.
    pub name: String,
    /// Number of partitions.
    pub partitions: u32,
    /// Copies of each partition: the fewest of any.
    pub replication: u32,
}

/// One partition of a described topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartitionState {
    /// Index.
    pub partition: u32,
    /// The broker that takes and gives its records; `None` while there is none.
    pub leader: Option<i32>,
    /// Brokers that hold a copy.
    pub replicas: Vec<i32>,
    /// Those of them whose copy is complete.
    pub in_sync: Vec<i32>,
    /// First offset that is still there, and the offset after the last.
    pub offsets: Option<(i64, i64)>,
}

/// One setting of a topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicSetting {
    /// Name, such as `retention.ms`.
    pub name: String,
    /// Value; empty if the broker does not report it.
    pub value: String,
    /// True if it was set on this topic, against the broker's or Kafka's default.
    pub set_here: bool,
}

/// A topic with its partitions and settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TopicDescription {
    /// Name.
    pub name: String,
    /// Partitions in order.
    pub partitions: Vec<PartitionState>,
    /// Retention settings, and other settings of this topic.
    pub settings: Vec<TopicSetting>,
}

/// A cluster's topics.
pub struct Admin {
    asker: BaseConsumer<Quiet>,
    client: AdminClient<Quiet>,
    quiet: Quiet,
    properties: ClientConfig,
    address: String,
    timeout: Duration,
}

impl Admin {
    /// Connects within `timeout`, 12 s when `None`, which then is the limit of each operation too.
    pub fn connect(config: &KafkaConfig, timeout: Option<Duration>) -> Result<Self, AdminError> {
        let address = config.address()?;
        let quiet = Quiet::default();
        let properties = config.client()?;
        let refused = |error: KafkaError| {
            refusal("make a client", &address, error.rdkafka_error_code(), error)
        };
        let asker = properties.create_with_context(quiet.clone()).map_err(refused)?;
        let client = properties.create_with_context(quiet.clone()).map_err(refused)?;
        let timeout = timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT);
        let connected = Self { asker, client, quiet, properties, address, timeout };
        let serve = || drop(connected.asker.poll(Duration::from_millis(1)));
        connected.line(&serve).check_advertised(&[], Deadline::after(connected.timeout))?;
        Ok(connected)
    }

    /// The addresses, as the user gave them.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// All topics by name, without Kafka's own.
    pub fn list(&self) -> Result<Vec<TopicSummary>, AdminError> {
        let metadata = self.ask(None)?;
        let own = |topic: &&MetadataTopic| !topic.name().starts_with("__");
        let mut topics: Vec<_> = metadata.topics().iter().filter(own).map(summary).collect();
        topics.sort();
        Ok(topics)
    }

    /// Creates a topic and waits until each partition has a leader.
    pub fn create(&self, topic: &NewTopic) -> Result<(), AdminError> {
        let replication = TopicReplication::Fixed(topic.replication.map_or(-1, i32::from));
        let mut wanted = admin::NewTopic::new(&topic.name, topic.partitions as i32, replication);
        for (name, value) in &topic.config {
            wanted = wanted.set(name, value);
        }
        let results = block_on(self.client.create_topics([&wanted], &self.limits()));
        let outcome = match results {
            Ok(results) => results.into_iter().find_map(Result::err).map(|(_, code)| code),
            Err(error) => Some(Self::code_of(&error)),
        };
        let address = || self.address.clone();
        match outcome {
            None => self.await_leaders(topic),
            Some(Code::TopicAlreadyExists) => {
                Err(AdminError::Exists { topic: topic.name.clone(), address: address() })
            }
            Some(code) => {
                let action =
                    format!("create topic {} with {} partitions", topic.name, topic.partitions);
                Err(refusal(&action, &self.address, Some(code), code))
            }
        }
    }

    /// Deletes a topic with all its records and waits until it is gone.
    pub fn delete(&self, topic: &str) -> Result<(), AdminError> {
        let results = block_on(self.client.delete_topics(&[topic], &self.limits()));
        let outcome = match results {
            Ok(results) => results.into_iter().find_map(Result::err).map(|(_, code)| code),
            Err(error) => Some(Self::code_of(&error)),
        };
        match outcome {
            None => self.await_end(topic),
            Some(Code::UnknownTopicOrPartition | Code::UnknownTopic) => {
                Err(self.line(&|| ()).topic_missing(topic).into())
            }
            Some(code) => {
                Err(refusal(&format!("delete topic {topic}"), &self.address, Some(code), code))
            }
        }
    }

    /// Waits until no broker knows of a deleted topic any more, or it must have been created again.
    fn await_end(&self, topic: &str) -> Result<(), AdminError> {
        let deadline = Deadline::after(self.timeout);
        while self.list()?.iter().any(|entry| entry.name == topic) {
            // The cluster has said that it is deleted, and brokers hear of that within a moment.
            if deadline.passed() {
                tracing::warn!(
                    target: "mercato_kafka",
                    "topic {topic} was deleted and is there again: whoever still sends to it has had it created"
                );
                return Ok(());
            }
            pause(Duration::from_millis(50));
        }
        Ok(())
    }

    /// A topic's partitions and settings.
    pub fn describe(&self, topic: &str) -> Result<TopicDescription, AdminError> {
        self.described(topic, |partition| self.offsets(topic, partition))
    }

    /// The same without the partitions' offsets, each of which is a question of its own.
    pub fn describe_briefly(&self, topic: &str) -> Result<TopicDescription, AdminError> {
        self.described(topic, |_| None)
    }

    fn described(
        &self,
        topic: &str,
        offsets: impl Fn(&MetadataPartition) -> Option<(i64, i64)>,
    ) -> Result<TopicDescription, AdminError> {
        let metadata = self.ask(Some(topic))?;
        let found = metadata.topics().iter().find(|entry| entry.name() == topic);
        let code = found.map(|entry| entry.error().map(Code::from));
        match code {
            None | Some(Some(Code::UnknownTopicOrPartition | Code::UnknownTopic)) => {
                return Err(self.line(&|| ()).topic_missing(topic).into());
            }
            Some(Some(code)) => return Err(self.line(&|| ()).topic_refused(topic, code).into()),
            Some(None) => {}
        }
        let partitions = found.map(MetadataTopic::partitions).unwrap_or_default().iter();
        let mut partitions: Vec<_> = partitions
            .map(|partition| PartitionState {
                partition: partition.id() as u32,
                leader: Some(partition.leader()).filter(|leader| *leader >= 0),
                replicas: partition.replicas().to_vec(),
                in_sync: partition.isr().to_vec(),
                offsets: offsets(partition),
            })
            .collect();
        partitions.sort_by_key(|partition| partition.partition);
        Ok(TopicDescription { name: topic.to_owned(), partitions, settings: self.settings(topic)? })
    }

    /// Returns the retention settings of `topic`, and its other settings.
    pub fn settings(&self, topic: &str) -> Result<Vec<TopicSetting>, AdminError> {
        let resource = ResourceSpecifier::Topic(topic);
        let failed = |code| {
            refusal(&format!("read the settings of topic {topic}"), &self.address, Some(code), code)
        };
        let results = block_on(self.client.describe_configs([&resource], &self.limits()));
        let resources = results.map_err(|error| failed(Self::code_of(&error)))?;
        let mut settings = Vec::new();
        for resource in resources {
            for entry in resource.map_err(failed)?.entries {
                let set_here = entry.source == admin::ConfigSource::DynamicTopic;
                if set_here || JUDGED.contains(&entry.name.as_str()) {
                    settings.push(TopicSetting {
                        name: entry.name,
                        value: entry.value.unwrap_or_default(),
                        set_here,
                    });
                }
            }
        }
        let place =
            |name: &str| JUDGED.iter().position(|known| *known == name).unwrap_or(JUDGED.len());
        settings.sort_by(|one, other| {
            (place(&one.name), &one.name).cmp(&(place(&other.name), &other.name))
        });
        Ok(settings)
    }

    /// The ends of a partition, unless nobody can be asked.
    fn offsets(&self, topic: &str, partition: &MetadataPartition) -> Option<(i64, i64)> {
        let ask = || {
            self.line(&|| ()).watermarks(topic, partition.id(), Deadline::after(self.timeout)).ok()
        };
        (partition.leader() >= 0).then(ask).flatten()
    }

    fn ask(&self, topic: Option<&str>) -> Result<Metadata, ReachError> {
        let serve = || drop(self.asker.poll(Duration::from_millis(1)));
        self.line(&serve).metadata(topic, Deadline::after(self.timeout))
    }

    fn line<'a>(&'a self, serve: &'a dyn Fn()) -> Line<'a, Quiet> {
        let (errors, address) = (&*self.quiet.0, &*self.address);
        Line { client: self.asker.client(), errors, serve, address, properties: &self.properties }
    }

    fn limits(&self) -> AdminOptions {
        AdminOptions::new()
            .request_timeout(Some(self.timeout))
            .operation_timeout(Some(self.timeout))
    }

    fn code_of(error: &KafkaError) -> Code {
        error.rdkafka_error_code().unwrap_or(Code::Fail)
    }

    /// Waits until a new topic can be used: brokers learn of it after the answer.
    fn await_leaders(&self, topic: &NewTopic) -> Result<(), AdminError> {
        let deadline = Deadline::after(self.timeout);
        let ready = |metadata: &Metadata| {
            let found = metadata.topics().iter().find(|entry| entry.name() == topic.name);
            found.is_some_and(|entry| {
                let led =
                    entry.partitions().iter().filter(|partition| partition.leader() >= 0).count();
                led == topic.partitions as usize
            })
        };
        while !ready(&self.ask(Some(&topic.name))?) {
            if deadline.passed() {
                return Err(self
                    .line(&|| ())
                    .topic_refused(&topic.name, Code::LeaderNotAvailable)
                    .into());
            }
            pause(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Admin").field("address", &self.address).finish_non_exhaustive()
    }
}

fn summary(topic: &MetadataTopic) -> TopicSummary {
    let replicas = topic.partitions().iter().map(|partition| partition.replicas().len() as u32);
    TopicSummary {
        name: topic.name().to_owned(),
        partitions: topic.partitions().len() as u32,
        replication: replicas.min().unwrap_or_default(),
    }
}

fn refusal(
    action: &str,
    address: &str,
    code: Option<Code>,
    source: impl Error + Send + Sync + 'static,
) -> AdminError {
    let advice = match code {
        Some(Code::InvalidReplicationFactor) => {
            "there are fewer brokers than requested replicas; request fewer replicas"
        }
        Some(Code::InvalidPartitions) => "a topic has at least one partition",
        Some(Code::InvalidTopic) => {
            "a topic name has at most 249 letters, digits, dots, underscores and hyphens"
        }
        Some(Code::InvalidConfig) => {
            "one of the settings is unknown to the broker or has an invalid value"
        }
        Some(Code::PolicyViolation) => {
            "the cluster's policy forbids it; ask the cluster's administrator"
        }
        Some(Code::TopicAuthorizationFailed | Code::ClusterAuthorizationFailed) => {
            "request the permission (ACL) to do that"
        }
        Some(Code::OperationTimedOut | Code::RequestTimedOut) => {
            "the broker did not respond in time; see its log"
        }
        _ => "see the broker's log",
    };
    AdminError::Refused {
        action: action.to_owned(),
        address: address.to_owned(),
        advice: advice.to_owned(),
        source: Box::new(source),
    }
}
