//! Everything that needs Kafka: commands for brokers and topics, and reading topics for other
//! commands.

mod broker;
mod health;
mod local;
mod records;
mod registry;
mod result;
mod source;
mod topics;

pub(crate) use broker::{Broker, EXAMPLES as BROKER_EXAMPLES};
pub(crate) use health::Health;
pub(crate) use records::Records;
pub(crate) use registry::{EXAMPLES as REGISTRY_EXAMPLES, Registry};
pub(crate) use result::compare;
pub(crate) use source::{check, verify};
pub(crate) use topics::{EXAMPLES as TOPICS_EXAMPLES, Topics};

/// True if the help hides these commands.
pub(crate) const HIDDEN: bool = false;
