//! Consequences of a transaction: an alert, and for some fraud a chargeback.

use mercato_encode::{Layout, Out, Writer, numbers};
use mercato_patterns::fraud::{Anomaly, Severity};
use mercato_schema::{Chargeback, FraudAlert, InstantForm, Money, Score, Timestamp};

use crate::shop::Topic;

/// Digits of the shortest numbers of transactions and of users.
const NUMBER_DIGITS: usize = 9;
const USER_DIGITS: usize = 6;
/// Why a payment is taken back.
const REASON: &str = "fraud";

/// The transaction's fields in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) struct Answer {
    /// The transaction's number.
    pub(in crate::shop) serial: u64,
    pub(in crate::shop) user: u32,
    /// When the transaction was made.
    pub(in crate::shop) made: i64,
    /// When this is said.
    pub(in crate::shop) at: i64,
    pub(in crate::shop) total: Money,
}

/// The additional fields of an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) struct Alarm {
    pub(in crate::shop) anomaly: Anomaly,
    pub(in crate::shop) score: Score,
}

impl Alarm {
    fn severity(self) -> Severity {
        Severity::of_score(self.score.units().unsigned_abs())
    }
}

impl Answer {
    /// The layout of alerts.
    pub(in crate::shop) fn alert_layout() -> Layout {
        Topic::FRAUD_ALERTS
            .layout()
            .prefix("alert_id", "alert_")
            .prefix("transaction_id", "txn_")
            .prefix("user_id", "user_")
            .table("pattern", ["pattern"], Anomaly::ALL.map(|anomaly| [anomaly.name().into()]))
            .table("severity", ["severity"], Severity::ALL.map(|severity| [severity.name().into()]))
    }

    /// Writes an alert about the transaction.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    pub(in crate::shop) fn write_alert(&self, alarm: Alarm, writer: &mut impl Writer) {
        self.write_head("alert_id", writer);
        writer.piece("pattern", alarm.anomaly as usize);
        writer.piece("severity", alarm.severity() as usize);
        writer.decimal("fraud_score", alarm.score.units().into(), 2);
        self.write_tail(writer);
    }

    /// The layout of chargebacks.
    pub(in crate::shop) fn chargeback_layout() -> Layout {
        Topic::CHARGEBACKS
            .layout()
            .prefix("chargeback_id", "cbk_")
            .prefix("transaction_id", "txn_")
            .prefix("user_id", "user_")
            .table("reason", ["reason"], [[REASON.into()]])
    }

    /// Writes a chargeback of the transaction.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    pub(in crate::shop) fn write_chargeback(&self, writer: &mut impl Writer) {
        self.write_head("chargeback_id", writer);
        writer.piece("reason", 0);
        self.write_tail(writer);
    }

    /// Writes what both begin with: key, own number, transaction, user and time.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write_head(&self, id: &str, writer: &mut impl Writer) {
        writer.key(|key| {
            key.array(b"txn_");
            numbers::nine(key, self.serial);
        });
        writer.plain(id, |out| numbers::nine(out, self.serial));
        writer.plain("transaction_id", |out| numbers::nine(out, self.serial));
        writer.plain("user_id", |out| numbers::at_least(out, self.user.into(), USER_DIGITS));
        writer.instant("timestamp", self.at, InstantForm::Millis);
    }

    /// Writes what both end with: the sum, and when the transaction was made.
    #[expect(
        clippy::inline_always,
        reason = "a writer that is handed on by address is kept in memory"
    )]
    #[inline(always)]
    fn write_tail(&self, writer: &mut impl Writer) {
        writer.decimal("amount", self.total.cents(), 2);
        writer.instant("transaction_timestamp", self.made, InstantForm::Millis);
    }

    /// The alert as a value: what the fast path must write.
    pub(in crate::shop) fn alert(&self, alarm: Alarm) -> FraudAlert<'static> {
        FraudAlert {
            alert_id: format!("alert_{:0NUMBER_DIGITS$}", self.serial).into(),
            transaction_id: format!("txn_{:0NUMBER_DIGITS$}", self.serial).into(),
            user_id: format!("user_{:0USER_DIGITS$}", self.user).into(),
            timestamp: Timestamp::from_micros(self.at),
            pattern: alarm.anomaly.name().into(),
            severity: alarm.severity().name().into(),
            fraud_score: alarm.score,
            amount: self.total,
            transaction_timestamp: Timestamp::from_micros(self.made),
        }
    }

    /// The chargeback as a value: what the fast path must write.
    pub(in crate::shop) fn chargeback(&self) -> Chargeback<'static> {
        Chargeback {
            chargeback_id: format!("cbk_{:0NUMBER_DIGITS$}", self.serial).into(),
            transaction_id: format!("txn_{:0NUMBER_DIGITS$}", self.serial).into(),
            user_id: format!("user_{:0USER_DIGITS$}", self.user).into(),
            timestamp: Timestamp::from_micros(self.at),
            reason: REASON.into(),
            amount: self.total,
            transaction_timestamp: Timestamp::from_micros(self.made),
        }
    }
}
