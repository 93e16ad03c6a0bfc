//! The influence of calendar and weather on a shop.
//!
//! A [`Calendar`] holds [`Event`]s (Black Friday and its kin, found for any year, and dates of
//! one's own)
//! and a table of months for each category.
//! It answers with factors that are constant by steps: one on all traffic, one on the weight of a
//! category.
//! [`Weather`] is a smooth function of place, day and a key; a [`Response`] says how it moves a
//! category.
//!
//! Events and months belong to the calendar (gifts, school), heat and rain to the weather:
//! so a garden sells in spring on either half of the globe.
//! Categories are names; which ones exist is not known here. Hours of the day are not here but in
//! the temporal engine.
//!
//! ```
//! use mercato_draw::CounterHash;
//! use mercato_patterns::Zone;
//! use mercato_patterns::seasonal::{Calendar, Response, Weather};
//!
//! let calendar = Calendar::shop(Zone::iana("America/New_York")?);
//! // 2026-11-27 17:00 UTC is the noon of a Black Friday in New York; it ends at midnight there.
//! let noon = 1_795_798_800_000_000;
//! assert_eq!(calendar.traffic(noon), (8_000_000, 1_795_842_000_000_000));
//! assert_eq!(calendar.running(noon).map(|event| event.name()).collect::<Vec<_>>(), ["Black Friday"]);
//! // Books are no part of it; November alone lifts them a little.
//! assert_eq!(calendar.category("Books", noon).0, 1_100_000);
//!
//! let weather = Weather::new(CounterHash::new(42, 7));
//! let sky = weather.on(407_128, -740_060, 20_784);
//! assert_eq!(sky.to_string(), "6.8 °C, wetness 0.59");
//! assert_eq!(Response::of_shop_category("Sports & Outdoors").factor(sky).to_string(), "0.849699");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod calendar;
mod date;
mod error;
mod event;
mod noise;
mod presets;
mod response;
mod weather;
mod when;

pub use calendar::Calendar;
pub use date::Date;
pub use error::SeasonalError;
pub use event::Event;
pub use response::Response;
pub use weather::{Sky, Weather};
pub use when::When;
