//! A topic as other commands read it.

use std::error::Error;
use std::fmt::{self, Display};

use mercato::config::KafkaSettings;
use mercato::kafka::{ReadError, ReadOptions, Record, TopicReader};
use mercato::registry::RegistryError;
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::kafka;
use mercato::truth::rules::sources::SourceError;
use mercato::truth::rules::{Checker, Topic, topic_shaped_like};
use mercato::truth::{Actual, Document, Found, Layout, Report, Verifier};

use super::records::{Records, Value};
use crate::failures;

/// Compares the records of a topic with those that `verifier` expects.
pub(crate) fn verify(
    verifier: &Verifier<'_>,
    settings: &KafkaSettings,
    records: Records,
    uncommitted: bool,
) -> Result<Report, Failure> {
    let reader = open(settings, records.topic(), uncommitted)?;
    let (record, text) = (Record::default(), Vec::new());
    let mut actual = TopicRecords { reader, record, records, text };
    verifier.verify(&mut actual).map_err(|error| failures::of_verifying(error, TopicError::failure))
}

/// Checks the records of a topic, which are of `kind` if that is known.
///
/// Reads one partition after the other: every rule about several records is about those of one key.
pub(crate) fn check(
    checker: &mut Checker,
    settings: &KafkaSettings,
    mut records: Records,
    kind: Option<Topic>,
) -> Result<(), Failure> {
    let name = records.topic().to_owned();
    let mut reader = open(settings, &name, false)?;
    let (mut record, mut document) = (Record::default(), Document::default());
    let mut topic = kind;
    let unknown = || failures::of_rules(SourceError::Unknown { name: name.clone() });
    for partition in 0..reader.partitions() {
        while reader.next_into(partition, &mut record).map_err(unread)? {
            let place = format!("{name}[{partition}]@{}", record.offset);
            // A null value, which says of its key that it is deleted, comes as an empty one.
            if record.value.is_empty() && record.has_key {
                checker.tombstone(topic, &place);
                continue;
            }
            if records.needs_description(&record.value) {
                return Err(unknown());
            }
            let offset = record.offset;
            let schemas = |error| TopicError::Schema { partition, offset, error };
            match records.read(&record.value).map_err(schemas).map_err(TopicError::failure)? {
                Value::Refused(reason) => checker.unreadable(&place, &reason),
                Value::Text(json) if document.read(json) => {
                    topic = topic.or_else(|| topic_shaped_like(document.root()));
                    checker.check(topic.ok_or_else(unknown)?, &place, document.root());
                }
                Value::Text(text) => checker.unreadable(&place, &String::from_utf8_lossy(text)),
            }
        }
    }
    Ok(())
}

pub(super) fn open(
    settings: &KafkaSettings,
    topic: &str,
    uncommitted: bool,
) -> Result<TopicReader, Failure> {
    let client = kafka::client(&settings.connection, "mercato");
    kafka::log_reading(topic, settings);
    let options = ReadOptions { uncommitted, ..ReadOptions::default() };
    TopicReader::open(&client, topic, &options).map_err(unread)
}

/// A topic as the verifier reads it.
struct TopicRecords {
    reader: TopicReader,
    record: Record,
    records: Records,
    /// The reason why the present record is refused, in its place.
    text: Vec<u8>,
}

impl Actual for TopicRecords {
    type Error = TopicError;

    fn layout(&self) -> Layout {
        Layout::Partitions(self.reader.partitions())
    }

    fn next(&mut self, partition: u32) -> Result<Option<Found<'_>>, TopicError> {
        let found = self.reader.next_into(partition, &mut self.record)?;
        let Record { key, value, offset, .. } = &self.record;
        if !found {
            return Ok(None);
        }
        let schemas = |error| TopicError::Schema { partition, offset: *offset, error };
        let value = match self.records.read(value).map_err(schemas)? {
            Value::Text(json) => json,
            Value::Refused(reason) => {
                self.text = reason.into_bytes();
                &self.text
            }
        };
        Ok(Some(Found { key, value, position: *offset as u64 }))
    }
}

/// Why a topic cannot be read.
#[derive(Debug)]
enum TopicError {
    Read(ReadError),
    /// The schema that a record names cannot be read, or is another than the record's.
    Schema {
        partition: u32,
        offset: i64,
        error: RegistryError,
    },
}

impl TopicError {
    fn failure(self) -> Failure {
        match self {
            Self::Read(error) => unread(error),
            Self::Schema { error: ref inner, .. } => {
                let exit = if inner.is_connection() { Exit::Connect } else { Exit::Config };
                Failure::new(exit, self)
            }
        }
    }
}

impl From<ReadError> for TopicError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl Display for TopicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => error.fmt(f),
            Self::Schema { partition, offset, error } => {
                write!(f, "partition {partition} offset {offset}: {error}")
            }
        }
    }
}

impl Error for TopicError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Read(error) => error.source(),
            Self::Schema { error, .. } => error.source(),
        }
    }
}

pub(super) fn unread(error: ReadError) -> Failure {
    let exit = if matches!(error, ReadError::Config { .. }) { Exit::Config } else { Exit::Connect };
    Failure::new(exit, error)
}
