//! Kafka: sending a run's records, administering topics and reading a topic back.
//!
//! This is the only crate that sees librdkafka, so that everything it is known to do wrong is held
//! in one place:
//! it would drop what is queued when a producer is dropped, place keys where no Java client looks
//! for them, forget records after five minutes of an outage and keep a gigabyte in memory
//! meanwhile.
//!
//! | module | does |
//! |---|---|
//! | [`config`] | the connection: properties under librdkafka's and Java's names, refused with a reason, secrets redacted |
//! | [`producer`] | [`KafkaSink`]: records in, every delivery report counted, shutdown as types; [`ExactlyOnceSink`]: the same in transactions |
//! | [`admin`] | topics listed, created, described |
//! | [`reader`] | [`TopicReader`]: a topic read back partition by partition, for verification |
//! | [`connect`] | reaching a cluster within a limit, and saying what to do when it cannot be reached |
//!
//! It does not know which records exist, and it reads no environment variable: callers pass values.
//!
//! ```
//! use mercato_kafka::{KafkaConfig, partition_of};
//!
//! // Java's and librdkafka's names mean the same, and nothing is contacted to find out whether they are right.
//! let config = KafkaConfig::new("localhost:9092").with("buffer.memory", "33554432").with("acks", "most");
//! let refused = config.producer().unwrap_err().to_string();
//! assert!(refused.starts_with("invalid property acks=most: expected all"));
//!
//! // A key lands where a Java producer would put it.
//! assert_eq!(partition_of(b"21", 12), 0);
//! ```

pub mod admin;
mod clock;
pub mod config;
pub mod connect;
pub mod producer;
pub mod reader;

pub use admin::{Admin, AdminError, NewTopic};
pub use config::{ConfigError, KafkaConfig, ProducerConfig};
pub use connect::ReachError;
pub use producer::{
    Delivered, ExactlyOnceSink, KafkaOptions, KafkaSink, Progress, RecordHeaders, RecordTimestamp,
    RunInstance, partition_of,
};
pub use reader::{ReadError, ReadOptions, Record, TopicReader};
