//! The parameters of the stream `sales`, checked once.

use mercato_draw::{AliasTable, UniformInt};
use mercato_lifecycle::Lifecycle;
use mercato_schema::{Money, MoneyRange};

use super::{ProductConfig, SalesConfig};
use crate::arrival::ArrivalLaw;
use crate::choice::{self, Choice};
use crate::error::out_of_range;
use crate::geography::Geography;
use crate::population::MAX_CUSTOMERS;
use crate::{ParamsError, error, product, suggest};

/// Parameters of the stream `sales` that are known to be possible.
///
/// ```
/// use mercato_shop::sales::{SalesConfig, SalesParams};
///
/// let config = SalesConfig { customers: 1_000_000, ..SalesConfig::default() };
/// let error = SalesParams::new(&config).unwrap_err();
/// assert_eq!(error.to_string(), "sales.customers: 1000000 is out of range (1 to 900000)");
/// ```
#[derive(Debug, Clone)]
pub struct SalesParams {
    pub(super) topic: String,
    pub(super) arrivals: ArrivalLaw,
    pub(super) customers: u32,
    pub(super) quantity: UniformInt,
    pub(super) payments: Choice,
    pub(super) geography: Geography,
    pub(super) products: Box<[Product]>,
    pub(super) product_choice: AliasTable,
    pub(super) lifecycle: Lifecycle,
}

/// A product that was checked.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub(super) id: String,
    pub(super) name: String,
    /// Cents.
    pub(super) price: UniformInt,
}

/// The highest price in cents; with the largest quantity a total stays far below
/// [`Money::BOUND_CENTS`].
const MAX_PRICE: i64 = 1_000_000_000;
/// The largest quantity of an order.
const MAX_QUANTITY: u32 = 10_000;

impl SalesParams {
    /// Checks a configuration; the error names the key, its value and what is possible.
    pub fn new(config: &SalesConfig) -> Result<Self, ParamsError> {
        error::topic("sales.topic", &config.topic)?;
        error::loaded("sales.products_file", config.products_file.as_deref())?;
        error::within("sales.customers", config.customers.into(), 1, MAX_CUSTOMERS.into())?;
        Ok(Self {
            topic: config.topic.clone(),
            arrivals: ArrivalLaw::new("sales", config.min_delay, config.max_delay, config.rate)?,
            customers: config.customers,
            quantity: quantity(config.quantity)?,
            payments: Choice::new("sales.payment_methods", &config.payment_methods)?,
            geography: Geography::new("sales.countries", &config.countries)?,
            products: products(config)?,
            product_choice: choice::table(
                "sales.products",
                config.products.iter().map(|product| product.weight),
            )?,
            lifecycle: config.lifecycle.lift("sales.lifecycle")?,
        })
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The states of an order and the ways between them.
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.lifecycle
    }
}

impl Default for SalesParams {
    /// The parameters of document 000.
    fn default() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "the built-in configuration is fixed, and a test checks it"
        )]
        Self::new(&SalesConfig::default()).expect("the built-in configuration is possible")
    }
}

fn quantity([low, high]: [u32; 2]) -> Result<UniformInt, ParamsError> {
    let key = "sales.quantity";
    for bound in [low, high] {
        error::within(key, bound.into(), 1, MAX_QUANTITY.into())?;
    }
    UniformInt::new(low.into(), high.into()).map_err(|_| ParamsError::Crossed {
        key: key.to_owned(),
        low: low.to_string(),
        high: high.to_string(),
    })
}

fn products(config: &SalesConfig) -> Result<Box<[Product]>, ParamsError> {
    let key = "sales.products";
    product::check(key, &config.products)?;
    let product = |(index, product)| lift_product(&format!("{key}[{index}]"), product, config);
    config.products.iter().enumerate().map(product).collect()
}

fn lift_product(
    key: &str,
    product: &ProductConfig,
    config: &SalesConfig,
) -> Result<Product, ParamsError> {
    let category =
        config.categories.get(&product.category).ok_or_else(|| ParamsError::Unknown {
            key: format!("{key}.category"),
            value: product.category.clone(),
            known: suggest::known(&product.category, config.categories.keys().map(String::as_str)),
        })?;
    let price = match &product.price {
        Some(own) => price_range(&format!("{key}.price"), *own, MAX_PRICE)?,
        None => {
            price_range(&format!("sales.categories.{}", product.category), *category, MAX_PRICE)?
        }
    };
    Ok(Product { id: product.id.clone(), name: product.name.clone(), price })
}

/// The cents of `range`, which must lie from 0.01 to `max`.
pub(crate) fn price_range(
    key: &str,
    range: MoneyRange,
    max: i64,
) -> Result<UniformInt, ParamsError> {
    let [low, high] = range.ends();
    for bound in [low, high] {
        if !(1..=max).contains(&bound.cents()) {
            return Err(out_of_range(key, bound.to_string(), "0.01", Money::from_cents(max)));
        }
    }
    UniformInt::new(low.cents(), high.cents()).map_err(|_| ParamsError::Crossed {
        key: key.to_owned(),
        low: low.to_string(),
        high: high.to_string(),
    })
}
