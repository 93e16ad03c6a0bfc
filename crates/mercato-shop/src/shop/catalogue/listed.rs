//! Products that the user lists, in place of those that the shop makes up.
//!
//! Identifiers, names, categories and prices are the user's. What is sought is a product's weight;
//! where all weigh the same, products of a category are sought by rank, as made-up ones are. A
//! listed product is sold all year, has no successor, and its price changes only where the list
//! gives a range.

use std::collections::BTreeMap;
use std::sync::Arc;

use mercato_schema::{Money, MoneyRange};

use super::category::{self, Category};
use super::{CatalogueConfig, CategoryConfig};
use crate::product::{self, ProductConfig};
use crate::{ParamsError, choice, error};

/// The products of a list, by number: those of a category stand side by side.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    products: Arc<[Product]>,
    /// Numbers of the products whose prices change.
    changing: Arc<[u32]>,
    /// Of each product its index in `changing`.
    turns: Arc<[Option<u32>]>,
    /// True if products are sought in proportion to their weights.
    pub(super) weighted: bool,
}

/// A product of the list.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub(super) id: String,
    pub(super) name: String,
    /// Lowest and highest price in cents.
    pub(super) cents: [i64; 2],
    pub(super) weight: u64,
}

/// The longest identifier in bytes.
const LONGEST_ID: u64 = 100;

impl Listed {
    /// The products at `key`, and the categories they are in: those of the configuration that have
    /// products, in its order, then others in the order in which they are first named.
    pub(super) fn new(
        key: &str,
        config: &CatalogueConfig,
        products: &[ProductConfig],
    ) -> Result<(Self, Box<[Category]>), ParamsError> {
        let list = format!("{key}.products");
        product::check(&list, products)?;
        choice::table(&list, products.iter().map(|product| product.weight))?;
        let mut members: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, product) in products.iter().enumerate() {
            check(&format!("{list}[{index}]"), product)?;
            members.entry(&product.category).or_default().push(index);
        }
        let (mut categories, mut listed) = (Vec::new(), Vec::new());
        for (at, name, category) in in_order(key, config, products, &members) {
            let own = &members[category.name.as_str()];
            let mut category = Category::new(&at, &name, &category)?;
            let first = listed.len() as u32;
            for index in own {
                let at = format!("{list}[{index}].price");
                listed.push(Product::new(&at, &products[*index], &category)?);
            }
            fill(&mut category, first, &listed[first as usize..]);
            categories.push(category);
        }
        let count = categories.len() as u64;
        error::within(
            &format!("the number of categories of {list}"),
            count,
            1,
            super::MAX_CATEGORIES,
        )?;
        Ok((Self::of(listed), categories.into()))
    }

    fn of(products: Vec<Product>) -> Self {
        let mut changing = Vec::new();
        let turn = |(number, product): (u32, &Product)| {
            let [low, high] = product.cents;
            (low < high).then(|| {
                changing.push(number);
                changing.len() as u32 - 1
            })
        };
        let turns = (0..).zip(&products).map(turn).collect();
        let weighted = products.windows(2).any(|pair| pair[0].weight != pair[1].weight);
        Self { products: products.into(), changing: changing.into(), turns, weighted }
    }

    /// The product of a number.
    #[inline]
    pub(super) fn get(&self, product: u32) -> &Product {
        &self.products[product as usize]
    }

    /// Returns the number of products whose prices change.
    pub(super) fn changing(&self) -> u32 {
        self.changing.len() as u32
    }

    /// The product whose price changes in the turn `turn`.
    pub(super) fn at_turn(&self, turn: u32) -> u32 {
        self.changing.get(turn as usize).copied().unwrap_or(0)
    }

    /// The turn of a product, if its price changes.
    #[inline]
    pub(super) fn turn_of(&self, product: u32) -> Option<u32> {
        self.turns[product as usize]
    }
}

impl Product {
    fn new(key: &str, config: &ProductConfig, category: &Category) -> Result<Self, ParamsError> {
        let range = config.price.map_or(category.price_range(), MoneyRange::ends);
        let [low, high] = category::checked(key, range)?;
        Ok(Self {
            id: config.id.clone(),
            name: config.name.clone(),
            cents: [low.cents(), high.cents()],
            weight: config.weight.units(),
        })
    }
}

/// Makes a category that of `products`, the first of which has the number `first`: it is sought as
/// often as they are together, and has their prices.
fn fill(category: &mut Category, first: u32, products: &[Product]) {
    let lowest = products.iter().map(|product| product.cents[0]).min();
    let highest = products.iter().map(|product| product.cents[1]).max();
    let [low, high] = category.price_range();
    let price = [lowest.map_or(low, Money::from_cents), highest.map_or(high, Money::from_cents)];
    let weight = products.iter().map(|product| product.weight).sum();
    category.set_products(first..first + products.len() as u32, weight, price);
}

/// The categories that have products, each with its key and that of its name.
fn in_order(
    key: &str,
    config: &CatalogueConfig,
    products: &[ProductConfig],
    members: &BTreeMap<&str, Vec<usize>>,
) -> Vec<(String, String, CategoryConfig)> {
    let configured = config.categories.iter().enumerate();
    let mut categories: Vec<(String, String, CategoryConfig)> = configured
        .filter(|(_, category)| members.contains_key(category.name.as_str()))
        .map(|(index, category)| {
            let key = format!("{key}.categories[{index}]");
            (key.clone(), format!("{key}.name"), category.clone())
        })
        .collect();
    let known: std::collections::BTreeSet<String> =
        categories.iter().map(|(.., category)| category.name.clone()).collect();
    let mut others: Vec<(usize, &str)> = members
        .iter()
        .filter(|(name, _)| !known.contains(**name))
        .map(|(name, own)| (own[0], *name))
        .collect();
    others.sort_unstable();
    categories.extend(others.into_iter().map(|(first, name)| {
        // Where each of its products has a price, a category needs none.
        let prices = members[name].iter().map(|index| products[*index].price);
        let price = prices.collect::<Option<Vec<_>>>().and_then(|prices| prices.first().copied());
        let category = CategoryConfig { price, ..CategoryConfig::new(name) };
        let key = format!("{key}.products[{first}]");
        (key.clone(), format!("{key}.category"), category)
    }));
    categories
}

/// Refuses an identifier or a name that could not stand in a record as it is, and a product that
/// nobody seeks.
fn check(key: &str, product: &ProductConfig) -> Result<(), ParamsError> {
    let id = &product.id;
    error::within(&format!("the bytes of {key}.id"), id.len() as u64, 1, LONGEST_ID)?;
    let legal = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\' | b',');
    if !id.bytes().all(legal) {
        return Err(ParamsError::Malformed {
            key: format!("{key}.id"),
            value: id.clone(),
            expected: "an identifier: visible ASCII without quotes, backslashes and commas",
        });
    }
    category::text(&format!("{key}.name"), &product.name)?;
    error::within(&format!("{key}.weight"), product.weight.units(), 1, category::MOST_WEIGHT)
}
