//! Fraud: what campaigns look like, how strange a purchase looks to a shop, and a detector that
//! errs on both sides.
//!
//! [`Anomaly`] names the six shapes that a campaign can have, and [`Shares`] how often each comes.
//! The shape itself is a few pure functions of words: [`velocity`], [`location`], [`amount`] and
//! [`time`]; what a suspicious device or an unusual category is, only a shop can say.
//! [`Features`] is what can be seen of a purchase: [`Features::score`] makes a number of it and of
//! noise, and nothing else.
//! [`Detector`] decides whether an alarm is raised, knowing who is a fraudster: it stands for all
//! the systems behind it.
//!
//! There is no record here, no distance and no clock: whoever calls brings them.
//!
//! ```
//! use mercato_patterns::fraud::{DeviceTrust, Habit, Severity, Features, location};
//!
//! let purchase = Features {
//!     times_usual_hundredths: 90,
//!     hour: 14,
//!     device: DeviceTrust::Usual,
//!     habit: Habit::Usual,
//!     away: false,
//!     before: 0,
//!     kmh: 0,
//! };
//! assert_eq!(purchase.score(0), 0);
//!
//! // The card is used again, 5,570 km away and within two hours.
//! let gap = location::gap(5_570_000, 1 << 63).ok_or("too near")?;
//! assert!(gap < 2 * 3_600_000_000);
//! let stolen = Features { kmh: location::kmh(5_570_000, gap), away: true, ..purchase };
//! assert!(stolen.kmh > location::POSSIBLE_KMH);
//! assert_eq!(Severity::of_score(stolen.score(0)), Severity::Medium);
//! # Ok::<(), &str>(())
//! ```

pub mod amount;
mod anomaly;
mod detector;
mod error;
mod features;
pub mod location;
pub mod time;
pub mod velocity;

pub use anomaly::{Anomaly, Shares};
pub use detector::{Detector, Severity};
pub use error::FraudError;
pub use features::{DeviceTrust, Features, Habit};

/// Parts of a share.
pub(crate) const MILLION: u64 = 1_000_000;
/// Microseconds of a second.
pub(crate) const SECOND: i64 = 1_000_000;
