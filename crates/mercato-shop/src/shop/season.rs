//! Seasonal demand: calendar and weather, applied to the categories.

use std::sync::Arc;

use mercato_draw::{CounterHash, below};
use mercato_engine::Curve;
use mercato_patterns::geographic::Position;
use mercato_patterns::seasonal::{Calendar, Event, Response, Weather};
use mercato_patterns::temporal::{Week, WeeklyCurve};
use mercato_patterns::{Clock, Factor, Zone};

use super::catalogue::{Category, shares};
use super::years::Years;

/// Categories whose weights fit on the stack.
const FEW: usize = 16;
/// Hours of a week.
const WEEK_HOURS: usize = 168;
/// The part of one that factors on categories are counted in: fine enough for weights, and products
/// stay small.
const PARTS: u64 = 1024;
const MILLION: u64 = 1_000_000;
const SECOND: i64 = 1_000_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;

/// The weight of each category at an instant in a place.
#[derive(Debug, Clone)]
pub(super) struct Seasons {
    /// In local time, as if every clock were universal.
    calendar: Calendar,
    names: Box<[String]>,
    /// Shares of the categories in 2^20 parts.
    shares: Box<[u64]>,
    /// None where no weather moves anybody.
    weather: Option<(Weather, Box<[Response]>)>,
    years: Arc<Years<Box<[Piece]>>>,
}

/// The factor of each category up to a moment of local time.
#[derive(Debug, Clone)]
struct Piece {
    until: i64,
    factors: Box<[u64]>,
}

/// The interest of a visitor, and the time of the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interest {
    pub(super) category: u16,
    /// 0 is January.
    pub(super) month: u8,
    /// Hour of the local day.
    pub(super) hour: u8,
}

impl Seasons {
    /// The seasons of `categories`, laid out in `calendar` by local time.
    pub(super) fn new(
        calendar: Calendar,
        categories: &[Category],
        weather: Option<Weather>,
    ) -> Self {
        let response = |category: &Category| {
            category.resembles().map_or(Response::NONE, Response::of_shop_category)
        };
        Self {
            calendar,
            names: categories.iter().map(|category| category.name().to_owned()).collect(),
            shares: shares(categories).into(),
            weather: weather.map(|weather| (weather, categories.iter().map(response).collect())),
            years: Arc::new(Years::new()),
        }
    }

    /// Returns the interest of a visitor at an instant by a clock and at a place: their
    /// favourite about every other time, else by season, but never the category they avoid.
    #[inline]
    pub(super) fn interest(
        &self,
        at: i64,
        clock: &Clock,
        place: Position,
        [favourite, disliked]: [u16; 2],
        hash: CounterHash,
        word: u64,
    ) -> Interest {
        let local = at + clock.offset_seconds(at) * SECOND;
        let day = local.div_euclid(DAY);
        let (year, month) = year_and_month(day);
        let hour = (local.rem_euclid(DAY) / HOUR) as u8;
        let sky = self.weather.as_ref().map(|(weather, responses)| {
            (weather.on(place.latitude_e4(), place.longitude_e4(), day), responses)
        });
        let direct;
        let factors = if let Some(factors) = self.piece(year, local) {
            factors
        } else {
            direct = self.factors(local);
            &direct
        };
        let weight = |index: usize| {
            let weather = sky.as_ref().map_or(PARTS, |(sky, responses)| {
                responses[index].factor(*sky).millionths() * PARTS / MILLION
            });
            self.shares[index] * factors[index] * weather / PARTS
        };
        // Most shops have few categories, and a list on the stack costs nothing.
        let (mut few, mut many) = ([0; FEW], Vec::new());
        let weights: &mut [u64] = if let Some(few) = few.get_mut(..self.shares.len()) {
            few.iter_mut().enumerate().for_each(|(index, slot)| *slot = weight(index));
            few
        } else {
            many.extend((0..self.shares.len()).map(weight));
            &mut many
        };
        if let Some(weight) = weights.get_mut(usize::from(disliked)) {
            *weight = 0;
        }
        let category = self.choose(weights, favourite, hash.at(word, 0), hash.at(word, 1));
        Interest { category, month, hour }
    }

