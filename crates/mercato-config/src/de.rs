//! Trees into values, through serde, with the place of whatever is wrong.
//!
//! The innermost value that refuses tells the place, and each table on the way out adds its key to
//! the path.

use std::fmt::Display;

use serde::de::value::StrDeserializer;
use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess,
    SeqAccess, Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use super::tree::{Entry, Node, Place, Value};
use super::{Section, paths, suggest};

/// Why a part of a tree is not the value it should be.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) place: Option<Place>,
    /// Keys from the outside in, collected from the inside out.
    path: Vec<String>,
    /// The misspelt key and what would be right, or why a value is wrong.
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    UnknownKey { key: String, known: Vec<&'static str> },
    Wrong(String),
}

impl Refused {
    fn new(reason: Reason) -> Self {
        Self { place: None, path: Vec::new(), reason }
    }

    fn at(mut self, place: &Place) -> Self {
        self.place.get_or_insert_with(|| place.clone());
        self
    }

    fn under(mut self, key: impl Into<String>) -> Self {
        self.path.push(key.into());
        self
    }

    /// Returns the error as one sentence, for a value under the key `outer` of a file in which the
    /// streams have `sections`.
    pub(crate) fn sentence(&self, outer: &str, sections: &[Section]) -> String {
        let keys = std::iter::once(outer).filter(|outer| !outer.is_empty());
        let path: Vec<&str> = keys.chain(self.path.iter().rev().map(String::as_str)).collect();
        match &self.reason {
            Reason::UnknownKey { key, known } => {
                let hint = paths::key_hint(key, known, sections);
                let path: Vec<&str> = path.into_iter().chain([key.as_str()]).collect();
                format!("unknown key `{}`; {hint}", joined(&path))
            }
            Reason::Wrong(reason) => format!("{}: {reason}", joined(&path)),
        }
    }
}

/// The path of a setting as messages write it: `shop.catalogue.products[0].price[1]`.
fn joined(steps: &[&str]) -> String {
    steps.join(".").replace(".[", "[")
}

impl std::error::Error for Refused {}

impl Display for Refused {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.sentence("", &[]))
    }
}

