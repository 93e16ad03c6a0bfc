//! Fraud in the shop: how much of it there is, who notices, and what they say.
//!
//! What campaigns do is in `campaigns`; what a shape or a score is, in the pattern engine.

mod alerts;
mod config;
mod params;

pub(super) use alerts::{Alarm, Answer};
pub use config::{ChargebacksConfig, DetectionConfig, FraudConfig};
pub use params::FraudParams;
