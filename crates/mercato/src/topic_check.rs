//! Refuses to send records into another stream's topic by accident.
//!
//! `KAFKA_TOPIC` in a `.env` file serves every program that is started in that directory, but names
//! the topic of one of them: document 002's `KAFKA_TOPIC=user-events` must not make `order-gen` send
//! orders to consumers of user events.

use mercato_config::{ConfigError, KafkaSettings, Origin, Program, Setting};
use mercato_engine::Run;
use mercato_units::Topic;

use crate::STREAMS;

/// Refuses a topic from a variable or a file that is the default topic of other records than those
/// of `run`; a topic from a flag is what the user wants.
pub(crate) fn check(
    program: &Program,
    kafka: Option<&KafkaSettings>,
    run: &Run,
) -> Result<(), ConfigError> {
    let Some(Setting { value: topic, origin }) = kafka.and_then(|kafka| kafka.topic.as_ref())
    else {
        return Ok(());
    };
    let [own] = run.topics() else { return Ok(()) };
    let is_chosen = matches!(origin, Origin::Flag(_)) || topic.as_str() == own;
    match stream_of(topic) {
        Some(stream) if !is_chosen => {
            let reason = format!(
                "'{topic}' is the default topic of the stream {stream}, but this run sends the \
                 records of '{own}': give the topic with -t, or set {} for this program only",
                program.topic_variable()
            );
            Err(ConfigError::wrong(origin, "kafka.topic", &reason))
        }
        _ => Ok(()),
    }
}

/// The first stream that sends to `topic` by default.
fn stream_of(topic: &Topic) -> Option<&'static str> {
    // A program that makes one stream is better known by its topic than the shop, which makes all.
    let rows = STREAMS.iter().rev();
    let mut named =
        rows.filter(|row| (row.topics)().iter().any(|preset| preset.name == topic.as_str()));
    named.next().map(|row| row.name)
}
