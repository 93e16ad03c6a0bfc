//! Positions around a centre.

use super::{GeographicError, Position};

/// Metres in a degree of latitude on the sphere of mean radius.
const METRES_PER_DEGREE: i64 = 111_195;
/// Units of [`Position`] in a degree.
const UNITS_PER_DEGREE: i64 = 10_000;
/// Bits of one of the six uniforms a word is cut into.
const PIECE_BITS: u32 = 10;
/// A standard deviation of a coordinate before it is scaled.
///
/// Three uniforms on 0 to 1023 have a variance of 3 · (1024² − 1) / 12; twice their distance from
/// their mean has 1,024² − 1.
const SIGMA: i64 = 1 << PIECE_BITS;
/// Twice the mean of three uniforms on 0 to 1023.
const TWICE_MEAN: i64 = 3 * (SIGMA - 1);
/// 3.2 standard deviations, the radius that is never left.
const BOUND: i64 = SIGMA * 16 / 5;
/// One in the cosine table.
const COSINE_UNIT: i64 = 1 << 16;

/// A round cloud of positions around a centre.
///
/// North and east distance are each the centred sum of three uniforms, close to a normal
/// distribution;
/// the few points beyond 3.2 standard deviations (one in a thousand) are drawn in to half their
/// distance.
/// A default cloud has a standard deviation of 2,500 metres in each direction and ends at 8
/// kilometres.
/// Points may lie in water.
///
/// A position comes from 60 bits of one word with integers only;
/// the width of a degree of longitude is interpolated from a table of cosines, exact to 1.6e-4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scatter {
    sigma_metres: u32,
}

impl Scatter {
    /// The widest standard deviation in metres: beyond, a city is no longer flat.
    pub const MAX_SIGMA_METRES: u32 = 20_000;

    /// The cloud with a standard deviation of `sigma_metres` to the north and to the east; refuses
    /// more than 20 km.
    pub fn new(sigma_metres: u32) -> Result<Self, GeographicError> {
        if sigma_metres > Self::MAX_SIGMA_METRES {
            return Err(GeographicError::Sigma { sigma_metres, max: Self::MAX_SIGMA_METRES });
        }
        Ok(Self { sigma_metres })
    }

    /// Standard deviation to the north and to the east, in metres.
    pub fn sigma_metres(&self) -> u32 {
        self.sigma_metres
    }

    /// The position of one word around `centre`.
    #[inline]
    pub fn around(&self, centre: Position, word: u64) -> Position {
        let (mut north, mut east) = (coordinate(word), coordinate(word >> (3 * PIECE_BITS)));
        if north * north + east * east > BOUND * BOUND {
            (north, east) = (north / 2, east / 2);
        }
        // At most 3,276 · 20,000 · 10^4 · 2^16: far inside 63 bits.
        let scale = i64::from(self.sigma_metres) * UNITS_PER_DEGREE;
        let north_e4 = nearest(north * scale, SIGMA * METRES_PER_DEGREE);
        let width = SIGMA * METRES_PER_DEGREE * cosine(centre.latitude_e4());
        centre.moved(north_e4, nearest(east * scale * COSINE_UNIT, width))
    }
}

impl Default for Scatter {
    fn default() -> Self {
        Self { sigma_metres: 2_500 }
    }
}

/// A centred sum of three uniforms, from the lowest 30 bits.
#[inline]
fn coordinate(word: u64) -> i64 {
    let piece = |index: u32| (word >> (index * PIECE_BITS) & ((1 << PIECE_BITS) - 1)) as i64;
    2 * (piece(0) + piece(1) + piece(2)) - TWICE_MEAN
}

/// The quotient rounded to the nearest, halves away from zero, so that rounding pulls to no side.
#[inline]
fn nearest(dividend: i64, divisor: i64) -> i64 {
    (dividend.abs() + divisor / 2) / divisor * dividend.signum()
}

/// The cosine of a latitude in 1/65,536, as at 85 degrees beyond that: nearer the pole a degree of
/// longitude has no width.
#[inline]
fn cosine(latitude_e4: i32) -> i64 {
    let latitude = i64::from(latitude_e4).abs().min(85 * UNITS_PER_DEGREE);
    let (degree, part) = ((latitude / UNITS_PER_DEGREE) as usize, latitude % UNITS_PER_DEGREE);
    let (low, high) = (i64::from(COSINES[degree]), i64::from(COSINES[degree + 1]));
    low + (high - low) * part / UNITS_PER_DEGREE
}

/// Cosines of 0 to 90 degrees in 1/65,536.
#[rustfmt::skip]
const COSINES: [u32; 91] = [
    65_536, 65_526, 65_496, 65_446, 65_376, 65_287, 65_177, 65_048, 64_898, 64_729,
    64_540, 64_332, 64_104, 63_856, 63_589, 63_303, 62_997, 62_672, 62_328, 61_966,
    61_584, 61_183, 60_764, 60_326, 59_870, 59_396, 58_903, 58_393, 57_865, 57_319,
    56_756, 56_175, 55_578, 54_963, 54_332, 53_684, 53_020, 52_339, 51_643, 50_931,
    50_203, 49_461, 48_703, 47_930, 47_143, 46_341, 45_525, 44_695, 43_852, 42_995,
    42_126, 41_243, 40_348, 39_441, 38_521, 37_590, 36_647, 35_693, 34_729, 33_754,
    32_768, 31_772, 30_767, 29_753, 28_729, 27_697, 26_656, 25_607, 24_550, 23_486,
    22_415, 21_336, 20_252, 19_161, 18_064, 16_962, 15_855, 14_742, 13_626, 12_505,
    11_380, 10_252, 9121, 7987, 6850, 5712, 4572, 3430, 2287, 1144,
    0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines_are_those_of_the_library() {
        for latitude_e4 in (-850_000..=850_000).step_by(777) {
            let exact = libm::cos(f64::from(latitude_e4) / 1e4 * (std::f64::consts::PI / 180.0));
            let interpolated = cosine(latitude_e4) as f64 / COSINE_UNIT as f64;
            assert!(
                (exact - interpolated).abs() / exact < 3e-4,
                "{latitude_e4}: {interpolated} for {exact}"
            );
        }
    }

    #[test]
    fn coordinates_are_centred_and_bounded() {
        assert_eq!(coordinate(0), -TWICE_MEAN);
        assert_eq!(coordinate(u64::MAX), TWICE_MEAN);
        assert_eq!((nearest(5, 10), nearest(-5, 10), nearest(-4, 10)), (1, -1, 0));
    }
}