    /// The favourite, or a category by its weight.
    fn choose(&self, weights: &[u64], favourite: u16, whether: u64, which: u64) -> u16 {
        let sum: u64 = weights.iter().sum();
        // In a season the favourite is as much less wanted than usual as other things are more.
        let usual = sum >> 20;
        let kept = weights[usize::from(favourite)] / self.shares[usize::from(favourite)].max(1);
        if below(whether, 2 * usual.max(1)) < kept.min(usual) {
            return favourite;
        }
        let mut rest = below(which, sum.max(1));
        for (index, weight) in weights.iter().enumerate() {
            match rest.checked_sub(*weight) {
                Some(less) => rest = less,
                None => return index as u16,
            }
        }
        favourite
    }

    /// The factors at a moment of local time, from the year's table; none where there is no table
    /// for the year.
    #[inline]
    fn piece(&self, year: i32, local: i64) -> Option<&[u64]> {
        let pieces = self.years.get(year, || self.pieces(year))?;
        let index = pieces.partition_point(|piece| piece.until <= local);
        pieces.get(index).map(|piece| &*piece.factors)
    }

    /// The pieces of a local year.
    fn pieces(&self, year: i32) -> Box<[Piece]> {
        let (mut at, end) = (first_of(year) * DAY, first_of(year + 1) * DAY);
        let mut pieces = Vec::new();
        while at < end {
            let changes = self.names.iter().map(|name| self.calendar.category(name, at).1);
            let until = changes.min().unwrap_or(end).min(end).max(at + 1);
            pieces.push(Piece { until, factors: self.factors(at) });
            at = until;
        }
        pieces.into()
    }

    fn factors(&self, local: i64) -> Box<[u64]> {
        let factor = |name: &String| self.calendar.category(name, local).0 * PARTS / MILLION;
        self.names.iter().map(factor).collect()
    }
}

/// The first day of a year, counted from 1970-01-01.
fn first_of(year: i32) -> i64 {
    let before = i64::from(year) - 1;
    365 * (before - 1969) + (before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400))
        - 477
}

/// The year of a day counted from 1970-01-01, and its month from 0 on (Howard Hinnant's civil
/// calendar, whose years begin in March).
fn year_and_month(day: i64) -> (i32, u8) {
    let shifted = day + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 { from_march + 2 } else { from_march - 10 };
    ((year_of_era + era * 400 + i64::from(month < 2)) as i32, month as u8)
}

/// The month of an instant in UTC, 0 for January.
pub(super) fn month_of(at: i64) -> u8 {
    year_and_month(at.div_euclid(DAY)).1
}

/// Activity of the shop in one time zone: the week's hour, times the month, times the calendar's
/// events.
#[derive(Debug)]
pub(super) struct Traffic {
    week: WeeklyCurve,
    months: Option<[Factor; 12]>,
    special: Option<SpecialDays>,
}

impl Traffic {
    /// The traffic of users in a zone.
    pub(super) fn new(
        week: &Week,
        months: Option<[Factor; 12]>,
        events: &[Event],
        zone: Zone,
    ) -> Self {
        let week = WeeklyCurve::new(week.clone(), zone);
        Self { week, months, special: SpecialDays::new(events, zone) }
    }

    fn hour(&self, at: i64) -> (u64, i64) {
        let (factor, until) = self.week.piece(at);
        let Some(months) = self.months else { return (factor, until) };
        // A month begins with an hour.
        let (_, month) = year_and_month(self.local(at).div_euclid(DAY));
        (times(factor, months[usize::from(month)]), until)
    }

    fn local(&self, at: i64) -> i64 {
        at.saturating_add(self.week.clock().offset_seconds(at) * SECOND)
    }
}

impl Curve for Traffic {
    /// Hours of the same factor are one piece.
    fn piece(&self, at: i64) -> (u64, i64) {
        let (season, end) = self.special.as_ref().map_or((MILLION, i64::MAX), |special| {
            let (year, _) = year_and_month(self.local(at).div_euclid(DAY));
            special.piece(year, at)
        });
        let (factor, mut until) = self.hour(at);
        for _ in 0..WEEK_HOURS {
            if until >= end {
                break;
            }
            let (next, next_until) = self.hour(until);
            if next != factor {
                break;
            }
            until = next_until;
        }
        (times(factor, Factor::from_millionths(season)), until.min(end))
    }
}

