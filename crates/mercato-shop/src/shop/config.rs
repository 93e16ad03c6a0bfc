//! The section `[shop]` of a configuration, as it is written.

use std::collections::BTreeMap;

use mercato_schema::Rate;
use mercato_units::{Share, as_optional_share};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::catalogue::CatalogueConfig;
use super::fraud::FraudConfig;
use super::scenarios::{ScenarioConfig, Scenarios};
use super::sessions::SessionsConfig;
use super::topics::Topic;
use super::users::{MarketConfig, UsersConfig};

/// Parameters of the shop, in the units people write; [`super::ShopParams::new`] checks them.
///
/// Of `transactions`, `events`, `events_per_session` and `conversion` two or three are enough: the
/// rest follows from transactions × events per session = conversion × events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShopConfig {
    /// The topic of what users do; `user-events` by default.
    pub events_topic: String,
    /// The topic of what they buy; `transactions` by default.
    pub transactions_topic: String,
    /// The topic of changed prices; `product-updates` by default. How many there are is the
    /// catalogue's `price_updates`.
    pub updates_topic: String,
    /// The topic of who the users are; `users` by default.
    pub users_topic: String,
    /// The topic of alarms about transactions; `fraud-alerts` by default.
    pub alerts_topic: String,
    /// The topic of transactions that are taken back; `chargebacks` by default. It is there where
    /// `fraud.chargebacks` has a share above 0.
    pub chargebacks_topic: String,
    /// The topic of the metrics; `analytics-results` by default.
    pub analytics_topic: String,
    /// Transactions, as the mean of a week in which nothing is special; 10000/h unless they follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = "10000/h")]
    pub transactions: Option<Rate>,
    /// User events, in the same week; 100000/h unless they follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = "100000/h")]
    pub events: Option<Rate>,
    /// Events of a session in the mean, from 1 to 1,000; 4 unless it follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 4.0)]
    pub events_per_session: Option<f64>,
    /// Share of the sessions that end in a transaction, above 0 and up to 0.9; 0.4 unless it
    /// follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = 0.4)]
    #[serde(deserialize_with = "as_optional_share")]
    #[schemars(with = "Option<Share>")]
    pub conversion: Option<f64>,
    /// Factor on all sessions and price updates, from 0.000001 to 1,000; 1 by default.
    #[schemars(range(min = 0.000_001, max = 1000))]
    pub rate_multiplier: f64,
    /// The scenario that holds wherever a schedule names no other; `normal_traffic` by default.
    pub scenario: String,
    /// Scenarios by name: `normal_traffic`, `peak_traffic`, `fraud_testing` and `maintenance_mode`
    /// changed, or others.
    /// Price updates do not follow them.
    pub scenarios: BTreeMap<String, ScenarioConfig>,
    /// Activity of the shop by hour, in each user's local time.
    pub week: ShopWeekConfig,
    /// Special days, by name: those of the shop's calendar changed, or others. Unless given,
    /// thirteen days of the year.
    pub seasonal_events: BTreeMap<String, SeasonalEventConfig>,
    /// True if the calendar's own special days come; true by default. Those in `seasonal_events`
    /// come in any case.
    pub calendar: bool,
    /// True if the weather moves what people want; true by default.
    pub weather: bool,
    /// Regions in which users live; the documented four by default.
    pub regions: Vec<MarketConfig>,
    /// The users.
    pub users: UsersConfig,
    /// The catalogue.
    pub catalogue: CatalogueConfig,
    /// Behaviour within sessions.
    pub sessions: SessionsConfig,
    /// Amount of fraud, and its detection.
    pub fraud: FraudConfig,
}

/// The factors that `peak` and `day` come to.
const HOURS: [f64; 24] = [
    1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.5, 3.0, 1.5, 1.5, 1.5, 3.0, 1.5, 1.5, 1.5, 1.5,
    3.0, 3.0, 1.0, 1.0, 1.0,
];

/// Activity of each hour: the hour's factor times the weekday's.
///
/// Only the relations count, because rates are the mean of the week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ShopWeekConfig {
    /// Factor of the hours that begin at 10, 14, 19 and 20, from 0 to 1,000; 3 by default.
    pub peak: f64,
    /// Factor of the other hours from 9 to 21, from 0 to 1,000; 1.5 by default. At night it is 1.
    pub day: f64,
    /// Factor of Saturday and Sunday, from 0 to 1,000; 1.5 by default.
    pub weekend: f64,
    /// 24 factors from midnight on instead of `peak` and `day`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = HOURS)]
    pub hours: Option<Vec<f64>>,
    /// 12 factors from January on; all 1 by default. Rates are the mean of a week where the month's
    /// factor is 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = example_months())]
    pub months: Option<Vec<f64>>,
}

/// A special day: what is not given is as in the shop's calendar.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SeasonalEventConfig {
    /// The first day: `12-25` for every year, `2024-11-29` for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Factor on all sessions, from 0 to 1,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multiplier: Option<f64>,
    /// Hours from midnight of the first day, 1 to 2,208; 24 for a day that is not in the calendar.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_hours: Option<u32>,
    /// The last day instead of `duration_hours`: `2024-12-02`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Categories that are wanted twice as much as others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<String>>,
    /// Factor on their demand, from 0 to 1,000; 2 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lift: Option<f64>,
}

impl Default for ShopConfig {
    fn default() -> Self {
        Self {
            events_topic: Topic::USER_EVENTS.name.to_owned(),
            transactions_topic: Topic::TRANSACTIONS.name.to_owned(),
            updates_topic: Topic::PRODUCT_UPDATES.name.to_owned(),
            users_topic: Topic::USERS.name.to_owned(),
            alerts_topic: Topic::FRAUD_ALERTS.name.to_owned(),
            chargebacks_topic: Topic::CHARGEBACKS.name.to_owned(),
            analytics_topic: Topic::ANALYTICS_RESULTS.name.to_owned(),
            transactions: None,
            events: None,
            events_per_session: None,
            conversion: None,
            rate_multiplier: 1.0,
            scenario: Scenarios::NORMAL.to_owned(),
            scenarios: BTreeMap::new(),
            week: ShopWeekConfig::default(),
            seasonal_events: BTreeMap::new(),
            calendar: true,
            weather: true,
            regions: MarketConfig::documented(),
            users: UsersConfig::default(),
            catalogue: CatalogueConfig::default(),
            sessions: SessionsConfig::default(),
            fraud: FraudConfig::default(),
        }
    }
}

impl ShopConfig {
    /// The names of all topics of the shop; that of chargebacks only where there are any.
    pub fn topics(&self) -> Vec<&str> {
        Topic::ALL.iter().filter(|topic| topic.is_made(self)).map(|topic| topic.of(self)).collect()
    }
}

/// Twice as much in December.
fn example_months() -> [f64; 12] {
    [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0]
}

impl Default for ShopWeekConfig {
    fn default() -> Self {
        Self { peak: 3.0, day: 1.5, weekend: 1.5, hours: None, months: None }
    }
}
