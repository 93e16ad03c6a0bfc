//! The content of records, whoever made them: how many, of which topics, and what stands in their
//! fields.
//!
//! Numbers are added up exactly, in millionths. What is counted apart (distinct values, frequent
//! ones) is bounded, so memory does not grow with the records, and says so where the bound was
//! reached.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use xxhash_rust::xxh3::xxh3_64;

use crate::records::{Node, NodeKind};

/// Distinct values of a field that are told apart.
const MOST_DISTINCT: usize = 1_000_000;
/// Distinct values of a field whose numbers of records are kept; a field with more has no frequent
/// ones to show.
const MOST_COUNTED: usize = 200;
/// Frequent values that are shown.
const SHOWN: usize = 5;
/// Millionths in one.
const ONE: i128 = 1_000_000;

/// The content of the records of one topic.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    records: u64,
    malformed: u64,
    deletes: u64,
    keys: BTreeSet<u64>,
    with_key: bool,
    fields: BTreeMap<String, Field>,
}

/// The values of one field.
#[derive(Debug, Clone, Default)]
struct Field {
    present: u64,
    numbers: Option<Numbers>,
    texts: Option<(String, String)>,
    distinct: BTreeSet<u64>,
    counted: BTreeMap<String, u64>,
}

/// Numbers in millionths.
#[derive(Debug, Clone, Copy)]
struct Numbers {
    sum: i128,
    min: i128,
    max: i128,
}

/// A profile as it is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Told {
    /// Records, those that could not be read included.
    pub records: u64,
    /// Records that are no JSON object, or rows of another width than the header.
    pub malformed: u64,
    /// Keys without a value, which deletes them in a compacted topic; no records.
    pub deletes: u64,
    /// Distinct keys; none where records have no keys beside them.
    pub keys: Option<u64>,
    /// Earliest and latest `timestamp` as it stands there.
    pub time: Option<(String, String)>,
    /// The fields by name, with dots for nested fields and `[]` for the elements of a list.
    pub fields: BTreeMap<String, ToldField>,
}

/// A field as it is told.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ToldField {
    /// The number of times the field has a value; in a list more often than there are records.
    pub present: u64,
    /// Distinct values, a million at most.
    pub distinct: u64,
    /// Sum of its numbers as a decimal; none for text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sum: Option<String>,
    /// Smallest number, or first text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// Largest number, or last text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// The most frequent values with their numbers; empty where there are too many different ones.
    pub top: Vec<(String, u64)>,
}

impl Profile {
    /// Adds a record that is a JSON object, with its key if that is known.
    pub fn add(&mut self, key: Option<&str>, record: Node<'_>) {
        self.begin(key);
        if record.is_object() {
            self.add_value(&mut String::new(), record);
        } else {
            self.malformed += 1;
        }
    }

    /// Adds a line of which nothing can be read, or a row of another width than the header.
    pub fn add_malformed(&mut self) {
        self.records += 1;
        self.malformed += 1;
    }

    /// Counts a delete: a key without a value.
    pub fn add_delete(&mut self, key: Option<&str>) {
        self.deletes += 1;
        if let Some(key) = key {
            self.with_key = true;
            note(&mut self.keys, key);
        }
    }

    /// The profile of the records so far.
    pub fn told(&self) -> Told {
        let field = |(name, field): (&String, &Field)| (name.clone(), field.told());
        let fields: BTreeMap<String, ToldField> = self.fields.iter().map(field).collect();
        let time = fields
            .get("timestamp")
            .and_then(|field| Some((field.min.clone()?, field.max.clone()?)));
        let keys = self.with_key.then_some(self.keys.len() as u64);
        let Self { records, malformed, deletes, .. } = *self;
        Told { records, malformed, deletes, keys, time, fields }
    }

    fn begin(&mut self, key: Option<&str>) {
        self.records += 1;
        if let Some(key) = key {
            self.with_key = true;
            note(&mut self.keys, key);
        }
    }

    /// Adds what stands in the field at `path`, and inside it.
    fn add_value(&mut self, path: &mut String, value: Node<'_>) {
        let length = path.len();
        match value.kind() {
            NodeKind::Object => {
                for (name, inner) in value.members() {
                    if length > 0 {
                        path.push('.');
                    }
                    path.push_str(name);
                    self.add_value(path, inner);
                    path.truncate(length);
                }
            }
            NodeKind::Array => {
                path.push_str("[]");
                value.items().for_each(|item| self.add_value(path, item));
                path.truncate(length);
            }
            NodeKind::Null => {}
            NodeKind::Text | NodeKind::Boolean => self.field(path).add(value.json(), None),
            NodeKind::Number => {
                let text = value.json();
                let millionths = millionths(text);
                self.field(path).add(text, millionths);
            }
        }
    }

    fn field(&mut self, name: &str) -> &mut Field {
        self.fields.entry(name.to_owned()).or_default()
    }
}

