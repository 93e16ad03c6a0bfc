//! The section `[shop.sessions]` of a configuration, as it is written.

use mercato_schema::Duration;
use mercato_schema::duration::Unit;
use mercato_units::{Share, Weight, as_share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Weighted;

/// Behaviour within sessions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SessionsConfig {
    /// Share of the sessions that are over after one page, from 0 to 1; 0.25 by default.
    /// Where conversion and abandoned carts leave less, it is what they leave.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub bounce_rate: f64,
    /// Share of the carts that are never paid, from 0 to 0.99; 0.3 by default.
    /// Where conversion leaves too few other sessions for that, all of those abandon a cart.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub cart_abandonment: f64,
    /// Share of abandoned carts from which the product is taken out again, from 0 to 1; 0.33 by
    /// default.
    #[serde(deserialize_with = "as_share")]
    #[schemars(with = "Share")]
    pub removal_rate: f64,
    /// Spread of session lengths: the standard deviation of the logarithm of the number of views,
    /// from 0 to 3; 0.9 by default. Their mean follows from `events_per_session`.
    pub spread: f64,
    /// Number of products in a basket: the weight of one, of two and so on, for at most 10; 62, 22,
    /// 9, 4 and 3 by default.
    pub basket_lines: Vec<Weight>,
    /// Number of items of a product: the weight of one, of two and so on, for at most 100; 80, 14,
    /// 4 and 2 by default.
    pub quantities: Vec<Weight>,
    /// Median time on a page; 15 s by default, from 1 s to 10 m. Times are lognormal between 1 s
    /// and 10 m.
    pub page_time: Duration,
    /// Standard deviation of the logarithm of the time on a page, from 0 to 3; 0.8 by default.
    pub page_time_sigma: f64,
    /// The longest session, from 1 m to 24 h; 30 m by default. Longer ones are shortened in all
    /// their parts alike.
    pub longest: Duration,
    /// Share of users by device: `mobile`, `desktop`, `tablet`; 50, 35 and 15 by default.
    pub devices: Vec<Weighted>,
    /// Payment methods; eight by default.
    pub payment_methods: Vec<Weighted>,
    /// The tax on a sum in per cent, whatever the country, from 0 to 100; the usual rate of each
    /// country by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_percent: Option<f64>,
}

impl Default for SessionsConfig {
    fn default() -> Self {
        let weighted =
            |(name, weight): (&str, u64)| Weighted { name: name.to_owned(), weight: weight.into() };
        Self {
            bounce_rate: 0.25,
            cart_abandonment: 0.3,
            removal_rate: 0.33,
            spread: 0.9,
            basket_lines: [62, 22, 9, 4, 3].map(Weight::from).into(),
            quantities: [80, 14, 4, 2].map(Weight::from).into(),
            page_time: Duration::of(15, Unit::Seconds),
            page_time_sigma: 0.8,
            longest: Duration::of(30, Unit::Minutes),
            devices: [("mobile", 50), ("desktop", 35), ("tablet", 15)].map(weighted).into(),
            payment_methods: [
                ("credit_card", 42),
                ("debit_card", 20),
                ("paypal", 18),
                ("apple_pay", 8),
                ("google_pay", 5),
                ("bank_transfer", 3),
                ("buy_now_pay_later", 3),
                ("gift_card", 1),
            ]
            .map(weighted)
            .into(),
            tax_percent: None,
        }
    }
}
