//! Records of any origin: the topic that they are of.
//!
//! The fields of a topic's records are said by the table of the shop's topics and nowhere here.

use mercato_schema::Field;
use mercato_shop::shop::Topic;

use crate::records::Node;

/// Returns the topic that is called so, with `-` or `_`.
///
/// Its aliases do not count: `events` and `updates` are names that folders have for other reasons.
pub fn topic_named(name: &str) -> Option<Topic> {
    let is_it = |topic: &Topic| {
        topic.name.len() == name.len()
            && topic.name.bytes().zip(name.bytes()).all(|(one, other)| {
                one == if other == b'_' { b'-' } else { other.to_ascii_lowercase() }
            })
    };
    Topic::ALL.into_iter().find(is_it)
}

/// Returns the topic whose records look most like `record`: it has their identifier and most of the
/// fields that each of them has.
pub fn topic_shaped_like(record: Node<'_>) -> Option<Topic> {
    let has = |field: &Field| record.get(&field.name).is_some();
    // Of the required fields of a topic, those that the record has and all, if it has most.
    let likeness = |topic: &Topic| {
        let fields = &topic.description().fields;
        let required = || fields.iter().filter(|field| !field.nullable);
        let (found, all) = (required().filter(|field| has(field)).count(), required().count());
        (fields.first().is_some_and(has) && found * 2 > all).then_some((found, all))
    };
    let mut best: Option<(Topic, (usize, usize))> = None;
    for topic in Topic::ALL {
        let Some((found, all)) = likeness(&topic) else { continue };
        if best.is_none_or(|(_, (most, of))| found * of > most * all) {
            best = Some((topic, (found, all)));
        }
    }
    best.map(|(topic, _)| topic)
}

/// The field that identifies a record: always the first.
pub(super) fn identifier(topic: Topic) -> &'static str {
    topic.description().fields.first().map_or("", |field| &field.name)
}

/// The topic whose CSV files have these columns.
pub(super) fn with_columns(columns: &[String]) -> Option<Topic> {
    Topic::ALL.into_iter().find(|topic| topic.description().columns() == columns)
}
