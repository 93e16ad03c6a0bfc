//! The shop's own calendar.

use super::{Calendar, Event, SeasonalError, When};
use crate::{Factor, Zone};

/// An event of the preset: name, rule, days beside it, hours, factor, categories.
type Row = (&'static str, When, i32, u32, u64, &'static [&'static str]);

const MONDAY: u8 = 0;
const TUESDAY: u8 = 1;
const THURSDAY: u8 = 3;
const SUNDAY: u8 = 6;

/// Black Friday and Christmas are document 004's; it gives the others no numbers but the range of 4
/// to 8.
fn rows() -> Result<[Row; 13], SeasonalError> {
    let thanksgiving = When::weekday_of_month(4, THURSDAY, 11)?;
    Ok([
        ("New Year", When::each_year(1, 1)?, 0, 24, 4, &["Sports & Outdoors", "Beauty & Health"]),
        ("Valentine's Day", When::each_year(2, 14)?, -1, 48, 4, &["Beauty & Health", "Clothing"]),
        ("Easter", When::easter(), -2, 72, 4, &["Home & Garden", "Toys & Games"]),
        (
            "Mother's Day",
            When::weekday_of_month(2, SUNDAY, 5)?,
            -1,
            48,
            4,
            &["Beauty & Health", "Home & Garden"],
        ),
        (
            "Father's Day",
            When::weekday_of_month(3, SUNDAY, 6)?,
            -1,
            48,
            4,
            &["Sports & Outdoors", "Electronics"],
        ),
        (
            "Summer Sale",
            When::weekday_of_month(2, TUESDAY, 7)?,
            0,
            48,
            5,
            &["Electronics", "Clothing", "Home & Garden"],
        ),
        // The week before Labor Day.
        (
            "Back to School",
            When::weekday_of_month(1, MONDAY, 9)?,
            -7,
            168,
            4,
            &["Books", "Clothing", "Electronics"],
        ),
        ("Halloween", When::each_year(10, 31)?, -1, 48, 4, &["Toys & Games", "Clothing"]),
        (
            "Singles' Day",
            When::each_year(11, 11)?,
            0,
            24,
            5,
            &["Electronics", "Clothing", "Beauty & Health"],
        ),
        ("Thanksgiving", thanksgiving, 0, 24, 5, &["Home & Garden", "Electronics"]),
        ("Black Friday", thanksgiving, 1, 24, 8, &["Electronics", "Clothing"]),
        ("Cyber Monday", thanksgiving, 4, 24, 7, &["Electronics", "Books"]),
        ("Christmas", When::each_year(12, 25)?, 0, 72, 6, &["Toys & Games", "Electronics"]),
    ])
}

/// Months by category in hundredths of the year's mean, January first: gifts, resolutions, school.
///
/// The size of the swings is this house's choice; what follows heat and rain is left to the
/// weather.
const MONTHS: [(&str, [u64; 12]); 7] = [
    ("Electronics", [90, 85, 90, 90, 90, 95, 100, 105, 100, 100, 130, 125]),
    ("Clothing", [90, 90, 100, 105, 100, 95, 90, 105, 110, 105, 110, 100]),
    ("Books", [105, 95, 90, 90, 90, 95, 95, 115, 115, 95, 110, 105]),
    ("Home & Garden", [100, 95, 95, 100, 105, 100, 100, 100, 100, 100, 105, 100]),
    ("Sports & Outdoors", [120, 105, 95, 95, 95, 105, 100, 95, 95, 90, 100, 105]),
    ("Beauty & Health", [110, 105, 95, 95, 105, 95, 95, 95, 95, 95, 105, 110]),
    ("Toys & Games", [70, 75, 80, 90, 85, 85, 85, 85, 90, 110, 160, 185]),
];

impl Calendar {
    /// The shop's calendar: thirteen events a year with factors of 4 to 8, and the months of seven
    /// categories (document 004).
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "the table is fixed, and a test builds it"
    )]
    pub fn shop(zone: Zone) -> Self {
        let calendar = events()
            .and_then(|events| Self::new(events, zone))
            .expect("the events of the table are possible");
        MONTHS.into_iter().fold(calendar, |calendar, (category, hundredths)| {
            calendar.with_months(
                category,
                hundredths.map(|part| Factor::from_millionths(part * 10_000)),
            )
        })
    }
}

fn events() -> Result<Vec<Event>, SeasonalError> {
    let event = |(name, when, shift, hours, factor, categories): Row| {
        let factor = Factor::from_millionths(factor * 1_000_000);
        Ok(Event::new(name, when.plus_days(shift)?, hours, factor)?
            .with_categories(categories.iter().copied()))
    };
    rows()?.into_iter().map(event).collect()
}
