//! Products that a user lists, for `[sales]` and `[shop]` alike.

use std::collections::BTreeSet;

use mercato_schema::MoneyRange;
use mercato_units::Weight;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ParamsError, error};

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductConfig {
    /// Its identifier, such as `PROD-004`.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Its category, one of `categories`.
    pub category: String,
    /// Its own price, or its lowest and highest, instead of its category's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<MoneyRange>,
    /// Weight in orders, relative to the sum over all products; 1 by default.
    #[serde(default)]
    pub weight: Weight,
}

/// The most products that a list may have: as many as the 16 bits of a choice can tell apart.
pub(crate) const MAX_PRODUCTS: u64 = 1 << 16;

/// Says what is expected instead of a text that no reader could tell from another: of `field`, an
/// identifier is compared as it stands.
fn unfit(field: &str, text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        return Some("a text that is not blank");
    }
    if field == "id" && text.trim() != text {
        return Some("a text without spaces at its ends");
    }
    text.contains('\0').then_some("a text without NUL")
}

/// Refuses a list at `key` that is empty or too long, and products with the same identifier or
/// without a proper id or name.
pub(crate) fn check(key: &str, products: &[ProductConfig]) -> Result<(), ParamsError> {
    if products.is_empty() {
        return Err(ParamsError::Empty { key: key.to_owned() });
    }
    error::within(&format!("the length of {key}"), products.len() as u64, 1, MAX_PRODUCTS)?;
    let mut seen = BTreeSet::new();
    for (index, product) in products.iter().enumerate() {
        for (field, text) in [("id", &product.id), ("name", &product.name)] {
            if text.is_empty() {
                return Err(ParamsError::Empty { key: format!("{key}[{index}].{field}") });
            }
            if let Some(expected) = unfit(field, text) {
                let (key, value) = (format!("{key}[{index}].{field}"), text.clone());
                return Err(ParamsError::Malformed { key, value, expected });
            }
        }
        if !seen.insert(&product.id) {
            let (key, value) = (format!("{key}[{index}].id"), product.id.clone());
            return Err(ParamsError::Duplicate { key, value });
        }
    }
    Ok(())
}
