//! A comparison of a JSON value with the description of its fields.

use std::collections::{BTreeMap, BTreeSet};

use mercato_schema::{Field, InstantForm, Kind, timestamp};
use serde_json::Value;

/// What records of one description had in common, by dotted path.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Fields that were `null`.
    pub(crate) null: BTreeSet<String>,
    /// Fields with numbers, and the most decimals that they had.
    pub(crate) decimals: BTreeMap<String, usize>,
}

impl Seen {
    /// Checks that `value` has exactly the described fields in order, each of its kind.
    pub(crate) fn object(
        &mut self,
        path: &str,
        fields: &[Field],
        value: &Value,
    ) -> Result<(), String> {
        let members =
            value.as_object().ok_or_else(|| format!("{path}: {value} is not an object"))?;
        let names: Vec<_> = fields.iter().map(|field| &*field.name).collect();
        let found: Vec<_> = members.keys().collect();
        if names != found {
            return Err(format!("{path}: described {names:?}, found {found:?}"));
        }
        fields.iter().zip(members.values()).try_for_each(|(field, value)| {
            let path = format!("{path}.{}", field.name);
            if !value.is_null() {
                return self.value(&path, &field.kind, value);
            }
            let is_described = field.nullable;
            self.null.insert(path.clone());
            is_described.then_some(()).ok_or_else(|| format!("{path} is null"))
        })
    }

    /// Notes what a value of `kind` may vary in at most.
    pub(crate) fn widest(&mut self, path: &str, kind: &Kind, nullable: bool) {
        if nullable {
            self.null.insert(path.to_owned());
        }
        match kind {
            Kind::Decimal { scale, .. } | Kind::Number { scale } => {
                self.decimals.insert(path.to_owned(), usize::from(*scale));
            }
            Kind::Struct(fields) => fields.iter().for_each(|field| {
                self.widest(&format!("{path}.{}", field.name), &field.kind, field.nullable);
            }),
            Kind::List(of) | Kind::Map(of) => self.widest(path, of, false),
            Kind::Identifier
            | Kind::Text
            | Kind::Boolean
            | Kind::Integer
            | Kind::Long
            | Kind::Instant(_) => {}
        }
    }

    fn value(&mut self, path: &str, kind: &Kind, value: &Value) -> Result<(), String> {
        let conforms = match kind {
            Kind::Identifier | Kind::Text => value.is_string(),
            Kind::Boolean => value.is_boolean(),
            Kind::Integer => value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()),
            Kind::Long | Kind::Instant(InstantForm::EpochMillis | InstantForm::EpochMicros) => {
                value.is_i64()
            }
            Kind::Decimal { precision, scale } => {
                self.number(path, value).is_some_and(|(digits, decimals)| {
                    decimals <= usize::from(*scale) && digits <= usize::from(*precision - *scale)
                })
            }
            Kind::Number { scale } => self
                .number(path, value)
                .is_some_and(|(_, decimals)| decimals <= usize::from(*scale)),
            Kind::Instant(InstantForm::Millis) => is_instant(value, 3),
            Kind::Instant(InstantForm::Micros) => is_instant(value, 6),
            Kind::Struct(fields) => return self.object(path, fields, value),
            Kind::List(of) => {
                let elements = value.as_array().ok_or_else(|| format!("{path} is {value}"))?;
                return elements.iter().try_for_each(|value| self.value(path, of, value));
            }
            Kind::Map(of) => {
                let entries = value.as_object().ok_or_else(|| format!("{path} is {value}"))?;
                return entries.values().try_for_each(|value| self.value(path, of, value));
            }
        };
        conforms.then_some(()).ok_or_else(|| format!("{path} is {value}, described as {kind:?}"))
    }

    /// The digits before the point of a number and those after it, without zeros at the end.
    fn number(&mut self, path: &str, value: &Value) -> Option<(usize, usize)> {
        let text = value.as_f64().filter(|_| value.is_f64())?.abs().to_string();
        let (whole, decimals) = text.split_once('.').unwrap_or((&text, ""));
        let most = self.decimals.entry(path.to_owned()).or_default();
        *most = decimals.len().max(*most);
        Some((whole.len(), decimals.len()))
    }
}

/// Returns whether `value` is an instant in UTC with so many decimals.
fn is_instant(value: &Value, decimals: usize) -> bool {
    let text = value.as_str().and_then(|text| text.strip_suffix('Z'));
    text.and_then(|text| text.split_once('.'))
        .is_some_and(|(_, fraction)| fraction.len() == decimals)
        && timestamp::micros::deserialize(value).is_ok()
}
