//! The program `mercato` as it is built, with Kafka and without.

mod commands;
mod reading;
#[cfg(not(feature = "kafka"))]
mod without_kafka;
