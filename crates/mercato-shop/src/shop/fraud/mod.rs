//! Fraud in the shop: how much of it there is, who notices, and what they say.
//!
//! The actions of campaigns are in `campaigns`; shapes and scores in the pattern engine.

mod alerts;
mod config;
mod params;

pub(super) use alerts::{Alarm, Answer};
pub use config::{ChargebacksConfig, DetectionConfig, FraudConfig};
pub use params::FraudParams;
