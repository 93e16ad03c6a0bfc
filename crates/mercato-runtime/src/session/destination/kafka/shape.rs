//! Refuses a topic that already holds records of another shape than those about to be sent.
//!
//! Several streams have default topics of the same name, and a consumer of both would break.
//! Records with some fields more, or some fields fewer, are of the same shape: those of another
//! version. JSON and the wire format of Avro and Protobuf are two shapes, whatever the fields:
//! nobody reads both.

use std::collections::BTreeSet;
use std::time::Duration;

use mercato_engine::{Format, Run};
use mercato_kafka::{KafkaConfig, ReadError, ReadOptions, TopicReader};
use mercato_registry::Unframed;

use crate::clock::WallClock;
use crate::run::Interrupt;
use crate::session::SessionError;

/// Records at the end of a partition that are looked at: one may be malformed on purpose, or the
/// mark of a transaction.
const LOOKED_AT: u32 = 8;

/// Time limit of reaching a topic and of each record: a run does not wait long for a check.
const PATIENCE: Duration = Duration::from_secs(1);

/// Time limit of looking at all topics, in microseconds.
const PATIENCE_IN_ALL: i64 = 3_000_000;

/// Names of fields that an error shows.
const SHOWN: usize = 4;

/// Refuses a topic of `run` whose last records have none of its shape.
///
/// Ends early when time is up or the run is interrupted.
pub(super) fn check(
    config: &KafkaConfig,
    run: &Run,
    interrupt: &Interrupt,
) -> Result<(), SessionError> {
    let clock = WallClock::start();
    let began = clock.now();
    for (number, topic) in run.topics().iter().enumerate() {
        if interrupt.is_raised() || clock.now() - began > PATIENCE_IN_ALL {
            return Ok(());
        }
        let Some(layout) = run.layout(number as u16) else { continue };
        let value = layout.value();
        let fields: Vec<&str> = value.fields.iter().map(|field| &*field.name).collect();
        match last_values(config, topic) {
            Ok(values) => {
                if let Some((found, sent)) = other_shape(&values, &fields, run.format()) {
                    return Err(SessionError::OtherShape { topic: topic.clone(), found, sent });
                }
            }
            // Who may write may still be forbidden to read.
            Err(error) => tracing::debug!("cannot look at the records of topic {topic}: {error}"),
        }
    }
    Ok(())
}

/// The last records of the first partition that has any.
fn last_values(config: &KafkaConfig, topic: &str) -> Result<Vec<Vec<u8>>, ReadError> {
    let options = ReadOptions {
        tail: Some(LOOKED_AT),
        connect_timeout: PATIENCE,
        stall_timeout: PATIENCE,
        ..ReadOptions::default()
    };
    let mut reader = TopicReader::open(config, topic, &options)?;
    for partition in 0..reader.partitions() {
        let mut values = Vec::new();
        while let Some(record) = reader.next(partition)? {
            values.push(record.value);
        }
        if !values.is_empty() {
            return Ok(values);
        }
    }
    Ok(Vec::new())
}

/// What the records have that are there, and what those have that are sent, if none of `values` is
/// written as `format` is and has all of `fields`.
fn other_shape(values: &[Vec<u8>], fields: &[&str], format: Format) -> Option<(String, String)> {
    let is_framed = values.iter().any(|value| Unframed::id_of(value).is_some());
    let names = |value: &Vec<u8>| {
        let object: serde_json::Map<_, _> = serde_json::from_slice(value).ok()?;
        Some(object.into_iter().map(|(name, _)| name).collect::<BTreeSet<String>>())
    };
    let found: Vec<BTreeSet<String>> = values.iter().filter_map(names).collect();
    let sent = match format {
        Format::Avro => "Avro",
        Format::Protobuf => "Protobuf",
        Format::Json | Format::Csv | Format::Columns => {
            if found.is_empty() {
                let framed = "Avro or Protobuf, after the id of a schema";
                return is_framed.then(|| (framed.to_owned(), "JSON".to_owned()));
            }
            let last = other_fields(found, fields)?;
            let found = shown(last.iter().map(String::as_str));
            return Some((found, shown(fields.iter().copied())));
        }
    };
    let is_json = !is_framed && !found.is_empty();
    is_json.then(|| ("JSON".to_owned(), format!("{sent}, after the id of a schema")))
}

/// The names of the last record, if none of the records has all of `fields`.
fn other_fields(found: Vec<BTreeSet<String>>, fields: &[&str]) -> Option<BTreeSet<String>> {
    let is_sent = |name: &String| fields.contains(&name.as_str());
    let fits = |names: &BTreeSet<String>| {
        fields.iter().all(|field| names.contains(*field)) || names.iter().all(is_sent)
    };
    if found.iter().any(fits) { None } else { found.into_iter().next_back() }
}

/// The first of some names, and how many there are besides.
fn shown<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    let first = names[..names.len().min(SHOWN)].join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => first,
        more => format!("{first} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_that_lack_a_field_are_of_another_shape() {
        let of = |values: &[&str]| {
            let values: Vec<Vec<u8>> = values.iter().map(|value| value.as_bytes().into()).collect();
            other_shape(&values, &["id", "at"], Format::Json).map(|(found, _)| found)
        };
        let same = r#"{"at":1,"id":2,"more":3}"#;
        assert_eq!(of(&[]), None, "an empty topic has no shape");
        assert_eq!(of(&["", "no json", "[1]"]), None, "nor have tombstones and other formats");
        assert_eq!(of(&[same]), None);
        assert_eq!(of(&[same, r#"{"ID":2}"#]), None, "one record may be malformed");
        assert_eq!(of(&[r#"{"id":2}"#]), None, "an earlier version may have had fewer fields");
        assert_eq!(of(&[r#"{"userId":1,"event":2}"#]).as_deref(), Some("event, userId"));
        let wide = r#"{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1}"#;
        assert_eq!(of(&[wide]).as_deref(), Some("a, b, c, d and 2 more"));
    }

    #[test]
    fn json_and_the_wire_format_are_two_shapes_with_the_same_fields() {
        let of = |values: &[&str], format| {
            let values: Vec<Vec<u8>> = values.iter().map(|value| value.as_bytes().into()).collect();
            other_shape(&values, &["id", "at"], format)
        };
        let (json, framed) = (r#"{"at":1,"id":2}"#, "\0\0\0\0\u{7}\u{2}");
        let as_json = of(&[framed, ""], Format::Json).unwrap();
        assert!(as_json.0.starts_with("Avro or Protobuf") && as_json.1 == "JSON", "{as_json:?}");
        for format in [Format::Avro, Format::Protobuf] {
            let (found, sent) = of(&["", json, "no json"], format).unwrap();
            assert!(found == "JSON" && sent.starts_with(&format!("{format:?}, ")), "{sent}");
            for values in [&[][..], &[framed], &["", "no json"], &[json, framed]] {
                assert_eq!(of(values, format), None, "one record may be wrong: {values:?}");
            }
        }
        assert_eq!(of(&[json, framed], Format::Json), None, "one record may be wrong");
    }
}
