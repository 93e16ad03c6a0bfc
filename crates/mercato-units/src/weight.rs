//! Weights of a choice.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::ValueError;

/// A weight of one choice relative to the others of its list: `3`, or `0.05`.
///
/// Kept as decimal digits, so `0.1` is exactly a tenth.
/// [`Weight::whole`] turns a list of weights into whole numbers of the same proportions; a list of
/// whole numbers stays as it is.
///
/// ```
/// use mercato_units::Weight;
///
/// let weights: Vec<Weight> = ["0.2", "0.05", "1"].map(|text| text.parse().unwrap()).into();
/// assert_eq!(Weight::whole(weights), [20, 5, 100]);
/// assert_eq!(Weight::whole([3.into(), 60.into()]), [3, 60]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// The weight in units of its last decimal.
    units: u64,
    /// Its decimals, the last of which is not 0.
    decimals: u32,
}

const KIND: &str = "weight";

impl Weight {
    /// The weight of a choice that states none.
    pub const ONE: Self = Self { units: 1, decimals: 0 };
    /// The most decimals; more are rounded.
    pub const DECIMALS: u32 = 9;

    /// Whole numbers in the proportions of `weights`: each times the same power of ten, the smallest
    /// that leaves no decimals. Where one would exceed 2^64 - 1, all are divided by the same number,
    /// and those that are not 0 stay at least 1.
    pub fn whole(weights: impl IntoIterator<Item = Self>) -> Vec<u64> {
        let weights: Vec<Self> = weights.into_iter().collect();
        let decimals = weights.iter().map(|weight| weight.decimals).max().unwrap_or(0);
        let scaled = |weight: &Self| {
            u128::from(weight.units) * 10u128.pow(decimals.min(Self::DECIMALS) - weight.decimals)
        };
        let scaled: Vec<u128> = weights.iter().map(scaled).collect();
        let most = scaled.iter().copied().max().unwrap_or(0);
        let divisor = most.div_ceil(u128::from(u64::MAX)).max(1);
        let divided = |units: u128| (units / divisor).max(u128::from(units > 0)) as u64;
        scaled.into_iter().map(divided).collect()
    }

    /// The weight in units of its last decimal; of a whole number, the number.
    pub fn units(self) -> u64 {
        self.units
    }

    /// Returns true if the choice never comes.
    pub fn is_zero(self) -> bool {
        self.units == 0
    }

    fn new(mut units: u64, mut decimals: u32) -> Self {
        while decimals > 0 && units.is_multiple_of(10) {
            (units, decimals) = (units / 10, decimals - 1);
        }
        Self { units, decimals }
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self::ONE
    }
}

impl From<u64> for Weight {
    fn from(units: u64) -> Self {
        Self { units, decimals: 0 }
    }
}

impl FromStr for Weight {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let invalid = || ValueError::invalid(KIND, text, "expected a number such as 3 or 0.05");
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let (sign, number) = text.strip_prefix('-').map_or((false, text), |number| (true, number));
        let (whole, fraction) = match number.split_once('.') {
            Some((_, "")) => return Err(invalid()),
            Some(parts) => parts,
            None => (number, ""),
        };
        if whole.len() + fraction.len() == 0 || !digits(whole) || !digits(fraction) {
            return Err(invalid());
        }
        let (kept, rest) = fraction.split_at(fraction.len().min(Self::DECIMALS as usize));
        let up = u64::from(rest.starts_with(['5', '6', '7', '8', '9']));
        let units = format!("{whole}{kept}").parse::<u64>().ok();
        let weight = units.and_then(|units| units.checked_add(up));
        let weight = weight.map(|units| Self::new(units, kept.len() as u32));
        let is_zero = number.bytes().all(|byte| matches!(byte, b'0' | b'.'));
        match weight {
            Some(weight) if !sign && weight.is_zero() == is_zero => Ok(weight),
            Some(_) if !sign => Err(ValueError::out_of_range(KIND, text, "0.000000001", u64::MAX)),
            _ => Err(ValueError::out_of_range(KIND, text, 0, u64::MAX)),
        }
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.decimals == 0 {
            return self.units.fmt(f);
        }
        let one = 10u64.pow(self.decimals);
        let width = self.decimals as usize;
        write!(f, "{}.{:0width$}", self.units / one, self.units % one)
    }
}

/// A number; a text if the nearest double is not shown with the same digits.
impl Serialize for Weight {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.decimals == 0 {
            return serializer.serialize_u64(self.units);
        }
        let text = self.to_string();
        match text.parse::<f64>() {
            Ok(number) if number.to_string() == text => serializer.serialize_f64(number),
            _ => serializer.serialize_str(&text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::{reads, refuses};

    fn weight(units: u64, decimals: u32) -> Weight {
        Weight { units, decimals }
    }

    #[test]
    fn weights_are_decimals_of_at_least_zero() {
        reads(&[
            ("0", weight(0, 0)),
            ("3", weight(3, 0)),
            ("0.05", weight(5, 2)),
            (".5", weight(5, 1)),
            ("2.50", weight(25, 1)),
            ("18446744073709551615", weight(u64::MAX, 0)),
            ("0.16666666666666666", weight(166_666_667, 9)),
            ("0.9999999999", weight(1, 0)),
        ]);
        refuses::<Weight>(&[
            ("-1", "(0 to"),
            ("0.0000000001", "0.000000001 to"),
            ("18446744073709551616", "(0 to"),
            ("", "such as 3 or 0.05"),
            (".", "such as 3 or 0.05"),
            ("1.", "such as 3 or 0.05"),
            ("NaN", "such as 3 or 0.05"),
            ("1e3", "such as 3 or 0.05"),
            ("20%", "such as 3 or 0.05"),
        ]);
    }

    #[test]
    fn a_list_keeps_its_proportions_and_whole_numbers_stay() {
        let read = |text: &str| text.parse::<Weight>().unwrap();
        let document_002 = ["0.2", "0.1", "0.3", "0.3", "0.05", "0.05"].map(read);
        assert_eq!(Weight::whole(document_002), [20, 10, 30, 30, 5, 5]);
        assert_eq!(Weight::whole([40, 25, 20, 15].map(Weight::from)), [40, 25, 20, 15]);
        assert_eq!(Weight::whole(["1", "0", "0.125"].map(read)), [1_000, 0, 125]);
        assert_eq!(Weight::whole(["18446744073709551615", "0.5"].map(read)), [u64::MAX, 1]);
        let wide = Weight::whole(["20000000000", "0.000000001"].map(read));
        assert_eq!(wide, [10_000_000_000_000_000_000, 1]);
    }

    #[test]
    fn what_is_written_to_a_summary_reads_back() {
        for text in ["0.05", "3", "0.166666667", "123456789.123456789"] {
            let weight: Weight = text.parse().unwrap();
            let json = serde_json::to_string(&weight).unwrap();
            assert_eq!(serde_json::from_str::<Weight>(&json).unwrap(), weight, "{json}");
        }
        assert_eq!(serde_json::to_string(&Weight::from(60)).unwrap(), "60");
        assert_eq!(serde_json::to_string(&weight(5, 2)).unwrap(), "0.05");
    }
}
