//! How many records an hour are to be expected, as the mean of a week in which nothing is special.

use super::users::MILLION;
use super::{ShopParams, Traffic};
use crate::ParamsError;

/// Numbers an hour, in millionths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expected {
    /// Honest sessions.
    pub sessions: u64,
    /// User events.
    pub events: u64,
    /// Transactions, fraudulent ones among them.
    pub transactions: u64,
    /// Fraudulent transactions.
    pub fraudulent: u64,
    /// Changed prices, launches and deliveries, which no scenario changes.
    pub updates: u64,
}

impl ShopParams {
    /// What is to be expected under the scenario `name`, or without a name under the shop's own.
    ///
    /// Fails where there is no such scenario.
    pub fn expected(&self, name: Option<&str>) -> Result<Expected, ParamsError> {
        let scenario =
            name.map_or_else(|| Ok(self.scenarios().own()), |name| self.scenarios().find("scenario", name))?;
        // What is to be expected of a scenario is known even where it is too much for a run.
        let own = self.fraud_millionths();
        let traffic = Traffic::unbounded(scenario, own, own, |fraud| self.fraud().honest_share(fraud));
        let times = |number: u64, factor: u64| {
            let product = u128::from(number) * u128::from(factor) + u128::from(MILLION / 2);
            u64::try_from(product / u128::from(MILLION)).unwrap_or(u64::MAX)
        };
        let rates = self.rates();
        let everything = |number: u64| times(number, self.multiplier());
        let transactions = times(everything(rates.transactions), scenario.rate_millionths());
        Ok(Expected {
            sessions: times(everything(rates.sessions), traffic.sessions),
            events: times(everything(rates.events), traffic.sessions),
            transactions,
            fraudulent: times(transactions, scenario.fraud_millionths().unwrap_or(self.fraud_millionths())),
            updates: everything(self.product_updates()),
        })
    }
}
