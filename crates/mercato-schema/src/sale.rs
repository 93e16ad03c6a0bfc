//! The sale of document 000: one record for every change of an order's status.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Money, Timestamp, timestamp};

/// An order as it stands at one moment of its life.
///
/// Every change of its status is another record with a later timestamp; nothing else changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sale<'a> {
    /// `ORD-` and eight digits, more from the 10^8th order on; unique in a run. The Kafka key.
    #[serde(borrow)]
    pub order_id: Cow<'a, str>,
    /// When the status was reached; RFC 3339 in UTC with six decimals.
    #[serde(with = "timestamp::micros")]
    pub timestamp: Timestamp,
    /// `PROD-` and three digits.
    #[serde(borrow)]
    pub product_id: Cow<'a, str>,
    /// What a person calls the product.
    #[serde(borrow)]
    pub product_name: Cow<'a, str>,
    /// Number of items, 1 to 5 unless configured otherwise.
    pub quantity: u32,
    /// Price of one item.
    pub price: Money,
    /// Quantity times price, exactly.
    pub total: Money,
    /// `CUST-` and six digits.
    #[serde(borrow)]
    pub customer_id: Cow<'a, str>,
    /// An address at example.org, example.com or example.net, which belong to nobody (RFC 2606).
    #[serde(borrow)]
    pub customer_email: Cow<'a, str>,
    /// How the order is paid.
    #[serde(borrow)]
    pub payment_method: Cow<'a, str>,
    /// Where the order goes.
    #[serde(borrow)]
    pub shipping_address: ShippingAddress<'a>,
    /// `pending`, `confirmed`, `processing` or `shipped` unless configured otherwise.
    #[serde(borrow)]
    pub status: Cow<'a, str>,
}

/// Where an order goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShippingAddress<'a> {
    /// House number and street.
    #[serde(borrow)]
    pub street: Cow<'a, str>,
    /// City.
    #[serde(borrow)]
    pub city: Cow<'a, str>,
    /// The region's code: a state's two letters in the United States.
    #[serde(borrow)]
    pub state: Cow<'a, str>,
    /// Postcode, valid for the region: five digits in the United States.
    #[serde(borrow)]
    pub zip_code: Cow<'a, str>,
    /// ISO 3166-1 alpha-3 code of the country.
    #[serde(borrow)]
    pub country: Cow<'a, str>,
}

impl Sale<'_> {
    /// The documented topic.
    pub const TOPIC: &'static str = "ecommerce-sales";
    /// The field that is the Kafka key.
    pub const KEY: &'static str = "order_id";
    /// The columns of a CSV file, dotted where nested.
    pub const COLUMNS: [&'static str; 16] = [
        "order_id",
        "timestamp",
        "product_id",
        "product_name",
        "quantity",
        "price",
        "total",
        "customer_id",
        "customer_email",
        "payment_method",
        "shipping_address.street",
        "shipping_address.city",
        "shipping_address.state",
        "shipping_address.zip_code",
        "shipping_address.country",
        "status",
    ];
}
