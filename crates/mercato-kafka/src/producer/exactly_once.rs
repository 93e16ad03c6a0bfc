//! Exactly-once delivery: records and the position of their run in one Kafka transaction.
//!
//! The protocol is a pure state machine ([`machine`]) and the position a record of a compacted topic
//! ([`progress`]); [`driver`] carries the protocol out and [`transaction`] holds what a new producer
//! would have to send again.
//!
//! An instance is fenced by the next one of the same run, as soon as that begins.

mod counts;
mod driver;
mod held;
mod machine;
mod patience;
mod progress;
mod transaction;

use std::time::Duration;

use mercato_sinks::SinkError;

use crate::admin::Admin;
use crate::clock::Deadline;
use crate::config::KafkaConfig;
use crate::connect::DEFAULT_CONNECT_TIMEOUT;
pub use driver::ExactlyOnceSink;
pub use progress::Progress;
use progress::{Extent, ProgressTopic, unfit};

/// Start of the names of progress topics.
const PREFIX: &str = "mercato-progress-";

/// Length of the longest name of a topic.
const LONGEST: usize = 249;

/// A run whose position is kept in Kafka, and the instance that carries it out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunInstance {
    /// The run's name, of letters that a topic's name may have.
    pub name: String,
    /// Index of its shard.
    pub shard: u32,
    /// Number of its shards.
    pub shards: u32,
    /// The instance's name, such as host and process; unique.
    pub instance: String,
}

impl RunInstance {
    /// The topic that keeps the position of each shard.
    pub fn topic(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    /// The id by which brokers know every instance of the shard, however many shards there are.
    fn transactional_id(&self) -> String {
        format!("mercato-{}-{}", self.name, self.shard)
    }

    fn check(&self) -> Result<(), SinkError> {
        let topic = self.topic();
        if topic.len() <= LONGEST {
            return Ok(());
        }
        let most = LONGEST - PREFIX.len();
        Err(unfit(
            &topic,
            format!("its name is too long: --run-name may have up to {most} characters"),
        ))
    }

    /// Returns the progress of an earlier instance; `None` if the run is new.
    ///
    /// It fences nobody, so an instance that is running may have come further when this one begins.
    pub fn progress(&self, config: &KafkaConfig) -> Result<Option<Progress>, SinkError> {
        self.check()?;
        let topic = ProgressTopic::new(config, self.clone())?;
        let limit = DEFAULT_CONNECT_TIMEOUT;
        let failed = |error: crate::AdminError| match error {
            crate::AdminError::Reach(error) => error.into(),
            error => unfit(&self.topic(), error.to_string()),
        };
        let topics = Admin::connect(config, Some(limit)).and_then(|admin| admin.list());
        let has_shard = topics
            .map_err(failed)?
            .iter()
            .any(|entry| entry.name == self.topic() && entry.partitions > self.shard);
        if !has_shard {
            return Ok(None);
        }
        topic.last(Extent::Now, Deadline::after(limit))
    }
}

/// Time limit for the first answer of the transaction coordinator.
const BEGIN_LIMIT: Duration = Duration::from_secs(30);
