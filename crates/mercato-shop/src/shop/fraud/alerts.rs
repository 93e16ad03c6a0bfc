//! What follows of a transaction: an alert, and for some fraud a chargeback.

use mercato_encode::digits;
use mercato_engine::Format;
use mercato_patterns::fraud::{Anomaly, Severity};
use mercato_schema::{Chargeback, FraudAlert, Money, Score, Timestamp};

use crate::quick;

/// Digits of the shortest numbers of transactions and of users.
const NUMBER_DIGITS: usize = 9;
const USER_DIGITS: usize = 6;

/// What an answer says of the transaction that it is about.
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

/// What an alert says besides.
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
    /// The key of every answer: the transaction.
    pub(in crate::shop) fn append_key(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"txn_");
        digits::padded(out, self.serial, NUMBER_DIGITS);
    }

    /// Appends an alert about the transaction.
    pub(in crate::shop) fn append_alert(&self, alarm: Alarm, format: Format, out: &mut Vec<u8>) {
        let text = match format {
            Format::Json => &ALERT_JSON,
            Format::Csv => &ALERT_CSV,
        };
        self.append_head(text, out);
        out.extend_from_slice(alarm.anomaly.name().as_bytes());
        out.extend_from_slice(text[4]);
        out.extend_from_slice(alarm.severity().name().as_bytes());
        out.extend_from_slice(text[5]);
        quick::hundredths(out, alarm.score.units() as u32);
        out.extend_from_slice(text[6]);
        self.append_tail([text[7], text[8]], out);
    }

    /// Appends a chargeback of the transaction.
    pub(in crate::shop) fn append_chargeback(&self, format: Format, out: &mut Vec<u8>) {
        let text = match format {
            Format::Json => &CHARGEBACK_JSON,
            Format::Csv => &CHARGEBACK_CSV,
        };
        self.append_head(text, out);
        self.append_tail([text[4], text[5]], out);
    }

    /// What both begin with: number, transaction, user and time, each behind its text.
    fn append_head(&self, text: &[&[u8]], out: &mut Vec<u8>) {
        out.extend_from_slice(text[0]);
        digits::padded(out, self.serial, NUMBER_DIGITS);
        out.extend_from_slice(text[1]);
        digits::padded(out, self.serial, NUMBER_DIGITS);
        out.extend_from_slice(text[2]);
        digits::padded(out, self.user.into(), USER_DIGITS);
        out.extend_from_slice(text[3]);
        out.extend_from_slice(&digits::millis_text(self.at));
        out.extend_from_slice(text[text.len() - 1]);
    }

    /// What both end with: the sum and when the transaction was made.
    fn append_tail(&self, text: [&[u8]; 2], out: &mut Vec<u8>) {
        quick::cents(out, self.total.cents());
        out.extend_from_slice(text[0]);
        out.extend_from_slice(&digits::millis_text(self.made));
        out.extend_from_slice(text[1]);
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
            reason: "fraud".into(),
            amount: self.total,
            transaction_timestamp: Timestamp::from_micros(self.made),
        }
    }
}

/// The text before each value of an alert, behind the last, and between the head and what follows
/// it.
const ALERT_JSON: [&[u8]; 10] = [
    br#"{"alert_id":"alert_"#,
    br#"","transaction_id":"txn_"#,
    br#"","user_id":"user_"#,
    br#"","timestamp":""#,
    br#"","severity":""#,
    br#"","fraud_score":"#,
    br#","amount":"#,
    br#","transaction_timestamp":""#,
    br#""}"#,
    br#"","pattern":""#,
];
const ALERT_CSV: [&[u8]; 10] =
    [b"alert_", b",txn_", b",user_", b",", b",", b",", b",", b",", b"", b","];

/// The same of a chargeback.
const CHARGEBACK_JSON: [&[u8]; 7] = [
    br#"{"chargeback_id":"cbk_"#,
    br#"","transaction_id":"txn_"#,
    br#"","user_id":"user_"#,
    br#"","timestamp":""#,
    br#","transaction_timestamp":""#,
    br#""}"#,
    br#"","reason":"fraud","amount":"#,
];
const CHARGEBACK_CSV: [&[u8]; 7] = [b"cbk_", b",txn_", b",user_", b",", b",", b"", b",fraud,"];