/// The factor on traffic of the events of a calendar, which remembers the years it has been asked
/// about: to find their dates takes a hundred times as long.
#[derive(Debug)]
struct SpecialDays {
    calendar: Calendar,
    years: Years<Vec<(i64, u64)>>,
}

impl SpecialDays {
    /// None where no day is special.
    fn new(events: &[Event], zone: Zone) -> Option<Self> {
        let calendar =
            (!events.is_empty()).then(|| Calendar::new(events.to_vec(), zone).ok()).flatten()?;
        Some(Self { calendar, years: Years::new() })
    }

    /// The factor in millionths at an instant, which lies in this local year, and until when it
    /// holds.
    fn piece(&self, year: i32, at: i64) -> (u64, i64) {
        let steps = self.years.get(year, || self.calendar.traffic_of_year(year));
        let step =
            steps.and_then(|steps| steps.get(steps.partition_point(|(until, _)| *until <= at)));
        step.map_or_else(|| self.calendar.traffic(at), |(until, factor)| (*factor, *until))
    }
}

/// Effect of months and special days on traffic, by local time, for all time zones at once.
#[derive(Debug)]
pub(super) struct Days {
    months: Option<[Factor; 12]>,
    /// As if every clock were universal; none where no day is special.
    calendar: Option<Calendar>,
    /// The factor of each hour of a year: events begin and end with one.
    years: Years<Box<[u64]>>,
}

impl Days {
    pub(super) fn new(months: Option<[Factor; 12]>, events: &[Event]) -> Self {
        let calendar =
            (!events.is_empty()).then(|| Calendar::new(events.to_vec(), Zone::UTC).ok()).flatten();
        Self { months, calendar, years: Years::new() }
    }

    /// The factor at a moment of local time, in millionths.
    pub(super) fn factor(&self, local: i64) -> u64 {
        if self.months.is_none() && self.calendar.is_none() {
            return MILLION;
        }
        let (year, month) = year_and_month(local.div_euclid(DAY));
        let hours = self.years.get(year, || self.hours(year));
        // No event comes in a year that no date has.
        hours.map_or_else(
            || self.with_month(MILLION, month),
            |hours| hours[((local - first_of(year) * DAY) / HOUR) as usize],
        )
    }

    /// The factors of the hours of a year.
    fn hours(&self, year: i32) -> Box<[u64]> {
        let steps = self.calendar.as_ref().map(|calendar| calendar.traffic_of_year(year));
        let mut steps = steps.iter().flatten().peekable();
        let factor = |at: i64| {
            while steps.next_if(|(until, _)| *until <= at).is_some() {}
            let special = steps.peek().map_or(MILLION, |(_, factor)| *factor);
            self.with_month(special, year_and_month(at.div_euclid(DAY)).1)
        };
        let year = first_of(year) * DAY..first_of(year + 1) * DAY;
        year.step_by(HOUR as usize).map(factor).collect()
    }

    fn with_month(&self, special: u64, month: u8) -> u64 {
        self.months.map_or(special, |months| times(special, months[usize::from(month)]))
    }
}

/// A number of millionths times a factor, to the nearest millionth: not cut where a single factor
/// ends, or a sale in a busy hour would be no more than one at night.
pub(super) fn times(millionths: u64, factor: Factor) -> u64 {
    let product =
        u128::from(millionths) * u128::from(factor.millionths()) + u128::from(MILLION / 2);
    (product / u128::from(MILLION)) as u64
}

