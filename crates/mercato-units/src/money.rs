//! Amounts of money in whole cents, and ranges of them.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer, ser};

use crate::ValueError;
use crate::decimal::{self, DecimalError};

/// An amount in cents of the shop's one currency.
///
/// Its serde form is a number of whole units, `11.16`, as the documents have it.
/// It is exact below 10^15 cents: there every cent has a double of its own, whose shortest text has
/// at most two decimals. Larger amounts are neither written nor read.
///
/// ```
/// use mercato_units::Money;
///
/// let price = Money::from_cents(1116);
/// assert_eq!(price.times(3), Some(Money::from_cents(3348)));
/// assert_eq!(serde_json::to_string(&price)?, "11.16");
/// assert_eq!(Money::from_cents(1200).to_string(), "12.00");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(i64);

const KIND: &str = "amount of money";
const EXPECTED: &str = "expected at most two decimals, such as 9.99";

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
    pub fn from_number(value: f64) -> Result<Self, ValueError> {
        let cents = (value * 100.0).round();
        if cents.is_nan() || cents.abs() >= Self::BOUND_CENTS as f64 {
            return Err(Self::out_of_range(value.to_string()));
        }
        let money = Self(cents as i64);
        // Division rounds correctly, so equality says that no other amount has this double.
        #[expect(
            clippy::float_cmp,
            reason = "the nearest double of an amount is one double, not an interval"
        )]
        if money.number() == value {
            Ok(money)
        } else {
            Err(ValueError::invalid(KIND, value.to_string(), EXPECTED))
        }
    }

    /// The error of an amount beyond the bound.
    fn out_of_range(value: String) -> ValueError {
        let max = Self(Self::BOUND_CENTS - 1);
        ValueError::out_of_range(KIND, value, format!("-{max}"), max)
    }

    /// The nearest double.
    pub fn number(self) -> f64 {
        self.0 as f64 / 100.0
    }
}

impl FromStr for Money {
    type Err = ValueError;

    fn from_str(text: &str) -> Result<Self, ValueError> {
        let (sign, number) = text.strip_prefix('-').map_or((1, text), |number| (-1, number));
        let bound = Self::BOUND_CENTS.unsigned_abs();
        match decimal::scaled(number, 100) {
            Ok(cents) if cents < bound => Ok(Self(sign * cents as i64)),
            Ok(_) | Err(DecimalError::TooLarge) => Err(Self::out_of_range(text.to_owned())),
            Err(DecimalError::TooFine | DecimalError::Malformed) => {
                Err(ValueError::invalid(KIND, text, EXPECTED))
            }
        }
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
            return Err(ser::Error::custom(Self::out_of_range(self.to_string())));
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

/// The lowest and highest amount of a setting: a number, a string, or a list of two of them; one
/// amount is both.
///
/// ```
/// use mercato_units::{Money, MoneyRange};
///
/// let price: MoneyRange = serde_json::from_str("9.99")?;
/// assert_eq!(price.ends(), [Money::from_cents(999); 2]);
/// assert_eq!(serde_json::from_str::<MoneyRange>(r#"["5", 9.5]"#)?.ends().map(Money::cents), [500, 950]);
/// assert_eq!(serde_json::to_string(&price)?, "[9.99,9.99]");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct MoneyRange([Money; 2]);

impl MoneyRange {
    /// From `low` to `high`, which may stand in any order: whoever uses the range checks it.
    pub const fn new(low: Money, high: Money) -> Self {
        Self([low, high])
    }

    /// The lowest and the highest amount.
    pub const fn ends(self) -> [Money; 2] {
        self.0
    }
}

impl From<[Money; 2]> for MoneyRange {
    fn from(ends: [Money; 2]) -> Self {
        Self(ends)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::checks::{reads, refuses};

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
    fn texts_are_read_to_the_cent() {
        reads(&[
            ("9.99", Money(999)),
            ("-3", Money(-300)),
            ("12.5", Money(1250)),
            ("0.10", Money(10)),
            ("1.000", Money(100)),
            ("9999999999999.99", Money(LARGEST)),
        ]);
        for text in ["", "-", "+1", "--1", "1,5", "9.999", "1e3", "EUR 5"] {
            refuses::<Money>(&[(text, "expected at most two decimals, such as 9.99")]);
        }
        refuses::<Money>(&[
            ("10000000000000", "(-9999999999999.99 to 9999999999999.99)"),
            ("99999999999999999999", "(-9999999999999.99 to 9999999999999.99)"),
        ]);
    }

    #[test]
    fn a_range_is_one_amount_or_two() {
        let read = |json: &str| serde_json::from_str::<MoneyRange>(json);
        let nine = Money(999);
        for json in ["9.99", "\"9.99\"", "[9.99, 9.99]", "[\"9.99\", 9.99]"] {
            assert_eq!(read(json).unwrap(), MoneyRange([nine; 2]), "{json}");
        }
        assert_eq!(read("[1, 2.5]").unwrap(), MoneyRange([Money(100), Money(250)]));
        for json in ["9.999", "\"cheap\"", "[1]", "[1, 2, 3]", "true", "null", "{}"] {
            assert!(read(json).is_err(), "{json}");
        }
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
