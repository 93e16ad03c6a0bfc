//! Countries as the configuration states them.

use std::borrow::Cow;
use std::fmt;

use mercato_units::Weight;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{self, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::postcode::{self, Rule};
use super::{BUILT_IN, built_in_countries};
use crate::{ParamsError, error};

/// A country and its share of customers.
///
/// In a configuration a built-in country is `"CAN"` or `{ code = "CAN", weight = 2 }`;
/// any other, or a built-in one with other regions, lists its `regions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryConfig {
    /// ISO 3166-1 alpha-3 code, three capitals.
    pub code: String,
    /// Share of customers, relative to the sum over all countries; 1 by default.
    pub weight: Weight,
    /// Letters that `@` stands for in a postcode rule; A to Z by default.
    pub letters: Option<String>,
    /// The regions; none for a built-in country.
    pub regions: Vec<RegionConfig>,
}

/// A region of a country: a state, a province.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionConfig {
    /// The region's code, 1 to 8 letters, digits and hyphens.
    pub code: String,
    /// Share of the country's customers, relative to the sum over its regions; 1 by default.
    #[serde(default)]
    pub weight: Weight,
    /// Postcode rules of the region.
    ///
    /// `40000..44999` is a range of numbers of one width, `#` any digit, `@` any letter, `[2-9]` or
    /// `[BV]` one of a few; other capitals, digits, spaces and hyphens stand for themselves.
    /// A range may have something after it: `1000..1109 @@`.
    pub postcodes: Vec<String>,
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

impl CountryConfig {
    /// A built-in country of weight 1.
    pub fn new(code: impl Into<String>) -> Self {
        Self { code: code.into(), weight: Weight::ONE, letters: None, regions: Vec::new() }
    }

    /// The regions, those of the built-in country if none are given.
    pub(super) fn resolve(&self, key: &str) -> Result<Cow<'_, [RegionConfig]>, ParamsError> {
        if self.code.len() != 3 || !self.code.bytes().all(|byte| byte.is_ascii_uppercase()) {
            let expected = "an ISO 3166-1 alpha-3 code, three capitals such as USA";
            return Err(ParamsError::Malformed {
                key: format!("{key}.code"),
                value: self.code.clone(),
                expected,
            });
        }
        if self.letters().bytes().any(|byte| !byte.is_ascii_uppercase()) {
            let (key, value) = (format!("{key}.letters"), self.letters().to_owned());
            return Err(ParamsError::Malformed { key, value, expected: "a list of capitals" });
        }
        if !self.regions.is_empty() {
            error::unique(
                &format!("{key}.regions"),
                self.regions.iter().map(|region| region.code.as_str()),
            )?;
            return Ok(Cow::Borrowed(&self.regions));
        }
        let country = BUILT_IN.iter().find(|country| country.code == self.code);
        let country = country.ok_or_else(|| ParamsError::Unknown {
            key: format!("{key}.code"),
            value: self.code.clone(),
            known: built_in_countries().collect::<Vec<_>>().join(", ")
                + "; any other needs regions",
        })?;
        let region = |(code, weight, rules): &(&str, u64, &str)| RegionConfig {
            code: (*code).to_owned(),
            weight: (*weight).into(),
            postcodes: rules.split('|').map(str::to_owned).collect(),
        };
        Ok(country.regions.iter().map(region).collect())
    }

    /// Returns the letters that `@` stands for.
    pub(super) fn letters(&self) -> &str {
        let built_in =
            || BUILT_IN.iter().find(|country| country.code == self.code && self.regions.is_empty());
        match &self.letters {
            Some(letters) => letters,
            None => built_in().map_or(ALPHABET, |country| country.letters),
        }
    }
}

impl RegionConfig {
    /// The rules of the region at `key`.
    pub(super) fn lift(&self, key: &str, letters: &str) -> Result<Vec<Rule>, ParamsError> {
        let malformed = |key: String, value: &str, expected| {
            Err(ParamsError::Malformed { key, value: value.to_owned(), expected })
        };
        let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if !(1..=8).contains(&self.code.len()) || !self.code.bytes().all(legal) {
            let expected = "a region's code, 1 to 8 letters, digits and hyphens";
            return malformed(format!("{key}.code"), &self.code, expected);
        }
        if self.postcodes.is_empty() {
            return Err(ParamsError::Empty { key: format!("{key}.postcodes") });
        }
        let mut rules = Vec::new();
        for (index, text) in self.postcodes.iter().enumerate() {
            match Rule::parse(text, letters) {
                Some(rule) => rules.push(rule),
                None => {
                    return malformed(
                        format!("{key}.postcodes[{index}]"),
                        text,
                        postcode::EXPECTED,
                    );
                }
            }
        }
        Ok(rules)
    }
}

/// The long form.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CountryTable {
    code: String,
    #[serde(default)]
    weight: Weight,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    letters: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    regions: Vec<RegionConfig>,
}

impl JsonSchema for CountryConfig {
    fn schema_name() -> Cow<'static, str> {
        "CountryConfig".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A country's ISO 3166-1 alpha-3 code, or a table of code, weight, letters and regions.",
            "anyOf": [{ "type": "string", "pattern": "^[A-Z]{3}$" }, generator.subschema_for::<CountryTable>()]
        })
    }
}

impl Serialize for CountryConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Self::new(&self.code) {
            return serializer.serialize_str(&self.code);
        }
        let Self { code, weight, letters, regions } = self.clone();
        CountryTable { code, weight, letters, regions }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CountryConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountryForms)
    }
}

struct CountryForms;

impl<'de> Visitor<'de> for CountryForms {
    type Value = CountryConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a country's code, or a table of code, weight, letters and regions")
    }

    fn visit_str<E: de::Error>(self, code: &str) -> Result<CountryConfig, E> {
        Ok(CountryConfig::new(code))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CountryConfig, A::Error> {
        let CountryTable { code, weight, letters, regions } =
            CountryTable::deserialize(MapAccessDeserializer::new(map))?;
        Ok(CountryConfig { code, weight, letters, regions })
    }
}
