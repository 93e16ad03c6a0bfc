//! The chargeback: the confirmation, days later, that a transaction was fraudulent.
//!
//! No document names it; topic and fields are ours.

use crate::record::record;

record! {
    /// A fraudulent transaction that was charged back by the cardholder.
    #[derive(Debug, Clone, PartialEq, Eq)]
    #[record(topic = "chargebacks", key = "transaction_id")]
    pub struct Chargeback<'a> {
        /// Id of the chargeback, unique in a run: `cbk_` and the number of the transaction.
        chargeback_id: identifier,
        /// Id of the transaction, which came days before: `txn_` and at least nine digits.
        transaction_id: identifier,
        /// Id of the transaction's user: `user_` and at least six digits.
        user_id: text,
        /// Time of the chargeback, in UTC with milliseconds.
        timestamp: millis,
        /// Reason of the chargeback: `fraud`.
        reason: text,
        /// The transaction's `total_amount`, in the shop's currency.
        amount: money,
        /// Time of the transaction, in UTC with milliseconds.
        transaction_timestamp: millis,
    }
}
