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

/// A line of a properties file that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct PropertyLineError {
    /// Number of the line, from 1.
    pub line: u32,
    /// The reason, which never contains the value.
    pub reason: &'static str,
}

/// Reads a Java `.properties` file as `java.util.Properties.load` reads it.
///
/// A name ends at `=`, `:` or a space; `#` and `!` begin a comment; a backslash at the end of a
/// line continues it; `\t`, `\n`, `\r`, `\f`, `\uXXXX` and a backslash before any other character
/// are escapes.
/// Two things differ: a mark of byte order is skipped, and spaces at the end of a value count only
/// after a backslash, because nobody sees them.
pub fn parse_properties(text: &str) -> Result<Vec<Property>, PropertyLineError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut properties = Vec::new();
    let numbered = (1..).zip(text.lines());
    let mut lines =
        numbered.flat_map(|(line, text)| text.split('\r').map(move |part| (line, part)));
    while let Some((line, first)) = lines.next() {
        let first = first.trim_start_matches(BLANKS);
        if first.is_empty() || first.starts_with(['#', '!']) {
            continue;
        }
        let mut logical = first.to_owned();
        while ends_escaped(&logical) {
            logical.pop();
            let Some((_, next)) = lines.next() else { break };
            logical.push_str(next.trim_start_matches(BLANKS));
        }
        let read = property(&logical);
        properties.push(read.map_err(|reason| PropertyLineError { line, reason })?);
    }
    Ok(properties)
}

/// Separators of words in a properties file.
const BLANKS: [char; 3] = [' ', '\t', '\u{c}'];

/// Returns true if the text ends with an odd number of backslashes.
fn ends_escaped(text: &str) -> bool {
    text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
}

fn property(line: &str) -> Result<Property, &'static str> {
    let mut escaped = false;
    let end = line.find(|next: char| {
        let ends = !escaped && (matches!(next, '=' | ':') || BLANKS.contains(&next));
        escaped = !escaped && next == '\\';
        ends
    });
    let (name, rest) = line.split_at(end.unwrap_or(line.len()));
    let rest = rest.trim_start_matches(BLANKS);
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest).trim_start_matches(BLANKS);
    if name.is_empty() {
        return Err("no name stands before the value: write NAME=VALUE");
    }
    Ok(Property { name: unescaped(name)?, value: unescaped(trimmed_end(value))? })
}

/// The text without the spaces at its end; one after a backslash belongs to the text.
fn trimmed_end(text: &str) -> &str {
    let end = text.trim_end_matches(BLANKS).len();
    let escaped = text[end..].chars().next().filter(|_| ends_escaped(&text[..end]));
    &text[..end + escaped.map_or(0, char::len_utf8)]
}

fn unescaped(text: &str) -> Result<String, &'static str> {
    // In UTF-16, because an escape is one unit of it and two may be one character.
    let mut units: Vec<u16> = Vec::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let meant = match letter {
            '\\' => match letters.next() {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some('f') => '\u{c}',
                Some('u') => {
                    let digits = letters.as_str().get(..4).filter(|digits| is_hexadecimal(digits));
                    let unit = digits.and_then(|digits| u16::from_str_radix(digits, 16).ok());
                    units.push(unit.ok_or("\\u needs four hexadecimal digits after it")?);
                    letters = letters.as_str()[4..].chars();
                    continue;
                }
                Some(other) => other,
                None => continue,
            },
            other => other,
        };
        units.extend_from_slice(meant.encode_utf16(&mut [0; 2]));
    }
    String::from_utf16(&units).map_err(|_| "\\u names half a character: its other half is missing")
}

fn is_hexadecimal(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
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
#[serde(untagged, expecting = "expected a string, a number, true or false")]
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
    }

    fn read(text: &str) -> Vec<(String, String)> {
        let read = parse_properties(text).unwrap();
        read.into_iter().map(|property| (property.name, property.value)).collect()
    }

    #[test]
    fn the_grammar_is_that_of_java() {
        for (text, name, value) in [
            // The examples of the documentation of java.util.Properties.
            ("Truth = Beauty", "Truth", "Beauty"),
            (" Truth:Beauty", "Truth", "Beauty"),
            ("Truth                    :Beauty", "Truth", "Beauty"),
            ("fruits   apple, banana, \\\n    pear", "fruits", "apple, banana, pear"),
            ("cheeses", "cheeses", ""),
            ("client.id orders-1", "client.id", "orders-1"),
            ("a\t=\tb", "a", "b"),
            ("a==b", "a", "=b"),
            ("a = : b", "a", ": b"),
            ("a\\ b c", "a b", "c"),
            ("\\:\\= :=", ":=", "="),
            ("a=\\u00e4\\t\\r\\n\\f\\z", "a", "\u{e4}\t\r\n\u{c}z"),
            ("a=\\ud83d\\ude00", "a", "\u{1f600}"),
            ("a=b#c!d", "a", "b#c!d"),
            ("a=b\\", "a", "b"),
            ("a=b\\\\", "a", "b\\"),
            ("a=\\\n# no comment", "a", "# no comment"),
            ("\u{feff}a=b\r", "a", "b"),
            ("# first\r! second\ra=b", "a", "b"),
            ("a=b\u{a0}", "a", "b\u{a0}"),
        ] {
            assert_eq!(read(text), [(name.to_owned(), value.to_owned())], "{text:?}");
        }
    }

    #[test]
    fn a_line_that_cannot_be_read_is_named_and_not_shown() {
        for (text, line) in [("a=b\n=hunter2", 2), ("a=\\u12", 1), ("a=b\n\na=\\ud83dx", 3)] {
            let error = parse_properties(text).unwrap_err();
            assert_eq!(error.line, line, "{text:?}");
            assert!(!error.to_string().contains("hunter2"));
        }
    }

    #[test]
    fn an_escaped_space_at_the_end_belongs_to_the_value_and_ends_the_line() {
        let expected = [("a", "b  "), ("c", "d \u{a0}"), ("e ", "fg")];
        let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(read("a=b \\ \nc=d \\\u{a0}  \n e\\ =f\\\n  g\n"), expected);
    }
}
