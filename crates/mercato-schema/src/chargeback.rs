//! The chargeback: late truth about a transaction, days after it.
//!
//! No document names it; topic and fields are this house's.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::table::{Column, ColumnKind};
use crate::{Money, Timestamp, timestamp};

/// A fraudulent transaction that the card's holder had taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chargeback<'a> {
    /// `cbk_` and the number of the transaction; unique in a run.
    #[serde(borrow)]
    pub chargeback_id: Cow<'a, str>,
    /// The transaction that is taken back, which came days before. The Kafka key.
    #[serde(borrow)]
    pub transaction_id: Cow<'a, str>,
    /// Whose transaction it was.
    #[serde(borrow)]
    pub user_id: Cow<'a, str>,
    /// When it was taken back; shown in milliseconds.
    #[serde(with = "timestamp::millis")]
    pub timestamp: Timestamp,
    /// Why: `fraud`.
    #[serde(borrow)]
    pub reason: Cow<'a, str>,
    /// The transaction's `total_amount`.
    pub amount: Money,
    /// When the transaction was made; shown in milliseconds.
    #[serde(with = "timestamp::millis")]
    pub transaction_timestamp: Timestamp,
}

impl Chargeback<'_> {
    /// The topic unless a configuration names another.
    pub const TOPIC: &'static str = "chargebacks";
    /// The field that is the Kafka key.
    pub const KEY: &'static str = "transaction_id";
    /// The columns of a CSV file.
    pub const COLUMNS: [&'static str; 7] = [
        "chargeback_id",
        "transaction_id",
        "user_id",
        "timestamp",
        "reason",
        "amount",
        "transaction_timestamp",
    ];
    /// What the columns hold.
    pub const TABLE: [Column; 7] = [
        Column::new("chargeback_id", ColumnKind::Identifier),
        Column::new("transaction_id", ColumnKind::Identifier),
        Column::new("user_id", ColumnKind::Text),
        Column::new("timestamp", ColumnKind::Millis),
        Column::new("reason", ColumnKind::Text),
        Column::new("amount", ColumnKind::Money),
        Column::new("transaction_timestamp", ColumnKind::Millis),
    ];
}
