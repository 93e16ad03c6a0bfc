//! Warns of history that a topic would delete as soon as it is written, before it is sent.
//!
//! Kafka counts a record's age from its own time, and says nothing when it deletes.

use std::time::Duration;

use mercato_kafka::admin::Retention;
use mercato_kafka::{Admin, KafkaConfig};

use mercato_config::env::now_micros;

/// Runs that begin so shortly before now ask nothing: no topic is of use that keeps records no
/// longer.
const RECENT_MILLIS: i64 = 60_000;

/// Time limit of the query: a run does not wait for a warning.
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

/// Warns of each of `topics` that keeps records for a shorter time than has passed since
/// `first_event`, in microseconds.
pub(super) fn warn(config: &KafkaConfig, topics: &[String], first_event: i64) {
    let age = now_micros().saturating_sub(first_event) / 1000;
    if age <= RECENT_MILLIS {
        return;
    }
    // Who may write may still be forbidden to ask.
    let admin = match Admin::connect(config, Some(PATIENCE)) {
        Ok(admin) => admin,
        Err(error) => return tracing::debug!("cannot determine the retention of topics: {error}"),
    };
    for topic in topics {
        match admin.settings(topic) {
            Ok(settings) => warn_of(topic, Retention::of(&settings), age),
            Err(error) => {
                tracing::debug!("cannot determine the retention of topic {topic}: {error}");
            }
        }
    }
}

fn warn_of(topic: &str, retention: Retention, age: i64) {
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
