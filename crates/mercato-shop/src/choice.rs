//! Lists of names with weights: payment methods, categories, customers.

use std::borrow::Cow;
use std::fmt;

use mercato_draw::AliasTable;
use mercato_units::Weight;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{ParamsError, error};

/// A name and how often it is chosen; in a configuration `"paypal"` or
/// `{ name = "paypal", weight = 3 }`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted {
    /// The name of the choice.
    pub name: String,
    /// Its share, relative to the sum over the list; 1 by default.
    pub weight: Weight,
}

impl Weighted {
    /// A name of weight 1.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), weight: Weight::ONE }
    }
}

impl Serialize for Weighted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.weight == Weight::ONE {
            return serializer.serialize_str(&self.name);
        }
        let mut table = serializer.serialize_struct("Weighted", 2)?;
        table.serialize_field("name", &self.name)?;
        table.serialize_field("weight", &self.weight)?;
        table.end()
    }
}

impl<'de> Deserialize<'de> for Weighted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WeightedForms)
    }
}

struct WeightedForms;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WeightedTable {
    name: String,
    #[serde(default)]
    weight: Weight,
}

impl JsonSchema for Weighted {
    fn schema_name() -> Cow<'static, str> {
        "Weighted".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A name, or a table of name and weight, relative to the sum of the list's weights.",
            "anyOf": [{ "type": "string" }, generator.subschema_for::<WeightedTable>()],
            "examples": ["paypal"]
        })
    }
}

impl<'de> Visitor<'de> for WeightedForms {
    type Value = Weighted;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name, or a table of name and weight")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Weighted, E> {
        Ok(Weighted::new(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Weighted, A::Error> {
        let WeightedTable { name, weight } =
            WeightedTable::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Weighted { name, weight })
    }
}

/// A list of names that was checked.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    names: Box<[String]>,
    table: AliasTable,
}

impl Choice {
    /// The choice from the list at `key`: at least one name, none twice, none empty.
    pub(crate) fn new(key: &str, entries: &[Weighted]) -> Result<Self, ParamsError> {
        if entries.is_empty() || entries.iter().any(|entry| entry.name.is_empty()) {
            return Err(ParamsError::Empty { key: key.to_owned() });
        }
        error::unique(key, entries.iter().map(|entry| entry.name.as_str()))?;
        let table = table(key, entries.iter().map(|entry| entry.weight))?;
        Ok(Self { names: entries.iter().map(|entry| entry.name.clone()).collect(), table })
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    pub(crate) fn table(&self) -> &AliasTable {
        &self.table
    }

    /// The index of the name that one word chooses.
    #[inline]
    pub(crate) fn pick(&self, word: u64) -> u16 {
        self.table.pick(word) as u16
    }
}

/// The table of the weights at `key`, whose outcomes fit the 16 bits that an entity keeps of them.
pub(crate) fn table(
    key: &str,
    weights: impl Iterator<Item = impl Into<Weight>>,
) -> Result<AliasTable, ParamsError> {
    let weights = Weight::whole(weights.map(Into::into));
    error::within(&format!("the length of {key}"), weights.len() as u64, 1, 1 << 16)?;
    AliasTable::new(&weights).map_err(|source| ParamsError::Weights { key: key.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct List {
        list: Vec<Weighted>,
    }

    #[test]
    fn a_name_may_stand_alone_or_with_its_weight() {
        let list: List = toml::from_str(
            r#"list = ["a", { name = "b", weight = 3 }, { name = "c", weight = 0.5 }]"#,
        )
        .unwrap();
        let weights = Weight::whole(list.list.iter().map(|entry| entry.weight));
        assert_eq!(weights, [10, 30, 5]);
        assert_eq!(toml::from_str::<List>(&toml::to_string(&list).unwrap()).unwrap(), list);
    }

    #[test]
    fn a_misspelt_weight_is_refused() {
        let error = toml::from_str::<List>(r#"list = [{ name = "b", wieght = 3 }]"#).unwrap_err();
        assert!(error.message().contains("unknown field `wieght`"), "{error}");
    }

    #[test]
    fn lists_without_a_choice_are_refused() {
        let refused = |entries: &[Weighted]| Choice::new("list", entries).unwrap_err().to_string();
        assert_eq!(refused(&[]), "list is empty");
        assert_eq!(
            refused(&[Weighted::new("a"), Weighted::new("a")]),
            "list: \"a\" is listed twice"
        );
        assert_eq!(refused(&[Weighted { name: "a".into(), weight: 0.into() }]), "invalid list");
    }
}
