//! The sink, the reader and the local broker, against a mock cluster and a real broker.

mod advertised;
mod common;
mod exactly_once;
mod mock;
mod real_broker;
mod real_secure_broker;
