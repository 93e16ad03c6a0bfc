//! The catalogue as a configuration states it.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;

use mercato_schema::{MoneyRange, Rate};
use mercato_units::{Share, Weight, as_share};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::known::KNOWN;
use crate::product::ProductConfig;

/// The catalogue of a shop, as configured; [`super::CatalogueParams::new`] checks it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CatalogueConfig {
    /// Number of products, from 1 to 10,000,000 and no fewer than categories, or a list of them, at
    /// most 65,536; 1,000 by default.
    ///
    /// Listed products have the identifiers, names, categories and prices of the list. They are
    /// sold all year and have no successors, so `launches` and `seasonal_share` do not count; only
    /// a price that is given as a range changes.
    /// A product is sought in proportion to its `weight`, and a category to the sum of its
    /// products'; where all weigh the same, `popularity` says which products of a category are.
    pub products: ProductsConfig,
    /// A CSV file with the products, in the folder of this file unless its path is absolute;
    /// instead of `products`.
    ///
    /// Its first line names its columns: `id`, `name`, `category`, `price` or `min_price` and
    /// `max_price`, `weight`.
    #[serde(skip_serializing)]
    #[schemars(example = "")]
    pub products_file: Option<PathBuf>,
    /// The categories, 1 to 1,000; seven by default. Of listed products' categories it need only
    /// say what the products themselves do not.
    pub categories: Vec<CategoryConfig>,
    /// Rate of price changes over all products, from 0.001/h to 10000/s; 1000/h by default.
    ///
    /// Changes come at equal distances of whole microseconds, rounded down; each product in its
    /// turn, in an order that differs from round to round.
    pub price_updates: Rate,
    /// Share of these updates that launch a successor in the product's place instead, from 0 to
    /// 0.5; 0.002 by default, so that two products are launched an hour and each is sold for three
    /// weeks.
    ///
    /// Used as one in so many, to the nearest; each product at another time.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub launches: f64,
    /// Deliveries for each of these updates, on top of them, from 0 to 10; 0.1 by default.
    pub deliveries: f64,
    /// Share of each category's products that are sold in one season only, from 0 to 0.5; 0.1 by
    /// default.
    ///
    /// A quarter of them belongs to each season: winter (December to February), spring, summer and
    /// autumn.
    /// In its season such a product is sold four times as often as another, so over a year it is
    /// sold as often.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub seasonal_share: f64,
    /// Decline of sales with the rank of a product in its category: the slope of the logarithm of
    /// the one over the logarithm of the other, for head, middle and tail, which are a third of the
    /// logarithm each.
    ///
    /// From 0 (all products alike) to 3, used to the nearest 32nd; 0.5, 1.1 and 1.5 by default, as
    /// published clickstreams show them.
    pub popularity: [f64; 3],
}

/// The number of products, or a list of them.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ProductsConfig {
    /// So many, which the shop makes up.
    Count(u32),
    /// These.
    List(Vec<ProductConfig>),
}

impl From<u32> for ProductsConfig {
    fn from(count: u32) -> Self {
        Self::Count(count)
    }
}

impl ProductsConfig {
    /// Returns the number of products.
    pub fn count(&self) -> u32 {
        match self {
            Self::Count(count) => *count,
            Self::List(products) => u32::try_from(products.len()).unwrap_or(u32::MAX),
        }
    }
}

impl<'de> Deserialize<'de> for ProductsConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ProductsForms)
    }
}

struct ProductsForms;

impl<'de> Visitor<'de> for ProductsForms {
    type Value = ProductsConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of products, or a list of products")
    }

    fn visit_u64<E: de::Error>(self, count: u64) -> Result<ProductsConfig, E> {
        // What is more than any shop has is refused with its bound when parameters are made.
        Ok(ProductsConfig::Count(u32::try_from(count).unwrap_or(u32::MAX)))
    }

    fn visit_i64<E: de::Error>(self, count: i64) -> Result<ProductsConfig, E> {
        u64::try_from(count)
            .map_err(|_| E::invalid_value(de::Unexpected::Signed(count), &self))
            .and_then(|count| self.visit_u64(count))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ProductsConfig, A::Error> {
        Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(ProductsConfig::List)
    }
}

