//! Expected records per hour, as the mean of an ordinary week.

use super::sessions::Kind;
use super::users::MILLION;
use super::{Analytics, ShopParams};
use crate::ParamsError;

/// Events of a visit of a campaign, all but the transaction in which it ends.
const EVENTS_OF_A_VISIT: u64 = Kind::OF_A_PURCHASE.len() as u64 - 1;

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
    /// Transactions of this hour that will be taken back.
    pub chargebacks: u64,
    /// Fraud alerts on transactions.
    pub alerts: u64,
    /// Price changes, launches and deliveries, which no scenario changes.
    pub updates: u64,
    /// Changes of users, and profiles of those whom fraud concerns; the first of each user comes
    /// on top.
    pub users: u64,
    /// Results of analytics, which nothing changes.
    pub results: u64,
}

impl ShopParams {
    /// Returns the expected rates under the scenario `name`, or without a name under the shop's
    /// own.
    ///
    /// Fails where there is no such scenario.
    pub fn expected(&self, name: Option<&str>) -> Result<Expected, ParamsError> {
        let scenario = name.map_or_else(
            || Ok(self.scenarios().own()),
            |name| self.scenarios().find("scenario", name),
        )?;
        let fraud = scenario.fraud_millionths().unwrap_or(self.fraud_millionths());
        let honest = self.fraud().honest_share(fraud);
        let times = |number: u64, factor: u64| {
            let product = u128::from(number) * u128::from(factor) + u128::from(MILLION / 2);
            u64::try_from(product / u128::from(MILLION)).unwrap_or(u64::MAX)
        };
        let rates = self.rates();
        let everything = |number: u64| times(number, self.multiplier());
        let under = |number: u64| times(everything(number), scenario.rate_millionths());
        let transactions = under(rates.transactions);
        let of_campaigns = times(transactions, MILLION - honest);
        let fraudulent = times(transactions, fraud);
        let campaigns = times(fraudulent, self.fraud().shares().all_campaigns() / 1_000);
        Ok(Expected {
            sessions: times(under(rates.sessions), honest),
            events: times(under(rates.events), honest) + of_campaigns * EVENTS_OF_A_VISIT,
            transactions,
            fraudulent,
            chargebacks: times(fraudulent, self.fraud().chargeback_share()),
            alerts: times(transactions, self.fraud().alert_share(fraud)),
            updates: everything(self.product_updates()),
            users: self.user_changes().saturating_add(campaigns),
            results: Analytics::RESULTS_PER_HOUR * MILLION,
        })
    }
}
