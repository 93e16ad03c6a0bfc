//! A law's quantiles in a table, so that drawing from any shape is one look-up and one integer
//! multiplication.
//!
//! The table is built with floats, but only with `+ - * /`, square roots and the pinned software
//! functions of `libm`, which give the same bits everywhere; a drawn duration never touches a
//! float.

use mercato_draw::below;

/// Cells of a table, as a power of two.
const BITS: u32 = 10;
/// Cells of a table. With linear interpolation inside a cell the distribution function is off by
/// less than 10^-4.
const CELLS: usize = 1 << BITS;
/// A law must have at least this much of itself inside its bounds.
const LEAST_MASS: f64 = 1e-3;

/// Quantiles at equal steps of probability, and again those of the last step.
///
/// The second table is there for laws with a long tail: interpolating one straight line from the
/// 0.999 quantile to the maximum would make the rare long durations far too long.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Quantiles {
    body: Box<[i64]>,
    tail: Box<[i64]>,
}

impl Quantiles {
    /// The exponential law on an interval, unless it lies nearly all outside.
    pub(crate) fn exponential(mean: i64, min: i64, max: i64) -> Option<Self> {
        let mean = mean as f64;
        let survival = |at: i64| libm::exp(-(at as f64) / mean);
        let (first, last) = (survival(min), survival(max));
        let quantile = |share: f64| -mean * libm::log(first - share * (first - last));
        (min == max || first - last >= LEAST_MASS).then(|| Self::new(min, max, quantile))
    }

    /// The lognormal law on an interval, unless it lies nearly all outside.
    pub(crate) fn lognormal(median: i64, sigma: f64, min: i64, max: i64) -> Option<Self> {
        let median = median as f64;
        let below = |at: i64| normal_share(libm::log(at as f64 / median) / sigma);
        let (first, last) = (below(min), below(max));
        let quantile = |share: f64| {
            median * libm::exp(sigma * normal_quantile(first + share * (last - first)))
        };
        (min == max || last - first >= LEAST_MASS).then(|| Self::new(min, max, quantile))
    }

    /// Tabulates `quantile`, whose argument runs from 0 to 1.
    fn new(min: i64, max: i64, quantile: impl Fn(f64) -> f64) -> Self {
        let table = |from: f64, width: f64, low: i64| {
            let mut knots = vec![low];
            for cell in 1..CELLS {
                let value = quantile(from + width * (cell as f64 / CELLS as f64)).round();
                let before = knots[cell - 1];
                knots.push((value as i64).clamp(before, max));
            }
            knots.push(max);
            knots.into_boxed_slice()
        };
        let body = table(0.0, 1.0, min);
        let step = 1.0 / CELLS as f64;
        let tail = table(1.0 - step, step, body[CELLS - 1]);
        Self { body, tail }
    }

    /// The outcome of one word.
    #[inline]
    pub(crate) fn pick(&self, word: u64) -> i64 {
        let cell = (word >> (u64::BITS - BITS)) as usize;
        let rest = word << BITS;
        if cell < CELLS - 1 {
            return between(&self.body, cell, rest);
        }
        between(&self.tail, (rest >> (u64::BITS - BITS)) as usize, rest << BITS)
    }
}

/// A uniform integer in one cell, both ends included.
#[inline]
fn between(knots: &[i64], cell: usize, word: u64) -> i64 {
    let (low, high) = (knots[cell], knots[cell + 1]);
    low + below(word, (high - low + 1) as u64) as i64
}

/// Returns the share of the standard normal distribution below `z`.
fn normal_share(z: f64) -> f64 {
    0.5 * libm::erfc(-z / core::f64::consts::SQRT_2)
}

/// The standard normal quantile of `share`, which must lie between 0 and 1.
///
/// Wichura's algorithm AS 241 (Applied Statistics 37, 1988), good to about one part in 10^16.
fn normal_quantile(share: f64) -> f64 {
    let centred = share - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * ratio(&CENTRE, r);
    }
    let r = (-libm::log(share.min(1.0 - share))).sqrt();
    let magnitude = if r <= 5.0 { ratio(&FLANK, r - 1.6) } else { ratio(&FAR, r - 5.0) };
    if centred < 0.0 { -magnitude } else { magnitude }
}

/// Numerator and denominator of a rational approximation, lowest power first.
type Rational = [[f64; 8]; 2];

fn ratio(rational: &Rational, x: f64) -> f64 {
    let [above, below] =
        rational.map(|coefficients| coefficients.iter().rev().fold(0.0, |sum, c| sum * x + c));
    above / below
}

const CENTRE: Rational = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];

const FLANK: Rational = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        0.000_774_545_014_278_341_4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        0.000_547_593_808_499_534_5,
        1.050_750_071_644_416_9e-9,
    ],
];

const FAR: Rational = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        0.000_786_869_131_145_613_3,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_normal_quantile_undoes_the_normal_share() {
        for tenth in -70..=70 {
            let z = f64::from(tenth) / 10.0;
            // Near 1 a share has no digits left to tell quantiles apart.
            let allowed = if z > 4.0 { 1e-3 } else { 1e-10 };
            assert!((normal_quantile(normal_share(z)) - z).abs() < allowed, "{z}");
        }
        // Abramowitz and Stegun, table 26.5.
        assert!((normal_quantile(0.975) - 1.959_963_984_540_054).abs() < 1e-14);
        assert!((normal_quantile(0.999_999) - 4.753_424_308_822_899).abs() < 1e-9);
    }

    #[test]
    fn tables_are_frozen() {
        let exponential = Quantiles::exponential(20_000_000, 1_000, 600_000_000).unwrap();
        let lognormal = Quantiles::lognormal(20_000_000, 1.2, 1_000, 6_000_000_000).unwrap();
        let shown = |quantiles: &Quantiles| [1, 100, 512, 1000].map(|cell| quantiles.body[cell]);
        assert_eq!(
            [shown(&exponential), shown(&lognormal)],
            FROZEN,
            "a changed table is a new data version"
        );
    }

    const FROZEN: [[i64; 4]; 2] = [
        [20_541, 2_056_195, 13_863_944, 75_069_360],
        [486_270, 4_227_897, 19_999_970, 217_157_857],
    ];
}
