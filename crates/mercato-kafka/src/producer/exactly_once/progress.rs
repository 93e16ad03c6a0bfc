//! The progress topic: one partition for each shard, whose last committed record says how far the
//! shard has come and who said so.
//!
//! Its value is the caller's, and opaque here; what the protocol needs is in the headers.
//! A partition belongs to one shard, because the open transaction of another would hide its last
//! record from readers of committed records.

use std::collections::BTreeMap;
use std::time::Duration;

use mercato_sinks::SinkError;
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};
use rdkafka::message::{BorrowedMessage, Header, Headers, Message, OwnedHeaders};
use rdkafka::{Offset, TopicPartitionList};

use super::RunInstance;
use crate::admin::{Admin, AdminError, NewTopic};
use crate::clock::{Deadline, pause};
use crate::config::KafkaConfig;
use crate::connect::{Line, Quiet};
use crate::producer::target::Target;

/// Offsets before the end that are read first; most often the last record is among them.
const NEAR: i64 = 64;

/// Time limit of one poll.
const POLL: Duration = Duration::from_millis(100);

const RECORDS: &str = "mercato-records";
const INSTANCE: &str = "mercato-instance";
const TOPICS: &str = "mercato-topics";

/// The progress of a shard, as its last committed transaction stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// Records that the shard has sent from its beginning.
    pub records: u64,
    /// The instance that stored it.
    pub instance: String,
    /// What the caller stored.
    pub state: Vec<u8>,
    /// Each topic's number of partitions, and the partition of its next record without a key.
    pub(super) topics: Vec<(u32, u32)>,
}

impl Progress {
    pub(super) fn headers(records: u64, instance: &str, targets: &[Target]) -> OwnedHeaders {
        let topics: Vec<String> =
            targets.iter().map(|target| format!("{}:{}", target.partitions, target.next)).collect();
        let (records, topics) = (records.to_string(), topics.join(","));
        [(RECORDS, records.as_str()), (INSTANCE, instance), (TOPICS, topics.as_str())]
            .into_iter()
            .fold(OwnedHeaders::new(), |headers, (key, value)| {
                headers.insert(Header { key, value: Some(value) })
            })
    }

    /// Reads a progress record; `None` if it is something else.
    fn of(message: &BorrowedMessage<'_>) -> Option<Self> {
        let headers = message.headers()?;
        let text = |name: &str| {
            let header = headers.iter().find(|header| header.key == name)?;
            str::from_utf8(header.value?).ok()
        };
        let pair = |pair: &str| {
            let (partitions, next) = pair.split_once(':')?;
            let (partitions, next) = (partitions.parse().ok()?, next.parse().ok()?);
            (next < partitions).then_some((partitions, next))
        };
        Some(Self {
            records: text(RECORDS)?.parse().ok()?,
            instance: text(INSTANCE)?.to_owned(),
            topics: text(TOPICS)?.split(',').map(pair).collect::<Option<_>>()?,
            state: message.payload()?.to_vec(),
        })
    }
}

/// How much of a partition must be readable before its last record counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All that is committed now, even if a transaction is open.
    Now,
    /// Everything that has been written: no transaction is open.
    Whole,
}

/// One shard's partition of a progress topic.
pub(super) struct ProgressTopic {
    client: ClientConfig,
    address: String,
    pub(super) run: RunInstance,
}

impl ProgressTopic {
    pub(super) fn new(config: &KafkaConfig, run: RunInstance) -> Result<Self, SinkError> {
        let unusable = |error| unfit(&run.topic(), format!("{error}"));
        let address = config.address().map_err(unusable)?;
        let mut client = config.client().map_err(unusable)?;
        client
            .set("group.id", "mercato-reader")
            .set("enable.auto.commit", "false")
            .set("enable.auto.offset.store", "false")
            .set("enable.partition.eof", "true")
            .set("check.crcs", "true");
        Ok(Self { client, address, run })
    }

    /// Creates the topic, or checks that it keeps the last record of each shard for ever.
    pub(super) fn ensure(&self, config: &KafkaConfig, limit: Duration) -> Result<(), SinkError> {
        let topic = self.run.topic();
        let admin = Admin::connect(config, Some(limit)).map_err(|error| self.failed(error))?;
        let topics = admin.list().map_err(|error| self.failed(error))?;
        let Some(found) = topics.iter().find(|entry| entry.name == topic) else {
            return self.create(&admin);
        };
        if found.partitions < self.run.shards {
            let (has, needs) = (found.partitions, self.run.shards);
            return Err(unfit(
                &topic,
                format!(
                    "it has {has} partitions, but the run has {needs} shards, and each needs one of its \
                     own: give this run another name with --run-name"
                ),
            ));
        }
        self.check_policy(&admin)
    }

    fn create(&self, admin: &Admin) -> Result<(), SinkError> {
        let settings = [
            ("cleanup.policy", "compact"),
            // Only what is not being written to is compacted.
            ("segment.bytes", "16777216"),
            ("min.cleanable.dirty.ratio", "0.1"),
        ];
        let config: BTreeMap<_, _> =
            settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let topic = NewTopic { config, ..NewTopic::new(self.run.topic(), self.run.shards) };
        match admin.create(&topic) {
            Ok(()) => {
                tracing::info!(target: "mercato_kafka", "created the progress topic {}", topic.name);
                Ok(())
            }
            // By another shard.
            Err(AdminError::Exists { .. }) => self.check_policy(admin),
            Err(error) => Err(unfit(
                &topic.name,
                format!(
                    "it does not exist and cannot be created ({error}): have it created with `mercato \
                     topics create {} --partitions {} --compact`",
                    topic.name, self.run.shards
                ),
            )),
        }
    }

