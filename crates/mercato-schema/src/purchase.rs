//! The transaction of document 004: a basket paid in a session.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::table::{Column, ColumnKind};
use crate::{Degrees, Money, Score, Timestamp, timestamp};

/// What a user bought at the end of a session: one record for the whole basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purchase<'a> {
    /// `txn_` and nine digits, more from the 10^9th on; unique in a run.
    #[serde(borrow)]
    pub transaction_id: Cow<'a, str>,
    /// `user_` and six digits or more. The Kafka key.
    #[serde(borrow)]
    pub user_id: Cow<'a, str>,
    /// When; shown in milliseconds.
    #[serde(with = "timestamp::millis")]
    pub timestamp: Timestamp,
    /// The basket: at least one line, no product twice.
    #[serde(borrow)]
    pub products: Vec<PurchasedProduct<'a>>,
    /// The sum of price times quantity over the lines, with tax.
    pub total_amount: Money,
    /// How it was paid, such as `credit_card`.
    #[serde(borrow)]
    pub payment_method: Cow<'a, str>,
    /// Where the user was.
    #[serde(borrow)]
    pub location: PurchaseLocation<'a>,
    /// What the user sat before.
    #[serde(borrow)]
    pub device_info: PurchaseDevice<'a>,
    /// Whether it was a fraudster's.
    pub is_fraud: bool,
    /// How suspicious it looks to the shop.
    pub fraud_score: Score,
}

/// A line of a basket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurchasedProduct<'a> {
    /// `prod_` and six digits or more; it always means the same product.
    #[serde(borrow)]
    pub product_id: Cow<'a, str>,
    /// What a person calls the product, distinct within its category.
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// What a person calls its category.
    #[serde(borrow)]
    pub category: Cow<'a, str>,
    /// The price of one item listed at the time of the purchase, without tax.
    pub price: Money,
    /// Number of items, at least one.
    pub quantity: u32,
}

/// Where a user was when he bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurchaseLocation<'a> {
    /// ISO 3166-1 alpha-2 code of the country.
    #[serde(borrow)]
    pub country: Cow<'a, str>,
    /// The second part of the ISO 3166-2 code of state, province or region.
    #[serde(borrow)]
    pub state: Cow<'a, str>,
    /// City.
    #[serde(borrow)]
    pub city: Cow<'a, str>,
    /// North positive.
    pub latitude: Degrees,
    /// East positive.
    pub longitude: Degrees,
}

/// What a user sat before when he bought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurchaseDevice<'a> {
    /// `desktop`, `mobile` or `tablet`.
    #[serde(borrow)]
    pub device_type: Cow<'a, str>,
    /// Operating system.
    #[serde(borrow)]
    pub os: Cow<'a, str>,
    /// Browser.
    #[serde(borrow)]
    pub browser: Cow<'a, str>,
}

impl Purchase<'_> {
    /// The documented topic.
    pub const TOPIC: &'static str = "transactions";
    /// The field that is the Kafka key.
    pub const KEY: &'static str = "user_id";
    /// The columns of a CSV file, dotted where nested.
    ///
    /// A basket has any number of lines, so it is one column, `products`: the text of the JSON
    /// array.
    pub const COLUMNS: [&'static str; 16] = [
        "transaction_id",
        "user_id",
        "timestamp",
        "products",
        "total_amount",
        "payment_method",
        "location.country",
        "location.state",
        "location.city",
        "location.latitude",
        "location.longitude",
        "device_info.device_type",
        "device_info.os",
        "device_info.browser",
        "is_fraud",
        "fraud_score",
    ];
    /// What the columns hold.
    pub const TABLE: [Column; 10] = [
        Column::new("transaction_id", ColumnKind::Identifier),
        Column::new("user_id", ColumnKind::Text),
        Column::new("timestamp", ColumnKind::Millis),
        Column::new("products", ColumnKind::List(&PurchasedProduct::TABLE)),
        Column::new("total_amount", ColumnKind::Money),
        Column::new("payment_method", ColumnKind::Text),
        Column::new("location", ColumnKind::Group(&PurchaseLocation::TABLE)),
        Column::new("device_info", ColumnKind::Group(&PurchaseDevice::TABLE)),
        Column::new("is_fraud", ColumnKind::Boolean),
        Column::new("fraud_score", ColumnKind::Number(2)),
    ];
}

impl PurchasedProduct<'_> {
    const TABLE: [Column; 5] = [
        Column::new("product_id", ColumnKind::Text),
        Column::new("name", ColumnKind::Text),
        Column::new("category", ColumnKind::Text),
        Column::new("price", ColumnKind::Money),
        Column::new("quantity", ColumnKind::Integer),
    ];
}

impl PurchaseLocation<'_> {
    const TABLE: [Column; 5] = [
        Column::new("country", ColumnKind::Text),
        Column::new("state", ColumnKind::Text),
        Column::new("city", ColumnKind::Text),
        Column::new("latitude", ColumnKind::Number(4)),
        Column::new("longitude", ColumnKind::Number(4)),
    ];
}

impl PurchaseDevice<'_> {
    const TABLE: [Column; 3] = [
        Column::new("device_type", ColumnKind::Text),
        Column::new("os", ColumnKind::Text),
        Column::new("browser", ColumnKind::Text),
    ];
}
