//! The configuration that determines a run's records besides seed, origin and data version, and its
//! digest.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{ConfigError, DisorderSection, ScheduleEntry};

/// The effective configuration: the streams' sections with every default filled in, the schedule
/// and the faults.
///
/// Seed, origin, window, shard, count, clock, sinks and threads are no part of it: they are told
/// apart, or choose which part of the records is made, or change none.
/// What is at its neutral value (no schedule, no faults) is left out, so that a new kind of setting
/// leaves the digests of old configurations as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Effective(BTreeMap<String, Value>);

impl Effective {
    /// The configuration of a run under this schedule and with these faults.
    pub fn new(
        schedule: &[ScheduleEntry],
        disorder: &DisorderSection,
    ) -> Result<Self, ConfigError> {
        let mut effective = Self::default();
        if !schedule.is_empty() {
            effective = effective.with("schedule", schedule)?;
        }
        if disorder.changes_records() {
            effective = effective.with("disorder", disorder)?;
        }
        Ok(effective)
    }

    /// The same with one more section: a stream's parameters, its rate or delays included.
    pub fn with<T: Serialize + ?Sized>(
        mut self,
        section: &str,
        value: &T,
    ) -> Result<Self, ConfigError> {
        let value = serde_json::to_value(value)
            .map_err(|source| ConfigError::Effective { section: section.to_owned(), source })?;
        self.0.insert(section.to_owned(), value);
        Ok(self)
    }

    /// The same without a section.
    #[must_use]
    pub fn without(&self, section: &str) -> Self {
        let mut rest = self.clone();
        rest.0.remove(section);
        rest
    }

    /// The first setting, in the order of names, that has another value in `other`: its path, the
    /// value here and the value there.
    pub fn difference(&self, other: &Self) -> Option<(String, String, String)> {
        let names: BTreeSet<&String> = self.0.keys().chain(other.0.keys()).collect();
        names
            .into_iter()
            .find_map(|name| difference(name.clone(), self.0.get(name), other.0.get(name)))
    }

    /// A section as it was written down, for whoever rebuilds a run from its summary.
    pub fn section<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, ConfigError> {
        let read = |value: &Value| serde_json::from_value(value.clone());
        let section = self.0.get(name).map(read).transpose();
        section.map_err(|source| ConfigError::Effective { section: name.to_owned(), source })
    }

    /// The configuration as JSON without white space and with keys in order: the same for the same
    /// settings.
    pub fn canonical_json(&self) -> String {
        let mut text = String::new();
        write_table(&mut text, self.0.iter());
        text
    }

    /// SHA-256 of [`Effective::canonical_json`] in hexadecimal: the config digest of a run's
    /// identity.
    pub fn digest(&self) -> String {
        hex(&Sha256::digest(self.canonical_json()))
    }
}

/// The first difference of two values at `path`.
fn difference(
    path: String,
    one: Option<&Value>,
    other: Option<&Value>,
) -> Option<(String, String, String)> {
    if one == other {
        return None;
    }
    let within = match (one, other) {
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let names: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            names.into_iter().find_map(|name| {
                difference(format!("{path}.{name}"), one.get(name), other.get(name))
            })
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => (0..one.len().max(other.len()))
            .find_map(|index| {
                difference(format!("{path}[{index}]"), one.get(index), other.get(index))
            }),
        _ => None,
    };
    let shown =
        |value: Option<&Value>| value.map_or_else(|| "not set".to_owned(), Value::to_string);
    within.or_else(|| Some((path, shown(one), shown(other))))
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Object(table) => {
            write_table(text, table.iter().collect::<BTreeMap<_, _>>().into_iter());
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                separate(text, index);
                write_value(text, item);
            }
            text.push(']');
        }
        scalar => text.push_str(&scalar.to_string()),
    }
}

/// Writes entries that come in order of their keys.
fn write_table<'a>(text: &mut String, entries: impl Iterator<Item = (&'a String, &'a Value)>) {
    text.push('{');
    for (index, (key, value)) in entries.enumerate() {
        separate(text, index);
        text.push_str(&Value::from(key.as_str()).to_string());
        text.push(':');
        write_value(text, value);
    }
    text.push('}');
}

fn separate(text: &mut String, index: usize) {
    if index > 0 {
        text.push(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_digest_is_of_the_settings_and_not_of_their_order() {
        let one = Effective::default()
            .with("sales", &json!({"b": [1, {"d": 0.5, "c": "ü\""}], "a": null}))
            .unwrap();
        let other = Effective::default()
            .with("sales", &json!({"a": null, "b": [1, {"c": "ü\"", "d": 0.5}]}))
            .unwrap();
        assert_eq!(one.canonical_json(), r#"{"sales":{"a":null,"b":[1,{"c":"ü\"","d":0.5}]}}"#);
        assert_eq!(one.digest(), other.digest());
        assert_eq!(
            Effective::default().digest(),
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
        );
    }

    #[test]
    fn neutral_settings_and_the_ledger_leave_the_digest_alone() {
        let mut disorder =
            DisorderSection { ledger: Some("faults.ndjson".into()), ..DisorderSection::default() };
        assert_eq!(Effective::new(&[], &disorder).unwrap(), Effective::default());
        disorder.malformed = "0.01".parse().unwrap();
        let effective = Effective::new(&[], &disorder).unwrap();
        assert!(
            effective.canonical_json().starts_with(r#"{"disorder":{"kinds":["truncated_json","#)
        );
        let entry: ScheduleEntry =
            serde_json::from_value(json!({"from": "+10m", "to": "+20m", "factor": 5})).unwrap();
        let with = Effective::new(std::slice::from_ref(&entry), &disorder).unwrap();
        assert_ne!(with.digest(), effective.digest());
        assert_eq!(with.section::<Vec<ScheduleEntry>>("schedule").unwrap(), Some(vec![entry]));
    }
}
