//! The section `[shop.fraud]` of a configuration, as it is written.

use std::collections::BTreeMap;

use mercato_patterns::fraud::{Anomaly, Shares};
use mercato_schema::Duration;
use mercato_schema::duration::Unit;
use mercato_units::{Share, as_share, as_shares};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Fraud: how much, of which kind, and who notices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FraudConfig {
    /// Share of the transactions that are fraudulent, from 0 to 0.4; 0.001 by default.
    /// Transactions in total stay what `transactions` says: honest ones are fewer by as much.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub rate: f64,
    /// Share of the fraudulent transactions that is of each anomaly: `velocity`, `location`,
    /// `amount`, `time`, `device`, `pattern`; 0.3, 0.2, 0.2, 0.1, 0.1 and 0.1 by default. They sum
    /// to 1; those that are not listed share what the others leave, in these proportions.
    #[serde(deserialize_with = "as_shares")]
    #[schemars(with = "BTreeMap<String, Share>")]
    pub patterns: BTreeMap<String, f64>,
    /// The detector.
    pub detection: DetectionConfig,
    /// Chargebacks days later.
    pub chargebacks: ChargebacksConfig,
}

/// The detector behind `fraud-alerts`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DetectionConfig {
    /// Share of the fraudulent transactions that raise an alert, from 0 to 1; 0.8 by default.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub true_positive_rate: f64,
    /// Share of the other transactions that raise one, from 0 to 1; 0.0092 by default.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub false_positive_rate: f64,
    /// Median time from a transaction to its alert; 2 s by default. Times are lognormal between
    /// `shortest` and `longest`.
    pub latency: Duration,
    /// Standard deviation of the logarithm of that time, above 0 and up to 5; 1 by default.
    pub latency_sigma: f64,
    /// The shortest time, from 1 ms on; 200 ms by default.
    pub shortest: Duration,
    /// The longest time, up to 24 h; 5 m by default. The look-back of a run grows by it.
    pub longest: Duration,
}

/// Late truth: the topic `chargebacks`, which is there where `share` is above 0.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ChargebacksConfig {
    /// Share of the fraudulent transactions that are charged back, from 0 to 1; 0 by default: no
    /// such topic.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub share: f64,
    /// Median time from a transaction to its chargeback; 14 d by default. Times are lognormal
    /// between `earliest` and `latest`.
    pub delay: Duration,
    /// Standard deviation of the logarithm of that time, above 0 and up to 5; 0.6 by default.
    pub delay_sigma: f64,
    /// The shortest time, from 1 ms on; 1 d by default.
    pub earliest: Duration,
    /// The longest time, up to 365 d; 60 d by default. Where there are chargebacks the look-back of
    /// a run grows by it.
    pub latest: Duration,
}

impl FraudConfig {
    /// The highest share of fraudulent transactions, in millionths.
    pub const MAX_RATE_MILLIONTHS: u64 = 400_000;
}

impl Default for FraudConfig {
    fn default() -> Self {
        let shares = Shares::default();
        let share = |anomaly: Anomaly| (anomaly.name().to_owned(), shares.of(anomaly) as f64 / 1e6);
        Self {
            rate: 0.001,
            patterns: Anomaly::ALL.map(share).into(),
            detection: DetectionConfig::default(),
            chargebacks: ChargebacksConfig::default(),
        }
    }
}

impl Default for DetectionConfig {
    fn default() -> Self {
        Self {
            true_positive_rate: 0.8,
            false_positive_rate: 0.0092,
            latency: Duration::of(2, Unit::Seconds),
            latency_sigma: 1.0,
            shortest: Duration::of(200, Unit::Milliseconds),
            longest: Duration::of(5, Unit::Minutes),
        }
    }
}

impl Default for ChargebacksConfig {
    fn default() -> Self {
        Self {
            share: 0.0,
            delay: Duration::of(14, Unit::Days),
            delay_sigma: 0.6,
            earliest: Duration::of(1, Unit::Days),
            latest: Duration::of(60, Unit::Days),
        }
    }
}
