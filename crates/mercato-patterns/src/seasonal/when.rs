//! The rule that gives an event its date in a year.

use std::str::FromStr;

use super::date::two_or_four_digits;
use super::{Date, SeasonalError};

/// A rule that gives at most one date a year.
///
/// ```
/// use mercato_patterns::seasonal::When;
///
/// // Black Friday: the day after the fourth Thursday of November.
/// let black_friday = When::weekday_of_month(4, 3, 11)?.plus_days(1)?;
/// assert_eq!(black_friday.day_in(2026), Some("2026-11-27".parse::<mercato_patterns::seasonal::Date>()?.day_number()));
/// # Ok::<(), mercato_patterns::seasonal::SeasonalError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct When {
    rule: Rule,
    plus_days: i32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Rule {
    Once(Date),
    Yearly { month: u8, day: u8 },
    Weekday { nth: u8, weekday: u8, month: u8 },
    Easter,
}

impl When {
    /// Furthest a date may be moved from its rule to either side, in days.
    pub const MAX_SHIFT_DAYS: i32 = 31;

    /// In one year only.
    pub const fn once(date: Date) -> Self {
        Self::of(Rule::Once(date))
    }

    /// On the same month and day in every year that has it.
    pub fn each_year(month: u8, day: u8) -> Result<Self, SeasonalError> {
        // A leap year has every day there is.
        Date::new(2000, month, day)?;
        Ok(Self::of(Rule::Yearly { month, day }))
    }

    /// On the `nth` (1 to 5) of a weekday (0 for Monday to 6 for Sunday) in a month; in no year
    /// that lacks a fifth.
    pub const fn weekday_of_month(nth: u8, weekday: u8, month: u8) -> Result<Self, SeasonalError> {
        if nth < 1 || nth > 5 || weekday > 6 || month < 1 || month > 12 {
            return Err(SeasonalError::Weekday { nth, weekday, month });
        }
        Ok(Self::of(Rule::Weekday { nth, weekday, month }))
    }

    /// On Easter Sunday of the western churches.
    pub const fn easter() -> Self {
        Self::of(Rule::Easter)
    }

    /// So many days later (earlier if negative) than the rule says; refuses more than 31.
    pub const fn plus_days(self, days: i32) -> Result<Self, SeasonalError> {
        if days.abs() > Self::MAX_SHIFT_DAYS {
            return Err(SeasonalError::Shift { days, max: Self::MAX_SHIFT_DAYS });
        }
        Ok(Self { plus_days: days, ..self })
    }

    /// The date's number of days since 1970-01-01, if the rule gives one in a year from 1 to 9999.
    pub fn day_in(&self, year: i32) -> Option<i64> {
        let day = match self.rule {
            Rule::Once(date) => (date.year() == year).then(|| date.day_number()),
            Rule::Yearly { month, day } => day_number(year, month, day),
            Rule::Weekday { nth, weekday, month } => nth_weekday(year, nth, weekday, month),
            Rule::Easter => easter(year).and_then(|(month, day)| day_number(year, month, day)),
        };
        day.map(|day| day + i64::from(self.plus_days))
    }

    const fn of(rule: Rule) -> Self {
        Self { rule, plus_days: 0 }
    }
}

/// Reads a date of one year, such as `2024-11-29`, or of every year, such as `12-25`.
impl FromStr for When {
    type Err = SeasonalError;

    fn from_str(text: &str) -> Result<Self, SeasonalError> {
        let parts: Option<Vec<u16>> = text.split('-').map(two_or_four_digits).collect();
        match parts.as_deref() {
            Some(&[month, day]) if text.len() == 5 => Self::each_year(month as u8, day as u8),
            _ => text.parse().map(Self::once),
        }
    }
}

fn day_number(year: i32, month: u8, day: u8) -> Option<i64> {
    Date::new(year, month, day).ok().map(Date::day_number)
}

fn nth_weekday(year: i32, nth: u8, weekday: u8, month: u8) -> Option<i64> {
    let first = Date::new(year, month, 1).ok()?;
    let day = 1 + (7 + weekday - first.weekday()) % 7 + 7 * (nth - 1);
    day_number(year, month, day)
}

/// Month and day of Easter Sunday (the anonymous Gregorian algorithm, Nature 13, 1876).
fn easter(year: i32) -> Option<(u8, u8)> {
    if !(Date::FIRST_YEAR..=Date::LAST_YEAR).contains(&year) {
        return None;
    }
    let (golden, century, rest) = (year % 19, year / 100, year % 100);
    let correction = (century - (century + 8) / 25 + 1) / 3;
    let moon = (19 * golden + century - century / 4 - correction + 15) % 30;
    let sunday = (32 + 2 * (century % 4) + 2 * (rest / 4) - moon - rest % 4) % 7;
    let late = (golden + 11 * moon + 22 * sunday) / 451;
    let day = moon + sunday - 7 * late + 114;
    Some(((day / 31) as u8, (day % 31 + 1) as u8))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(when: When, years: std::ops::Range<i32>) -> Vec<i64> {
        years.filter_map(|year| when.day_in(year)).collect()
    }

    fn days<const N: usize>(dates: [&str; N]) -> Vec<i64> {
        dates.iter().map(|date| date.parse::<Date>().unwrap().day_number()).collect()
    }

    #[test]
    fn moving_feasts_fall_where_almanacs_have_them() {
        let black_friday = When::weekday_of_month(4, 3, 11).unwrap().plus_days(1).unwrap();
        let expected = days(["2023-11-24", "2024-11-29", "2025-11-28", "2026-11-27"]);
        assert_eq!(dates(black_friday, 2023..2027), expected);
        let expected = days(["2008-03-23", "2009-04-12", "2010-04-04", "2011-04-24"]);
        assert_eq!(dates(When::easter(), 2008..2012), expected);
        assert_eq!(
            dates(When::easter(), 2024..2027),
            days(["2024-03-31", "2025-04-20", "2026-04-05"])
        );
        let labour_day = When::weekday_of_month(1, 0, 9).unwrap();
        assert_eq!(dates(labour_day, 2025..2027), days(["2025-09-01", "2026-09-07"]));
    }

    #[test]
    fn a_date_that_a_year_lacks_does_not_come() {
        let leap_day: When = "02-29".parse().unwrap();
        assert_eq!(dates(leap_day, 2023..2029), days(["2024-02-29", "2028-02-29"]));
        let fifth_monday = When::weekday_of_month(5, 0, 2).unwrap();
        assert_eq!(dates(fifth_monday, 2020..2050), days(["2044-02-29"]));
        assert_eq!(dates("2024-11-29".parse().unwrap(), 2000..2100), days(["2024-11-29"]));
        assert_eq!(When::easter().day_in(0), None);
        assert_eq!(When::easter().day_in(10_000), None);
    }

    #[test]
    fn rules_that_give_no_date_are_refused() {
        for text in [
            "",
            "2024",
            "11/29",
            "2024-11-29-1",
            "24-11-29",
            "2024-1-29",
            "13-01",
            "02-30",
            "+1-01",
            "2024-1129",
        ] {
            assert!(text.parse::<When>().is_err(), "{text}");
        }
        assert!(When::weekday_of_month(6, 0, 1).is_err());
        assert!(When::easter().plus_days(32).is_err());
    }
}