impl Field {
    fn add(&mut self, text: &str, number: Option<i128>) {
        self.present += 1;
        note(&mut self.distinct, text);
        match number {
            Some(value) => {
                let numbers =
                    self.numbers.get_or_insert(Numbers { sum: 0, min: value, max: value });
                numbers.sum += value;
                (numbers.min, numbers.max) = (numbers.min.min(value), numbers.max.max(value));
            }
            None => match &mut self.texts {
                None => self.texts = Some((text.to_owned(), text.to_owned())),
                Some((first, _)) if text < first.as_str() => text.clone_into(first),
                Some((_, last)) if text > last.as_str() => text.clone_into(last),
                Some(_) => {}
            },
        }
        if let Some(count) = self.counted.get_mut(text) {
            *count += 1;
        } else if self.counted.len() <= MOST_COUNTED {
            self.counted.insert(text.to_owned(), 1);
        }
    }

    fn told(&self) -> ToldField {
        let complete = self.counted.len() <= MOST_COUNTED;
        let mut top: Vec<_> = self
            .counted
            .iter()
            .filter(|_| complete)
            .map(|(text, count)| (text.clone(), *count))
            .collect();
        top.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        top.truncate(SHOWN);
        let (min, max) = match (&self.numbers, &self.texts) {
            (Some(numbers), _) => (Some(decimal(numbers.min)), Some(decimal(numbers.max))),
            (None, Some((first, last))) => (Some(first.clone()), Some(last.clone())),
            (None, None) => (None, None),
        };
        let sum = self.numbers.map(|numbers| decimal(numbers.sum));
        ToldField {
            present: self.present,
            distinct: self.distinct.len() as u64,
            sum,
            min,
            max,
            top,
        }
    }
}

/// Remembers that `text` was there, by its hash.
fn note(distinct: &mut BTreeSet<u64>, text: &str) {
    let hash = xxh3_64(text.as_bytes());
    if distinct.len() < MOST_DISTINCT {
        distinct.insert(hash);
    }
}

/// A number's text in millionths, digits behind the sixth left out; none for one with an exponent.
fn millionths(text: &str) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let magnitude: i128 = whole.trim_start_matches('-').parse().ok()?;
    let value = magnitude.checked_mul(ONE)? + digits.parse::<i128>().ok()?;
    Some(if whole.starts_with('-') { -value } else { value })
}

fn decimal(millionths: i128) -> String {
    let sign = if millionths < 0 { "-" } else { "" };
    let (whole, fraction) =
        (millionths.unsigned_abs() / 1_000_000, millionths.unsigned_abs() % 1_000_000);
    let text = format!("{sign}{whole}.{fraction:06}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{Document, Header, Row};

    fn profile(lines: &[&str]) -> Told {
        let (mut profile, mut document) = (Profile::default(), Document::default());
        for line in lines {
            if document.read(line.as_bytes()) {
                profile.add(None, document.root());
            } else {
                profile.add_malformed();
            }
        }
        profile.told()
    }

    #[test]
    fn amounts_are_added_exactly_and_lists_are_looked_into() {
        let line = r#"{"timestamp":"2026-01-02","total":0.1,"lines":[{"id":"a","n":2},{"id":"b","n":-3}],"note":null}"#;
        let told =
            profile(&[line, r#"{"timestamp":"2026-01-01","total":0.2,"lines":[]}"#, "{torn"]);
        assert_eq!((told.records, told.malformed, told.keys), (3, 1, None));
        assert_eq!(told.time, Some(("2026-01-01".into(), "2026-01-02".into())));
        let total = &told.fields["total"];
        assert_eq!(
            (total.sum.as_deref(), total.min.as_deref(), total.max.as_deref()),
            (Some("0.3"), Some("0.1"), Some("0.2"))
        );
        let numbers = &told.fields["lines[].n"];
        assert_eq!(
            (numbers.present, numbers.sum.as_deref(), numbers.min.as_deref()),
            (2, Some("-1"), Some("-3"))
        );
        assert_eq!(told.fields["lines[].id"].distinct, 2);
        assert!(!told.fields.contains_key("note"));
    }

    #[test]
    fn frequent_values_come_first_and_too_many_have_none() {
        let lines: Vec<String> =
            (0..1000).map(|n| format!(r#"{{"kind":"k{}","id":"{n}"}}"#, (n % 7) / 3)).collect();
        let told = profile(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(
            told.fields["kind"].top,
            [("k0".into(), 429), ("k1".into(), 429), ("k2".into(), 142)]
        );
        assert_eq!((told.fields["id"].distinct, told.fields["id"].top.len()), (1000, 0));
    }

    #[test]
    fn rows_are_read_as_what_was_written() {
        let (mut profile, mut document) = (Profile::default(), Document::default());
        let (mut row, mut json) = (Row::default(), Vec::new());
        let columns = ["id", "name", "lines"].map(str::to_owned);
        let mut header = Header::new(&columns, &[], true);
        for line in [r#"7,"Lamp, ""red""","[{""n"":2}]""#, "8,Desk"] {
            row.read(line.as_bytes());
            if header.object(&row, &mut json) && document.read(&json) {
                profile.add(None, document.root());
            } else {
                profile.add_malformed();
            }
        }
        let told = profile.told();
        assert_eq!((told.records, told.malformed), (2, 1));
        assert_eq!(told.fields["name"].max.as_deref(), Some("Lamp, \"red\""));
        assert_eq!(
            (told.fields["id"].sum.as_deref(), told.fields["lines[].n"].sum.as_deref()),
            (Some("7"), Some("2"))
        );
    }
}
