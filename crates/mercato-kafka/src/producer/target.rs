//! The topics a sink sends to, and where in them a key belongs.

use mercato_draw::partition_of;
use rdkafka::ClientConfig;
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
    /// Number of the producer that sends its records.
    pub(super) client: usize,
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

/// The configuration of a producer for each compression in `wanted`, and the number of the producer
/// of each topic there; a topic without a compression has that of `config`.
///
/// A client compresses all its topics alike, because only librdkafka's unsafe interface sets
/// properties of a single topic. Together the producers take no more memory than one.
pub(super) fn clients(
    config: &ProducerConfig,
    wanted: &[Option<&'static str>],
) -> (Vec<ClientConfig>, Vec<usize>) {
    let mut distinct: Vec<Option<&'static str>> = Vec::new();
    let numbers = wanted.iter().map(|compression| {
        distinct.iter().position(|known| known == compression).unwrap_or_else(|| {
            distinct.push(*compression);
            distinct.len() - 1
        })
    });
    let numbers: Vec<usize> = numbers.collect();
    if distinct.is_empty() {
        return (vec![config.client.clone()], numbers);
    }
    let shares = distinct.len() as u64;
    let client = |compression: Option<&'static str>| {
        let mut client = config.client.clone();
        if let Some(compression) = compression {
            client.set("compression.type", compression);
        }
        for limit in ["queue.buffering.max.kbytes", "queue.buffering.max.messages"] {
            let whole = client.get(limit).and_then(|limit| limit.parse::<u64>().ok());
            // None is no limit, and 0 means that as well.
            if let Some(whole @ 1..) = whole {
                client.set(limit, (whole / shares).max(1).to_string());
            }
        }
        client
    };
    (distinct.into_iter().map(client).collect(), numbers)
}

/// Finds the partitions of each topic, whose producers are numbered by `clients`.
pub(super) fn targets<T: AsRef<str>>(
    running: &Running,
    config: &ProducerConfig,
    topics: &[T],
    clients: &[usize],
    deadline: Deadline,
) -> Result<Vec<Target>, ReachError> {
    let errors = &running.reports().errors;
    let (address, properties) = (config.address(), &config.client);
    let line =
        Line { client: running.producer(0).client(), errors, serve: &|| (), address, properties };
    let mut targets: Vec<Target> = Vec::with_capacity(topics.len());
    for (number, topic) in topics.iter().enumerate() {
        let (topic, first) = (topic.as_ref(), partitions(&targets));
        let client = clients.get(number).copied().unwrap_or_default();
        let partitions = line.partitions(topic, deadline)?;
        targets.push(Target { topic: topic.into(), partitions, next: 0, client, first });
    }
    let names: Vec<&str> = topics.iter().map(AsRef::as_ref).collect();
    line.check_advertised(&names, deadline)?;
    Ok(targets)
}
