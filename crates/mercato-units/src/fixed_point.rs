//! Numbers of a transaction that have a fixed number of decimals, kept as integers.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! fixed_point {
    ($(#[$about:meta])* $name:ident, $decimals:literal decimals, $low:literal..=$high:literal, $expected:literal) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(i32);

        impl $name {
            /// The largest number of decimals.
            pub const DECIMALS: u8 = $decimals;
            /// Units of one.
            const SCALE: i32 = 10_i32.pow($decimals);

            /// The number of so many units, cut to the nearest that is possible.
            pub const fn from_units(units: i32) -> Self {
                Self(if units < $low { $low } else if units > $high { $high } else { units })
            }

            /// The number in units of its last decimal.
            pub const fn units(self) -> i32 {
                self.0
            }

            /// The nearest double.
            pub fn number(self) -> f64 {
                f64::from(self.0) / f64::from(Self::SCALE)
            }

            /// The number whose double `value` is; none if it has more decimals or is out of
            /// bounds.
            pub fn from_number(value: f64) -> Option<Self> {
                let units = (value * f64::from(Self::SCALE)).round();
                if !(f64::from($low)..=f64::from($high)).contains(&units) {
                    return None;
                }
                let fixed = Self(units as i32);
                // Division rounds correctly, so equality says that no other number of units has
                // this double.
                #[expect(clippy::float_cmp, reason = "the nearest double of a number is one double, not an interval")]
                (fixed.number() == value).then_some(fixed)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_f64(self.number())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Number;

                impl Visitor<'_> for Number {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str($expected)
                    }

                    fn visit_f64<E: de::Error>(self, value: f64) -> Result<$name, E> {
                        $name::from_number(value).ok_or_else(|| E::invalid_value(de::Unexpected::Float(value), &self))
                    }

                    fn visit_i64<E: de::Error>(self, value: i64) -> Result<$name, E> {
                        self.visit_f64(value as f64)
                    }

                    fn visit_u64<E: de::Error>(self, value: u64) -> Result<$name, E> {
                        self.visit_f64(value as f64)
                    }
                }

                deserializer.deserialize_any(Number)
            }
        }
    };
}

fixed_point! {
    /// A latitude or longitude in units of 1e-4 degrees, about 11 metres.
    ///
    /// ```
    /// use mercato_units::Degrees;
    ///
    /// let west = Degrees::from_units(-1_224_194);
    /// assert_eq!(serde_json::to_string(&west)?, "-122.4194");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Degrees, 4 decimals, -1_800_000..=1_800_000, "degrees with at most four decimals, such as -122.4194"
}

fixed_point! {
    /// A part of a price that is not to be paid, in hundredths: 30 units are `0.3`.
    Discount, 2 decimals, 0..=100, "a share from 0 to 1 with at most two decimals, such as 0.15"
}

fixed_point! {
    /// A fraud score from 0 to 1 in hundredths: 12 units are `0.12`.
    Score, 2 decimals, 0..=100, "a score from 0 to 1 with at most two decimals, such as 0.12"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn degrees_read_back(units in -1_800_000..=1_800_000) {
            let degrees = Degrees::from_units(units);
            let json = serde_json::to_string(&degrees).unwrap();
            prop_assert_eq!(serde_json::from_str::<Degrees>(&json).unwrap(), degrees);
        }

        #[test]
        fn discounts_read_back(units in 0..=100) {
            let discount = Discount::from_units(units);
            let json = serde_json::to_string(&discount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Discount>(&json).unwrap(), discount);
        }
    }

    #[test]
    fn what_is_out_of_bounds_or_too_fine_is_refused() {
        for json in ["181", "-180.0001", "1.00001", "null", "\"1\""] {
            assert!(serde_json::from_str::<Degrees>(json).is_err(), "{json}");
        }
        for json in ["-0.01", "1.01", "0.155", "true"] {
            assert!(serde_json::from_str::<Discount>(json).is_err(), "{json}");
        }
        assert_eq!(serde_json::from_str::<Discount>("1").unwrap().units(), 100);
        assert_eq!(Degrees::from_units(i32::MAX).units(), 1_800_000);
    }
}
