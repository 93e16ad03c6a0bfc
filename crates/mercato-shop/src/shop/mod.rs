//! One shop: people, products, and the sessions in which they meet.
//!
//! | module | what is in it |
//! |---|---|
//! | `topics` | its topics, one row each |
//! | `users` | who comes, from where and how often: functions of a user's number |
//! | [`catalogue`] | what is sold, and at which price at any time |
//! | `season` | what people want when: calendar, weather, hours |
//! | `rates` | how much happens |
//! | `expected` | how much of it is to be expected an hour |
//! | `scenarios` | more or less traffic, and more or less fraud, for a while |
//! | `sessions` | a stream: a plan through the shop, and the transaction at its end |
//! | `campaigns` | a stream: fraudsters, and what they buy |
//! | `fraud` | how much of it there is, and what follows of a transaction |
//! | `user_updates` | a stream: who the users are, and how that changes |
//! | `updates` | a stream: the prices that change meanwhile, launches and deliveries |
//! | `listings` | a stream: what is listed, as a table that changes |
//! | `analytics` | a fold: what the records of the others add up to |

mod analytics;
mod campaigns;
pub mod catalogue;
mod config;
mod expected;
mod fraud;
mod listings;
mod params;
mod presets;
mod rates;
mod scenarios;
mod season;
mod sessions;
mod topics;
mod updates;
mod user_updates;
mod users;
mod years;

pub use analytics::Analytics;
pub use campaigns::{Campaign, Campaigns};
pub use config::{SeasonalEventConfig, ShopConfig, ShopWeekConfig};
pub use expected::Expected;
pub use fraud::{ChargebacksConfig, DetectionConfig, FraudConfig, FraudParams};
pub use listings::{Listings, PRODUCTS, Relisting};
pub use params::{Crowding, ShopParams};
pub use rates::ShopRates;
pub use scenarios::{Scenario, ScenarioConfig, Scenarios, Traffic};
pub use sessions::{Session, SessionsConfig, Shop};
pub use topics::{Driver, Topic};
pub use updates::{ProductUpdates, Update};
pub use user_updates::{UserChange, UserUpdates};
pub use users::{AgeGroupConfig, MarketConfig, UserKind, Users, UsersConfig};
