//! The parameters of fraud, checked once.

use mercato_draw::Probability;
use mercato_lifecycle::Dwell;
use mercato_patterns::fraud::{Anomaly, Detector, FraudError, Shares};
use mercato_schema::Duration;

use super::{ChargebacksConfig, DetectionConfig, FraudConfig};
use crate::error::out_of_range;
use crate::shop::users::{MILLION, share};
use crate::{ParamsError, suggest};

/// Amount of fraud and its detection, checked.
///
/// ```
/// use mercato_shop::shop::{FraudConfig, FraudParams};
///
/// let fraud = FraudParams::new(&FraudConfig::default())?;
/// assert_eq!(fraud.rate(), 1_000);
/// // Every fifth campaign's transaction has an honest one before it, which is a campaign's too.
/// assert_eq!(fraud.honest_share(1_000), 998_800);
/// // A hundred alerts about ten thousand transactions.
/// assert_eq!(fraud.alert_share(1_000), 9_990);
/// # Ok::<(), mercato_shop::ParamsError>(())
/// ```
#[derive(Debug, Clone)]
pub struct FraudParams {
    rate: u64,
    shares: Shares,
    /// True and false positives, in millionths.
    positives: [u64; 2],
    pub(in crate::shop) detector: Detector,
    pub(in crate::shop) latency: Dwell,
    chargebacks: Option<(Probability, Dwell)>,
    /// Share of the fraudulent transactions that are charged back, in millionths.
    chargeback_share: u64,
}

/// Latest that an alert may come, and a chargeback, in microseconds.
const LATEST_ALERT: i64 = 24 * 3_600 * 1_000_000;
const LATEST_CHARGEBACK: i64 = 365 * LATEST_ALERT;

impl FraudParams {
    /// Checks a configuration; the error names the key, its value and what is possible.
    pub fn new(config: &FraudConfig) -> Result<Self, ParamsError> {
        let rate = (config.rate * MILLION as f64).round();
        if !(0.0..=FraudConfig::MAX_RATE_MILLIONTHS as f64).contains(&rate) {
            return Err(out_of_range("shop.fraud.rate", config.rate.to_string(), 0, 0.4));
        }
        let detection = &config.detection;
        let positives = |key, rate| share(&format!("shop.fraud.detection.{key}"), rate);
        Ok(Self {
            rate: rate as u64,
            shares: shares(config)?,
            positives: [
                positives("true_positive_rate", detection.true_positive_rate)?,
                positives("false_positive_rate", detection.false_positive_rate)?,
            ],
            detector: Detector::new(detection.true_positive_rate, detection.false_positive_rate)
                .map_err(|source| ParamsError::Fraud {
                    key: "shop.fraud.detection".to_owned(),
                    source,
                })?,
            latency: latency(detection)?,
            chargebacks: chargebacks(&config.chargebacks)?,
            chargeback_share: share("shop.fraud.chargebacks.share", config.chargebacks.share)?,
        })
    }

    /// Share of the transactions that are fraudulent, in millionths.
    pub fn rate(&self) -> u64 {
        self.rate
    }

    /// Share of each anomaly among the fraudulent transactions.
    pub fn shares(&self) -> &Shares {
        &self.shares
    }

    /// Share of the transactions that are sessions' where `rate` millionths are fraudulent, in
    /// millionths: all but those of campaigns, some of which are honest.
    pub fn honest_share(&self, rate: u64) -> u64 {
        let anchors = rate * self.shares.of(Anomaly::Location) / MILLION;
        MILLION.saturating_sub(rate + anchors)
    }

    /// Share of all transactions that raise an alert where `rate` millionths are fraudulent, in
    /// millionths.
    pub fn alert_share(&self, rate: u64) -> u64 {
        let [found, mistaken] = self.positives;
        (rate * found + MILLION.saturating_sub(rate) * mistaken) / MILLION
    }

    /// The time after which a fraudulent transaction is taken back, if it is; `words` decide
    /// whether and when.
    pub(in crate::shop) fn chargeback(&self, whether: u64, when: u64) -> Option<i64> {
        let (often, delay) = self.chargebacks.as_ref()?;
        often.hits(whether).then(|| delay.pick(when))
    }

