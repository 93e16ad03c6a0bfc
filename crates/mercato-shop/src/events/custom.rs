//! Further fields of an event's metadata: what they may be, and how their values are drawn.

use mercato_draw::{CounterHash, Label, Seed, UniformInt};
use mercato_schema::{CustomValue, Field, Kind};
use serde_json::Value;

use super::FieldConfig;
use super::ranges::{range, uniform};
use crate::choice::Choice;
use crate::{ParamsError, error, purposes};

/// A field that was checked.
#[derive(Debug, Clone)]
pub(super) struct CustomField {
    pub(super) name: String,
    pub(super) law: FieldLaw,
}

/// The values of a field.
#[derive(Debug, Clone)]
pub(super) enum FieldLaw {
    Choice(Choice),
    Integer(UniformInt),
    /// A whole number of units of the last digit.
    Decimal {
        units: UniformInt,
        decimals: u32,
    },
    Constant(CustomValue<'static>),
}

/// Integers up to here are exact for a reader that knows only doubles.
const MAX_INTEGER: i64 = (1 << 53) - 1;
/// Below this every number of units has a double of its own.
const MAX_UNITS: i64 = 999_999_999_999_999;
/// Digits after the point; with more, small values would need an exponent.
const MAX_DECIMALS: u32 = 5;
const DEFAULT_DECIMALS: u32 = 2;

impl CustomField {
    /// The field at `key`, such as `events.metadata[2]`.
    pub(super) fn new(key: &str, config: &FieldConfig) -> Result<Self, ParamsError> {
        if config.name.is_empty() {
            return Err(ParamsError::Empty { key: format!("{key}.name") });
        }
        let law = match config {
            FieldConfig {
                choice: Some(list),
                integer: None,
                decimal: None,
                constant: None,
                ..
            } => FieldLaw::Choice(Choice::new(&format!("{key}.choice"), list)?),
            FieldConfig {
                choice: None,
                integer: Some(bounds),
                decimal: None,
                constant: None,
                ..
            } => integer(&format!("{key}.integer"), *bounds)?,
            FieldConfig {
                choice: None,
                integer: None,
                decimal: Some(bounds),
                constant: None,
                ..
            } => decimal(key, *bounds, config.decimals)?,
            FieldConfig {
                choice: None,
                integer: None,
                decimal: None,
                constant: Some(value),
                ..
            } => FieldLaw::Constant(constant(&format!("{key}.constant"), value)?),
            _ => {
                return Err(malformed(
                    key,
                    &config.name,
                    "a field with one of choice, integer, decimal and constant",
                ));
            }
        };
        match (config.decimals, &law) {
            (Some(decimals), law) if !matches!(law, FieldLaw::Decimal { .. }) => {
                let bound = "only a decimal has digits after the point".to_owned();
                Err(ParamsError::Impossible {
                    key: format!("{key}.decimals"),
                    value: decimals.to_string(),
                    bound,
                })
            }
            _ => Ok(Self { name: config.name.clone(), law }),
        }
    }

    /// Describes the field's values.
    pub(super) fn described(&self) -> Field {
        let kind = match &self.law {
            FieldLaw::Choice(_) | FieldLaw::Constant(CustomValue::Text(_)) => Kind::Text,
            FieldLaw::Integer(_) | FieldLaw::Constant(CustomValue::Integer(_)) => Kind::Long,
            FieldLaw::Constant(CustomValue::Truth(_)) => Kind::Boolean,
            FieldLaw::Decimal { decimals, .. } => Kind::Number { scale: *decimals as u8 },
            FieldLaw::Constant(CustomValue::Decimal(number)) => {
                // Without an exponent, however small the number is.
                let text = number.to_string();
                let scale = text.split_once('.').map_or(0, |(_, decimals)| decimals.len());
                Kind::Number { scale: scale.try_into().unwrap_or(u8::MAX) }
            }
        };
        let doc = "Configured field of the metadata.".into();
        Field { name: self.name.clone().into(), doc, kind, nullable: false }
    }

    /// The hash that draws the field: it depends on the field's name alone, so that a field that is
    /// added, moved or left out changes the values of no other.
    pub(super) fn hash(&self, seed: Seed) -> CounterHash {
        let root = seed.hash(Label::new(purposes::EVENT_FIELDS, 0)).child(self.name.len() as u64);
        let number =
            |part: &[u8]| part.iter().fold(0, |number, byte| number << 8 | u64::from(*byte));
        self.name.as_bytes().chunks(8).fold(root, |hash, part| hash.child(number(part)))
    }

    /// The value that one word chooses.
    pub(super) fn value(&self, word: u64) -> CustomValue<'_> {
        match &self.law {
            FieldLaw::Choice(choice) => {
                CustomValue::Text(choice.names()[usize::from(choice.pick(word))].as_str().into())
            }
            FieldLaw::Integer(range) => CustomValue::Integer(range.pick(word)),
            FieldLaw::Decimal { units, decimals } => {
                CustomValue::Decimal(number(units.pick(word), *decimals))
            }
            FieldLaw::Constant(value) => value.clone(),
        }
    }
}

fn integer(key: &str, bounds: [i64; 2]) -> Result<FieldLaw, ParamsError> {
    range(key, bounds, [-MAX_INTEGER, MAX_INTEGER])?;
    uniform(key, bounds).map(FieldLaw::Integer)
}

fn decimal(key: &str, bounds: [f64; 2], decimals: Option<u32>) -> Result<FieldLaw, ParamsError> {
    let decimals = decimals.unwrap_or(DEFAULT_DECIMALS);
    error::within(&format!("{key}.decimals"), decimals.into(), 1, MAX_DECIMALS.into())?;
    let key = format!("{key}.decimal");
    let most = number(MAX_UNITS, decimals);
    range(&key, bounds, [-most, most])?;
    let units = |value| {
        units(value, decimals).ok_or_else(|| ParamsError::Impossible {
            key: key.clone(),
            value: value.to_string(),
            bound: format!("it must have at most {decimals} digits after the point"),
        })
    };
    let units = uniform(&key, [units(bounds[0])?, units(bounds[1])?])?;
    Ok(FieldLaw::Decimal { units, decimals })
}

/// The double nearest to a whole number of units of the last digit.
fn number(units: i64, decimals: u32) -> f64 {
    units as f64 / 10u64.pow(decimals) as f64
}

/// The units whose double `value` is.
fn units(value: f64, decimals: u32) -> Option<i64> {
    let units = (value * 10u64.pow(decimals) as f64).round() as i64;
    // Division rounds correctly, so equality says that no other number of units has this double.
    #[expect(
        clippy::float_cmp,
        reason = "the nearest double of a number of units is one double, not an interval"
    )]
    (number(units, decimals) == value).then_some(units)
}

fn constant(key: &str, value: &Value) -> Result<CustomValue<'static>, ParamsError> {
    match value {
        Value::Bool(truth) => Some(CustomValue::Truth(*truth)),
        Value::String(text) => Some(CustomValue::Text(text.clone().into())),
        Value::Number(number) => number
            .as_i64()
            .map(CustomValue::Integer)
            .or_else(|| number.as_f64().filter(|_| number.is_f64()).map(CustomValue::Decimal)),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
    .ok_or_else(|| malformed(key, &value.to_string(), "a text, a number, true or false"))
}

fn malformed(key: &str, value: &str, expected: &'static str) -> ParamsError {
    ParamsError::Malformed { key: key.to_owned(), value: value.to_owned(), expected }
}
