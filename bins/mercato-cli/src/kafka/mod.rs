//! What needs Kafka: commands about brokers and topics, and reading a topic for the other commands.

mod broker;
mod health;
mod source;
mod topics;

pub(crate) use broker::{Broker, EXAMPLES as BROKER_EXAMPLES};
pub(crate) use health::Health;
pub(crate) use source::{check, verify};
pub(crate) use topics::{EXAMPLES as TOPICS_EXAMPLES, Topics};

/// Whether the help hides these commands.
pub(crate) const HIDDEN: bool = false;
