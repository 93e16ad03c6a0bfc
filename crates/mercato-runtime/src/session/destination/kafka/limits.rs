//! What a topic would refuse, or delete as soon as it is written: told before anything is sent.
//!
//! Kafka counts a record's age from its own time, says nothing when it deletes, and refuses records one
//! by one after they were sent.

use std::time::Duration;

use mercato_kafka::admin::{Limits, Retention, span};
use mercato_kafka::{Admin, AdminError, KafkaConfig};

use mercato_config::env::now_micros;

use crate::session::SessionError;

/// Time limit of the query: a run does not wait for what may be a warning.
const PATIENCE: Duration = Duration::from_secs(5);

/// Age from which brokers forget the producer of a record, unless `producer.id.expiration.ms` says
/// otherwise: a day, in milliseconds.
const FORGOTTEN_MILLIS: i64 = 86_400_000;

/// Warns of a history so old that a broker, when it is killed, forgets what its producer has sent.
///
/// A broker compares the time of the producer's last record with its clock.
pub(super) fn warn_of_doubles(first_event: i64) {
    let age = now_micros().saturating_sub(first_event) / 1000;
    if age > FORGOTTEN_MILLIS {
        tracing::warn!(
            "this run starts {} ago: if a broker is killed meanwhile, retried records older than a day may arrive \
             twice, because brokers forget the producer of such records; send with --record-timestamp wall to avoid \
             it, and check with mercato verify",
            about(age)
        );
    }
}

/// Refuses a run of which one of `topics` would refuse records, or whole batches of them, and warns of
/// the other limits. One that was `resumed` may have sent its oldest records.
///
/// Records have event times from `first_event` on, in microseconds, or the time of sending.
pub(super) fn check(
    config: &KafkaConfig,
    topics: &[String],
    first_event: Option<i64>,
    resumed: bool,
) -> Result<(), SessionError> {
    let age = first_event.map_or(0, |first| now_micros().saturating_sub(first) / 1000);
    let property =
        config.producer().ok().and_then(|client| Some(client.property("batch.size")?.into_owned()));
    let batch = property.and_then(|bytes| bytes.parse().ok());
    // Who may write may still be forbidden to ask.
    let unknown = |error: AdminError| tracing::debug!("cannot determine limits of topics: {error}");
    let Ok(admin) = Admin::connect(config, Some(PATIENCE)).map_err(unknown) else { return Ok(()) };
    for topic in topics {
        let Ok(described) = admin.describe_briefly(topic).map_err(unknown) else { continue };
        let limits = Limits::of(&described.settings);
        if let Some(oldest) = limits.oldest_millis.filter(|_| limits.rejects(age) && !resumed) {
            return Err(SessionError::usage(format!(
                "topic {topic} rejects records older than {} (message.timestamp.before.max.ms), but this run starts {} \
                 ago: start later, raise the limit, or send with --record-timestamp wall",
                span(oldest),
                about(age)
            )));
        }
        check_batches(topic, limits.largest_batch, batch)?;
        warn_of_age(topic, Retention::of(&described.settings), age);
        let lacking = described.partitions.iter().filter(|state| limits.lacking(state) > 0).count();
        if lacking > 0 {
            tracing::warn!(
                "{lacking} partitions of topic {topic} have fewer in-sync replicas than min.insync.replicas={}: no \
                 record is acknowledged there before a broker returns; check which one is down",
                limits.in_sync
            );
        }
    }
    Ok(())
}

/// Refuses batches that the topic would refuse with all their records, although it takes each of them.
fn check_batches(
    topic: &str,
    largest: Option<u64>,
    batch: Option<u64>,
) -> Result<(), SessionError> {
    match (largest, batch) {
        (Some(largest), Some(batch)) if largest < batch => Err(SessionError::usage(format!(
            "topic {topic} rejects batches of more than {largest} bytes (max.message.bytes), but this producer makes \
             batches of up to {batch}: set -X batch.size={largest}, or raise the limit"
        ))),
        _ => Ok(()),
    }
}

fn warn_of_age(topic: &str, retention: Retention, age: i64) {
    if retention.deletes(age) {
        tracing::warn!(
            "topic {topic} {retention}, but this run starts {} ago: older records may be deleted as soon as they are \
             written; create the topic with --retention forever, start later, or send with --record-timestamp wall",
            about(age)
        );
    }
}

/// Milliseconds in whole units of the largest that fits, such as `30d` for a month and a little.
fn about(millis: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m")];
    let found = UNITS.iter().find(|(size, _)| millis >= *size);
    found.map_or_else(
        || format!("{}s", millis / 1000),
        |(size, unit)| format!("{}{unit}", millis / size),
    )
}
