//! Activity by hour of the local week.

use super::TemporalError;
use crate::Factor;

/// Hours in a day.
const HOURS: usize = 24;
/// Days in a week.
const DAYS: usize = 7;
/// The last day before the weekend.
const FRIDAY: usize = 4;
/// Hours in a week, as a divisor.
#[cfg(test)]
const WEEK_HOURS: u64 = (HOURS * DAYS) as u64;

/// A factor for each of the 168 hours of a week by the local clock: the hour's times the weekday's.
///
/// ```
/// use mercato_patterns::{Factor, temporal::Week};
///
/// let mut hours = [Factor::ONE; 24];
/// hours[12] = Factor::from_decimal(2.0)?;
/// let mut weekdays = [Factor::ONE; 7];
/// weekdays[6] = Factor::from_decimal(0.5)?;
/// let week = Week::new(&hours, &weekdays)?;
/// // Sunday at noon.
/// assert_eq!(week.factor(6, 12), Factor::ONE);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Week {
    /// By weekday, then hour.
    factors: [[Factor; HOURS]; DAYS],
}

impl Week {
    /// The week of 24 factors for the hours from midnight on and 7 for the days from Monday on.
    ///
    /// Refuses other numbers of factors, and a week in which every product is zero.
    pub fn new(hours: &[Factor], weekdays: &[Factor]) -> Result<Self, TemporalError> {
        let hours = exactly::<HOURS>("the hours of a day", hours)?;
        let weekdays = exactly::<DAYS>("the days of a week", weekdays)?;
        let week = Self::product(hours, weekdays);
        if week.sum_millionths() == 0 {
            return Err(TemporalError::NeverBusy);
        }
        Ok(week)
    }

    /// The week in which every hour has the factor 1.
    pub fn flat() -> Self {
        Self { factors: [[Factor::ONE; HOURS]; DAYS] }
    }

    /// The week whose Saturday and Sunday are so many times as busy as its Friday, hour by hour.
    ///
    /// Refuses a week in which nothing is left to be busy.
    ///
    /// ```
    /// use mercato_patterns::{Factor, temporal::Week};
    ///
    /// // The shop's peaks at twice the night, and weekends like any other day.
    /// let week = Week::shop_day(Factor::from_decimal(2.0)?).with_weekend(Factor::ONE)?;
    /// assert_eq!(week.factor(5, 10), Factor::from_decimal(2.0)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn with_weekend(mut self, factor: Factor) -> Result<Self, TemporalError> {
        let weekend = self.factors[FRIDAY].map(|hour| hour * factor);
        self.factors[FRIDAY + 1..].fill(weekend);
        if self.sum_millionths() == 0 { Err(TemporalError::NeverBusy) } else { Ok(self) }
    }

    /// The week without the question whether anything in it is busy.
    pub(super) fn product(hours: [Factor; HOURS], weekdays: [Factor; DAYS]) -> Self {
        Self { factors: weekdays.map(|day| hours.map(|hour| hour * day)) }
    }

    /// The factor of an hour (0 to 23) of a weekday (0 for Monday to 6 for Sunday); both wrap
    /// around.
    pub fn factor(&self, weekday: u8, hour: u8) -> Factor {
        self.factors[weekday as usize % DAYS][hour as usize % HOURS]
    }

    /// The sum of the 168 factors in millionths: what a week without daylight saving amounts to,
    /// exactly.
    pub fn sum_millionths(&self) -> u64 {
        self.factors.iter().flatten().map(|factor| factor.millionths()).sum()
    }

    /// The mean factor of a week without daylight saving, in millionths, rounded to the nearest.
    #[cfg(test)]
    pub(super) fn mean_of_plain_week_millionths(&self) -> u64 {
        (self.sum_millionths() + WEEK_HOURS / 2) / WEEK_HOURS
    }
}

fn exactly<const N: usize>(
    what: &'static str,
    factors: &[Factor],
) -> Result<[Factor; N], TemporalError> {
    factors.try_into().map_err(|_| TemporalError::Count { what, expected: N, found: factors.len() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_without_activity_is_refused() {
        let (none, some) = ([Factor::ZERO; HOURS], [Factor::ONE; DAYS]);
        assert_eq!(Week::new(&none, &some), Err(TemporalError::NeverBusy));
        // Each alone is busy, their product is not.
        let mut hours = none;
        hours[3] = Factor::from_millionths(1);
        let faint = [Factor::from_millionths(100_000); DAYS];
        assert_eq!(Week::new(&hours, &faint), Err(TemporalError::NeverBusy));
    }

    #[test]
    fn a_weekend_is_measured_by_friday() {
        let half = Factor::from_millionths(500_000);
        let week = Week::measured().with_weekend(half).unwrap();
        for hour in 0..24 {
            assert_eq!(week.factor(6, hour), week.factor(4, hour) * half);
            assert_eq!(week.factor(5, hour), week.factor(6, hour));
            assert_eq!(week.factor(0, hour), Week::measured().factor(0, hour));
        }
        // As documented, the shop's own weekend is half as busy again.
        let shop = Week::shop_day(Week::SHOP_PEAK);
        assert_eq!(shop.clone().with_weekend(Factor::from_millionths(1_500_000)).unwrap(), shop);
        let mut sundays = [Factor::ZERO; DAYS];
        sundays[6] = Factor::ONE;
        let only = Week::new(&[Factor::ONE; HOURS], &sundays).unwrap();
        assert_eq!(only.with_weekend(Factor::ONE), Err(TemporalError::NeverBusy));
    }

    #[test]
    fn other_numbers_of_factors_are_refused() {
        let refusal = Week::new(&[Factor::ONE; 23], &[Factor::ONE; 7]).unwrap_err().to_string();
        assert_eq!(refusal, "the hours of a day: expected 24 factors, found 23");
        assert!(Week::new(&[Factor::ONE; 24], &[Factor::ONE; 8]).is_err());
    }

    #[test]
    fn the_mean_of_a_flat_week_is_one() {
        assert_eq!(Week::flat().mean_of_plain_week_millionths(), 1_000_000);
    }
}
