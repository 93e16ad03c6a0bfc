//! The section `[sales]` of a configuration, as it is written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use mercato_schema::duration::Unit;
use mercato_schema::{Duration, MoneyRange, Rate, Sale};
use mercato_units::{Delay, or_seconds};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::catalogue;
use crate::product::ProductConfig;
use crate::{CountryConfig, LifecycleConfig, Weighted};

/// Parameters of the stream `sales`, in the units people write; [`super::SalesParams::new`] checks
/// them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SalesConfig {
    /// The topic; `ecommerce-sales` by default.
    pub topic: String,
    /// Minimum interval between orders, a bare number in seconds; 1 s by default.
    #[serde(deserialize_with = "or_seconds")]
    #[schemars(with = "Delay")]
    pub min_delay: Duration,
    /// Maximum interval between orders, a bare number in seconds; 6 s by default, at most 100 days.
    #[serde(deserialize_with = "or_seconds")]
    #[schemars(with = "Delay")]
    pub max_delay: Duration,
    /// Order rate, instead of the delays; none by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// Number of customers, from 1 to 900,000; 900,000 by default.
    pub customers: u32,
    /// Fewest and most items of an order, from 1 to 10,000; 1 and 5 by default.
    pub quantity: [u32; 2],
    /// Payment methods; by default the six documented ones, equally often.
    pub payment_methods: Vec<Weighted>,
    /// Countries of the customers; the United States by default.
    pub countries: Vec<CountryConfig>,
    /// Price, or lowest and highest price, of the products of each category, from 0.01 to
    /// 10,000,000.00.
    pub categories: BTreeMap<String, MoneyRange>,
    /// Products; by default the fifteen of the catalogue, equally often.
    pub products: Vec<ProductConfig>,
    /// A CSV file with the products, in the folder of this file unless its path is absolute;
    /// instead of `products`.
    ///
    /// Its first line names its columns: `id`, `name`, `category`, `price` or `min_price` and
    /// `max_price`, `weight`.
    #[serde(skip_serializing)]
    #[schemars(example = "")]
    pub products_file: Option<PathBuf>,
    /// States of an order, and the time it stays in each.
    pub lifecycle: LifecycleConfig,
}

/// The payment methods of document 000.
const PAYMENT_METHODS: [&str; 6] =
    ["credit_card", "debit_card", "paypal", "apple_pay", "google_pay", "bank_transfer"];

impl Default for SalesConfig {
    fn default() -> Self {
        Self {
            topic: Sale::TOPIC.to_owned(),
            min_delay: Duration::of(1, Unit::Seconds),
            max_delay: Duration::of(6, Unit::Seconds),
            rate: None,
            customers: crate::population::MAX_CUSTOMERS,
            quantity: [1, 5],
            payment_methods: PAYMENT_METHODS.map(Weighted::new).into(),
            countries: vec![CountryConfig::new("USA")],
            categories: catalogue::categories(),
            products: catalogue::products(),
            products_file: None,
            lifecycle: LifecycleConfig::default(),
        }
    }
}
