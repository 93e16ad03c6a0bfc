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
}

impl Target {
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
    let find = |topic: &T| {
        let topic = topic.as_ref();
        Ok(Target { topic: topic.into(), partitions: line.partitions(topic, deadline)?, next: 0 })
    };
    let targets = topics.iter().map(find).collect::<Result<_, _>>()?;
    let names: Vec<&str> = topics.iter().map(AsRef::as_ref).collect();
    line.check_advertised(&names, deadline)?;
    Ok(targets)
}
