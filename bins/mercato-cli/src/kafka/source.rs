//! A topic as other commands read it.

use mercato::config::KafkaSettings;
use mercato::kafka::{ReadError, ReadOptions, Record, TopicReader};
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::kafka;
use mercato::truth::rules::sources::SourceError;
use mercato::truth::rules::{Checker, Topic, topic_named, topic_shaped_like};
use mercato::truth::{Actual, Document, Found, Layout, Report, Verifier};

use crate::failures;

/// Compares the records of `topic` with those that `verifier` expects.
pub(crate) fn verify(
    verifier: &Verifier<'_>,
    settings: &KafkaSettings,
    topic: &str,
    uncommitted: bool,
) -> Result<Report, Failure> {
    let reader = open(settings, topic, uncommitted)?;
    let mut records = TopicRecords { reader, record: Record::default() };
    verifier.verify(&mut records).map_err(|error| failures::of_verifying(error, unread))
}

/// Checks the records of the topic `name`, which are of `kind` if that is known.
///
/// Reads one partition after the other: every rule about several records is about those of one key.
pub(crate) fn check(
    checker: &mut Checker,
    settings: &KafkaSettings,
    name: &str,
    kind: Option<Topic>,
) -> Result<(), Failure> {
    let mut reader = open(settings, name, false)?;
    let (mut record, mut document) = (Record::default(), Document::default());
    let mut topic = kind.or_else(|| topic_named(name));
    for partition in 0..reader.partitions() {
        while reader.next_into(partition, &mut record).map_err(unread)? {
            let place = format!("{name}[{partition}]@{}", record.offset);
            // A null value, which says of its key that it is deleted, comes as an empty one.
            if record.value.is_empty() && record.has_key {
                checker.tombstone(topic, &place);
                continue;
            }
            if !document.read(&record.value) {
                checker.unreadable(&place, &String::from_utf8_lossy(&record.value));
                continue;
            }
            topic = topic.or_else(|| topic_shaped_like(document.root()));
            let unknown = || failures::of_rules(SourceError::Unknown { name: name.to_owned() });
            checker.check(topic.ok_or_else(unknown)?, &place, document.root());
        }
    }
    Ok(())
}

fn open(settings: &KafkaSettings, topic: &str, uncommitted: bool) -> Result<TopicReader, Failure> {
    let client = kafka::client(&settings.connection, "mercato");
    let options = ReadOptions { uncommitted, ..ReadOptions::default() };
    TopicReader::open(&client, topic, &options).map_err(unread)
}

/// A topic as the verifier reads it.
struct TopicRecords {
    reader: TopicReader,
    record: Record,
}

impl Actual for TopicRecords {
    type Error = ReadError;

    fn layout(&self) -> Layout {
        Layout::Partitions(self.reader.partitions())
    }

    fn next(&mut self, partition: u32) -> Result<Option<Found<'_>>, ReadError> {
        let found = self.reader.next_into(partition, &mut self.record)?;
        let Record { key, value, offset, .. } = &self.record;
        Ok(found.then(|| Found { key, value, position: *offset as u64 }))
    }
}

fn unread(error: ReadError) -> Failure {
    let exit = if matches!(error, ReadError::Config { .. }) { Exit::Config } else { Exit::Connect };
    Failure::new(exit, error)
}
