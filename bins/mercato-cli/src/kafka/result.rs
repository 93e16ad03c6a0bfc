//! The rows that a pipeline has written to a topic.

use mercato::config::KafkaSettings;
use mercato::kafka::Record;
use mercato::runtime::exit::Failure;
use mercato::truth::Document;
use mercato::truth::result::Comparison;

use super::source::{open, unread};
use crate::failures;
use crate::reading::ReadingArgs;

/// Hands the rows of a topic of JSON to `comparison`, partition after partition; a key without a
/// value deletes its row.
pub(crate) fn compare(
    comparison: &mut Comparison<'_>,
    settings: &KafkaSettings,
    topic: &str,
    reading: &ReadingArgs,
) -> Result<(), Failure> {
    reading.check_topic()?;
    let mut reader = open(settings, topic, false)?;
    let (mut record, mut document) = (Record::default(), Document::default());
    for partition in 0..reader.partitions() {
        while reader.next_into(partition, &mut record).map_err(unread)? {
            if record.value.is_empty() && record.has_key {
                if document.read(&record.key) {
                    comparison.delete(document.root());
                }
                continue;
            }
            let place = format_args!("{topic}[{partition}]@{}", record.offset);
            let row = document.read(&record.value).then(|| document.root());
            comparison.add(&place, row).map_err(failures::of_row)?;
        }
    }
    Ok(())
}
