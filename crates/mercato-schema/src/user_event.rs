//! The user event of document 002.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::record::record;
use crate::{Described, Description, Field, Kind};

record! {
    /// A user's action in the shop, as a churn model of document 002 reads it.
    #[derive(Debug, Clone, PartialEq)]
    #[record(topic = "user-events", key = "user_id")]
    pub struct UserEvent<'a> {
        /// Number of the user, 1 to 1,000 unless configured otherwise; as the Kafka key, decimal
        /// text.
        user_id: u64,
        /// Type of the event: `product_view`, `add_to_cart`, `checkout` or `bounce` unless
        /// configured otherwise.
        event_type: text,
        /// Time of the event, in UTC with milliseconds.
        timestamp: millis,
        /// Details of the event.
        metadata: struct EventMetadata,
    }
}

record! {
    /// The details of a user event: two documented fields, then any number of configured ones.
    #[derive(Debug, Clone, PartialEq, Default)]
    pub struct EventMetadata<'a> {
        /// Number of the product, 1 to 500 unless configured otherwise.
        product_id: u64,
        /// Duration of the visit so far in minutes, 0.5 to 30 unless configured otherwise.
        session_length: minutes,
        /// Configured fields in their order; no name twice.
        custom: others,
    }
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
    /// Returns the description of events with these configured fields in their metadata.
    ///
    /// ```
    /// use mercato_schema::{Field, Kind, UserEvent};
    ///
    /// let kind = Kind::Text;
    /// let colour = Field { name: "colour".into(), doc: "A colour.".into(), kind, nullable: false };
    /// let description = UserEvent::description_with([colour]);
    /// assert_eq!(description.columns().last().unwrap(), "metadata.colour");
    /// ```
    pub fn description_with(custom: impl IntoIterator<Item = Field>) -> Description {
        let mut description = Self::description();
        if let Some(Field { kind: Kind::Struct(metadata), .. }) = description.fields.last_mut() {
            metadata.extend(custom);
        }
        description
    }
}
