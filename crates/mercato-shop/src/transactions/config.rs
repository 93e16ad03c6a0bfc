//! The section `[transactions]` of a configuration, as it is written.

use mercato_patterns::temporal::Week;
use mercato_schema::{Discount, Rate, Transaction};
use mercato_units::{Share, Weight, as_share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::campaigns::{self, CampaignConfig};
use super::catalogue;
use crate::Weighted;

/// Parameters of the stream `transactions`, in the units people write;
/// [`super::TransactionsParams::new`] checks them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TransactionsConfig {
    /// The topic; `transactions` by default.
    pub topic: String,
    /// Transactions in a time where the week's factor is 1; 1000/h by default.
    pub rate: Rate,
    /// True if every hour is as busy as another; false by default.
    pub flat: bool,
    /// Activity by hour of the user's local time; the documented week by default.
    pub week: WeekConfig,
    /// Number of users, from 1 to 900,000,000; 100,000 by default.
    pub users: u32,
    /// Countries in which users live: `US`, `CA` and `GB`, all of them by default.
    pub countries: Vec<String>,
    /// Time zones in which users live; those of all cities of the countries by default.
    pub zones: Vec<ZoneConfig>,
    /// Standard deviation, in metres, of where users are around the centre of their city; 2,500 by
    /// default, at most 20,000.
    pub scatter_metres: u32,
    /// Weights of the categories; the documented ones by default.
    pub categories: Vec<Weighted>,
    /// Weights of one item, of two, and so on; 70, 15, 8, 4 and 3 by default.
    pub quantities: Vec<Weight>,
    /// Share of the transactions that have a discount, from 0 to 1; 0.3 by default.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub discounted: f64,
    /// The highest discount; each hundredth up to it is as likely as another. 0.3 by default.
    pub max_discount: Discount,
    /// Payment methods; the documented ones with their weights by default.
    pub payment_methods: Vec<PaymentConfig>,
    /// Share of users by device: `desktop`, `mobile`, `tablet`; 45, 45 and 10 by default.
    pub devices: Vec<Weighted>,
    /// Why users come; twenty ways by default.
    pub campaigns: Vec<CampaignConfig>,
}

/// Activity of each hour of a week: the hour's factor times the weekday's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WeekConfig {
    /// 24 factors from 0 to 1,000, from midnight on.
    pub hours: Vec<f64>,
    /// 7 factors from 0 to 1,000, from Monday on.
    pub weekdays: Vec<f64>,
}

/// A time zone in which users live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ZoneConfig {
    /// Its IANA name, such as `Europe/London`.
    pub name: String,
    /// Weight of the zone's users, relative to the sum over the list; thousands of inhabitants of
    /// its cities by default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<Weight>,
    /// Its own week instead of the shop's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub week: Option<WeekConfig>,
}

/// A way to pay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentConfig {
    /// The method, such as `credit_card`.
    pub name: String,
    /// Weight, relative to the sum over the list; 1 by default.
    #[serde(default)]
    pub weight: Weight,
    /// Payment providers and their weights.
    pub providers: Vec<Weighted>,
}

impl Default for TransactionsConfig {
    fn default() -> Self {
        let weighted =
            |(name, weight): (&str, u64)| Weighted { name: name.to_owned(), weight: weight.into() };
        Self {
            topic: Transaction::TOPIC.to_owned(),
            rate: default_rate(),
            flat: false,
            week: WeekConfig::default(),
            users: 100_000,
            countries: super::residents::COUNTRIES.map(str::to_owned).into(),
            zones: Vec::new(),
            scatter_metres: 2_500,
            categories: catalogue::weights(),
            quantities: [70, 15, 8, 4, 3].map(Weight::from).into(),
            discounted: 0.3,
            max_discount: Discount::from_units(30),
            payment_methods: payment_methods(),
            devices: [("desktop", 45), ("mobile", 45), ("tablet", 10)].map(weighted).into(),
            campaigns: campaigns::defaults(),
        }
    }
}

impl Default for WeekConfig {
    /// The documented week: [`Week::business_hours`].
    fn default() -> Self {
        let week = Week::business_hours();
        let number = |weekday, hour| week.factor(weekday, hour).millionths() as f64 / 1e6;
        Self {
            hours: (0..24).map(|hour| number(0, hour)).collect(),
            // Monday from 6 to 9 has the factor 1, so a day's factor there is the day's own.
            weekdays: (0..7).map(|weekday| number(weekday, 6)).collect(),
        }
    }
}

/// Name and weight of a method, and of each of its providers.
type Method<'a> = (&'a str, u64, &'a [(&'a str, u64)]);

/// The methods and weights of document 001; which provider carries out a card payment is ours.
fn payment_methods() -> Vec<PaymentConfig> {
    let weighted = |(name, weight): &(&str, u64)| Weighted {
        name: (*name).to_owned(),
        weight: (*weight).into(),
    };
    let method = |(name, weight, providers): Method<'_>| PaymentConfig {
        name: name.to_owned(),
        weight: weight.into(),
        providers: providers.iter().map(weighted).collect(),
    };
    let methods: [Method<'_>; 4] = [
        ("credit_card", 60, &[("stripe", 5), ("square", 2), ("adyen", 3)]),
        ("debit_card", 25, &[("stripe", 6), ("square", 4)]),
        ("paypal", 10, &[("paypal", 1)]),
        ("apple_pay", 5, &[("apple", 1)]),
    ];
    methods.map(method).into()
}

/// The documented thousand an hour.
fn default_rate() -> Rate {
    #[expect(clippy::expect_used, reason = "a thousand an hour is far from both bounds")]
    Rate::from_millionths_per_hour(1_000_000_000).expect("a possible rate")
}
