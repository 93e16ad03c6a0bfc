//! The fraud alert of document 004: a detector's alarm about one transaction.
//!
//! The document names the topic, its key and its rate and shows no record, so the fields are this
//! house's.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::table::{Column, ColumnKind};
use crate::{Money, Score, Timestamp, timestamp};

/// An alarm, which may be a false one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FraudAlert<'a> {
    /// `alert_` and the number of the transaction; unique in a run.
    #[serde(borrow)]
    pub alert_id: Cow<'a, str>,
    /// The transaction that it is about, which came before. The Kafka key.
    #[serde(borrow)]
    pub transaction_id: Cow<'a, str>,
    /// Whose transaction it was.
    #[serde(borrow)]
    pub user_id: Cow<'a, str>,
    /// When the alarm was raised; shown in milliseconds.
    #[serde(with = "timestamp::millis")]
    pub timestamp: Timestamp,
    /// The anomaly: `velocity`, `location`, `amount`, `time`, `device` or `pattern`.
    #[serde(borrow)]
    pub pattern: Cow<'a, str>,
    /// By the score: `low`, `medium` from 0.25 on, `high` from 0.5 on, `critical` from 0.75 on.
    #[serde(borrow)]
    pub severity: Cow<'a, str>,
    /// The score of the transaction.
    pub fraud_score: Score,
    /// The transaction's `total_amount`.
    pub amount: Money,
    /// When the transaction was made; shown in milliseconds.
    #[serde(with = "timestamp::millis")]
    pub transaction_timestamp: Timestamp,
}

impl FraudAlert<'_> {
    /// The documented topic.
    pub const TOPIC: &'static str = "fraud-alerts";
    /// The field that is the Kafka key.
    pub const KEY: &'static str = "transaction_id";
    /// The columns of a CSV file.
    pub const COLUMNS: [&'static str; 9] = [
        "alert_id",
        "transaction_id",
        "user_id",
        "timestamp",
        "pattern",
        "severity",
        "fraud_score",
        "amount",
        "transaction_timestamp",
    ];
    /// What the columns hold.
    pub const TABLE: [Column; 9] = [
        Column::new("alert_id", ColumnKind::Identifier),
        Column::new("transaction_id", ColumnKind::Identifier),
        Column::new("user_id", ColumnKind::Text),
        Column::new("timestamp", ColumnKind::Millis),
        Column::new("pattern", ColumnKind::Text),
        Column::new("severity", ColumnKind::Text),
        Column::new("fraud_score", ColumnKind::Number(2)),
        Column::new("amount", ColumnKind::Money),
        Column::new("transaction_timestamp", ColumnKind::Millis),
    ];
}
