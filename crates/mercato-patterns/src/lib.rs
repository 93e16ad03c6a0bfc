//! What makes made-up traffic look real, in engines that can be used one by one.
//!
//! | module | what it knows | feature |
//! |---|---|---|
//! | [`temporal`] | activity by the clock of a time zone, with daylight saving | `temporal` |
//!
//! All features are on by default and no module imports another;
//! [`Factor`] and [`Zone`] are the words they have in common.
//! Nothing here looks at a clock, draws from a generator or writes anywhere:
//! every function is pure, takes time as microseconds since the Unix epoch in UTC,
//! and answers in integers, so that the answer is the same on every machine.
//!
//! ```
//! # #[cfg(feature = "temporal")] {
//! use mercato_patterns::Zone;
//! use mercato_patterns::temporal::{Week, WeeklyCurve};
//!
//! // How busy is a shop for its customers in Toronto at 2026-07-29 16:30 UTC, half past noon there?
//! let curve = WeeklyCurve::new(Week::business_hours(), Zone::iana("America/Toronto")?);
//! let (factor_millionths, until_micros) = curve.piece(1_785_342_600_000_000);
//! assert_eq!(factor_millionths, 2_000_000);
//! assert_eq!(until_micros, 1_785_344_400_000_000);
//! # }
//! # Ok::<(), mercato_patterns::ZoneError>(())
//! ```

mod factor;
#[cfg(feature = "temporal")]
pub mod temporal;
#[cfg(feature = "zone")]
mod zone;

pub use factor::{Factor, FactorError};
#[cfg(feature = "zone")]
pub use zone::{LocalTime, Zone, ZoneError};
