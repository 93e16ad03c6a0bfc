//! The shape of records, as a summary records it.

use serde::{Deserialize, Serialize, Serializer};

use crate::TimestampFormat;

/// The shape in which a run writes its records, where it is not that of their streams.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordSection {
    /// The key: a field, or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The form of all instants.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "name_of")]
    pub timestamp_format: Option<TimestampFormat>,
}

fn name_of<S: Serializer>(
    format: &Option<TimestampFormat>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    format.map(TimestampFormat::name).serialize(serializer)
}