/// Returns the activity of an average hour of the week over the calendar's coming years, in
/// millionths, in UTC.
///
/// Four years from 2201 on have a leap day, and no day that comes in one year only.
pub(super) fn mean_of_years(week: &Week, months: Option<[Factor; 12]>, events: &[Event]) -> u64 {
    let calendar = Calendar::new(events.to_vec(), Zone::UTC).ok();
    let (first, end) = (first_of(2201) * DAY, first_of(2205) * DAY);
    let (mut at, mut sum) = (first, 0u128);
    while at < end {
        let day = at.div_euclid(DAY);
        let (_, month) = year_and_month(day);
        let next =
            (day + 1..day + 32).find(|day| year_and_month(*day).1 != month).unwrap_or(day + 1)
                * DAY;
        let (season, until) =
            calendar.as_ref().map_or((MILLION, i64::MAX), |calendar| calendar.traffic(at));
        let until = until.min(next).min(end);
        let factor = months.map_or(season, |months| times(season, months[usize::from(month)]));
        sum += u128::from(factor) * u128::from(until.abs_diff(at));
        at = until;
    }
    let mean = sum / u128::from(end.abs_diff(first));
    let hour = u128::from(week.sum_millionths()) / WEEK_HOURS as u128;
    (mean * hour / u128::from(MILLION)).min(u64::MAX.into()) as u64
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, NaiveDate, TimeDelta};

    use super::*;
    use crate::shop::{ShopConfig, ShopParams};

    /// Published clickstreams have 1.6 to 1.9 times as much in November as in other months.
    #[test]
    fn the_calibrated_november_is_as_busy_as_published() {
        let params = ShopParams::new(&ShopConfig::calibrated()).unwrap();
        let seasonality = &params.seasonality;
        let traffic =
            Traffic::new(&Week::flat(), seasonality.months, &seasonality.events, Zone::UTC);
        let (mut at, end) = (first_of(2025) * DAY, first_of(2026) * DAY);
        let (mut sums, mut days) = ([0u128; 12], [0i64; 12]);
        while at < end {
            let (factor, until) = traffic.piece(at);
            let (_, month) = year_and_month(at.div_euclid(DAY));
            // A piece may reach over months whose factors are the same.
            let until = until.min((at.div_euclid(DAY) + 1) * DAY);
            sums[usize::from(month)] += u128::from(factor) * (until - at) as u128;
            days[usize::from(month)] += until - at;
            at = until;
        }
        let mean = |month: usize| sums[month] as f64 / days[month] as f64;
        let others = (0..12).filter(|month| *month != 10).map(mean).sum::<f64>() / 11.0;
        let times = mean(10) / others;
        assert!((1.6..1.9).contains(&times), "{times}");
    }

    /// Both remember years; the calendar itself does not.
    #[test]
    fn what_is_remembered_is_what_the_calendar_says() {
        let params = ShopParams::new(&ShopConfig::calibrated()).unwrap();
        let seasonality = &params.seasonality;
        let months = seasonality.months.unwrap_or([Factor::ONE; 12]);
        let days = seasonality.days();
        for name in ["UTC", "America/Santiago", "Asia/Kolkata", "Pacific/Apia"] {
            let zone = Zone::iana(name).unwrap();
            let calendar = Calendar::new(seasonality.events.clone(), zone).unwrap();
            let traffic =
                Traffic::new(&Week::flat(), seasonality.months, &seasonality.events, zone);
            for step in 0..8_000 {
                // Every eight days less an hour, from 1900 to 2074.
                let at = first_of(1900) * DAY + step * (191 * HOUR + 11 * SECOND);
                let month = |month: u8| months[usize::from(month)];
                let expected = times(
                    month(zone.local(at).month - 1).millionths(),
                    Factor::from_millionths(calendar.traffic(at).0),
                );
                assert_eq!(traffic.piece(at).0, expected, "{name} {at}");
                if name == "UTC" {
                    assert_eq!(
                        days.factor(at),
                        times(calendar.traffic(at).0, month(month_of(at))),
                        "{at}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_civil_calendar_is_chronos() {
        let epoch = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap();
        for day in (-40_000..80_000).step_by(13) {
            let date = epoch + TimeDelta::days(day);
            assert_eq!(year_and_month(day), (date.year(), date.month0() as u8), "{date}");
        }
        for year in 1900..2200 {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            assert_eq!(first_of(year), (first - epoch).num_days(), "{year}");
        }
    }
}
