//! The response of a category to the weather.

use super::Sky;
use crate::Factor;

/// Tenths of a degree Celsius at which neither heat nor cold counts.
const MILD_TENTHS: i64 = 150;
/// Tenths of a degree beside it at which they count in full.
const EXTREME_TENTHS: i64 = 150;
/// Wetness from which rain begins to count.
const MIDDLING_WET: i64 = 500_000;
/// One in millionths.
const UNIT: i64 = 1_000_000;

/// Factors on the weight of a category under the three extremes; in between they grow in
/// proportion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Response {
    /// At 30 °C and above; below 15 °C it does not count.
    pub warm: Factor,
    /// At 0 °C and below; above 15 °C it does not count.
    pub cold: Factor,
    /// At the wettest; on the drier half of days it does not count.
    pub wet: Factor,
}

impl Response {
    /// Whom no weather moves.
    pub const NONE: Self = Self { warm: Factor::ONE, cold: Factor::ONE, wet: Factor::ONE };

    /// Returns the response of the shop's categories (document 001); other categories do not
    /// respond.
    ///
    /// The document asks for variation by weather without numbers: these are this house's choice.
    pub fn of_shop_category(category: &str) -> Self {
        let [warm, cold, wet] = match category {
            "Sports & Outdoors" => [130, 80, 75],
            "Home & Garden" => [125, 85, 85],
            "Clothing" => [95, 120, 100],
            "Books" => [95, 110, 120],
            "Toys & Games" => [95, 105, 115],
            "Electronics" => [100, 105, 110],
            "Beauty & Health" => [110, 100, 100],
            _ => return Self::NONE,
        }
        .map(|hundredths| Factor::from_millionths(hundredths * 10_000));
        Self { warm, cold, wet }
    }

    /// The factor on a category's weight under a sky.
    pub fn factor(&self, sky: Sky) -> Factor {
        let warmer = i64::from(sky.temperature_tenths) - MILD_TENTHS;
        let wetter = i64::from(sky.wetness_millionths) - MIDDLING_WET;
        let extreme = if warmer < 0 { self.cold } else { self.warm };
        in_proportion(extreme, warmer.abs(), EXTREME_TENTHS)
            * in_proportion(self.wet, wetter, UNIT - MIDDLING_WET)
    }
}

/// From 1 at nothing to `extreme` at the full measure.
fn in_proportion(extreme: Factor, measure: i64, full: i64) -> Factor {
    let change = (extreme.millionths() as i64 - UNIT) * measure.clamp(0, full) / full;
    Factor::from_millionths((UNIT + change) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sky(temperature_tenths: i32, wetness_millionths: u32) -> Sky {
        Sky { temperature_tenths, wetness_millionths }
    }

    #[test]
    fn a_response_is_one_when_mild_and_itself_at_extremes() {
        let outdoors = Response::of_shop_category("Sports & Outdoors");
        let cases = [
            (sky(150, 500_000), 1_000_000),
            (sky(150, 0), 1_000_000),
            (sky(450, 0), 1_300_000),
            (sky(225, 0), 1_150_000),
            (sky(-300, 0), 800_000),
            (sky(0, 1_000_000), 600_000),
        ];
        for (sky, millionths) in cases {
            assert_eq!(outdoors.factor(sky).millionths(), millionths, "{sky}");
            assert_eq!(Response::NONE.factor(sky), Factor::ONE);
        }
    }
}
