//! When campaigns come, and by whose clock.
//!
//! Campaigns are few, and a substream of few arrivals has blocks of years. So there is one
//! substream for all clocks: its curve is the sum of theirs, and each campaign draws its clock in
//! proportion to what is going on there at that time. That is the same as a substream for each.

use mercato_draw::below;
use mercato_engine::Curve;
use mercato_patterns::fraud::{Anomaly, time};
use mercato_patterns::temporal::{TemporalError, Week};
use mercato_patterns::{Clock, Factor, Zone};

use crate::shop::ShopParams;
use crate::shop::season::Days;
use crate::shop::users::Users;

/// All clocks, with how much fraud goes by each.
#[derive(Debug)]
pub(super) struct Clocks {
    /// Each clock with the parts of all users who live by it.
    zones: Box<[(Clock, u128)]>,
    /// The week of honest people and that of those who come at night, with what a millionth of
    /// either weighs.
    weeks: [(Week, u128); 2],
    days: Days,
    /// The mean of years in millionths, by which everything is divided.
    seasons: u128,
}

/// The clock of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) substream: u8,
    pub(super) zone: Zone,
    /// True if the campaign is of those that come at night.
    pub(super) at_night: bool,
}

/// Parts of one in which shares are counted here, as a power of two.
const PARTS: u32 = 20;
const MILLION: u128 = 1_000_000;
/// Hours of a week.
const WEEK_HOURS: u128 = 168;
/// Microseconds of a second and of an hour.
const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;

impl Clocks {
    pub(super) fn new(params: &ShopParams, users: &Users) -> Result<Self, TemporalError> {
        let (seasonality, shares) = (&params.seasonality, params.fraud().shares());
        let seats = users.substreams().map(|(_, seats, _)| u128::from(seats)).sum::<u128>().max(1);
        let time = shares.campaigns(Anomaly::Time);
        // What a millionth of a week's factor weighs, so that the week's mean weighs the share.
        let weighted = |week: Week, campaigns: u64| {
            let share =
                (u128::from(campaigns) << PARTS) / u128::from(shares.all_campaigns()).max(1);
            let weight = share * MILLION * WEEK_HOURS / u128::from(week.sum_millionths()).max(1);
            (week, weight)
        };
        Ok(Self {
            zones: users
                .substreams()
                .map(|(zone, own, _)| (Clock::new(zone), (u128::from(own) << PARTS) / seats))
                .collect(),
            weeks: [
                weighted(seasonality.week.clone(), shares.all_campaigns() - time),
                weighted(night(&seasonality.week)?, time),
            ],
            days: seasonality.days(),
            seasons: seasonality.mean_to_plain_week().into(),
        })
    }

    /// The clock of a campaign that comes at `at`.
    pub(super) fn pick(&self, at: i64, word: u64) -> Place {
        let place = |substream: usize, at_night| Place {
            substream: substream as u8,
            zone: self.zones[substream].0.zone(),
            at_night,
        };
        let weights: Vec<[u128; 2]> =
            self.zones.iter().map(|clock| self.weights(clock, at).0).collect();
        let total: u128 = weights.iter().flatten().sum();
        // Words have 64 bits, and so much of the sum is enough.
        let bits = (u128::BITS - total.leading_zeros()).saturating_sub(u64::BITS);
        let mut rest = (((total >> bits) * u128::from(word)) >> u64::BITS) << bits;
        for (substream, weights) in weights.iter().enumerate() {
            for (at_night, weight) in [false, true].into_iter().zip(weights) {
                match rest.checked_sub(*weight) {
                    Some(less) => rest = less,
                    None => return place(substream, at_night),
                }
            }
        }
        // Nothing is going on anywhere: only where campaigns come evenly.
        place(below(word, self.zones.len() as u64) as usize, false)
    }

    /// Returns the weights of a clock, at any hour and at night, and the time until which they hold.
    fn weights(&self, (clock, people): &(Clock, u128), at: i64) -> ([u128; 2], i64) {
        let local = at + clock.offset_seconds(at) * SECOND;
        // 1970 began on a Thursday.
        let weekday = (local.div_euclid(24 * HOUR) + 3).rem_euclid(7) as u8;
        let (hour, gone) = (local.rem_euclid(24 * HOUR) / HOUR, local.rem_euclid(HOUR));
        let day = u128::from(self.days.factor(local));
        let weights = [0, 1].map(|index: usize| {
            let (week, weight) = &self.weeks[index];
            u128::from(week.factor(weekday, hour as u8).millionths()) * day / MILLION
                * weight
                * people
        });
        (weights, at - gone + HOUR)
    }
}

impl Curve for Clocks {
    fn piece(&self, at: i64) -> (u64, i64) {
        let (mut sum, mut until) = (0, i64::MAX);
        for clock in &self.zones {
            let (weights, end) = self.weights(clock, at);
            sum += weights.iter().sum::<u128>();
            until = until.min(end);
        }
        let factor = (sum * MILLION / self.seasons) >> (2 * PARTS);
        (u64::try_from(factor).unwrap_or(u64::MAX), until)
    }
}

/// The week of those who come at night: as busy on each day as honest people are.
fn night(week: &Week) -> Result<Week, TemporalError> {
    let hours: [Factor; 24] = std::array::from_fn(|hour| {
        if time::HOURS.contains(&(hour as u8)) { Factor::ONE } else { Factor::ZERO }
    });
    let busiest = |day: u8| (0..24).map(|hour| week.factor(day, hour)).max().unwrap_or(Factor::ONE);
    let highest = (0..7).map(busiest).max().unwrap_or(Factor::ONE).millionths().max(1);
    let relative = |day: usize| {
        Factor::from_millionths(busiest(day as u8).millionths() * MILLION as u64 / highest)
    };
    Week::new(&hours, &std::array::from_fn::<_, 7, _>(relative))
}
