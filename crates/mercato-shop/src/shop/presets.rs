//! A configuration beside the documented one.

use mercato_schema::Rate;
use mercato_units::Weight;

use super::catalogue::CategoryConfig;
use super::{SessionsConfig, ShopConfig, ShopWeekConfig};
use crate::Weighted;

/// Hours of a day relative to its mean, in hundredths: flat and high from 10 to 22, nearly nothing
/// at 4.
const HOURS: [u32; 24] = [
    55, 25, 12, 7, 5, 9, 22, 45, 80, 115, 140, 150, 150, 150, 150, 150, 150, 150, 150, 155, 165,
    160, 125, 80,
];
/// Months relative to the others: November stands out by more than its special days.
const MONTHS: [u32; 12] = [100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 145, 100];

impl ShopConfig {
    /// A shop as published clickstreams (OTTO, REES46, `RetailRocket`, `RecSys` 2025) show it.
    ///
    /// Events per session, conversion and event rate are fixed; the transaction rate follows.
    /// Sessions have a mean of 17 events, a median of about 6 and a ninetieth percentile near 39;
    /// 3.2 % of them buy, 70 % of the carts are abandoned, a third of them emptied again; baskets
    /// hold 1.14 products in the mean.
    pub fn calibrated() -> Self {
        let hundredths =
            |parts: &[u32]| parts.iter().map(|part| f64::from(*part) / 100.0).collect();
        let weighted =
            |(name, weight): (&str, u64)| Weighted { name: name.to_owned(), weight: weight.into() };
        let mut config = Self {
            events: Rate::from_millionths_per_hour(100_000_000_000),
            events_per_session: Some(17.0),
            conversion: Some(0.032),
            week: ShopWeekConfig {
                weekend: 0.75,
                hours: Some(hundredths(&HOURS)),
                months: Some(hundredths(&MONTHS)),
                ..ShopWeekConfig::default()
            },
            sessions: SessionsConfig {
                bounce_rate: 0.25,
                cart_abandonment: 0.7,
                removal_rate: 0.33,
                spread: 1.75,
                basket_lines: [90, 7, 2, 1].map(Weight::from).into(),
                quantities: [92, 6, 2].map(Weight::from).into(),
                page_time_sigma: 1.0,
                devices: [("mobile", 65), ("desktop", 32), ("tablet", 3)].map(weighted).into(),
                ..SessionsConfig::default()
            },
            ..Self::default()
        };
        for category in &mut config.catalogue.categories {
            *category = CategoryConfig { price: Some(prices(&category.name)), ..category.clone() };
        }
        config
    }
}

/// Ranges in whose middles orders of a lognormal value (mu 4.6, sigma 0.95: a median of 100) begin
/// and end.
fn prices(category: &str) -> mercato_schema::MoneyRange {
    let [low, high] = match category {
        "Electronics" => [25, 1_500],
        "Books" => [5, 100],
        "Toys & Games" => [8, 240],
        _ => [10, 500],
    };
    [low, high].map(|whole| mercato_schema::Money::from_cents(whole * 100)).into()
}
