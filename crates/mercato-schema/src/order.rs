//! The compact order of document 003.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{Money, Timestamp, timestamp};

/// An order as the Flink lessons of document 003 read it: one record an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Order<'a> {
    /// `order_00001` and upwards, one after the other.
    #[serde(borrow)]
    pub order_id: Cow<'a, str>,
    /// `customer_001` to `customer_005` unless configured otherwise. The Kafka key.
    #[serde(borrow)]
    pub customer_id: Cow<'a, str>,
    /// 10 to 500 dollars unless configured otherwise.
    pub amount: Money,
    /// When the order was placed; milliseconds since the Unix epoch.
    #[serde(with = "timestamp::epoch_millis")]
    pub timestamp: Timestamp,
    /// Electronics, Clothing, Books, Home or Sports unless configured otherwise.
    #[serde(borrow)]
    pub category: Cow<'a, str>,
}

impl Order<'_> {
    /// The documented topic.
    pub const TOPIC: &'static str = "orders";
    /// The field that is the Kafka key.
    pub const KEY: &'static str = "customerId";
    /// The columns of a CSV file.
    pub const COLUMNS: [&'static str; 5] =
        ["orderId", "customerId", "amount", "timestamp", "category"];
}
