//! Refuses to send records into another stream's topic by accident.
//!
//! `KAFKA_TOPIC` in a `.env` file serves every program that is started in that directory, but names
//! the topic of one of them: document 002's `KAFKA_TOPIC=user-events` must not make `order-gen` send
//! orders to consumers of user events.

use mercato_config::{
    ConfigError, DisorderSection, KafkaSettings, Layers, Origin, Setting, did_you_mean,
};
use mercato_engine::Run;

use crate::{STREAMS, topic_presets};

/// Refuses disorder of a topic that neither `run` nor any stream has.
pub(crate) fn check_disorder(
    layers: &Layers,
    disorder: &DisorderSection,
    run: &Run,
) -> Result<(), ConfigError> {
    let presets = topic_presets();
    let known: Vec<&str> = run
        .topics()
        .iter()
        .map(String::as_str)
        .chain(presets.iter().map(|preset| preset.name))
        .collect();
    let unknown = disorder.topics.keys().find(|name| !known.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| {
        let key = format!("disorder.topics.{name}");
        let origin = layers.file_origin(&key).unwrap_or(Origin::Default);
        let reason = format!("unknown topic; {}", did_you_mean(name, &known));
        Err(ConfigError::wrong(&origin, &key, &reason))
    })
}

/// Refuses a topic from a variable or a file that is the default topic of other records than those
/// of `run`, the stream `stream`; a topic from a flag is what the user wants.
pub(crate) fn check(
    layers: &Layers,
    stream: &str,
    kafka: Option<&KafkaSettings>,
    run: &Run,
) -> Result<(), ConfigError> {
    let (Some(kafka), [own]) = (kafka, run.topics()) else { return Ok(()) };
    let key_of_stream = format!("{stream}.topic");
    let (topic, origin, key) = match &kafka.topic {
        Some(Setting { value, origin }) => (value.as_str(), origin.clone(), "kafka.topic"),
        None => match layers.file_origin(&key_of_stream) {
            Some(origin) => (own.as_str(), origin, key_of_stream.as_str()),
            None => return Ok(()),
        },
    };
    let is_usual = if key == "kafka.topic" {
        topic == own
    } else {
        defaults(stream).any(|name| name == topic)
    };
    let is_chosen = is_usual || matches!(origin, Origin::Flag(_));
    match stream_of(topic) {
        Some(other) if !is_chosen => {
            let usual =
                if key == "kafka.topic" { own } else { defaults(stream).next().unwrap_or(own) };
            let reason = format!(
                "'{topic}' is the default topic of the stream {other}, but this run sends the \
                 records of '{usual}': give the topic with -t, or set {} for this program only",
                layers.program().topic_variable()
            );
            Err(ConfigError::wrong(&origin, key, &reason))
        }
        _ => Ok(()),
    }
}

/// The default topics of a stream.
fn defaults(stream: &str) -> impl Iterator<Item = &'static str> {
    let rows = STREAMS.iter().filter(move |row| row.name == stream);
    rows.flat_map(|row| (row.topics)()).map(|preset| preset.name)
}

/// The first stream that sends to `topic` by default.
fn stream_of(topic: &str) -> Option<&'static str> {
    // A program that makes one stream is better known by its topic than the shop, which makes all.
    let rows = STREAMS.iter().rev();
    let mut named = rows.filter(|row| (row.topics)().iter().any(|preset| preset.name == topic));
    named.next().map(|row| row.name)
}
