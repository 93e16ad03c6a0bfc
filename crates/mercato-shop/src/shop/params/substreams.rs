//! Rates of the substreams of sessions: one substream for each clock with users.

use mercato_engine::Rate;
use mercato_patterns::Zone;

use super::ShopParams;
use crate::ParamsError;
use crate::shop::users::{MILLION, Users};

/// The rate from which on a clock's users follow its hours: a block of 1,024 then takes 117 years,
/// each hour of which is looked at.
///
/// Where they come more rarely, once in 40 days together, no hour can be told from another.
const LEAST_MILLIONTHS_PER_HOUR: u128 = 1_000;
/// Hours of a week.
const WEEK_HOURS: u128 = 168;
/// Shortest time in which the same user can be expected again at the busiest hour, in milliseconds.
const LEAST_ROOM_MILLIS: u128 = 1_000;

impl ShopParams {
    /// For each substream its zone, its rate where the week's factor is 1, in millionths an hour,
    /// and by how many arrivals it is spread.
    pub(in crate::shop) fn substream_rates(&self, users: &Users) -> Vec<(Zone, u64, u16)> {
        let seats: u128 =
            users.substreams().map(|(_, seats, _)| u128::from(seats)).sum::<u128>().max(1);
        let mean = self.seasonality.week_sum();
        let (lost, whole) = users.lost();
        let sessions =
            u128::from(self.rates.sessions) * u128::from(self.multiplier) / u128::from(MILLION);
        // What campaigns buy is bought by nobody else.
        let sessions =
            sessions * u128::from(self.fraud.honest_share(self.fraud.rate())) / u128::from(MILLION);
        // Visits that fall into a day of travelling are made good by the others.
        let sessions = sessions * u128::from(whole) / u128::from(whole - lost);
        let substream = |(zone, own, min_gap): (Zone, u64, u64)| {
            let rate =
                sessions * u128::from(own) * u128::from(MILLION) * WEEK_HOURS / (seats * mean);
            // Half of the gap is left to what follows from a visit.
            let spread = (min_gap / 4).clamp(1, 1024) as u16;
            (zone, u64::try_from(rate).unwrap_or(u64::MAX), spread)
        };
        users.substreams().map(substream).collect()
    }

    /// The even rate of a substream whose arrivals come so rarely that no hour can be told from
    /// another; none for any other.
    pub(in crate::shop) fn even_rate(&self, millionths: u64) -> Option<u64> {
        let mean =
            u128::from(millionths) * u128::from(self.seasonality.mean()) / u128::from(MILLION);
        (mean < LEAST_MILLIONTHS_PER_HOUR).then_some(mean.max(1) as u64)
    }

    /// Refuses rates at which nobody comes in a lifetime, and rates at which the same users come
    /// again at once.
    pub(super) fn check_substreams(&self, users: &Users) -> Result<(), ParamsError> {
        if self.seasonality.mean() == 0 {
            return Err(ParamsError::Impossible {
                key: "shop.week with shop.seasonal_events".to_owned(),
                value: "0 throughout the year".to_owned(),
                bound: "at least one hour of one month must have a factor above 0 that no event sets to 0".to_owned(),
            });
        }
        for ((zone, rate, _), (_, _, min_gap)) in
            self.substream_rates(users).into_iter().zip(users.substreams())
        {
            self.check_rate(zone, rate)?;
            self.check_min_gap(zone, rate, min_gap, users.total())?;
        }
        Ok(())
    }

    /// Refuses a rate that no arrival process can have.
    fn check_rate(&self, zone: Zone, rate: u64) -> Result<(), ParamsError> {
        let refused = |bound| ParamsError::Impossible {
            key: "shop.events".to_owned(),
            value: format!("{} sessions an hour", self.rates.sessions / MILLION),
            bound,
        };
        if rate > Rate::MAX {
            return Err(refused(format!(
                "in an hour of factor 1 the users of {zone} would arrive more than a thousand million times per \
                 second; use a lower rate or larger factors in shop.week"
            )));
        }
        if u128::from(rate) * u128::from(self.seasonality.mean()) / u128::from(MILLION) < 1 {
            return Err(refused(format!(
                "the users of {zone} would arrive less than once in a hundred years; use a higher rate or fewer regions"
            )));
        }
        Ok(())
    }

    /// Refuses a rate at which users come again before they can have gone; `min_gap` is the number
    /// of arrivals from one visit of a user to the next.
    fn check_min_gap(
        &self,
        zone: Zone,
        rate: u64,
        min_gap: u64,
        total: u64,
    ) -> Result<(), ParamsError> {
        let min_gap_millis = millis_until_next_visit(rate, self.seasonality.busiest(), min_gap);
        if min_gap_millis >= LEAST_ROOM_MILLIS {
            return Ok(());
        }
        Err(ParamsError::Impossible {
            key: "shop.users.total".to_owned(),
            value: total.to_string(),
            bound: format!(
                "at the busiest hour the busiest users of {zone} would return within {min_gap_millis} ms; \
                 use more users or fewer sessions"
            ),
        })
    }
}

/// Time from one visit of a user to the next, in milliseconds: `gap` arrivals at `rate`, millionths
/// an hour, times `factor` in millionths.
pub(super) fn millis_until_next_visit(rate: u64, factor: u64, gap: u64) -> u128 {
    let arrivals = u128::from(rate) * u128::from(factor) / u128::from(MILLION);
    u128::from(gap) * 3_600_000 * u128::from(MILLION) / arrivals.max(1)
}
