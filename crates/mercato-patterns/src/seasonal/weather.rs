//! The weather of a place on a day.

use std::fmt;

use mercato_draw::CounterHash;

use super::noise::{CELL, smooth};

/// 1e-4 degrees in a cell of weather: 10 degrees, the size of a pressure system.
const CELL_E4: i64 = 100_000;
/// Cells around the globe.
const AROUND: i64 = 36;
/// Days in a cell: how long a spell lasts.
const CELL_DAYS: i64 = 5;
/// Ten thousandths of a day in a Gregorian year.
const YEAR: i64 = 3_652_425;
/// The warmest day of the northern year, 16 July, counted from its first.
const WARMEST_DAY: i64 = 196;
/// Widest departure from the season's mean to either side, in tenths of a degree Celsius.
const WIDEST_TENTHS: i64 = 100;

/// Weather as a function of place, day and key: never stored, the same for whoever asks, changing
/// little from day to day and from town to town.
///
/// The temperature is a mean that falls with latitude, a yearly wave that grows with it, and a
/// smooth departure of at most 10 °C (a standard deviation of about 4); mountains, seas and
/// currents are not known.
/// Wetness is a smooth number without a season.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weather {
    heat: CounterHash,
    rain: CounterHash,
}

/// The weather of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sky {
    /// Temperature in tenths of a degree Celsius.
    pub temperature_tenths: i32,
    /// From 0 (not a cloud) to 1,000,000 (it pours); half of all days lie below 500,000.
    pub wetness_millionths: u32,
}

impl Weather {
    /// The weather under a key.
    pub fn new(key: CounterHash) -> Self {
        Self { heat: key.child(1), rain: key.child(2) }
    }

    /// The sky at a latitude and longitude in 1e-4 degrees on a day since 1970-01-01 (by whichever
    /// calendar the caller keeps).
    pub fn on(&self, latitude_e4: i32, longitude_e4: i32, day: i64) -> Sky {
        let (north, east) = (i64::from(latitude_e4), i64::from(longitude_e4));
        // Ten million years to either side, so that nothing below can overflow.
        let day = day.clamp(-3_652_425_000, 3_652_425_000);
        let point = [east * CELL / CELL_E4, north * CELL / CELL_E4, day * CELL / CELL_DAYS];
        let departure = (smooth(self.heat, point, AROUND) - CELL / 2) * 2 * WIDEST_TENTHS / CELL;
        Sky {
            temperature_tenths: (climate_tenths(north, day) + departure) as i32,
            wetness_millionths: (smooth(self.rain, point, AROUND) * 1_000_000 / CELL) as u32,
        }
    }
}

/// The mean temperature of a latitude at that time of the year, in tenths of a degree Celsius.
///
/// 27 °C at the equator and 11 at 49 degrees; the yearly wave is 0.22 °C for each degree of
/// latitude to either side.
fn climate_tenths(latitude_e4: i64, day: i64) -> i64 {
    let mean = 270 - latitude_e4 * latitude_e4 * 67 / 100_000_000_000;
    let since_warmest = ((day - WARMEST_DAY) * 10_000).rem_euclid(YEAR) * CELL / YEAR;
    // South of the equator the wave turns over by itself.
    mean + latitude_e4 * 22 / 100_000 * wave(since_warmest) / CELL
}

/// A wave of height [`CELL`] with its crest at 0 and a period of [`CELL`]: two parabolas, within 6
/// % of a cosine.
fn wave(phase: i64) -> i64 {
    let shifted = (phase + CELL / 4).rem_euclid(CELL);
    let half = CELL / 2;
    let arch = shifted % half;
    let height = 16 * arch * (half - arch) / CELL;
    if shifted < half { height } else { -height }
}

impl fmt::Display for Sky {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, tenths) =
            (if self.temperature_tenths < 0 { "-" } else { "" }, self.temperature_tenths.abs());
        write!(
            f,
            "{sign}{}.{} °C, wetness 0.{:02}",
            tenths / 10,
            tenths % 10,
            self.wetness_millionths / 10_000
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_yearly_wave_has_its_crests_where_it_should() {
        let quarters = [0, CELL / 4, CELL / 2, CELL / 4 * 3].map(wave);
        assert_eq!(quarters, [CELL, 0, -CELL, 0]);
    }

    #[test]
    fn climates_are_near_those_of_known_cities() {
        let (january, july) = (15, 196);
        // Berlin, Singapore and Sydney; means of 0 and 20, 27 and 28, 23 and 13 degrees.
        for (latitude_e4, winter, summer) in
            [(525_200, 0, 200), (12_900, 270, 280), (-338_700, 230, 130)]
        {
            assert!((climate_tenths(latitude_e4, january) - winter).abs() < 50, "{latitude_e4}");
            assert!((climate_tenths(latitude_e4, july) - summer).abs() < 50, "{latitude_e4}");
        }
    }
}
