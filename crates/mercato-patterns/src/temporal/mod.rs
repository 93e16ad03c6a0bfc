//! Activity by the clock of a time zone, with daylight saving.
//!
//! A [`Week`] says how busy each of its 168 local hours is; a [`WeeklyCurve`] lays it over event
//! time in a [`Zone`](crate::Zone).
//! The curve is constant by steps: a piece ends where the local hour ends or the zone's offset
//! changes, so a local hour that daylight saving skips does not come, and one that it repeats comes
//! twice.
//! Zones half an hour off have their steps at half past the hour of UTC, as their clocks have.
//!
//! The module does not know what is busy: a factor is a number.
//! Holidays are not here but in the seasonal engine.
//!
//! ```
//! use mercato_patterns::Zone;
//! use mercato_patterns::temporal::{Week, WeeklyCurve};
//!
//! let curve = WeeklyCurve::new(Week::business_hours(), Zone::iana("Asia/Kolkata")?);
//! // 2026-07-27 06:31 UTC is Monday, one past noon, in Kolkata: a peak, and it holds until 07:30 UTC.
//! assert_eq!(curve.piece(1_785_133_860_000_000), (2_000_000, 1_785_137_400_000_000));
//! # Ok::<(), mercato_patterns::ZoneError>(())
//! ```
//!
//! A region may have one fixed offset instead, as document 004 writes it: North America five hours
//! behind.
//!
//! ```
//! use mercato_patterns::Zone;
//! use mercato_patterns::temporal::{Week, WeeklyCurve};
//!
//! let curve = WeeklyCurve::new(Week::shop_day(Week::SHOP_PEAK), Zone::fixed_minutes(-5 * 60)?);
//! // 2024-07-18 15:30 UTC is a Thursday's peak at ten there.
//! assert_eq!(curve.piece(1_721_316_600_000_000).0, 3_000_000);
//! # Ok::<(), mercato_patterns::ZoneError>(())
//! ```

mod curve;
mod error;
mod presets;
mod week;

pub use curve::WeeklyCurve;
pub use error::TemporalError;
pub use week::Week;
