//! How far it is from one place to another.

use super::Position;
use super::position::DEGREE;

/// Mean radius of the earth in metres (International Union of Geodesy and Geophysics).
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;

/// The great-circle distance in metres, by the haversine formula on a sphere, rounded to the nearest.
///
/// The earth is flatter than a sphere, so that the result is up to 0.5 % off what a surveyor measures.
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
