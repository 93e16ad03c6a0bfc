//! The six anomalies of document 004, and how often each comes.

use mercato_units::enumerated;

use super::{FraudError, MILLION, velocity};

enumerated! {
    /// The anomaly that gives a fraud campaign away.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Anomaly {
        /// Many transactions within minutes.
        Velocity,
        /// A purchase on another continent, sooner than one can travel.
        Location,
        /// Much more than the user usually spends, or next to nothing.
        Amount,
        /// A purchase at two to four at night, by the user's clock.
        Time,
        /// A device that nobody knows, or that looks like a machine's.
        Device,
        /// A purchase in a category that the user never buys.
        Pattern,
    }
}

impl Anomaly {
    /// The name in records and configurations.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Velocity => "velocity",
            Self::Location => "location",
            Self::Amount => "amount",
            Self::Time => "time",
            Self::Device => "device",
            Self::Pattern => "pattern",
        }
    }

    /// The anomaly of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|anomaly| anomaly.name() == name)
    }

    /// Fraudulent transactions of a campaign in the mean, in halves.
    const fn transactions_halves(self) -> u64 {
        match self {
            Self::Velocity => velocity::FEWEST as u64 + velocity::MOST as u64,
            _ => 2,
        }
    }
}

/// Share of each anomaly among the fraudulent transactions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares([u64; Anomaly::ALL.len()]);

/// By how much shares may miss the whole: what six decimals may lose.
const ROUNDING: u64 = 10;

impl Shares {
    /// The shares given, each from 0 to 1; those of anomalies that are not given are nothing.
    ///
    /// Refuses what does not sum to 1, but for a hundred-thousandth.
    pub fn new(shares: impl IntoIterator<Item = (Anomaly, f64)>) -> Result<Self, FraudError> {
        let mut own = [0; Anomaly::ALL.len()];
        for (anomaly, share) in shares {
            if !(0.0..=1.0).contains(&share) {
                return Err(FraudError::Share { anomaly, share });
            }
            own[anomaly as usize] += (share * MILLION as f64).round() as u64;
        }
        let sum: u64 = own.iter().sum();
        if sum.abs_diff(MILLION) > ROUNDING {
            return Err(FraudError::Sum { sum: sum as f64 / MILLION as f64 });
        }
        Ok(Self(own))
    }

    /// The share of an anomaly among fraudulent transactions, in millionths.
    pub fn of(&self, anomaly: Anomaly) -> u64 {
        self.0[anomaly as usize]
    }

    /// Returns the number of campaigns of an anomaly per thousand million fraudulent transactions.
    pub fn campaigns(&self, anomaly: Anomaly) -> u64 {
        self.of(anomaly) * 2_000 / anomaly.transactions_halves()
    }

    /// Returns the number of all campaigns per thousand million fraudulent transactions.
    pub fn all_campaigns(&self) -> u64 {
        Anomaly::ALL.iter().map(|anomaly| self.campaigns(*anomaly)).sum()
    }
}

impl Default for Shares {
    /// Three tenths velocity, a fifth each location and amount, a tenth each of the others; this
    /// house's choice.
    fn default() -> Self {
        Self([300_000, 200_000, 200_000, 100_000, 100_000, 100_000])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_are_written() {
        assert_eq!(
            Anomaly::ALL.map(|anomaly| Anomaly::by_name(anomaly.name())),
            Anomaly::ALL.map(Some)
        );
        assert_eq!(Anomaly::by_name("Velocity"), None);
    }

    #[test]
    fn shares_sum_to_one() {
        let thirds =
            [Anomaly::Velocity, Anomaly::Time, Anomaly::Device].map(|anomaly| (anomaly, 1.0 / 3.0));
        let shares = Shares::new(thirds).unwrap();
        assert_eq!((shares.of(Anomaly::Time), shares.of(Anomaly::Amount)), (333_333, 0));
        let refused = Shares::new([(Anomaly::Velocity, 0.5), (Anomaly::Time, 0.4)]).unwrap_err();
        assert_eq!(refused.to_string(), "the shares sum to 0.9, but must sum to 1");
        let refused = Shares::new([(Anomaly::Time, 1.5)]).unwrap_err();
        assert_eq!(refused.to_string(), "the share 1.5 of time is out of range (0 to 1)");
        assert!(Shares::new([(Anomaly::Time, f64::NAN)]).is_err());
        assert_eq!(
            Anomaly::ALL.map(|anomaly| Shares::default().of(anomaly)).iter().sum::<u64>(),
            MILLION
        );
    }

    #[test]
    fn a_velocity_campaign_makes_ten_transactions() {
        let shares = Shares::new([(Anomaly::Velocity, 0.5), (Anomaly::Amount, 0.5)]).unwrap();
        assert_eq!(shares.campaigns(Anomaly::Amount), 10 * shares.campaigns(Anomaly::Velocity));
    }
}
