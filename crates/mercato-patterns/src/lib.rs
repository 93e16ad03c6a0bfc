//! Patterns that make synthetic traffic look real, each usable on its own.
//!
//! | module | what it knows | feature |
//! |---|---|---|
//! | [`temporal`] | activity by the clock of a time zone, with daylight saving | `temporal` |
//! | [`geographic`] | cities, postcodes, positions around a centre, distances | `geographic` |
//! | [`fraud`] | shapes of fraud campaigns, how strange a purchase looks, a detector that errs | `fraud` |
//! | [`seasonal`] | holidays of any year, category seasons, weather | `seasonal` |
//!
//! All features are on by default and no module imports another;
//! [`Factor`] and [`Zone`] are the words they have in common.
//! Nothing here looks at a clock, draws from a generator or writes anywhere:
//! every function is pure, takes time as microseconds since the Unix epoch in UTC,
//! and answers in integers, so that the answer is the same on every machine.
//!
//! ```
//! # #[cfg(all(feature = "temporal", feature = "geographic"))] {
//! use mercato_patterns::geographic::Atlas;
//! use mercato_patterns::temporal::{Week, WeeklyCurve};
//! use mercato_patterns::Zone;
//!
//! // How busy is a shop for its customers in Toronto at 2026-07-29 16:30 UTC, half past noon there?
//! let toronto = Atlas::world().find("CA", "Toronto").ok_or("no Toronto")?;
//! let curve = WeeklyCurve::new(Week::business_hours(), Zone::iana(toronto.zone())?);
//! let (factor_millionths, until_micros) = curve.piece(1_785_342_600_000_000);
//! assert_eq!(factor_millionths, 2_000_000);
//! assert_eq!(until_micros, 1_785_344_400_000_000);
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "zone")]
mod clock;
mod factor;
#[cfg(feature = "fraud")]
pub mod fraud;
#[cfg(feature = "geographic")]
pub mod geographic;
#[cfg(feature = "seasonal")]
pub mod seasonal;
#[cfg(feature = "temporal")]
pub mod temporal;
#[cfg(feature = "zone")]
mod zone;

#[cfg(feature = "zone")]
pub use clock::Clock;
pub use factor::{Factor, FactorError};
#[cfg(feature = "zone")]
pub use zone::{LocalTime, Zone, ZoneError};
