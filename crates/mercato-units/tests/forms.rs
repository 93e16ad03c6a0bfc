//! What flags accept, files accept, and the JSON Schema says so: one table for each value.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::fmt::{Debug, Display};
use std::str::FromStr;

use mercato_units::{
    Brokers, Clock, Count, Delay, Duration, DurationOrNumber, Factor, Moment, MoneyRange, Rate,
    SeedNumber, Shard, Share, Threads, Timestamp, Topic, ValueError,
};
use regex::Regex;
use schemars::{JsonSchema, SchemaGenerator};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Returns whether a value has one of the types of `schema`, and its pattern, bounds and items.
fn fits(schema: &Value, value: &Value) -> bool {
    let types = match &schema["type"] {
        Value::Array(types) => types.clone(),
        one => vec![one.clone()],
    };
    let name = match value {
        Value::String(_) => "string",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) if types.contains(&json!("integer")) => "integer",
        Value::Number(_) => "number",
        Value::Array(_) => "array",
        _ => "other",
    };
    types.contains(&json!(name))
        && match value {
            Value::String(text) => schema["pattern"]
                .as_str()
                .is_none_or(|pattern| Regex::new(pattern).unwrap().is_match(text)),
            Value::Number(number) => {
                let number = number.as_f64().unwrap();
                let bound = |name: &str| schema[name].as_f64();
                bound("minimum").is_none_or(|min| number >= min)
                    && bound("exclusiveMinimum").is_none_or(|min| number > min)
                    && bound("maximum").is_none_or(|max| number <= max)
            }
            Value::Array(items) => {
                items.len() == 2 && items.iter().all(|item| fits(&schema["items"], item))
            }
            _ => false,
        }
}

fn schema<T: JsonSchema>() -> Value {
    T::json_schema(&mut SchemaGenerator::default()).to_value()
}

/// Each form is read from a file, from a flag where it is no list, and fits the schema.
fn accepts<T>(forms: &[Value])
where
    T: JsonSchema + DeserializeOwned + FromStr<Err = ValueError> + Display + PartialEq + Debug,
{
    let schema = schema::<T>();
    for form in forms {
        let read: T =
            serde_json::from_value(form.clone()).unwrap_or_else(|error| panic!("{form}: {error}"));
        let text = form.as_str().map_or_else(|| form.to_string(), str::to_owned);
        assert_eq!(text.parse::<T>().as_ref(), Ok(&read), "{form} as a flag");
        assert!(fits(&schema, form), "{form} by {schema}");
    }
    for example in schema["examples"].as_array().unwrap() {
        assert!(serde_json::from_value::<T>(example.clone()).is_ok(), "{example}");
    }
}

/// No form is read, and none fits the schema.
fn refuses<T: JsonSchema + DeserializeOwned + Debug>(forms: &[Value]) {
    let schema = schema::<T>();
    for form in forms {
        assert!(serde_json::from_value::<T>(form.clone()).is_err(), "{form}");
        assert!(!fits(&schema, form), "{form} by {schema}");
    }
}

#[test]
fn rates() {
    let units = ["s", "sec", "second", "m", "min", "minute", "h", "hr", "hour", "d", "day"];
    let forms: Vec<Value> = units.iter().map(|unit| json!(format!("24/{unit}"))).collect();
    accepts::<Rate>(&forms);
    accepts::<Rate>(&[json!("1000"), json!(1000), json!(5.5), json!(" .5 / s "), json!("5.50/m")]);
    refuses::<Rate>(&[
        json!("24/x"),
        json!("24/ms"),
        json!("-5/h"),
        json!("1e3"),
        json!("5."),
        json!(""),
        json!(0),
        json!(-1),
        json!(1e13),
        json!(true),
        json!(["1/h"]),
    ]);
}

#[test]
fn durations() {
    let forms = [
        "5us",
        "500ms",
        "90s",
        "1sec",
        "2secs",
        "1second",
        "2 seconds",
        "5m",
        "2min",
        "2mins",
        "1minute",
        "2minutes",
        "2h",
        "1hr",
        "2hrs",
        "1hour",
        "2hours",
        "1d",
        "1day",
        "2 days",
        "1h30m",
        "1h 30min",
        ".5s",
        "1.5h",
    ]
    .map(Value::from);
    accepts::<Duration>(&forms);
    accepts::<DurationOrNumber>(&forms);
    accepts::<Delay>(&forms);
    accepts::<Delay>(&[json!(6), json!(0.5), json!("6"), json!("100d"), json!(8_640_000)]);
    let no_forms = ["", "m", "5y", "5m30", "-5m", "1..5s", "5 parsecs"].map(Value::from);
    refuses::<Duration>(&no_forms);
    refuses::<Delay>(&no_forms);
    refuses::<Duration>(&[json!(5), json!(5.5), json!("5"), json!(true), json!(null)]);
    refuses::<Delay>(&[json!(-1), json!(8_640_001), json!(true)]);
}

#[test]
fn instants() {
    let forms = [
        "2025-01-31",
        "2025-01-31T09:30:00Z",
        "2025-01-31 09:30:00.5z",
        "2025-01-31T09:30:00.123456+05:30",
    ]
    .map(Value::from);
    accepts::<Timestamp>(&forms);
    accepts::<Moment>(&forms);
    accepts::<Moment>(&[json!("+10m"), json!("+1h 30min"), json!("+0s")]);
    refuses::<Timestamp>(&[
        json!("soon"),
        json!("2025-1-1"),
        json!("2025-01-31T09:30:00"),
        json!("2025-01-31T09:30:00.0000001Z"),
        json!("+10m"),
        json!(2025),
    ]);
    refuses::<Moment>(&[json!("10m"), json!("+10"), json!("-10m"), json!(10)]);
}