    fn check_policy(&self, admin: &Admin) -> Result<(), SinkError> {
        let topic = self.run.topic();
        let settings = match admin.settings(&topic) {
            Ok(settings) => settings,
            // Who may write may still be forbidden to ask.
            Err(error) => {
                tracing::warn!(target: "mercato_kafka", "cannot determine whether topic {topic} is compacted: {error}");
                return Ok(());
            }
        };
        let policy = settings.iter().find(|setting| setting.name == "cleanup.policy");
        let policy = policy.map_or("", |setting| setting.value.as_str());
        if policy == "compact" {
            return Ok(());
        }
        Err(unfit(
            &topic,
            format!(
                "its cleanup.policy is {policy}, so the broker would delete the position of the run: set \
                 it to compact, or give this run another name with --run-name"
            ),
        ))
    }

    /// Returns the last committed record of the shard.
    ///
    /// Errors: [`SinkError::Connect`] if it cannot be read by then, [`SinkError::Unfit`] if the
    /// partition holds something else.
    pub(super) fn last(
        &self,
        extent: Extent,
        deadline: Deadline,
    ) -> Result<Option<Progress>, SinkError> {
        let unread = |error: KafkaError| self.unread(&error);
        let end = match extent {
            Extent::Now => None,
            Extent::Whole => {
                let reader = self.consumer("read_uncommitted").map_err(unread)?;
                Some(self.ends(&reader, deadline).map_err(unread)?.1)
            }
        };
        let reader = self.consumer("read_committed").map_err(unread)?;
        let (first, end) = loop {
            // For such a reader, a partition ends before its first open transaction.
            let (first, readable) = self.ends(&reader, deadline).map_err(unread)?;
            if end.is_none_or(|end| readable >= end) {
                break (first, readable);
            }
            if deadline.passed() {
                return Err(unfit(
                    &self.run.topic(),
                    format!(
                        "partition {} has a transaction of somebody else: only this run may write to it",
                        self.run.shard
                    ),
                ));
            }
            pause(Duration::from_millis(20));
        };
        let near = first.max(end - NEAR);
        let last = self.last_between(&reader, near, end, deadline)?;
        if last.is_some() || near == first {
            return Ok(last);
        }
        self.last_between(&reader, first, end, deadline)
    }

    /// Returns the last progress record from `start` on, and refuses a partition that holds other
    /// records.
    fn last_between(
        &self,
        reader: &BaseConsumer<Quiet>,
        start: i64,
        end: i64,
        deadline: Deadline,
    ) -> Result<Option<Progress>, SinkError> {
        if start >= end {
            return Ok(None);
        }
        let mut list = TopicPartitionList::new();
        let assigned = list
            .add_partition_offset(&self.run.topic(), self.run.shard as i32, Offset::Offset(start))
            .and_then(|()| reader.assign(&list));
        assigned.map_err(|error| self.unread(&error))?;
        let mut last = None;
        loop {
            match reader.poll(POLL) {
                Some(Ok(message)) => {
                    let place =
                        format!("partition {}, offset {}", self.run.shard, message.offset());
                    let progress = Progress::of(&message).ok_or_else(|| {
                        let what = "holds a record that is no progress of a run";
                        let advice = "give this run another name with --run-name";
                        unfit(&self.run.topic(), format!("{place} {what}: {advice}"))
                    })?;
                    last = Some(progress);
                }
                Some(Err(KafkaError::PartitionEOF(_))) => return Ok(last),
                Some(Err(error)) if deadline.passed() => return Err(self.unread(&error)),
                None if deadline.passed() => {
                    return Err(self.unread(&KafkaError::MessageConsumption(Code::RequestTimedOut)));
                }
                Some(Err(_)) | None => {}
            }
        }
    }

    fn consumer(&self, isolation: &str) -> Result<BaseConsumer<Quiet>, KafkaError> {
        let mut client = self.client.clone();
        client.set("isolation.level", isolation);
        client.create_with_context(Quiet::default())
    }

    fn ends(
        &self,
        reader: &BaseConsumer<Quiet>,
        deadline: Deadline,
    ) -> Result<(i64, i64), KafkaError> {
        let errors = &*reader.context().0;
        let serve = || drop(reader.poll(Duration::from_millis(1)));
        let (address, properties) = (self.address.as_str(), &self.client);
        let line = Line { client: reader.client(), errors, serve: &serve, address, properties };
        line.watermarks(&self.run.topic(), self.run.shard as i32, deadline)
    }

    fn failed(&self, error: AdminError) -> SinkError {
        match error {
            AdminError::Reach(error) => error.into(),
            error => unfit(&self.run.topic(), error.to_string()),
        }
    }

    fn unread(&self, error: &KafkaError) -> SinkError {
        let code = error.rdkafka_error_code().unwrap_or(Code::Fail);
        SinkError::Connect {
            destination: format!("topic {} on {}", self.run.topic(), self.address),
            advice:
                "the position of the run cannot be read; check the broker and the permission (ACL) \
                     to read the topic"
                    .to_owned(),
            source: Box::new(code),
        }
    }
}

/// That a run cannot keep its position in `topic`.
pub(super) fn unfit(topic: &str, problem: String) -> SinkError {
    SinkError::Unfit { destination: format!("topic {topic}"), problem }
}
