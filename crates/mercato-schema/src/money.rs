//! Amounts of money in whole cents.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

/// An amount in cents of the shop's one currency.
///
/// Its serde form is a number of whole units, `11.16`, as the documents have it.
/// It is exact below 10^15 cents: there every cent has a double of its own, whose shortest text has
/// at most two decimals. Larger amounts are neither written nor read.
///
/// ```
/// use mercato_schema::Money;
///
/// let price = Money::from_cents(1116);
/// assert_eq!(price.times(3), Some(Money::from_cents(3348)));
/// assert_eq!(serde_json::to_string(&price)?, "11.16");
/// assert_eq!(Money::from_cents(1200).to_string(), "12.00");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

/// Why a number is no amount of money.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MoneyError {
    /// More than two decimals.
    #[error("{value} has more than two decimals")]
    TooFine {
        /// The number as given.
        value: f64,
    },
    /// 10^15 cents or more.
    #[error("{value} is not below {} in magnitude", Money::BOUND_CENTS / 100)]
    TooLarge {
        /// The number as given.
        value: f64,
    },
}

impl Money {
    /// The magnitude, in cents, below which every amount must stay.
    pub const BOUND_CENTS: i64 = 1_000_000_000_000_000;

    /// An amount of `cents`; it can be written while its magnitude is below [`Money::BOUND_CENTS`].
    pub const fn from_cents(cents: i64) -> Self {
        Self(cents)
    }

    /// The amount in cents.
    pub const fn cents(self) -> i64 {
        self.0
    }

    /// The amount `quantity` times, unless it reaches the bound.
    pub const fn times(self, quantity: u32) -> Option<Self> {
        match self.0.checked_mul(quantity as i64) {
            Some(cents) if cents.unsigned_abs() < Self::BOUND_CENTS.unsigned_abs() => {
                Some(Self(cents))
            }
            _ => None,
        }
    }

    /// The amount whose double `value` is.
    ///
    /// A number counts as having two decimals if it is the double nearest to one that has.
    pub fn from_number(value: f64) -> Result<Self, MoneyError> {
        let cents = (value * 100.0).round();
        if cents.is_nan() || cents.abs() >= Self::BOUND_CENTS as f64 {
            return Err(MoneyError::TooLarge { value });
        }
        let money = Self(cents as i64);
        // Division rounds correctly, so equality says that no other amount has this double.
        #[expect(
            clippy::float_cmp,
            reason = "the nearest double of an amount is one double, not an interval"
        )]
        if money.number() == value { Ok(money) } else { Err(MoneyError::TooFine { value }) }
    }

    /// The nearest double.
    pub fn number(self) -> f64 {
        self.0 as f64 / 100.0
    }
}

impl fmt::Display for Money {
    /// Always two decimals, as on a receipt.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let magnitude = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", magnitude / 100, magnitude % 100)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.unsigned_abs() >= Self::BOUND_CENTS.unsigned_abs() {
            return Err(ser::Error::custom(MoneyError::TooLarge { value: self.number() }));
        }
        serializer.serialize_f64(self.number())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Number)
    }
}

struct Number;

impl Visitor<'_> for Number {
    type Value = Money;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an amount of money such as 11.16")
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Money, E> {
        Money::from_number(value).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Money, E> {
        Money::from_number(value as f64).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Money, E> {
        Money::from_number(value as f64).map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LARGEST: i64 = Money::BOUND_CENTS - 1;

    proptest! {
        #[test]
        fn what_is_written_reads_back(cents in -LARGEST..=LARGEST) {
            let json = serde_json::to_string(&Money::from_cents(cents)).unwrap();
            prop_assert_eq!(&json, &serde_json::to_string(&(cents as f64 / 100.0)).unwrap());
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), Money::from_cents(cents));
        }

        #[test]
        fn a_third_decimal_is_refused(cents in 0..10_000_000i64, mill in 1..10u8) {
            let json = format!("{}.{:02}{mill}", cents / 100, cents % 100);
            prop_assert!(serde_json::from_str::<Money>(&json).is_err(), "{}", json);
        }
    }

    #[test]
    fn whole_units_may_come_without_a_point() {
        assert_eq!(serde_json::from_str::<Money>("12").unwrap(), Money::from_cents(1200));
        assert_eq!(serde_json::from_str::<Money>("-3").unwrap(), Money::from_cents(-300));
        assert_eq!(serde_json::from_str::<Money>("0.0").unwrap(), Money::default());
    }

    #[test]
    fn what_has_no_exact_text_is_refused_both_ways() {
        assert!(serde_json::to_string(&Money::from_cents(Money::BOUND_CENTS)).is_err());
        assert!(serde_json::to_string(&Money::from_cents(i64::MIN)).is_err());
        assert!(serde_json::from_str::<Money>("10000000000000").is_err());
        assert!(serde_json::from_str::<Money>("18446744073709551615").is_err());
        assert!(serde_json::from_str::<Money>("1e300").is_err());
        assert!(serde_json::from_str::<Money>("\"11.16\"").is_err());
    }

    #[test]
    fn a_product_stops_at_the_bound() {
        assert_eq!(Money::from_cents(1116).times(3), Some(Money::from_cents(3348)));
        assert_eq!(Money::from_cents(LARGEST).times(2), None);
        assert_eq!(Money::from_cents(i64::MAX).times(2), None);
    }

    #[test]
    fn a_receipt_shows_two_decimals() {
        assert_eq!(Money::from_cents(-5).to_string(), "-0.05");
        assert_eq!(Money::from_cents(156_780).to_string(), "1567.80");
    }
}
