//! The section `[events]` of a configuration, as it is written.

use mercato_schema::duration::Unit;
use mercato_schema::{Duration, Minutes, Rate, UserEvent};
use mercato_units::{Delay, or_seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Weighted;

/// Parameters of the stream `events`, in the units people write; [`super::EventsParams::new`]
/// checks them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EventsConfig {
    /// The topic; `user-events` by default.
    pub topic: String,
    /// Time from one event to the next, a bare number in seconds; 3 s by default, at most 100 days.
    #[serde(deserialize_with = "or_seconds")]
    #[schemars(with = "Delay")]
    pub interval: Duration,
    /// Event rate, instead of the interval; none by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// Lowest and highest user number, all equally likely; 1 and 1,000 by default.
    pub users: [u32; 2],
    /// Lowest and highest product number, all equally likely; 1 and 500 by default.
    pub products: [u32; 2],
    /// Shortest and longest session in minutes with two decimals, each hundredth as often; 0.5 and
    /// 30 by default.
    pub session_length: [Minutes; 2],
    /// Event types; the four documented types with their weights by default.
    pub types: Vec<Weighted>,
    /// Additional fields of `metadata`, in this order; none by default.
    pub metadata: Vec<FieldConfig>,
}

/// A further field: its name and exactly one of `choice`, `integer`, `decimal` and `constant`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FieldConfig {
    /// Its name; what is drawn for it depends on this name and not on the other fields.
    pub name: String,
    /// One of these texts, by their weights.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choice: Option<Vec<Weighted>>,
    /// A whole number from the first to the second, each as often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integer: Option<[i64; 2]>,
    /// A number from the first to the second with `decimals` digits after the point, each as
    /// often.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal: Option<[f64; 2]>,
    /// Digits after the point of a `decimal`, 1 to 5; 2 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u32>,
    /// The same text, number or truth in every event.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constant: Option<Value>,
}

/// The event types of document 002 and how many of a hundred events are of each.
const TYPES: [(&str, u64); 4] =
    [("product_view", 40), ("add_to_cart", 25), ("checkout", 20), ("bounce", 15)];

impl Default for EventsConfig {
    fn default() -> Self {
        Self {
            topic: UserEvent::TOPIC.to_owned(),
            interval: Duration::of(3, Unit::Seconds),
            rate: None,
            users: [1, 1_000],
            products: [1, 500],
            session_length: [50, 3_000].map(Minutes::from_hundredths),
            types: TYPES
                .map(|(name, weight)| Weighted { name: name.to_owned(), weight: weight.into() })
                .into(),
            metadata: Vec::new(),
        }
    }
}
