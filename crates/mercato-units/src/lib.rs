//! The values that flags, variables, configuration files and records are made of: one type and one
//! parser each.
//!
//! A value is read with `FromStr`, shown with `Display` in a form that reads back as the same
//! value, read from a file's string or number by the same parser, and described by a JSON Schema
//! that says what is accepted.
//! So whatever one of flags, environment, files and API accepts, all accept.
//! Whatever is refused is refused with a [`ValueError`], which has one form for all of them.
//!
//! All values are integers inside: decimals are read digit by digit, so a rate of `0.1` is 100,000
//! millionths and never a nearby float.
//! Nothing here knows about streams, runs or destinations.
//!
//! [`enumerated!`] declares an enum that lists its variants, for every crate above.
//!
//! ```
//! use mercato_units::{Clock, Duration, Money, Rate};
//!
//! assert_eq!("1h30min".parse::<Duration>()?.micros(), 5_400_000_000);
//! assert_eq!("50/sec".parse::<Rate>()?.millionths_per_hour(), 180_000_000_000);
//! assert_eq!("60x".parse::<Clock>()?, Clock::Paced { event: 60, wall: 1 });
//! assert_eq!(Money::from_cents(1200).to_string(), "12.00");
//! # Ok::<(), mercato_units::ValueError>(())
//! ```

mod address;
#[cfg(test)]
mod checks;
mod clock;
mod currency;
mod decimal;
pub mod duration;
mod enumerated;
mod error;
mod fixed_point;
mod forms;
mod minutes;
mod moment;
mod money;
mod patterns;
mod rate;
pub mod secret;
mod shard;
mod share;
pub mod timestamp;
mod weight;
mod whole;

pub use address::{Brokers, Topic};
pub use clock::Clock;
pub use currency::minor_digits;
pub use duration::{Delay, Duration, DurationOrNumber, Unit};
pub use error::ValueError;
pub use fixed_point::{Degrees, Discount, Score};
pub use forms::{Scalar, as_optional_share, as_share, as_shares, or_seconds};
pub use minutes::Minutes;
pub use moment::Moment;
pub use money::{Money, MoneyRange};
pub use rate::Rate;
pub use shard::Shard;
pub use share::{Factor, Share};
pub use timestamp::Timestamp;
pub use weight::Weight;
pub use whole::{Count, SeedNumber, Threads, Whole};
