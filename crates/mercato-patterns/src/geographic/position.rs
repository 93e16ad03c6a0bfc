//! A point on the globe in fixed point.

use std::fmt;

use super::GeographicError;

/// Units in a degree.
pub(super) const DEGREE: i32 = 10_000;
/// The pole.
const MAX_LATITUDE: i32 = 90 * DEGREE;
/// The date line.
const MAX_LONGITUDE: i32 = 180 * DEGREE;

/// Latitude and longitude (WGS 84) in units of 1e-4 degrees, about 11 metres at the equator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    latitude_e4: i32,
    longitude_e4: i32,
}

impl Position {
    /// The point at a latitude from −900,000 (south) to 900,000 and a longitude from −1,800,000
    /// (west) to 1,800,000.
    pub const fn new(latitude_e4: i32, longitude_e4: i32) -> Result<Self, GeographicError> {
        if latitude_e4.abs() > MAX_LATITUDE || longitude_e4.abs() > MAX_LONGITUDE {
            return Err(GeographicError::Coordinates { latitude_e4, longitude_e4 });
        }
        Ok(Self { latitude_e4, longitude_e4 })
    }

    /// Latitude in 1e-4 degrees, north positive.
    pub const fn latitude_e4(self) -> i32 {
        self.latitude_e4
    }

    /// Longitude in 1e-4 degrees, east positive.
    pub const fn longitude_e4(self) -> i32 {
        self.longitude_e4
    }

    /// The point so far to the north and east; stops at a pole and goes on beyond the date line.
    pub(super) fn moved(self, north_e4: i64, east_e4: i64) -> Self {
        let latitude = (i64::from(self.latitude_e4) + north_e4)
            .clamp(-i64::from(MAX_LATITUDE), i64::from(MAX_LATITUDE));
        let turned = i64::from(self.longitude_e4) + east_e4 + i64::from(MAX_LONGITUDE);
        let longitude = turned.rem_euclid(2 * i64::from(MAX_LONGITUDE)) - i64::from(MAX_LONGITUDE);
        Self { latitude_e4: latitude as i32, longitude_e4: longitude as i32 }
    }
}

/// Latitude and longitude in degrees with four decimals, such as `37.7749,-122.4194`.
impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for value in [self.latitude_e4, self.longitude_e4] {
            let sign = if value < 0 { "-" } else { "" };
            let (degrees, part) = (value.abs() / DEGREE, value.abs() % DEGREE);
            write!(f, "{separator}{sign}{degrees}.{part:04}")?;
            separator = ",";
        }
        Ok(())
    }
}

/// Degrees written with at most four decimals, in 1e-4 degrees; nothing if it is no such number.
pub(super) fn degrees_e4(text: &str) -> Option<i32> {
    let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let decimal = |digits: &str, longest: usize| {
        (1..=longest).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !decimal(whole, 3) || !decimal(part, 4) {
        return None;
    }
    let units = whole.parse::<i32>().ok()? * DEGREE + format!("{part:0<4}").parse::<i32>().ok()?;
    Some(if negative { -units } else { units })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_written_position_is_read_as_itself(latitude in -900_000..=900_000, longitude in -1_800_000..=1_800_000) {
            let text = Position::new(latitude, longitude).unwrap().to_string();
            let (north, east) = text.split_once(',').unwrap();
            prop_assert_eq!((degrees_e4(north), degrees_e4(east)), (Some(latitude), Some(longitude)));
        }
    }

    #[test]
    fn what_is_no_place_on_the_globe_is_refused() {
        assert!(Position::new(900_001, 0).is_err());
        assert!(Position::new(0, -1_800_001).is_err());
        for text in ["", "-", "1.", ".5", "1.23456", "1e3", "+1", "--1", "1234"] {
            assert_eq!(degrees_e4(text), None, "{text}");
        }
    }

    #[test]
    fn the_date_line_is_crossed() {
        let fiji = Position::new(-181_416, 1_799_990).unwrap();
        assert_eq!(fiji.moved(0, 20), Position::new(-181_416, -1_799_990).unwrap());
        assert_eq!(fiji.moved(-2_000_000, 0).latitude_e4(), -900_000);
    }
}
