//! A detector that misses some fraud and suspects some honest people, and how bad it says it is.

use mercato_draw::Probability;
use mercato_units::enumerated;

use super::{FraudError, MILLION};

/// A fraud detector with configured true- and false-positive rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detector {
    found: Probability,
    mistaken: Probability,
}

impl Detector {
    /// The detector that finds such a share of the fraud and suspects such a share of everything
    /// else, both from 0 to 1.
    pub fn new(true_positive_rate: f64, false_positive_rate: f64) -> Result<Self, FraudError> {
        Ok(Self {
            found: probability(true_positive_rate)?,
            mistaken: probability(false_positive_rate)?,
        })
    }

    /// Returns whether a transaction raises an alarm.
    #[inline]
    pub fn alarms(&self, is_fraud: bool, word: u64) -> bool {
        if is_fraud { self.found.hits(word) } else { self.mistaken.hits(word) }
    }
}

fn probability(rate: f64) -> Result<Probability, FraudError> {
    if !(0.0..=1.0).contains(&rate) {
        return Err(FraudError::Rate { rate });
    }
    Probability::ratio((rate * MILLION as f64).round() as u64, MILLION)
        .map_err(|_| FraudError::Rate { rate })
}

enumerated! {
    /// Severity of an alert, by its score.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    pub enum Severity {
        /// A score below 0.25.
        Low,
        /// From 0.25 on.
        Medium,
        /// From 0.5 on.
        High,
        /// From 0.75 on.
        Critical,
    }
}

impl Severity {
    /// The severity of a score in hundredths.
    #[inline]
    pub const fn of_score(hundredths: u32) -> Self {
        match hundredths {
            0..25 => Self::Low,
            25..50 => Self::Medium,
            50..75 => Self::High,
            _ => Self::Critical,
        }
    }

    /// The name in records.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_detector_errs_as_often_as_it_is_told() {
        let detector = Detector::new(0.8, 0.0092).unwrap();
        let words = (0..1_000_000u64).map(|part| part * (u64::MAX / 1_000_000));
        let alarms =
            |is_fraud| words.clone().filter(|word| detector.alarms(is_fraud, *word)).count();
        assert!(alarms(true).abs_diff(800_000) <= 1 && alarms(false).abs_diff(9_200) <= 1);
        let [never, always] =
            [Detector::new(0.0, 0.0), Detector::new(1.0, 1.0)].map(Result::unwrap);
        assert!(!never.alarms(true, 0) && !never.alarms(false, 0));
        assert!(always.alarms(true, u64::MAX - 1) && always.alarms(false, u64::MAX - 1));
        for rate in [-0.1, 1.1, f64::NAN] {
            assert!(Detector::new(rate, 0.0).is_err() && Detector::new(0.0, rate).is_err());
        }
    }

    #[test]
    fn severities_follow_the_score() {
        let names = [0, 24, 25, 49, 50, 74, 75, 100].map(|score| Severity::of_score(score).name());
        assert_eq!(
            names,
            ["low", "low", "medium", "medium", "high", "high", "critical", "critical"]
        );
        assert!(Severity::ALL.is_sorted());
    }
}
