//! Lengths of a visit in hundredths of a minute.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

/// Minutes with two decimals, kept as whole hundredths.
///
/// Its serde form is a number of minutes, `12.5`, the double nearest to the hundredths.
/// It is exact below 10^15 hundredths; larger lengths are neither written nor read.
///
/// ```
/// use mercato_units::Minutes;
///
/// let visit = Minutes::from_hundredths(1250);
/// assert_eq!(serde_json::to_string(&visit)?, "12.5");
/// assert_eq!(visit.to_string(), "12.5");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Minutes(u64);

impl Minutes {
    /// The largest number of decimals.
    pub const DECIMALS: u8 = 2;
    /// The number of hundredths below which every length must stay.
    pub const BOUND: u64 = 1_000_000_000_000_000;

    /// A length of `hundredths` of a minute; it can be written while they are below
    /// [`Minutes::BOUND`].
    pub const fn from_hundredths(hundredths: u64) -> Self {
        Self(hundredths)
    }

    /// The length in hundredths of a minute.
    pub const fn hundredths(self) -> u64 {
        self.0
    }

    /// The nearest double.
    pub fn number(self) -> f64 {
        self.0 as f64 / 100.0
    }

    /// The length whose double `value` is; none if that is no whole number of hundredths, negative
    /// or too large.
    pub fn from_number(value: f64) -> Option<Self> {
        let hundredths = (value * 100.0).round();
        if !(0.0..Self::BOUND as f64).contains(&hundredths) {
            return None;
        }
        let minutes = Self(hundredths as u64);
        // Division rounds correctly, so equality says that no other length has this double.
        #[expect(
            clippy::float_cmp,
            reason = "the nearest double of a length is one double, not an interval"
        )]
        (minutes.number() == value).then_some(minutes)
    }
}

impl fmt::Display for Minutes {
    /// As JSON shows it: at least one decimal, at most two.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 100, self.0 % 100);
        if part % 10 == 0 {
            write!(f, "{whole}.{}", part / 10)
        } else {
            write!(f, "{whole}.{part:02}")
        }
    }
}

impl Serialize for Minutes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 >= Self::BOUND {
            return Err(ser::Error::custom(format_args!(
                "{self} minutes are too long to be exact"
            )));
        }
        serializer.serialize_f64(self.number())
    }
}

impl<'de> Deserialize<'de> for Minutes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number)
    }
}

struct Number;

impl Visitor<'_> for Number {
    type Value = Minutes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("minutes with at most two decimals, such as 12.5")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Minutes, E> {
        Minutes::from_number(value)
            .ok_or_else(|| E::invalid_value(de::Unexpected::Float(value), &self))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Minutes, E> {
        self.visit_f64(value as f64)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Minutes, E> {
        self.visit_f64(value as f64)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_reads_back(hundredths in 0..Minutes::BOUND) {
            let minutes = Minutes(hundredths);
            let json = serde_json::to_string(&minutes).unwrap();
            prop_assert_eq!(&json, &minutes.to_string());
            prop_assert_eq!(serde_json::from_str::<Minutes>(&json).unwrap(), minutes);
        }
    }

    #[test]
    fn what_is_no_length_is_refused() {
        for json in ["12.505", "-0.5", "1e300", "10000000000000", "\"12.5\""] {
            assert!(serde_json::from_str::<Minutes>(json).is_err(), "{json}");
        }
        assert!(serde_json::to_string(&Minutes(Minutes::BOUND)).is_err());
        assert_eq!(serde_json::from_str::<Minutes>("30").unwrap(), Minutes(3000));
    }
}