    /// Share of the fraudulent transactions that are taken back, in millionths.
    pub(crate) fn chargeback_share(&self) -> u64 {
        self.chargeback_share
    }

    /// Returns whether there are chargebacks at all.
    pub fn has_chargebacks(&self) -> bool {
        self.chargebacks.is_some()
    }

    /// The longest time from a transaction to its alert, in microseconds.
    pub(crate) fn longest_latency(&self) -> i64 {
        self.latency.longest()
    }

    /// The longest time from a fraudulent transaction to what follows of it, in microseconds.
    pub(in crate::shop) fn longest_answer(&self) -> i64 {
        let chargeback = self.chargebacks.as_ref().map_or(0, |(_, delay)| delay.longest());
        self.longest_latency().max(chargeback)
    }
}

fn shares(config: &FraudConfig) -> Result<Shares, ParamsError> {
    let key = "shop.fraud.patterns";
    let anomaly = |(name, share): (&String, &f64)| {
        let anomaly = Anomaly::by_name(name).ok_or_else(|| ParamsError::Unknown {
            key: key.to_owned(),
            value: name.clone(),
            known: suggest::known(name, Anomaly::ALL.iter().map(|anomaly| anomaly.name())),
        })?;
        Ok((anomaly, *share))
    };
    let mut listed: Vec<(Anomaly, f64)> =
        config.patterns.iter().map(anomaly).collect::<Result<_, _>>()?;
    let usual = Shares::default();
    let left = 1.0 - listed.iter().map(|(_, share)| share).sum::<f64>();
    let others: Vec<Anomaly> = Anomaly::ALL
        .into_iter()
        .filter(|anomaly| listed.iter().all(|(own, _)| own != anomaly))
        .collect();
    let whole: u64 = others.iter().map(|anomaly| usual.of(*anomaly)).sum();
    let rest =
        |anomaly: &Anomaly| (*anomaly, left.max(0.0) * usual.of(*anomaly) as f64 / whole as f64);
    listed.extend(others.iter().map(rest));
    Shares::new(listed).map_err(|error| match error {
        FraudError::Share { anomaly, share } => {
            out_of_range(format!("{key}.{}", anomaly.name()), share.to_string(), 0, 1)
        }
        FraudError::Sum { sum } => ParamsError::Impossible {
            key: format!("the sum of {key}"),
            value: sum.to_string(),
            bound: "it must be 1; unlisted patterns share the remainder".to_owned(),
        },
        source => ParamsError::Fraud { key: key.to_owned(), source },
    })
}

fn latency(config: &DetectionConfig) -> Result<Dwell, ParamsError> {
    let key = |name: &str| format!("shop.fraud.detection.{name}");
    no_longer_than(&key("longest"), config.longest, LATEST_ALERT, "24h")?;
    dwell(&key("latency"), config.latency, config.latency_sigma, config.shortest, config.longest)
}

fn chargebacks(config: &ChargebacksConfig) -> Result<Option<(Probability, Dwell)>, ParamsError> {
    let key = |name: &str| format!("shop.fraud.chargebacks.{name}");
    let often = share(&key("share"), config.share)?;
    no_longer_than(&key("latest"), config.latest, LATEST_CHARGEBACK, "365d")?;
    let delay =
        dwell(&key("delay"), config.delay, config.delay_sigma, config.earliest, config.latest)?;
    let often = Probability::ratio(often, MILLION)
        .map_err(|source| ParamsError::Weights { key: key("share"), source })?;
    Ok((often != Probability::NEVER).then_some((often, delay)))
}

fn no_longer_than(key: &str, longest: Duration, most: i64, text: &str) -> Result<(), ParamsError> {
    if longest.micros() <= most {
        return Ok(());
    }
    Err(ParamsError::Impossible {
        key: key.to_owned(),
        value: longest.to_string(),
        bound: format!("it must be at most {text}"),
    })
}

fn dwell(
    key: &str,
    median: Duration,
    sigma: f64,
    least: Duration,
    most: Duration,
) -> Result<Dwell, ParamsError> {
    Dwell::lognormal(median.micros(), sigma, least.micros(), most.micros())
        .map_err(|source| ParamsError::Dwell { key: key.to_owned(), source })
}
