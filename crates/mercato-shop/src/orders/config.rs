//! The section `[orders]` of a configuration, as it is written.

use std::fmt;

use mercato_schema::duration::Unit;
use mercato_schema::{Duration, Money, MoneyRange, Order, Rate};
use mercato_units::{Delay, or_seconds};
use schemars::JsonSchema;
use serde::de::value::SeqAccessDeserializer;
use serde::de::{self, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::Weighted;

/// Parameters of the stream `orders`, in the units people write; [`super::OrdersParams::new`]
/// checks them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OrdersConfig {
    /// The topic; `orders` by default.
    pub topic: String,
    /// Minimum interval between orders, a bare number in seconds; 2 s by default.
    #[serde(deserialize_with = "or_seconds")]
    #[schemars(with = "Delay")]
    pub min_delay: Duration,
    /// Maximum interval between orders, a bare number in seconds; 4 s by default, at most 100 days.
    #[serde(deserialize_with = "or_seconds")]
    #[schemars(with = "Delay")]
    pub max_delay: Duration,
    /// Order rate, instead of the delays; none by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<Rate>,
    /// A number of customers, each ordering as often, or a list of them; 5 by default.
    pub customers: CustomersConfig,
    /// Lowest and highest amount of an order, from 0.01 to 10,000,000.00; 10.00 and 500.00 by
    /// default.
    pub amount: MoneyRange,
    /// Categories of orders; by default the five documented ones, equally often.
    pub categories: Vec<Weighted>,
}

/// Customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum CustomersConfig {
    /// That many, from 1 to 1,000,000: `customer_001` and upwards.
    Count(u32),
    /// These.
    List(Vec<Weighted>),
}

impl Default for OrdersConfig {
    fn default() -> Self {
        Self {
            topic: Order::TOPIC.to_owned(),
            min_delay: Duration::of(2, Unit::Seconds),
            max_delay: Duration::of(4, Unit::Seconds),
            rate: None,
            customers: CustomersConfig::Count(5),
            amount: [1_000, 50_000].map(Money::from_cents).into(),
            categories: ["Electronics", "Clothing", "Books", "Home", "Sports"]
                .map(Weighted::new)
                .into(),
        }
    }
}

impl<'de> Deserialize<'de> for CustomersConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CustomersForms)
    }
}

struct CustomersForms;

impl<'de> Visitor<'de> for CustomersForms {
    type Value = CustomersConfig;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number of customers, or a list of their identifiers")
    }

    fn visit_u64<E: de::Error>(self, count: u64) -> Result<CustomersConfig, E> {
        let count = u32::try_from(count)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(count), &self))?;
        Ok(CustomersConfig::Count(count))
    }

    fn visit_i64<E: de::Error>(self, count: i64) -> Result<CustomersConfig, E> {
        let count =
            u32::try_from(count).map_err(|_| E::invalid_value(Unexpected::Signed(count), &self))?;
        Ok(CustomersConfig::Count(count))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<CustomersConfig, A::Error> {
        Deserialize::deserialize(SeqAccessDeserializer::new(list)).map(CustomersConfig::List)
    }
}
