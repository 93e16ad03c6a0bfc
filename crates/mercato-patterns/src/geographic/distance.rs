//! Distances between places.

use super::Position;
use super::position::DEGREE;

/// Mean radius of the earth in metres (International Union of Geodesy and Geophysics).
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// The great-circle distance in metres, by the haversine formula on a sphere, rounded to the
/// nearest.
///
/// The earth is flatter than a sphere, so that the result is up to 0.5 % off what a surveyor
/// measures.
/// Sines and roots come from the pinned software library `libm` without its platform features,
/// so that the result is the same on every machine.
pub fn distance_metres(from: Position, to: Position) -> u32 {
    let (north, other_north) = (radians(from.latitude_e4()), radians(to.latitude_e4()));
    let across = half_sine_squared(other_north - north);
    let along = half_sine_squared(radians(to.longitude_e4()) - radians(from.longitude_e4()));
    let haversine = across + libm::cos(north) * libm::cos(other_north) * along;
    // Rounding can lift antipodes a hair above one.
    let angle = 2.0 * libm::asin(haversine.sqrt().min(1.0));
    (angle * EARTH_RADIUS_METRES).round() as u32
}

fn radians(units: i32) -> f64 {
    f64::from(units) / f64::from(DEGREE) * (std::f64::consts::PI / 180.0)
}

fn half_sine_squared(angle: f64) -> f64 {
    let sine = libm::sin(angle / 2.0);
    sine * sine
}

/// Straight-line distances between some places, for decisions that must be the same on every
/// platform:
/// directions are made once, and everything else is done in integers.
///
/// The line through the earth is shorter than any way, so whoever could not have gone it could not
/// have travelled.
///
/// ```
/// use mercato_patterns::geographic::{Atlas, Chords, distance_metres};
///
/// let atlas = Atlas::world();
/// let city = |country, name| atlas.find(country, name).map(|city| city.position()).ok_or(name);
/// let (london, sydney) = (city("GB", "London")?, city("AU", "Sydney")?);
/// let chords = Chords::new([london, sydney]);
/// assert_eq!((chords.metres(0, 0), chords.metres(0, 1)), (0, 12_385_526));
/// assert_eq!(distance_metres(london, sydney), 16_993_957);
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone)]
pub struct Chords(Box<[[i64; 3]]>);

/// Parts of the earth's radius in which directions are counted: squares fit, and a part is six
/// metres.
const PARTS: f64 = (1u64 << 20) as f64;

impl Chords {
    /// The places, by their index from now on.
    pub fn new(places: impl IntoIterator<Item = Position>) -> Self {
        let direction = |place: Position| {
            let (north, east) = (radians(place.latitude_e4()), radians(place.longitude_e4()));
            let flat = libm::cos(north);
            [flat * libm::cos(east), flat * libm::sin(east), libm::sin(north)]
                .map(|part| (part * PARTS).round() as i64)
        };
        Self(places.into_iter().map(direction).collect())
    }

    /// Metres from one place to another; nothing if there is no such place.
    pub fn metres(&self, from: usize, to: usize) -> u32 {
        let (Some(from), Some(to)) = (self.0.get(from), self.0.get(to)) else { return 0 };
        let square: u64 = from.iter().zip(to).map(|(a, b)| a.abs_diff(*b).pow(2)).sum();
        ((square.isqrt() * EARTH_RADIUS_METRES as u64) >> 20) as u32
    }
}
