//! Too few users for the traffic: they return before their last visit can have ended.
//!
//! A visit ends before the same user's next one, so such visits are cut short and their events
//! follow one another within seconds.

use mercato_draw::Seed;
use mercato_engine::{Curve, Schedule, World};
use mercato_patterns::Zone;

use super::ShopParams;
use super::substreams::millis_until_next_visit;
use crate::shop::users::MILLION;

/// Arrivals that may come earlier than at an even pace.
const CHANCE: u64 = 128;

/// The hour of a run in which the busiest users come again soonest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crowding {
    /// The clock of these users.
    pub zone: Zone,
    /// The time from which they do, in microseconds since the Unix epoch.
    pub at: i64,
    /// From one visit of such a user to the next, in milliseconds.
    pub gap_millis: u64,
    /// An average visit that nothing cuts short, in milliseconds.
    pub visit_millis: u64,
    /// The number of users for which the gap would be as long as a visit, rounded up to two digits.
    pub enough: u64,
}

impl ShopParams {
    /// Returns the worst hour from `from` until before `to` in which users come again before an
    /// average visit ends; `None` if there is none.
    ///
    /// `schedule` has the factors on sessions.
    pub fn crowding(&self, schedule: &Schedule, from: i64, to: i64) -> Option<Crowding> {
        let users = self.users(World { seed: Seed::new(0), origin: 0 });
        let visit_millis = u128::from(self.rates.events_per_session)
            * self.session_model.mean_page_time()
            / (u128::from(MILLION) * 1_000);
        let visit_millis = u64::try_from(visit_millis).unwrap_or(u64::MAX);
        let mut worst: Option<Crowding> = None;
        for ((zone, rate, _), (_, _, min_gap)) in
            self.substream_rates(&users).into_iter().zip(users.substreams())
        {
            let Some((at, factor)) = self.busiest_between(zone, schedule, from, to) else {
                continue;
            };
            let gap_millis = millis_until_next_visit(rate, factor, min_gap);
            let gap_millis = u64::try_from(gap_millis).unwrap_or(u64::MAX);
            if gap_millis < worst.as_ref().map_or(visit_millis, |worst| worst.gap_millis) {
                // A tenth more, because the number of users of a time zone is rounded.
                let times = u128::from(visit_millis) * u128::from(users.total()) * 11 / 10;
                let enough = u64::try_from(times / u128::from(gap_millis.max(1)));
                let enough = two_digits(enough.unwrap_or(u64::MAX));
                worst = Some(Crowding { zone, at, gap_millis, visit_millis, enough });
            }
        }
        worst
    }

    /// At least as many arrivals as a substream of a zone has in a period, where `rate` is in
    /// millionths an hour.
    pub(in crate::shop) fn most_arrivals(
        &self,
        (zone, rate): (Zone, u64),
        schedule: &Schedule,
        [from, to]: [i64; 2],
    ) -> u64 {
        let traffic = self.seasonality.traffic(zone);
        let (mut at, mut weight) = (from, 0_u128);
        while at < to {
            let ((own, own_end), (planned, planned_end)) = (traffic.piece(at), schedule.piece(at));
            let end = own_end.min(planned_end).min(to).max(at.saturating_add(1));
            let factor = u128::from(own) * u128::from(planned) / u128::from(MILLION);
            weight += factor * u128::from(end.abs_diff(at));
            at = end;
        }
        // Millionths of arrivals an hour, of the factor, and microseconds.
        let arrivals = u128::from(rate) * (weight / u128::from(MILLION))
            / (3_600 * u128::from(MILLION).pow(2));
        u64::try_from(arrivals).unwrap_or(u64::MAX).saturating_add(CHANCE)
    }

    /// The highest factor on a zone's sessions in a period, in millionths, and from when it holds.
    fn busiest_between(
        &self,
        zone: Zone,
        schedule: &Schedule,
        from: i64,
        to: i64,
    ) -> Option<(i64, u64)> {
        let traffic = self.seasonality.traffic(zone);
        let (mut at, mut busiest) = (from, None);
        while at < to {
            let ((own, own_end), (planned, planned_end)) = (traffic.piece(at), schedule.piece(at));
            let factor = u128::from(own) * u128::from(planned) / u128::from(MILLION);
            let factor = u64::try_from(factor).unwrap_or(u64::MAX);
            if busiest.is_none_or(|(_, most)| factor > most) {
                busiest = Some((at, factor));
            }
            at = own_end.min(planned_end).max(at.saturating_add(1));
        }
        busiest
    }
}

/// The next number that has no more than two digits before its zeros.
fn two_digits(number: u64) -> u64 {
    let unit = 10_u64.pow(number.max(1).ilog10().saturating_sub(1));
    number.div_ceil(unit).saturating_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shop::ShopConfig;

    const HOUR: i64 = 3_600_000_000;

    /// Half a day of the default shop on a Black Friday.
    const SALE: (i64, i64) = (1_795_737_600_000_000, 1_795_737_600_000_000 + 12 * HOUR);

    fn crowding(total: u64, schedule: &Schedule, (from, to): (i64, i64)) -> Option<Crowding> {
        let mut config = ShopConfig::default();
        config.users.total = total;
        ShopParams::new(&config).unwrap().crowding(schedule, from, to)
    }

    #[test]
    fn a_sale_crowds_the_default_shop_and_a_week_earlier_nothing_does() {
        let plain = Schedule::default();
        let found = crowding(10_000, &plain, SALE).unwrap();
        assert!(found.gap_millis < found.visit_millis && found.enough > 10_000, "{found:?}");
        assert_eq!(crowding(found.enough, &plain, SALE), None, "{found:?}");
        let week = 7 * 24 * HOUR;
        assert_eq!(crowding(10_000, &plain, (SALE.0 - week, SALE.1 - week)), None);
        assert_eq!(crowding(10_000, &plain, (SALE.0, SALE.0)), None, "nothing is wanted");
    }

    #[test]
    fn a_schedule_crowds_like_a_sale() {
        let earlier = (SALE.0 - 7 * 24 * HOUR, SALE.1 - 7 * 24 * HOUR);
        let schedule = Schedule::default().elsewhere(8_000_000).unwrap();
        assert!(crowding(10_000, &schedule, earlier).is_some());
    }

    #[test]
    fn numbers_are_rounded_up_to_two_digits() {
        for (number, rounded) in
            [(0, 0), (7, 7), (42, 42), (100, 100), (101, 110), (42_756, 43_000)]
        {
            assert_eq!(two_digits(number), rounded);
        }
    }
}
