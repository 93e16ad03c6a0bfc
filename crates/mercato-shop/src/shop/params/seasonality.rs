//! Seasonality: how busy the shop is by hour of the week, month and special day.
//!
//! One object for all who ask: the substreams of sessions, campaigns, and the check of rates.
//! It says nothing about what people want; that is `season::Seasons`.

use mercato_patterns::seasonal::Event;
use mercato_patterns::temporal::Week;
use mercato_patterns::{Factor, Zone};

use crate::shop::config::ShopWeekConfig;
use crate::shop::season::{self, Days, Traffic};
use crate::shop::users::MILLION;
use crate::{ParamsError, error};

/// Factors on traffic, checked.
#[derive(Debug, Clone)]
pub(in crate::shop) struct Seasonality {
    pub(in crate::shop) week: Week,
    /// None where all months are alike.
    pub(in crate::shop) months: Option<[Factor; 12]>,
    pub(in crate::shop) events: Vec<Event>,
    /// Millionths: the mean hour of years, special days included.
    mean: u64,
}

/// Hours of a week.
const WEEK_HOURS: u128 = 168;

impl Seasonality {
    /// Checks the factors of `config`; `events` are the special days.
    pub(super) fn new(config: &ShopWeekConfig, events: Vec<Event>) -> Result<Self, ParamsError> {
        let week = week(config)?;
        let months = config.months.as_ref().map(|months| factors("months", months)).transpose()?;
        let mean = season::mean_of_years(&week, months, &events);
        Ok(Self { week, months, events, mean })
    }

    /// Traffic of users in `zone`.
    pub(in crate::shop) fn traffic(&self, zone: Zone) -> Traffic {
        Traffic::new(&self.week, self.months, &self.events, zone)
    }

    /// Returns the effect of months and special days on traffic, for all zones.
    pub(in crate::shop) fn days(&self) -> Days {
        Days::new(self.months, &self.events)
    }

    /// Mean factor of years, special days included, in millionths.
    pub(super) fn mean(&self) -> u64 {
        self.mean
    }

    /// Sum of the factors of a plain week's hours, in millionths.
    pub(super) fn week_sum(&self) -> u128 {
        u128::from(self.week.sum_millionths()).max(1)
    }

    /// Returns the mean activity over years, including special days, relative to an ordinary week,
    /// in millionths.
    pub(in crate::shop) fn mean_to_plain_week(&self) -> u64 {
        let factor = u128::from(self.mean) * u128::from(MILLION) * WEEK_HOURS / self.week_sum();
        u64::try_from(factor).unwrap_or(u64::MAX).max(1)
    }

    /// The highest factor of any hour, in millionths.
    pub(super) fn busiest(&self) -> u64 {
        let hours = (0..7).flat_map(|day| (0..24).map(move |hour| (day, hour)));
        let hour = hours.map(|(day, hour)| self.week.factor(day, hour)).max();
        let month = self.months.iter().flatten().copied().max().unwrap_or(Factor::ONE);
        let event =
            self.events.iter().map(Event::factor).max().unwrap_or(Factor::ONE).max(Factor::ONE);
        let hour = hour.unwrap_or(Factor::ONE).millionths();
        season::times(season::times(hour, month), event)
    }
}

/// The factor at `key`, a key below `shop`.
pub(super) fn factor(key: &str, value: f64) -> Result<Factor, ParamsError> {
    Factor::from_decimal(value)
        .map_err(|source| ParamsError::Factor { key: format!("shop.{key}"), source })
}

/// As many factors as the array has places.
fn factors<const N: usize>(key: &str, values: &[f64]) -> Result<[Factor; N], ParamsError> {
    let key = format!("week.{key}");
    error::within(&format!("the length of shop.{key}"), values.len() as u64, N as u64, N as u64)?;
    let mut factors = [Factor::ONE; N];
    for (index, (slot, value)) in factors.iter_mut().zip(values).enumerate() {
        *slot = factor(&format!("{key}[{index}]"), *value)?;
    }
    if factors.iter().all(|factor| *factor == Factor::ZERO) {
        return Err(ParamsError::Impossible {
            key: format!("shop.{key}"),
            value: "0 throughout".to_owned(),
            bound: "at least one factor must be above 0".to_owned(),
        });
    }
    Ok(factors)
}

fn week(config: &ShopWeekConfig) -> Result<Week, ParamsError> {
    let (peak, day) = (factor("week.peak", config.peak)?, factor("week.day", config.day)?);
    let weekend = factor("week.weekend", config.weekend)?;
    let hours = match &config.hours {
        Some(hours) => factors::<24>("hours", hours)?,
        None => std::array::from_fn(|hour| match hour {
            10 | 14 | 19 | 20 => peak,
            9..21 => day,
            _ => Factor::ONE,
        }),
    };
    let highest = hours.iter().copied().max().unwrap_or(Factor::ONE);
    if u128::from(highest.millionths()) * u128::from(weekend.millionths())
        > u128::from(Factor::MAX.millionths()) * u128::from(MILLION)
    {
        return Err(ParamsError::Impossible {
            key: "shop.week.weekend".to_owned(),
            value: weekend.to_string(),
            bound: format!(
                "with the highest hour's {highest} the product must be at most {}; only ratios matter, so use smaller factors",
                Factor::MAX
            ),
        });
    }
    let weekdays =
        std::array::from_fn::<_, 7, _>(|day| if day < 5 { Factor::ONE } else { weekend });
    Week::new(&hours, &weekdays)
        .map_err(|source| ParamsError::Week { key: "shop.week".to_owned(), source })
}
