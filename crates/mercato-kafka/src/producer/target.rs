//! The topics a sink sends to, and where in them a key belongs.

use mercato_draw::partition_of;
use rdkafka::producer::Producer;

use super::state::Running;
use crate::clock::Deadline;
use crate::config::ProducerConfig;
use crate::connect::{Line, ReachError};

/// A topic as it was when the sink was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Name.
    pub topic: Box<str>,
    /// Number of partitions, at least 1.
    pub partitions: u32,
    /// Partition of the next record without a key.
    pub(super) next: u32,
    /// Number of its first partition among those of all topics of the sink.
    first: u32,
}

impl Target {
    /// Number of a partition among those of all topics of the sink.
    pub(super) fn place(&self, partition: u32) -> u32 {
        self.first + partition
    }

    /// The partition of a record with `key`; records without a key take turns.
    pub(super) fn partition(&mut self, key: &[u8]) -> u32 {
        if !key.is_empty() {
            return partition_of(key, self.partitions);
        }
        let partition = self.next;
        self.next = (self.next + 1) % self.partitions;
        partition
    }
}

/// Number of the partitions of all `targets`.
pub(super) fn partitions(targets: &[Target]) -> u32 {
    targets.iter().map(|target| target.partitions).sum()
}

/// Finds the partitions of each topic.
pub(super) fn targets<T: AsRef<str>>(
    running: &Running,
    config: &ProducerConfig,
    topics: &[T],
    deadline: Deadline,
) -> Result<Vec<Target>, ReachError> {
    let errors = &running.reports().errors;
    let (address, properties) = (config.address(), &config.client);
    let line =
        Line { client: running.producer().client(), errors, serve: &|| (), address, properties };
    let mut targets = Vec::with_capacity(topics.len());
    for topic in topics {
        let (topic, first) = (topic.as_ref(), partitions(&targets));
        let partitions = line.partitions(topic, deadline)?;
        targets.push(Target { topic: topic.into(), partitions, next: 0, first });
    }
    let names: Vec<&str> = topics.iter().map(AsRef::as_ref).collect();
    line.check_advertised(&names, deadline)?;
    Ok(targets)
}
