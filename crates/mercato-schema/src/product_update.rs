//! The product update of document 004: a price that changes.
//!
//! The document names the topic, its key and its rate and shows no record, so the fields are this
//! house's.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::table::{Column, ColumnKind};
use crate::{Money, Timestamp, timestamp};

/// A change of what the shop lists for a product, or a delivery of it.
///
/// The last update of a product says everything that is listed for it, so a compacted topic is the
/// list of prices;
/// what a later launch replaces is sold no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductUpdate<'a> {
    /// `upd_`, or `dlv_` for a delivery, and nine digits, more from the 10^9th on; unique in a run
    /// and ascending.
    #[serde(borrow)]
    pub update_id: Cow<'a, str>,
    /// `prod_` and six digits or more. The Kafka key.
    #[serde(borrow)]
    pub product_id: Cow<'a, str>,
    /// What has happened: `price_change`, `launch` or `delivery`.
    #[serde(borrow)]
    pub update_type: Cow<'a, str>,
    /// From when on the new price is listed, the beginning of a millisecond; or when the delivery
    /// came.
    #[serde(with = "timestamp::millis")]
    pub timestamp: Timestamp,
    /// What a person calls the product, distinct within its category.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// What a person calls its category.
    #[serde(borrow)]
    pub category: Cow<'a, str>,
    /// The price listed until then: that of the product's update before, or its first price; none
    /// for a launch.
    pub old_price: Option<Money>,
    /// The price listed from then on; a delivery leaves it as it is.
    pub new_price: Money,
    /// How many were delivered; none unless it is a delivery.
    pub quantity: Option<u32>,
    /// The product that is sold no more because this one is launched in its place; none unless it
    /// is a launch.
    #[serde(borrow)]
    pub replaces: Option<Cow<'a, str>>,
}

impl ProductUpdate<'_> {
    /// The documented topic.
    pub const TOPIC: &'static str = "product-updates";
    /// The field that is the Kafka key.
    pub const KEY: &'static str = "product_id";
    /// The columns of a CSV file.
    pub const COLUMNS: [&'static str; 10] = [
        "update_id",
        "product_id",
        "update_type",
        "timestamp",
        "name",
        "category",
        "old_price",
        "new_price",
        "quantity",
        "replaces",
    ];
    /// What the columns hold.
    pub const TABLE: [Column; 10] = [
        Column::new("update_id", ColumnKind::Identifier),
        Column::new("product_id", ColumnKind::Text),
        Column::new("update_type", ColumnKind::Text),
        Column::new("timestamp", ColumnKind::Millis),
        Column::new("name", ColumnKind::Text),
        Column::new("category", ColumnKind::Text),
        Column::nullable("old_price", ColumnKind::Money),
        Column::new("new_price", ColumnKind::Money),
        Column::nullable("quantity", ColumnKind::Integer),
        Column::nullable("replaces", ColumnKind::Text),
    ];
}
