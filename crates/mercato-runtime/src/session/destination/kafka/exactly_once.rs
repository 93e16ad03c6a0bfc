//! The place of a run's position in Kafka: its name, and the name of this instance.

use std::path::PathBuf;
use std::process;

use mercato_config::env::{Environment, now_micros};
use mercato_config::{ConfigError, KafkaSettings, Origin};
use mercato_kafka::RunInstance;
use mercato_units::{Shard, Timestamp, Topic};

use crate::kafka;
use crate::session::{Resumed, SessionError, StreamInfo};

/// The run of `stream` that settings name, as `instance` carries it out.
///
/// Without `--run-name` it is called as its stream, and as its topic where that has another name.
pub(super) fn run(
    settings: &KafkaSettings,
    stream: &str,
    shard: Shard,
    instance: String,
) -> Result<RunInstance, SessionError> {
    let name = match (&settings.run_name, &settings.topic) {
        (Some(name), _) => name.value.to_string(),
        (None, Some(topic)) => format!("{stream}-{}", topic.value),
        (None, None) => stream.to_owned(),
    };
    let wrong = |error: &dyn std::fmt::Display| {
        let origin = settings.run_name.as_ref().map_or(Origin::Default, |name| name.origin.clone());
        ConfigError::wrong(&origin, "kafka.run_name", &format!("{error}; give one with --run-name"))
    };
    let name: Topic = name.parse().map_err(|error| wrong(&error))?;
    let (shard, shards) = (shard.index(), shard.count());
    Ok(RunInstance { name: name.to_string(), shard, shards, instance })
}

/// A name that tells this process from all others, for the log of an instance that it takes over.
pub(super) fn instance(environment: &Environment) -> String {
    let named = environment.find(&["HOSTNAME", "COMPUTERNAME"]).map(|(name, _)| name.to_owned());
    let kernel = || std::fs::read_to_string("/proc/sys/kernel/hostname").ok();
    let host = named.or_else(kernel).unwrap_or_else(|| "an unknown host".to_owned());
    let started = Timestamp::from_micros(now_micros());
    format!("process {} on {}, started {started}", process::id(), host.trim())
}

/// The place of a shard's state, as errors name it.
pub(super) fn place(run: &RunInstance) -> PathBuf {
    format!("topic {}, partition {}", run.topic(), run.shard).into()
}

/// Reads the progress of an earlier instance; it may still be running.
pub(in crate::session) fn resumed(
    settings: &KafkaSettings,
    title: &StreamInfo,
    shard: Shard,
) -> Result<Option<Resumed>, SessionError> {
    let run = run(settings, title.stream, shard, String::new())?;
    let client = kafka::client(&settings.connection, title.program);
    // Properties that are wrong are reported as those of any other run.
    client.producer().map_err(|error| SessionError::Client(error.into()))?;
    let Some(progress) = run.progress(&client)? else { return Ok(None) };
    Ok(Some(Resumed::stored(&progress.state, place(&run))?))
}