/// A category of the catalogue.
///
/// In a configuration a category the shop knows is `"Books"` or a table with that name;
/// any other needs its range of prices:
/// `{ name = "Fashion", like = "Clothing", price = [20.0, 500.0] }`.
#[derive(Debug, Clone, PartialEq)]
pub struct CategoryConfig {
    /// Display name of the category, in at most 100 bytes without quotes and backslashes; at least
    /// one letter from A to Z or digit, of which the address of its page is made.
    pub name: String,
    /// Its share of the products and of the interest in them, relative to the sum over the list:
    /// at least 1, and 1 by default.
    pub weight: Weight,
    /// Lowest and highest price, from 0.01 to 1,000,000; that of the known category by default.
    pub price: Option<MoneyRange>,
    /// The known category that this one resembles: it takes its range of prices, its words and its
    /// seasons from there.
    /// Not for a known category, which is what it is.
    pub like: Option<String>,
    /// Nouns of its products, such as `Shirt`: at most 10,000 texts of 100 bytes; by default those
    /// of the built-in category.
    pub nouns: Vec<String>,
    /// Interest in each month, from January on: factors from 0 to 1,000; by default those of the
    /// built-in category.
    pub months: Option<[f64; 12]>,
}

impl Default for CatalogueConfig {
    fn default() -> Self {
        let category = |known: &super::known::Known| CategoryConfig {
            weight: known.weight.into(),
            ..CategoryConfig::new(known.name)
        };
        Self {
            products: 1_000.into(),
            products_file: None,
            categories: KNOWN.iter().map(category).collect(),
            price_updates: default_updates(),
            launches: 0.002,
            deliveries: 0.1,
            seasonal_share: 0.1,
            popularity: [0.5, 1.1, 1.5],
        }
    }
}

/// The documented thousand an hour.
fn default_updates() -> Rate {
    #[expect(clippy::expect_used, reason = "a thousand an hour is far from both bounds")]
    Rate::from_millionths_per_hour(1_000_000_000).expect("a possible rate")
}

impl CatalogueConfig {
    /// The same catalogue with whole numbers for the weights of its categories and of its products.
    pub(super) fn with_whole_weights(&self) -> Self {
        let mut config = self.clone();
        let categories = Weight::whole(config.categories.iter().map(|category| category.weight));
        for (category, weight) in config.categories.iter_mut().zip(categories) {
            category.weight = weight.into();
        }
        if let ProductsConfig::List(products) = &mut config.products {
            let weights = Weight::whole(products.iter().map(|product| product.weight));
            for (product, weight) in products.iter_mut().zip(weights) {
                product.weight = weight.into();
            }
        }
        config
    }
}

impl CategoryConfig {
    /// A known category of weight 1.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            weight: Weight::ONE,
            price: None,
            like: None,
            nouns: Vec::new(),
            months: None,
        }
    }
}

/// A category written as a table; [`CategoryConfig`] says what its keys mean.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CategoryTable {
    name: String,
    #[serde(default)]
    weight: Weight,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    price: Option<MoneyRange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    like: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    nouns: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    months: Option<[f64; 12]>,
}

impl JsonSchema for CategoryConfig {
    fn schema_name() -> Cow<'static, str> {
        "CategoryConfig".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A category that the shop knows by its name, or a table of name, weight, price, like, nouns and months.",
            "anyOf": [{ "type": "string" }, generator.subschema_for::<CategoryTable>()]
        })
    }
}

impl Serialize for CategoryConfig {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if *self == Self::new(self.name.as_str()) {
            return serializer.serialize_str(&self.name);
        }
        let Self { name, weight, price, like, nouns, months } = self.clone();
        CategoryTable { name, weight, price, like, nouns, months }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CategoryConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CategoryForms)
    }
}

struct CategoryForms;

impl<'de> Visitor<'de> for CategoryForms {
    type Value = CategoryConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a category the shop knows, or a table with the category's name")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<CategoryConfig, E> {
        Ok(CategoryConfig::new(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CategoryConfig, A::Error> {
        let table = CategoryTable::deserialize(MapAccessDeserializer::new(map))?;
        let CategoryTable { name, weight, price, like, nouns, months } = table;
        Ok(CategoryConfig { name, weight, price, like, nouns, months })
    }
}
