//! Weeks that were documented or measured elsewhere.

use std::array::from_fn;

use super::Week;
use crate::Factor;

/// Saturday and Sunday.
const WEEKEND: std::ops::Range<usize> = 5..7;
/// Half as much again.
const HALF_MORE: Factor = Factor::from_millionths(1_500_000);

/// Hours of a day relative to its mean, in hundredths; they sum to 2,400.
///
/// Flat and high from 10 to 22 with a slight evening hump, nearly nothing at 4: the common shape of
/// published clickstreams.
const MEASURED_HOURS: [u64; 24] = [
    55, 25, 12, 7, 5, 9, 22, 45, 80, 115, 140, 150, 150, 150, 150, 150, 150, 150, 150, 155, 165,
    160, 125, 80,
];

impl Week {
    /// The transaction producer's week (document 001).
    ///
    /// 1.5 from 9 to 17, but 2.0 from 12 to 14; 0.3 from 22 to 6; 1 else; all times 1.5 on Saturday
    /// and Sunday.
    pub fn business_hours() -> Self {
        let hours = from_fn(|hour| match hour {
            12..14 => Factor::from_millionths(2_000_000),
            9..17 => HALF_MORE,
            22.. | ..6 => Factor::from_millionths(300_000),
            _ => Factor::ONE,
        });
        Self::product(hours, busier_weekend(HALF_MORE))
    }

    /// The shop's week (document 004): `peak` in the hours that begin at 10, 14, 19 and 20, times
    /// 1.5 on Saturday and Sunday.
    ///
    /// The document calls the activity from 9 to 21 "higher" without a number: here it is 1.5,
    /// against 1 at night.
    /// Its own default for `peak` is [`Week::SHOP_PEAK`].
    pub fn shop_day(peak: Factor) -> Self {
        let hours = from_fn(|hour| match hour {
            10 | 14 | 19 | 20 => peak,
            9..21 => HALF_MORE,
            _ => Factor::ONE,
        });
        Self::product(hours, busier_weekend(HALF_MORE))
    }

    /// Height of the shop's peaks by default: 3.
    pub const SHOP_PEAK: Factor = Factor::from_millionths(3_000_000);

    /// A week as published clickstreams show it: hours relative to the day's mean, weekend days
    /// 0.75 of a weekday.
    ///
    /// The figures are condensed from what was published about OTTO, REES46, `RetailRocket` and
    /// `RecSys` 2025.
    pub fn measured() -> Self {
        let hours = MEASURED_HOURS.map(|hundredths| Factor::from_millionths(hundredths * 10_000));
        Self::product(hours, busier_weekend(Factor::from_millionths(750_000)))
    }
}

fn busier_weekend(factor: Factor) -> [Factor; 7] {
    from_fn(|day| if WEEKEND.contains(&day) { factor } else { Factor::ONE })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenths(week: &Week, weekday: u8) -> Vec<u64> {
        (0..24).map(|hour| week.factor(weekday, hour).millionths() / 10_000).collect()
    }

    #[test]
    fn business_hours_are_frozen() {
        let week = Week::business_hours();
        let tuesday =
            [30, 30, 30, 30, 30, 30, 100, 100, 100, 150, 150, 150, 200, 200, 150, 150, 150];
        let evening = [100, 100, 100, 100, 100, 30, 30];
        assert_eq!(tenths(&week, 1), [&tuesday[..], &evening].concat());
        assert_eq!((tenths(&week, 5)[3], tenths(&week, 6)[13]), (45, 300));
        assert_eq!(week.sum_millionths(), 187_200_000);
        assert_eq!(week.mean_of_plain_week_millionths(), 1_114_286);
    }

    #[test]
    fn the_shops_day_is_frozen() {
        let week = Week::shop_day(Week::SHOP_PEAK);
        let night = [100; 9];
        let day = [150, 300, 150, 150, 150, 300, 150, 150, 150, 150, 300, 300, 100, 100, 100];
        assert_eq!(tenths(&week, 4), [&night[..], &day].concat());
        assert_eq!((tenths(&week, 5)[10], tenths(&week, 6)[0]), (450, 150));
        assert_eq!(week.mean_of_plain_week_millionths(), 1_714_286);
    }

    #[test]
    fn the_measured_week_is_frozen() {
        let week = Week::measured();
        assert_eq!(
            MEASURED_HOURS.iter().sum::<u64>(),
            2_400,
            "hours are relative to the mean of their day"
        );
        assert_eq!(tenths(&week, 0), MEASURED_HOURS);
        assert_eq!(week.factor(6, 20).millionths(), 1_237_500);
        assert_eq!(week.mean_of_plain_week_millionths(), 928_571);
    }
}
