//! The catalogue of the stream `transactions`.
//!
//! The products of `products.csv` were written down by hand: brands and models that exist, at
//! prices near the real ones.
//! A product's number comes from its place among those of its category, so it means the same for
//! ever:
//! products are appended to a category, and never moved or taken out.

use mercato_schema::Money;
use mercato_units::Weight;

use crate::{ParamsError, Weighted};

/// A category of document 001.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Category {
    /// The part of its identifiers.
    pub(super) key: &'static str,
    /// Display name.
    pub(super) name: &'static str,
    /// The documented weight, in percent.
    weight: u64,
}

/// The categories of document 001.
pub(super) const CATEGORIES: [Category; 7] = [
    Category { key: "electronics", name: "Electronics", weight: 25 },
    Category { key: "clothing", name: "Clothing", weight: 20 },
    Category { key: "books", name: "Books", weight: 15 },
    Category { key: "home_garden", name: "Home & Garden", weight: 15 },
    Category { key: "sports", name: "Sports & Outdoors", weight: 10 },
    Category { key: "beauty", name: "Beauty & Health", weight: 10 },
    Category { key: "toys", name: "Toys & Games", weight: 5 },
];

/// The documented weights, as a configuration has them.
pub(super) fn weights() -> Vec<Weighted> {
    let weighted = |category: Category| Weighted {
        name: category.key.to_owned(),
        weight: category.weight.into(),
    };
    CATEGORIES.map(weighted).into()
}

/// A product of the shop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Product {
    pub(super) category: Category,
    /// `prod_`, the category and four digits.
    pub(super) id: String,
    pub(super) subcategory: &'static str,
    pub(super) brand: &'static str,
    pub(super) model: &'static str,
    pub(super) price: Money,
    /// Weight in purchases, relative to the others of its category.
    pub(super) popularity: u64,
}

/// Numbers of a category's products have four digits without a leading zero.
const LOWEST_NUMBER: usize = 1_000;
/// Number of such numbers.
const NUMBERS: usize = 9_000;
/// The number of a category's first product is the document's 1234.
const FIRST: usize = 234;
/// From one product's number to the next one's; it has no divisor in common with how many there
/// are, so numbers come again only after all of them.
const STRIDE: usize = 37;

/// Returns the popularity of a category's products: the first is twice as popular as the eleventh,
/// three times as the twenty-first.
fn popularity(rank: usize) -> u64 {
    10_000_000 / (rank as u64 + 10)
}

/// Every product, those of a category together and in the order of their popularity.
pub(super) fn products() -> Vec<Product> {
    let mut products: Vec<Product> =
        include_str!("products.csv").lines().skip(1).filter_map(product).collect();
    let mut rank = 0;
    for index in 0..products.len() {
        rank = if index > 0 && products[index - 1].category == products[index].category {
            rank + 1
        } else {
            0
        };
        let number = LOWEST_NUMBER + (FIRST + rank * STRIDE) % NUMBERS;
        products[index].id = format!("prod_{}_{number}", products[index].category.key);
        products[index].popularity = popularity(rank);
    }
    products
}

/// Reads a line of the table; a test sees to it that none is left out.
fn product(line: &'static str) -> Option<Product> {
    let mut cells = line.splitn(5, ',');
    let key = cells.next()?;
    let (subcategory, brand, price, model) =
        (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
    let (units, cents) = price.split_once('.')?;
    Some(Product {
        category: CATEGORIES.into_iter().find(|category| category.key == key)?,
        id: String::new(),
        subcategory,
        brand,
        model,
        price: Money::from_cents(units.parse::<i64>().ok()? * 100 + cents.parse::<i64>().ok()?),
        popularity: 0,
    })
}

/// The weight of each product where its category has one of `weights`; of a category that is not
/// there, none.
pub(super) fn product_weights(
    key: &str,
    products: &[Product],
    weights: &[Weighted],
) -> Result<Vec<u64>, ParamsError> {
    for (index, weighted) in weights.iter().enumerate() {
        if !CATEGORIES.iter().any(|category| category.key == weighted.name) {
            return Err(ParamsError::Unknown {
                key: format!("{key}[{index}]"),
                value: weighted.name.clone(),
                known: CATEGORIES.map(|category| category.key).join(", "),
            });
        }
    }
    let shares = Weight::whole(weights.iter().map(|weighted| weighted.weight));
    let of_category = |product: &Product| {
        let mut both = weights.iter().zip(&shares);
        both.find(|(weighted, _)| weighted.name == product.category.key)
    };
    let sum = shares.iter().fold(0u64, |sum, share| sum.saturating_add(*share));
    let weight = |product: &Product| {
        let rivals = products.iter().filter(|other| other.category == product.category);
        let within = rivals.map(|other| other.popularity).sum();
        of_category(product)
            .map_or(0, |(_, category)| share(*category, sum, product.popularity, within))
    };
    Ok(products.iter().map(weight).collect())
}

/// The weight of one choice within another, in 2^-44 of the sum: exact enough that no law can tell.
pub(super) fn share(outer: u64, outer_sum: u64, inner: u64, inner_sum: u64) -> u64 {
    let group = (u128::from(outer) << 64) / u128::from(outer_sum.max(1));
    ((group >> 20) * u128::from(inner) / u128::from(inner_sum.max(1))) as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_product() {
        let products = products();
        assert_eq!(products.len(), include_str!("products.csv").lines().count() - 1);
        assert!(products.len() >= 400, "hundreds of products, not {}", products.len());
        assert!(products.is_sorted_by_key(|product| {
            CATEGORIES.iter().position(|own| *own == product.category)
        }));
        assert!(products.iter().all(|product| (500..300_000).contains(&product.price.cents())));
    }

    #[test]
    fn identifiers_are_unique_and_names_distinct_within_a_category() {
        let products = products();
        let ids: BTreeSet<&str> = products.iter().map(|product| product.id.as_str()).collect();
        let names: BTreeSet<_> =
            products.iter().map(|product| (product.category.key, product.model)).collect();
        assert_eq!((ids.len(), names.len()), (products.len(), products.len()));
        for product in &products {
            let digits = product.id.rsplit_once('_').unwrap().1;
            assert!(digits.len() == 4 && !digits.starts_with('0'), "{}", product.id);
        }
    }

    #[test]
    fn the_documents_product_is_the_first() {
        let first = &products()[0];
        assert_eq!(
            (first.id.as_str(), first.model, first.brand),
            ("prod_electronics_1234", "MacBook Pro 14-inch", "Apple")
        );
        assert_eq!((first.subcategory, first.price), ("Laptops", Money::from_cents(199_999)));
    }

    #[test]
    fn weights_within_weights_multiply() {
        assert_eq!(share(1, 4, 1, 2), 1 << 41);
        assert_eq!(share(0, 4, 1, 2), 0);
        assert_eq!(share(1 << 48, 1 << 48, 3, 4), 3 << 42);
    }
}
