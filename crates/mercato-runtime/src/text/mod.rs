//! Values as a person writes them: rates, times, stretches of time, shards, clocks, shares.
//!
//! Each type is read with `FromStr`, shown with `Display` in a form that reads back as the same
//! value, and deserialised from a string or a bare number, so that a flag, a variable and a file
//! agree on what is allowed.
//! Decimals are read exactly, digit by digit: a rate of `0.1` is 100,000 millionths and never a
//! nearby float.
//!
//! ```
//! use mercato_runtime::text::{Clock, Rate, Shard};
//!
//! assert_eq!("50/s".parse::<Rate>()?.millionths_per_hour(), 180_000_000_000);
//! assert_eq!("60x".parse::<Clock>()?, Clock::Paced { event: 60, wall: 1 });
//! let refused = "3/2".parse::<Shard>().unwrap_err();
//! assert_eq!(refused.to_string(), "`3/2` is no shard: with 2 shards the index runs from 0 to 1");
//! # Ok::<(), mercato_runtime::text::TextError>(())
//! ```

mod address;
mod clock;
mod decimal;
mod json_schema;
mod moment;
mod properties;
mod rate;
mod serial;
mod shard;
mod share;
mod stretch;
mod time;
mod whole;

pub use address::{Brokers, Topic};
pub use clock::Clock;
pub use moment::Moment;
pub use properties::{Property, PropertyLineError, parse_properties};
pub use rate::Rate;
pub use serial::Scalar;
pub use shard::Shard;
pub use share::{Factor, Share};
pub use stretch::{Delay, Stretch, Unit};
pub use time::Time;
pub use whole::{Count, SeedNumber, Threads, Whole};

/// Why a text is not the value it should be: the text, what it should be, and the bound it breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}: {allowed}")]
pub struct TextError {
    text: String,
    what: &'static str,
    allowed: String,
}

impl TextError {
    /// `text` is no `what`, because only what `allowed` says is one.
    pub(crate) fn new(
        text: impl Into<String>,
        what: &'static str,
        allowed: impl Into<String>,
    ) -> Self {
        Self { text: text.into(), what, allowed: allowed.into() }
    }

    /// The bound that is broken, for a message that names the value already.
    pub fn allowed(&self) -> &str {
        &self.allowed
    }
}

#[cfg(test)]
mod tests;
