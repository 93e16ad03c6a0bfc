//! The shop: what it sells, who buys, and one module a stream.
//!
//! A stream is made of three things.
//! A configuration as people write it ([`sales::SalesConfig`]) is checked once and becomes
//! parameters ([`sales::SalesParams`]); parameters and a seed make the stream ([`sales::Sales`]),
//! which the engine evaluates.
//! A record is never built on the way to a file: the stream copies texts that were rendered when it
//! was made, and appends digits. `record` builds it nevertheless, for tests and for whoever wants
//! the value.
//!
//! There is no thread here, no sink and no clock.
//!
//! ```
//! use mercato_draw::Seed;
//! use mercato_engine::{Extent, Run, Schedule, World};
//! use mercato_schema::{Sale, Timestamp};
//! use mercato_shop::sales::{Sales, SalesParams};
//!
//! let origin: Timestamp = "2025-11-09T00:00:00Z".parse()?;
//! let world = World { seed: Seed::new(42), origin: origin.micros() };
//! let sales = Sales::new(world, SalesParams::default(), Schedule::default());
//! let extent = Extent { arrivals: Some(1), drain: true, ..Extent::default() };
//! let run = Run::builder(world).extent(extent).stream(sales)?;
//!
//! let mut statuses = Vec::new();
//! for batch in run.batches()? {
//!     for index in 0..batch.len() {
//!         let sale: Sale = serde_json::from_slice(batch.value(index))?;
//!         assert_eq!(sale.price.times(sale.quantity), Some(sale.total));
//!         statuses.push(sale.status.into_owned());
//!     }
//! }
//! assert_eq!(statuses, ["pending", "confirmed", "processing", "shipped"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod arrival;
mod choice;
mod curve;
mod error;
pub mod events;
mod geography;
mod lifecycle;
pub mod orders;
mod population;
mod product;
pub mod purposes;
pub mod sales;
pub mod shop;
mod suggest;
pub mod transactions;

pub use choice::Weighted;
pub use error::ParamsError;
pub use geography::{CountryConfig, RegionConfig, built_in_countries};
pub use lifecycle::{
    DwellConfig, ExponentialConfig, LifecycleConfig, LognormalConfig, TransitionConfig,
};
pub use product::ProductConfig;