#[test]
fn numbers() {
    accepts::<Share>(&[
        json!(0),
        json!(1),
        json!(0.01),
        json!("0.01"),
        json!(".5"),
        json!("1%"),
        json!("0.5 %"),
    ]);
    refuses::<Share>(&[json!(1.1), json!(-0.1), json!("%"), json!("half"), json!(true)]);
    accepts::<Factor>(&[json!(0), json!(5), json!(2.5), json!("2.5x"), json!("1000")]);
    refuses::<Factor>(&[json!(1001), json!(-1), json!("ten"), json!(null)]);
    accepts::<Threads>(&[json!(1), json!(1024), json!("8")]);
    refuses::<Threads>(&[json!(0), json!(1025), json!(1.5), json!("many"), json!(true)]);
    accepts::<Count>(&[json!(1), json!(1u64 << 58), json!("1000")]);
    accepts::<SeedNumber>(&[json!(0), json!(u64::MAX), json!("18446744073709551615")]);
    refuses::<SeedNumber>(&[json!(-1), json!(0.5), json!("0x10")]);
}

#[test]
fn names() {
    accepts::<Clock>(&[json!("wall"), json!("Fast"), json!("60x"), json!("0.5x")]);
    refuses::<Clock>(&[json!("slow"), json!("60"), json!(60), json!("-1x")]);
    accepts::<Shard>(&[json!("0/1"), json!("2/3")]);
    refuses::<Shard>(&[json!("1"), json!("a/b"), json!("-1/2"), json!(0.5)]);
    accepts::<Topic>(&[json!("my-topic"), json!("a.b_c"), json!(7)]);
    refuses::<Topic>(&[json!(""), json!("a b"), json!("käse")]);
    accepts::<Brokers>(&[json!("localhost:9092"), json!("a:1,b:2"), json!("[::1]:9092")]);
}

#[test]
fn a_price_is_a_number_a_string_or_a_range_of_either() {
    let schema = schema::<MoneyRange>();
    for form in [
        json!(9.99),
        json!(9),
        json!("9.99"),
        json!([5, 9.5]),
        json!(["5", "9.50"]),
        json!(["5", 9.5]),
    ] {
        assert!(serde_json::from_value::<MoneyRange>(form.clone()).is_ok(), "{form}");
        assert!(fits(&schema, &form), "{form}");
    }
    refuses::<MoneyRange>(&[
        json!("cheap"),
        json!([1]),
        json!([1, 2, 3]),
        json!(true),
        json!("1e3"),
    ]);
    let fine = serde_json::from_value::<MoneyRange>(json!(9.999)).unwrap_err().to_string();
    assert!(
        fine.contains(
            "invalid amount of money '9.999': expected at most two decimals, such as 9.99"
        ),
        "{fine}"
    );
}

#[test]
fn shares_kept_as_doubles_are_read_like_shares() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Section {
        #[serde(deserialize_with = "mercato_units::as_share")]
        rate: f64,
        #[serde(default, deserialize_with = "mercato_units::as_optional_share")]
        conversion: Option<f64>,
        #[serde(default, deserialize_with = "mercato_units::as_shares")]
        patterns: std::collections::BTreeMap<String, f64>,
    }
    let read = |value: Value| serde_json::from_value::<Section>(value);
    let section = read(
        json!({ "rate": "1%", "conversion": "0.4", "patterns": { "velocity": "25 %", "amount": 0.75 } }),
    );
    let patterns = [("amount".to_owned(), 0.75), ("velocity".to_owned(), 0.25)].into();
    assert_eq!(section.unwrap(), Section { rate: 0.01, conversion: Some(0.4), patterns });
    assert_eq!(read(json!({ "rate": 0.35 })).unwrap().rate.to_bits(), 0.35f64.to_bits());
    assert_eq!(read(json!({ "rate": 1 })).unwrap().rate.to_bits(), 1f64.to_bits());
    for wrong in [json!("101%"), json!("half"), json!("-1%"), json!(true)] {
        assert!(read(json!({ "rate": wrong })).is_err(), "{wrong}");
    }
}

#[test]
fn zero_too_many_decimals_and_too_many_shards_are_refused_by_the_schema_too() {
    accepts::<Shard>(&[json!("0/1"), json!("1023/1024"), json!("+7/010")]);
    refuses::<Shard>(&[json!("0/0"), json!("0/1025"), json!("1024/1024"), json!("0/2048")]);
    accepts::<Clock>(&[json!("0.000001x"), json!("1000000x"), json!("2.50x"), json!(".5X")]);
    refuses::<Clock>(&[json!("0x"), json!("0.0000001x"), json!("1000001x"), json!("0.0x")]);
    accepts::<Rate>(&[json!("0.5/s"), json!("010"), json!(".25/min")]);
    refuses::<Rate>(&[json!("0/h"), json!("0.0/s"), json!("0")]);
    accepts::<Share>(&[json!("0.000001"), json!("1.0"), json!("100%"), json!("0.0001 %")]);
    refuses::<Share>(&[json!("0.0000001"), json!("1.1"), json!("101%"), json!("0.00001%")]);
}
