//! The fraud alert of document 004: a detector's alert about one transaction.
//!
//! The document names the topic, its key and its rate but shows no record, so the fields are ours.

use crate::record::record;

record! {
    /// A fraud detector's alert about a transaction, which may be a false positive.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "fraud-alerts", key = "transaction_id")]
    pub struct FraudAlert<'a> {
        /// Id of the alert, unique in a run: `alert_` and the number of the transaction.
        alert_id: identifier,
        /// Id of the transaction, which precedes the alert: `txn_` and at least nine digits.
        transaction_id: identifier,
        /// Id of the transaction's user: `user_` and at least six digits.
        user_id: text,
        /// Time at which the alert was raised, in UTC with milliseconds.
        timestamp: millis,
        /// Detected anomaly: `velocity`, `location`, `amount`, `time`, `device` or `pattern`.
        pattern: text,
        /// Severity by the score: `low`, `medium` from 0.25, `high` from 0.5 or `critical` from
        /// 0.75.
        severity: text,
        /// Fraud score of the transaction, 0 (harmless) to 1 (suspicious) with at most two
        /// decimals.
        fraud_score: score,
        /// The transaction's `total_amount`, in the shop's currency.
        amount: money,
        /// Time of the transaction, in UTC with milliseconds.
        transaction_timestamp: millis,
    }
}
