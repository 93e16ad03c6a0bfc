//! One line of a table of cities.

use super::position::degrees_e4;
use super::{City, Country, GeographicError, Position, Postcodes};

/// The header of a table of cities.
pub(super) const HEADER: &str =
    "country,subdivision,city,latitude,longitude,zone,thousands,postcodes";
/// Columns of a row.
const COLUMNS: usize = 8;

/// Reads the row on a line, counted from 1.
pub(super) fn city(line: usize, text: &str) -> Result<City, GeographicError> {
    let refuse = |column, value: &str, expected| GeographicError::Cell {
        line,
        column,
        value: value.to_owned(),
        expected,
    };
    let cells: Vec<&str> = text.split(',').collect();
    let Ok([country, subdivision, name, latitude, longitude, zone, thousands, postcodes]) =
        <[&str; COLUMNS]>::try_from(cells)
    else {
        return Err(refuse("the row", text, "eight cells separated by commas"));
    };
    let alpha2 = country;
    let country = Country::by_alpha2(alpha2)
        .ok_or_else(|| refuse("country", alpha2, "an ISO 3166-1 alpha-2 code in capitals"))?;
    let whole = |column, text, most: i32, expected| {
        degrees_e4(text)
            .filter(|units| units.abs() <= most)
            .ok_or_else(|| refuse(column, text, expected))
    };
    let latitude_e4 =
        whole("latitude", latitude, 900_000, "degrees from -90 to 90 with at most four decimals")?;
    let longitude_e4 = whole(
        "longitude",
        longitude,
        1_800_000,
        "degrees from -180 to 180 with at most four decimals",
    )?;
    Ok(City {
        country,
        subdivision: checked(subdivision, is_subdivision).ok_or_else(|| {
            refuse("subdivision", subdivision, "at most three capitals and digits")
        })?,
        name: checked(name, |name| !name.is_empty() && name.trim() == name)
            .ok_or_else(|| refuse("city", name, "a name without blanks around it"))?,
        position: Position::new(latitude_e4, longitude_e4)?,
        zone: checked(zone, |zone| !zone.is_empty() && !zone.contains(char::is_whitespace))
            .ok_or_else(|| refuse("zone", zone, "the IANA name of a time zone"))?,
        population_thousands: thousands
            .parse()
            .ok()
            .filter(|thousands| (1..=100_000).contains(thousands))
            .ok_or_else(|| refuse("thousands", thousands, "a whole number from 1 to 100000"))?,
        postcodes: match postcodes {
            "" => None,
            ranges => Some(
                Postcodes::parse(alpha2, ranges)
                    .ok_or_else(|| refuse("postcodes", ranges, Postcodes::EXPECTED))?,
            ),
        },
    })
}

fn checked(text: &str, good: impl Fn(&str) -> bool) -> Option<String> {
    good(text).then(|| text.to_owned())
}

/// The form of the second part of an ISO 3166-2 code.
fn is_subdivision(code: &str) -> bool {
    code.len() <= 3 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
