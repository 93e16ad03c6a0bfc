//! Descriptions as schemas in the languages of other tools.
//!
//! Names, kinds, nullability and the sentences about the fields come from the [`Description`]
//! alone.
//! A dialect knows only its types and its punctuation; one walk over the description serves all.

pub mod avro;
mod names;
pub mod protobuf;
mod walk;

use crate::Description;

/// Returns the sentences about a record: its meaning and its Kafka key.
fn about(description: &Description) -> String {
    if description.key.is_empty() {
        return description.doc.to_string();
    }
    format!("{} Kafka key: {}.", description.doc, description.key).trim_start().to_owned()
}
