//! The forms of values in files: how serde reads and writes them, and the JSON Schema that says so.
//!
//! A value is written as its text, and read from a string or a number by the parser that flags and
//! variables have.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error, IgnoredAny, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::duration::Unit;
use crate::patterns::{
    NUMBER, PACE, UP_TO_HUNDRED, UP_TO_ONE, duration_pattern, rate_pattern, time_pattern,
};
use crate::{
    Brokers, Clock, Delay, Discount, Duration, DurationOrNumber, Factor, Minutes, Moment, Money,
    MoneyRange, Rate, Shard, Share, Timestamp, Topic, ValueError, Weight, Whole,
};

macro_rules! forms {
    ($($name:ident: $expected:literal, $schema:tt;)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any(Form::new($expected, true))
            }
        }

        schemas! { $name: $schema; }
    )*};
}

macro_rules! schemas {
    ($($name:ident: $schema:tt;)*) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

forms! {
    Brokers: "a list of brokers such as \"localhost:9092\"", {
        "description": "HOST:PORT, separated by commas.",
        "type": "string",
        "examples": ["localhost:9092"]
    };
    Clock: "a clock: \"wall\", \"fast\", or a pace such as \"60x\"", {
        "description": "wall, fast, or a pace such as 1x or 60x.",
        "type": "string",
        "pattern": format!("^([Ww][Aa][Ll][Ll]|[Ff][Aa][Ss][Tt]|{PACE}[xX])$"),
        "examples": ["fast"]
    };
    Delay: "a duration such as \"90s\", or a number of seconds", {
        "description": "Numbers with units, such as 500ms, 90s or 1h30m, or a number of seconds; at most 100d.",
        "type": ["string", "number"],
        "pattern": format!(r"^\s*({}|{NUMBER}\s*)$", duration_pattern()),
        "minimum": 0,
        "maximum": Delay::MAX.micros() / Unit::Seconds.micros(),
        "examples": ["1s"]
    };
    Duration: "a duration such as \"500ms\", \"90s\" or \"1h30m\"", {
        "description": "Numbers with units (us, ms, s, m, h, d): 500ms, 90s, 1h30m; at most 36500d.",
        "type": "string",
        "pattern": format!(r"^\s*{}$", duration_pattern()),
        "examples": ["1s"]
    };
    DurationOrNumber: "a duration such as \"500ms\", \"90s\" or \"1h30m\"", {
        "description": "Numbers with units (us, ms, s, m, h, d): 500ms, 90s, 1h30m; at most 36500d.",
        "type": "string",
        "pattern": format!(r"^\s*{}$", duration_pattern()),
        "examples": ["5m"]
    };
    Factor: "a factor from 0 to 1000", {
        "description": "0 to 1000, at most six decimals.",
        "type": ["number", "string"],
        "pattern": format!("^{NUMBER}x?$"),
        "minimum": 0,
        "maximum": 1000,
        "examples": [5]
    };
    Moment: "a time, or an offset from the run's start such as \"+10m\"", {
        "description": "A time, or an offset from the run's start such as +10m.",
        "type": "string",
        "pattern": format!(r"^({}|\+\s*{})$", time_pattern(), duration_pattern()),
        "examples": ["+10m"]
    };
    Rate: "a rate such as \"1000/h\" or \"50/s\", or a number per hour", {
        "description": "N/s, N/m, N/h or N/d, up to 1000000000/s; a bare number is per hour.",
        "type": ["string", "number"],
        "pattern": rate_pattern(),
        "exclusiveMinimum": 0,
        "maximum": Rate::MAX_MILLIONTHS_PER_HOUR / crate::decimal::MILLION,
        "examples": ["1000/h"]
    };
    Shard: "a shard I/N such as \"0/4\"", {
        "description": "I/N: shard I of N, counted from 0; 1 to 1024 shards.",
        "type": "string",
        "pattern": r"^\+?0*([0-9]{1,3}|10[01][0-9]|102[0-3])/\+?0*([1-9][0-9]{0,2}|10[01][0-9]|102[0-4])$",
        "examples": ["0/1"]
    };
    Share: "a share such as 0.01 or \"1%\"", {
        "description": "0 to 1, or 0% to 100%; at most six decimals.",
        "type": ["number", "string"],
        "pattern": format!(r"^({UP_TO_ONE}|{UP_TO_HUNDRED}\s*%)$"),
        "minimum": 0,
        "maximum": 1,
        "examples": [0.01]
    };
    Timestamp: "a time such as \"2026-11-20T09:30:00Z\"", {
        "description": "RFC 3339, or a date for its midnight in UTC; years 1970 to 9000.",
        "type": "string",
        "pattern": format!("^{}$", time_pattern()),
        "examples": ["2026-11-20T09:30:00Z"]
    };
    Topic: "the name of a topic", {
        "description": "The name of a Kafka topic: letters, digits, dots, underscores and hyphens.",
        "type": ["string", "integer"],
        "pattern": "^[A-Za-z0-9._-]{1,249}$",
        "examples": ["my-topic"]
    };
}

schemas! {
    Weight: {
        "description": "A number of at least 0, relative to the sum over the list.",
        "type": ["number", "string"],
        "pattern": format!("^{NUMBER}$"),
        "minimum": 0,
        "examples": [1]
    };
    Money: {
        "description": "An amount with at most two decimals.",
        "type": "number",
        "examples": [19.99]
    };
    MoneyRange: {
        "description": "An amount with at most two decimals, or a list of the lowest and the highest.",
        "type": ["number", "string", "array"],
        "pattern": format!("^-?{NUMBER}$"),
        "items": { "type": ["number", "string"], "pattern": format!("^-?{NUMBER}$") },
        "minItems": 2,
        "maxItems": 2,
        "examples": [19.99]
    };
    Minutes: {
        "description": "Minutes with at most two decimals.",
        "type": "number",
        "minimum": 0,
        "examples": [0.5]
    };
    Discount: {
        "description": "A share of the price with at most two decimals.",
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "examples": [0.3]
    };
}

impl<const MIN: u64, const MAX: u64> JsonSchema for Whole<MIN, MAX> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Whole".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["integer", "string"],
            "minimum": MIN,
            "maximum": MAX,
            "pattern": r"^\+?[0-9]+$",
            "examples": [MIN.max(1)]
        })
    }
}

