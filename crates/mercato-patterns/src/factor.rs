//! A factor on a rate or a weight, in millionths.

use std::fmt;

/// Millionths in one.
const UNIT: u64 = 1_000_000;

/// A factor from 0 to 1,000 in steps of a millionth.
///
/// Six decimals and this bound keep the product of two factors, and its product with a rate, inside
/// 128 bits.
///
/// ```
/// use mercato_patterns::Factor;
///
/// let peak = Factor::from_decimal(1.5)?;
/// assert_eq!(peak.millionths(), 1_500_000);
/// assert_eq!((peak * peak).to_string(), "2.25");
/// # Ok::<(), mercato_patterns::FactorError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Factor(u64);

/// A number that is no factor.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum FactorError {
    /// Negative, above the largest factor, or no number at all.
    #[error("the factor {decimal} is out of range (0 to {})", Factor::MAX)]
    OutOfRange {
        /// The number as given.
        decimal: f64,
    },
}

impl Factor {
    /// Nothing at all.
    pub const ZERO: Self = Self(0);
    /// As much as before.
    pub const ONE: Self = Self(UNIT);
    /// The largest factor: a thousand times as much.
    pub const MAX: Self = Self(1_000 * UNIT);

    /// The factor of `millionths`, cut to [`Factor::MAX`].
    pub const fn from_millionths(millionths: u64) -> Self {
        if millionths > Self::MAX.0 { Self::MAX } else { Self(millionths) }
    }

    /// The factor nearest to a decimal number such as a configuration holds; refuses what is not
    /// between 0 and 1,000.
    pub fn from_decimal(decimal: f64) -> Result<Self, FactorError> {
        let millionths = (decimal * UNIT as f64).round();
        if (0.0..=Self::MAX.0 as f64).contains(&millionths) {
            Ok(Self(millionths as u64))
        } else {
            Err(FactorError::OutOfRange { decimal })
        }
    }

    /// The factor in millionths.
    pub const fn millionths(self) -> u64 {
        self.0
    }
}

impl Default for Factor {
    fn default() -> Self {
        Self::ONE
    }
}

/// The product rounded to the nearest millionth, halves up, and cut to [`Factor::MAX`].
impl std::ops::Mul for Factor {
    type Output = Self;

    fn mul(self, other: Self) -> Self {
        // Both are at most 10^9, so the product stays below 2^60.
        Self::from_millionths((self.0 * other.0 + UNIT / 2) / UNIT)
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / UNIT, self.0 % UNIT);
        if part == 0 {
            return write!(f, "{whole}");
        }
        let decimals = format!("{part:06}");
        write!(f, "{whole}.{}", decimals.trim_end_matches('0'))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_written_factor_is_read_as_itself(millionths in 0u64..=1_000_000_000) {
            let factor = Factor::from_millionths(millionths);
            let read: f64 = factor.to_string().parse().unwrap();
            prop_assert_eq!(Factor::from_decimal(read).unwrap(), factor);
        }

        #[test]
        fn products_commute_and_one_changes_nothing(a in 0u64..=1_000_000_000, b in 0u64..=1_000_000_000) {
            let (a, b) = (Factor::from_millionths(a), Factor::from_millionths(b));
            prop_assert_eq!(a * b, b * a);
            prop_assert_eq!(a * Factor::ONE, a);
            prop_assert_eq!(a * Factor::ZERO, Factor::ZERO);
        }
    }

    #[test]
    fn what_is_no_factor_is_refused() {
        for decimal in [-0.1, 1_000.1, f64::NAN, f64::INFINITY] {
            let refusal = Factor::from_decimal(decimal).unwrap_err().to_string();
            assert!(refusal.ends_with("is out of range (0 to 1000)"), "{refusal}");
        }
    }
}
