//! The program `mercato` as it is built, with Kafka and without.

mod commands;
#[cfg(not(feature = "kafka"))]
mod without_kafka;
