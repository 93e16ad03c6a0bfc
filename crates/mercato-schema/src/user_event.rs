//! The user event of document 002.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Minutes, Timestamp, timestamp};

/// What a user did in the shop, as a churn model of document 002 reads it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserEvent<'a> {
    /// Who: 1 to 1,000 unless configured otherwise. The Kafka key, as decimal text.
    pub user_id: u64,
    /// `product_view`, `add_to_cart`, `checkout` or `bounce` unless configured otherwise.
    #[serde(borrow)]
    pub event_type: Cow<'a, str>,
    /// When; shown in milliseconds.
    #[serde(with = "timestamp::millis")]
    pub timestamp: Timestamp,
    /// What else is known.
    #[serde(borrow)]
    pub metadata: EventMetadata<'a>,
}

/// What is known of a user event besides who, what and when.
///
/// Its serde form is one object: the two documented fields, then the configured ones in their
/// order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EventMetadata<'a> {
    /// The product: 1 to 500 unless configured otherwise.
    pub product_id: u64,
    /// How long the visit has lasted, in minutes: 0.5 to 30 unless configured otherwise.
    pub session_length: Minutes,
    /// Configured fields in their order; no name twice.
    pub custom: Vec<(Cow<'a, str>, CustomValue<'a>)>,
}

/// The value of a configured field: a JSON scalar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CustomValue<'a> {
    /// `true` or `false`.
    Truth(bool),
    /// A whole number.
    Integer(i64),
    /// A number with a fraction, or with an exponent.
    Decimal(f64),
    /// A text.
    Text(Cow<'a, str>),
}

impl UserEvent<'_> {
    /// The documented topic.
    pub const TOPIC: &'static str = "user-events";
    /// The field that is the Kafka key.
    pub const KEY: &'static str = "user_id";
    /// The columns of a CSV file, before those of configured fields.
    pub const COLUMNS: [&'static str; 5] =
        ["user_id", "event_type", "timestamp", "metadata.product_id", "metadata.session_length"];
}

impl EventMetadata<'_> {
    /// The documented fields, which no configured one may be named after.
    pub const FIELDS: [&'static str; 2] = ["product_id", "session_length"];
}

impl Serialize for EventMetadata<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(Self::FIELDS.len() + self.custom.len()))?;
        map.serialize_entry("product_id", &self.product_id)?;
        map.serialize_entry("session_length", &self.session_length)?;
        for (name, value) in &self.custom {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for EventMetadata<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = EventMetadata<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with product_id, session_length and configured fields")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<EventMetadata<'de>, A::Error> {
        let (mut product_id, mut session_length, mut custom) = (None, None, Vec::new());
        let mut seen = BTreeSet::new();
        while let Some(name) = map.next_key::<String>()? {
            match name.as_str() {
                "product_id" => product_id = Some(map.next_value()?),
                "session_length" => session_length = Some(map.next_value()?),
                _ => custom.push((Cow::Owned(name.clone()), map.next_value()?)),
            }
            if !seen.insert(name.clone()) {
                return Err(de::Error::custom(format_args!("duplicate field `{name}`")));
            }
        }
        Ok(EventMetadata {
            product_id: product_id.ok_or_else(|| de::Error::missing_field("product_id"))?,
            session_length: session_length
                .ok_or_else(|| de::Error::missing_field("session_length"))?,
            custom,
        })
    }
}
