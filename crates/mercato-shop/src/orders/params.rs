//! The parameters of the stream `orders`, checked once.

use mercato_draw::{UniformInt, below};

use super::{CustomersConfig, OrdersConfig};
use crate::arrival::ArrivalLaw;
use crate::choice::Choice;
use crate::sales::price_range;
use crate::{ParamsError, error};

/// Parameters of the stream `orders` that are known to be possible.
///
/// ```
/// use mercato_shop::orders::{OrdersConfig, OrdersParams};
///
/// let config = OrdersConfig { topic: "no spaces".into(), ..OrdersConfig::default() };
/// let error = OrdersParams::new(&config).unwrap_err();
/// assert!(error.to_string().starts_with("orders.topic = \"no spaces\" is invalid: expected a topic name"));
/// ```
#[derive(Debug, Clone)]
pub struct OrdersParams {
    pub(super) topic: String,
    pub(super) arrivals: ArrivalLaw,
    pub(super) customers: Customers,
    /// Cents.
    pub(super) amount: UniformInt,
    pub(super) categories: Choice,
}

/// Customers: they are numbered and need no table, whatever their number.
#[derive(Debug, Clone)]
pub(super) enum Customers {
    Numbered(u32),
    Listed(Choice),
}

/// The largest number of numbered customers.
const MAX_CUSTOMERS: u32 = 1_000_000;
/// The highest amount in cents.
const MAX_AMOUNT: i64 = 1_000_000_000;

impl OrdersParams {
    /// Checks a configuration; the error names the key, its value and what is possible.
    pub fn new(config: &OrdersConfig) -> Result<Self, ParamsError> {
        error::topic("orders.topic", &config.topic)?;
        Ok(Self {
            topic: config.topic.clone(),
            arrivals: ArrivalLaw::new("orders", config.min_delay, config.max_delay, config.rate)?,
            customers: Customers::new("orders.customers", &config.customers)?,
            amount: price_range("orders.amount", config.amount, MAX_AMOUNT)?,
            categories: Choice::new("orders.categories", &config.categories)?,
        })
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }
}

impl Default for OrdersParams {
    /// The parameters of document 003.
    fn default() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "the built-in configuration is fixed, and a test checks it"
        )]
        Self::new(&OrdersConfig::default()).expect("the built-in configuration is possible")
    }
}

impl Customers {
    fn new(key: &str, config: &CustomersConfig) -> Result<Self, ParamsError> {
        match config {
            CustomersConfig::Count(count) => {
                error::within(key, (*count).into(), 1, MAX_CUSTOMERS.into())?;
                Ok(Self::Numbered(*count))
            }
            CustomersConfig::List(list) => Choice::new(key, list).map(Self::Listed),
        }
    }

    /// The index of the customer that one word chooses.
    #[inline]
    pub(super) fn pick(&self, word: u64) -> u32 {
        match self {
            Self::Numbered(count) => below(word, (*count).into()) as u32,
            Self::Listed(choice) => choice.pick(word).into(),
        }
    }
}