impl de::Error for Refused {
    fn custom<T: Display>(reason: T) -> Self {
        Self::new(Reason::Wrong(reason.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("expected {}, found {}", needed(expected), in_words(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Reason::UnknownKey { key: field.to_owned(), known: expected.to_vec() })
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format_args!(
            "`{variant}` is not allowed; {}",
            suggest::hint(variant, expected)
        ))
    }
}

/// Describes an unexpected value in the user's terms.
fn in_words(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(truth) => format!("`{truth}`"),
        Unexpected::Unsigned(number) => format!("`{number}`"),
        Unexpected::Signed(number) => format!("`{number}`"),
        Unexpected::Float(number) => format!("`{number:?}`"),
        // Not its text: where a table of properties is needed, someone may have written a password.
        Unexpected::Str(_) => "a string".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        Unexpected::Unit => "nothing".to_owned(),
        other => other.to_string(),
    }
}

/// Describes serde's expectation, without the names of Rust types.
fn needed(expected: &dyn Expected) -> String {
    let text = expected.to_string();
    match text.as_str() {
        "u8" => format!("a whole number from 0 to {}", u8::MAX),
        "u16" => format!("a whole number from 0 to {}", u16::MAX),
        "u32" => format!("a whole number from 0 to {}", u32::MAX),
        "u64" | "usize" => format!("a whole number from 0 to {}", u64::MAX),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a boolean" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        "a map" => "a table".to_owned(),
        name if name.starts_with("struct ") => "a table".to_owned(),
        _ => text,
    }
}

/// The most entries of any list or table: 2^16, all that the 16 bits of a choice can tell apart.
pub const MAX_ENTRIES: usize = 1 << 16;

/// The error for a list or table of `entries`, of which none has been looked at.
fn too_many(entries: usize) -> Refused {
    de::Error::custom(format_args!("{entries} entries are too many: the maximum is {MAX_ENTRIES}"))
}

/// Reads a whole tree, or one section of it.
pub(crate) fn from_node<T: de::DeserializeOwned>(node: &Node) -> Result<T, Refused> {
    T::deserialize(node)
}

/// The error for `key`, which stands at `place` among keys of which only `known` are allowed.
pub(crate) fn unknown_key(key: &str, place: &Place, known: Vec<&'static str>) -> Refused {
    Refused::new(Reason::UnknownKey { key: key.to_owned(), known }).at(place)
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = Refused;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        let result = match &self.value {
            _ if self.value.entries() > MAX_ENTRIES => Err(too_many(self.value.entries())),
            Value::Null => visitor.visit_unit(),
            Value::Truth(truth) => visitor.visit_bool(*truth),
            Value::Integer(number) => visit_integer(*number, visitor),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::List(items) => visitor.visit_seq(Items { items: items.iter(), index: 0 }),
            Value::Table(table) => {
                visitor.visit_map(Entries { entries: table.iter(), value: None })
            }
        };
        result.map_err(|refused| refused.at(&self.place))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refused> {
        match self.value {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refused> {
        visitor.visit_newtype_struct(self)
    }

    /// A table; serde would also read the fields of a struct from a list, in their order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        match &self.value {
            Value::List(_) => Err(de::Error::invalid_type(Unexpected::Seq, &"a table"))
                .map_err(|refused: Refused| refused.at(&self.place)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        let result = match &self.value {
            Value::Text(name) => visitor.visit_enum(Variant { name, content: None }),
            Value::Table(table) if table.len() == 1 => match table.first_key_value() {
                Some((name, entry)) => {
                    visitor.visit_enum(Variant { name, content: Some(&entry.node) })
                }
                None => Err(de::Error::custom("expected a name")),
            },
            _ => Err(de::Error::custom("expected a name, or a table with one name")),
        };
        result.map_err(|refused| refused.at(&self.place))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

fn visit_integer<'de, V: Visitor<'de>>(number: i128, visitor: V) -> Result<V::Value, Refused> {
    match (u64::try_from(number), i64::try_from(number)) {
        (Ok(number), _) => visitor.visit_u64(number),
        (_, Ok(number)) => visitor.visit_i64(number),
        _ => Err(de::Error::custom(format_args!("the number {number} is too large"))),
    }
}

/// A list being read.
struct Items<'de> {
    items: std::slice::Iter<'de, Node>,
    index: usize,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Refused;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Refused> {
        let Some(node) = self.items.next() else { return Ok(None) };
        self.index += 1;
        let index = self.index - 1;
        seed.deserialize(node)
            .map(Some)
            .map_err(|refused| refused.at(&node.place).under(format!("[{index}]")))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len())
    }
}

/// A table being read.
struct Entries<'de> {
    entries: std::collections::btree_map::Iter<'de, String, Entry>,
    value: Option<(&'de str, &'de Entry)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Refused;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refused> {
        let Some((key, entry)) = self.entries.next() else { return Ok(None) };
        self.value = Some((key, entry));
        let name: StrDeserializer<'_, Refused> = key.as_str().into_deserializer();
        seed.deserialize(name).map(Some).map_err(|refused| refused.at(&entry.key))
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Refused> {
        let (key, entry) =
            self.value.take().ok_or_else(|| de::Error::custom("a value without a key"))?;
        // A value may be refused after it was read without a fault: a text that is no rate.
        seed.deserialize(&entry.node).map_err(|refused| refused.at(&entry.node.place).under(key))
    }
}

/// An enum being read: `name`, or `name = content`.
struct Variant<'de> {
    name: &'de str,
    content: Option<&'de Node>,
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Refused;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), Refused> {
        let name: StrDeserializer<'_, Refused> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> Variant<'de> {
    fn content(&self) -> Result<&'de Node, Refused> {
        self.content.ok_or_else(|| de::Error::custom(format_args!("`{}` needs a value", self.name)))
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Refused;

    fn unit_variant(self) -> Result<(), Refused> {
        match self.content {
            None => Ok(()),
            Some(_) => Err(de::Error::custom(format_args!("`{}` takes no value", self.name))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Refused> {
        seed.deserialize(self.content()?).map_err(|refused| refused.under(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Refused> {
        self.content()?.deserialize_any(visitor).map_err(|refused| refused.under(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Refused> {
        self.content()?.deserialize_any(visitor).map_err(|refused| refused.under(self.name))
    }
}
