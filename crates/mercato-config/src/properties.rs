//! Properties of a Kafka client: one `NAME=VALUE`, and whole Java `.properties` files.
//!
//! A value may be a secret, so no error of this module shows one.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use mercato_units::{Scalar, ValueError};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};

/// One property, under librdkafka's or Java's name.
///
/// `Debug` shows the name only, because the value may be a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Property {
    /// The name.
    pub name: String,
    /// The value; it may be empty.
    pub value: String,
}

impl Property {
    /// Reads `NAME=VALUE`; refuses a text without `=` or without a name, and does not show it.
    pub fn parse(text: &str) -> Result<Self, ValueError> {
        let parts = text.split_once('=').map(|(name, value)| (name.trim(), value.trim()));
        let (name, value) = parts.filter(|(name, _)| !name.is_empty()).ok_or_else(|| {
            let shown = text.split([' ', ':', '=']).next().unwrap_or_default();
            ValueError::invalid("property", shown, "expected NAME=VALUE, such as linger.ms=20")
        })?;
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

impl fmt::Debug for Property {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Property").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A line of a properties file that is no property.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line} is no property: write NAME=VALUE, one a line, and # before a comment")]
pub struct PropertyLineError {
    /// Number of the line, from 1.
    pub line: u32,
}

/// Reads a Java `.properties` file: `name=value` or `name: value`, `#` and `!` comments, `\` at a
/// line's end goes on.
///
/// Of Java's escapes `\\`, `\:`, `\=`, `\#`, `\!`, `\t` and `\n` are read; in file names on Windows
/// write `/`.
pub fn parse_properties(text: &str) -> Result<Vec<Property>, PropertyLineError> {
    let mut properties = Vec::new();
    let mut lines = (1..).zip(text.lines());
    while let Some((line, first)) = lines.next() {
        let first = trimmed(first);
        if first.is_empty() || first.starts_with(['#', '!']) {
            continue;
        }
        let mut logical = first.to_owned();
        while continues(&logical) {
            logical.pop();
            let Some((_, next)) = lines.next() else { break };
            logical.push_str(next.trim_start());
        }
        properties.push(property(&logical).ok_or(PropertyLineError { line })?);
    }
    Ok(properties)
}

/// Whether a line ends with an odd number of backslashes.
fn continues(line: &str) -> bool {
    line.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

/// The text without the spaces around it; one behind a backslash belongs to the text.
fn trimmed(text: &str) -> &str {
    let text = text.trim_start();
    let end = text.trim_end().len();
    let escaped = text[end..].chars().next().filter(|_| continues(&text[..end]));
    &text[..end + escaped.map_or(0, char::len_utf8)]
}

fn property(line: &str) -> Option<Property> {
    let mut escaped = false;
    let end = line.find(|next: char| {
        let ends = !escaped && matches!(next, '=' | ':');
        escaped = !escaped && next == '\\';
        ends
    })?;
    let name = unescaped(trimmed(&line[..end]));
    let value = unescaped(trimmed(&line[end + 1..]));
    (!name.is_empty()).then_some(Property { name, value })
}

fn unescaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let meant = match letter {
            '\\' => letters.next().map(|escaped| match escaped {
                't' => '\t',
                'n' => '\n',
                other => other,
            }),
            other => Some(other),
        };
        plain.extend(meant);
    }
    plain
}

/// Properties of a Kafka client as a file has them: `"linger.ms" = 20`, or tables within tables
/// (`linger.ms = 20`).
///
/// `Debug` shows names only, because values may be secrets.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Properties(pub BTreeMap<String, String>);

impl fmt::Debug for Properties {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl JsonSchema for Properties {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Properties".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "examples": [{ "linger.ms": 20 }] })
    }
}

impl<'de> Deserialize<'de> for Properties {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut properties = Self::default();
        properties.add("", BTreeMap::deserialize(deserializer)?);
        Ok(properties)
    }
}

/// A property's value, or the table under the first part of a name.
#[derive(Deserialize)]
#[serde(untagged, expecting = "a string, a number, true or false is needed here")]
enum Item {
    Value(Scalar),
    Table(BTreeMap<String, Item>),
}

impl Properties {
    fn add(&mut self, prefix: &str, table: BTreeMap<String, Item>) {
        for (name, item) in table {
            let name = format!("{prefix}{name}");
            match item {
                Item::Value(Scalar(value)) => {
                    self.0.insert(name, value);
                }
                Item::Table(table) => self.add(&format!("{name}."), table),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_read_and_never_shown() {
        let property = Property::parse("sasl.password = a=b ").unwrap();
        assert_eq!((property.name.as_str(), property.value.as_str()), ("sasl.password", "a=b"));
        assert!(!format!("{property:?}").contains("a=b"));
        for text in ["sasl.password hunter2", "sasl.password:hunter2", "=hunter2"] {
            let message = Property::parse(text).unwrap_err().to_string();
            assert!(!message.contains("hunter2"), "{message}");
        }
    }

    #[test]
    fn a_java_properties_file_is_read() {
        let text = "# comment\n! comment\n\nacks=all\nlinger.ms : 20\nsasl.password=p\\=a\\\\b#c\nssl.ca.location=/a\\\n   /b\nempty=\n";
        let read: Vec<_> = parse_properties(text)
            .unwrap()
            .into_iter()
            .map(|entry| (entry.name, entry.value))
            .collect();
        let expected = [
            ("acks", "all"),
            ("linger.ms", "20"),
            ("sasl.password", "p=a\\b#c"),
            ("ssl.ca.location", "/a/b"),
            ("empty", ""),
        ];
        assert_eq!(read, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(parse_properties("acks=all\nnonsense").unwrap_err().line, 2);
    }

    #[test]
    fn an_escaped_space_at_the_end_belongs_to_the_value_and_ends_the_line() {
        let read = parse_properties("a=b \\ \nc=d \\\u{a0}  \n e\\ =f\\\n  g\n").unwrap();
        let read: Vec<_> = read.iter().map(|read| (&*read.name, &*read.value)).collect();
        assert_eq!(read, [("a", "b  "), ("c", "d \u{a0}"), ("e ", "fg")]);
    }
}