impl<const MIN: u64, const MAX: u64> Serialize for Whole<MIN, MAX> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.get())
    }
}

impl<'de, const MIN: u64, const MAX: u64> Deserialize<'de> for Whole<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expected =
            format!("a whole number from {MIN} to {MAX} (in quotes if it is very large)");
        // YAML gives numbers above 2^63 as floats, and a rounded seed would be another run.
        deserializer.deserialize_any(Form::new(expected, false))
    }
}

impl<'de> Deserialize<'de> for Weight {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Form::new("a weight such as 3 or 0.05", true))
    }
}

/// A duration of which a bare number is seconds, for `#[serde(deserialize_with = "…")]`; its schema
/// is [`Delay`]'s.
pub fn or_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    Delay::deserialize(deserializer).map(Delay::duration)
}

/// A share kept as a double, for `#[serde(deserialize_with = "…")]`; its schema is [`Share`]'s.
///
/// Numbers stay as they are, so that whoever uses them can round them; texts are read as [`Share`].
pub fn as_share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Fraction::deserialize(deserializer).map(|Fraction(number)| number)
}

/// The same where nothing may be given.
pub fn as_optional_share<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<f64>, D::Error> {
    let read = Option::<Fraction>::deserialize(deserializer)?;
    Ok(read.map(|Fraction(number)| number))
}

/// The same for a table of shares.
pub fn as_shares<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, f64>, D::Error> {
    let read = BTreeMap::<String, Fraction>::deserialize(deserializer)?;
    Ok(read.into_iter().map(|(name, Fraction(number))| (name, number)).collect())
}

struct Fraction(f64);

impl<'de> Deserialize<'de> for Fraction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FractionForm)
    }
}

struct FractionForm;

impl Visitor<'_> for FractionForm {
    type Value = Fraction;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a share such as 0.01 or \"1%\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Fraction, E> {
        text.parse::<Share>().map(|share| Fraction(share.number())).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Fraction, E> {
        Ok(Fraction(number as f64))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Fraction, E> {
        Ok(Fraction(number as f64))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Fraction, E> {
        Ok(Fraction(number))
    }
}

impl<'de> Deserialize<'de> for MoneyRange {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Range)
    }
}

/// An amount of a setting.
struct Amount(Money);

const AMOUNT: &str = "an amount of money such as 9.99";

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Form::new(AMOUNT, true)).map(Self)
    }
}

struct Range;

impl<'de> Visitor<'de> for Range {
    type Value = MoneyRange;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{AMOUNT}, or a list of two of them")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<MoneyRange, E> {
        Form::new(AMOUNT, true).visit_str(text).map(|both| MoneyRange::new(both, both))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<MoneyRange, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<MoneyRange, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<MoneyRange, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut ends: A) -> Result<MoneyRange, A::Error> {
        let mut end = |index| {
            ends.next_element::<Amount>()?.ok_or_else(|| A::Error::invalid_length(index, &self))
        };
        let (Amount(low), Amount(high)) = (end(0)?, end(1)?);
        if ends.next_element::<IgnoredAny>()?.is_some() {
            return Err(A::Error::invalid_length(3, &self));
        }
        Ok(MoneyRange::new(low, high))
    }
}

/// Reads a string or number as the text that stands in the file.
struct Form<T> {
    expected: Cow<'static, str>,
    fractions: bool,
    value: PhantomData<T>,
}

impl<T> Form<T> {
    fn new(expected: impl Into<Cow<'static, str>>, fractions: bool) -> Self {
        Self { expected: expected.into(), fractions, value: PhantomData }
    }
}

impl<T: FromStr<Err = ValueError>> Visitor<'_> for Form<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.expected)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.visit_str(&number.to_string())
    }

    // The shortest text that reads back as the same float is what stood in the file, up to trailing
    // zeros.
    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        if self.fractions {
            return self.visit_str(&number.to_string());
        }
        Err(E::invalid_type(Unexpected::Float(number), &self))
    }
}

/// A string, number or truth value of a configuration file, as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scalar(pub String);

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarForm)
    }
}

struct ScalarForm;

impl Visitor<'_> for ScalarForm {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string or a number")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
        Ok(Scalar(text.to_owned()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Scalar, E> {
        Ok(Scalar(number.to_string()))
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Scalar, E> {
        Ok(Scalar(truth.to_string()))
    }
}
