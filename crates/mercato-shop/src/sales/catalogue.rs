//! The default catalogue.
//!
//! Document 000 names thirteen products in five categories and shows that PROD-004 is the USB-C
//! Cable;
//! the other numbers, the last two products and all prices are ours.

use std::collections::BTreeMap;

use mercato_schema::{Money, MoneyRange};
use mercato_units::Weight;

use super::ProductConfig;

const AUDIO: &str = "Audio Equipment";
const COMPUTER: &str = "Computer Accessories";
const ELECTRONICS: &str = "Electronics";
const MOBILE: &str = "Mobile Accessories";
const OFFICE: &str = "Office Supplies";

/// Lowest and highest price of each category in cents.
const CATEGORIES: [(&str, [i64; 2]); 5] = [
    (AUDIO, [2_499, 24_999]),
    (COMPUTER, [999, 14_999]),
    (ELECTRONICS, [4_999, 49_999]),
    (MOBILE, [799, 5_999]),
    (OFFICE, [999, 7_999]),
];

const PRODUCTS: [(&str, &str); 15] = [
    ("Wireless Headphones", ELECTRONICS),
    ("Smart Watch", ELECTRONICS),
    ("Mechanical Keyboard", COMPUTER),
    ("USB-C Cable", COMPUTER),
    ("Wireless Mouse", COMPUTER),
    ("Laptop Stand", COMPUTER),
    ("Phone Case", MOBILE),
    ("Portable Charger", MOBILE),
    ("Webcam HD", ELECTRONICS),
    ("4K Monitor", ELECTRONICS),
    ("Desk Organizer", OFFICE),
    ("Desk Lamp", OFFICE),
    ("Bluetooth Speaker", AUDIO),
    ("Noise-Cancelling Earbuds", AUDIO),
    ("Car Phone Mount", MOBILE),
];

/// Products whose prices are far from their category's, in cents.
const PRICES: [(&str, [i64; 2]); 2] =
    [("USB-C Cable", [500, 1_999]), ("4K Monitor", [19_999, 79_999])];

pub(super) fn categories() -> BTreeMap<String, MoneyRange> {
    CATEGORIES
        .into_iter()
        .map(|(name, price)| (name.to_owned(), price.map(Money::from_cents).into()))
        .collect()
}

pub(super) fn products() -> Vec<ProductConfig> {
    let product = |(index, (name, category)): (usize, (&str, &str))| ProductConfig {
        id: format!("PROD-{:03}", index + 1),
        name: name.to_owned(),
        category: category.to_owned(),
        price: PRICES
            .iter()
            .find(|(of, _)| *of == name)
            .map(|(_, price)| price.map(Money::from_cents).into()),
        weight: Weight::ONE,
    };
    PRODUCTS.into_iter().enumerate().map(product).collect()
}
