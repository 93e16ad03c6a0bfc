//! The user event of document 004: a step of a session.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::table::{Column, ColumnKind};
use crate::{Timestamp, timestamp};

/// What a user did in a session, one record for each step.
///
/// A step that concerns no product has `null` there instead of leaving the field away.
/// Every record then has the same fields in the same places: a reader that takes its schema from
/// the first records, as Spark does, finds all of them, and a CSV file has the same columns in
/// every line, empty where JSON has `null`.
/// A record that leaves such a field away is read as if it were `null`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionEvent<'a> {
    /// `evt_` and nine digits, more from the 10^9th on; unique in a run.
    #[serde(borrow)]
    pub event_id: Cow<'a, str>,
    /// `user_` and six digits or more.
    #[serde(borrow)]
    pub user_id: Cow<'a, str>,
    /// `sess_` and twelve hexadecimal digits; the same for every step of a session. The Kafka key.
    #[serde(borrow)]
    pub session_id: Cow<'a, str>,
    /// What the user did, such as `product_view`.
    #[serde(borrow)]
    pub event_type: Cow<'a, str>,
    /// When the step began; shown in milliseconds.
    #[serde(with = "timestamp::millis")]
    pub timestamp: Timestamp,
    /// `prod_` and six digits or more; `null` for a step that concerns no product.
    #[serde(borrow)]
    pub product_id: Option<Cow<'a, str>>,
    /// What a person calls the product's or the page's category; `null` where there is none.
    #[serde(borrow)]
    pub category: Option<Cow<'a, str>>,
    /// The path of the page, such as `/products/electronics`.
    #[serde(borrow)]
    pub page_url: Cow<'a, str>,
    /// How long the step took, in whole seconds.
    pub duration_seconds: u32,
    /// What the user sat before.
    #[serde(borrow)]
    pub device_info: SessionDevice<'a>,
}

/// What a user sat before in a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionDevice<'a> {
    /// `desktop`, `mobile` or `tablet`.
    #[serde(borrow)]
    pub device_type: Cow<'a, str>,
    /// Width and height of the screen in pixels: `1920x1080`.
    #[serde(borrow)]
    pub screen_resolution: Cow<'a, str>,
}

impl SessionEvent<'_> {
    /// The documented topic.
    pub const TOPIC: &'static str = "user-events";
    /// The field that is the Kafka key.
    pub const KEY: &'static str = "session_id";
    /// The columns of a CSV file, dotted where nested.
    pub const COLUMNS: [&'static str; 11] = [
        "event_id",
        "user_id",
        "session_id",
        "event_type",
        "timestamp",
        "product_id",
        "category",
        "page_url",
        "duration_seconds",
        "device_info.device_type",
        "device_info.screen_resolution",
    ];
    /// What the columns hold.
    pub const TABLE: [Column; 10] = [
        Column::new("event_id", ColumnKind::Identifier),
        Column::new("user_id", ColumnKind::Text),
        Column::new("session_id", ColumnKind::Text),
        Column::new("event_type", ColumnKind::Text),
        Column::new("timestamp", ColumnKind::Millis),
        Column::nullable("product_id", ColumnKind::Text),
        Column::nullable("category", ColumnKind::Text),
        Column::new("page_url", ColumnKind::Text),
        Column::new("duration_seconds", ColumnKind::Integer),
        Column::new("device_info", ColumnKind::Group(&SessionDevice::TABLE)),
    ];
}

impl SessionDevice<'_> {
    const TABLE: [Column; 2] = [
        Column::new("device_type", ColumnKind::Text),
        Column::new("screen_resolution", ColumnKind::Text),
    ];
}
