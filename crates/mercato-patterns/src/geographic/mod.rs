//! Locations of customers: cities with codes, time zones and postcodes, positions around them,
//! distances.
//!
//! [`Atlas::world`] holds some five hundred real cities; [`Atlas::parse`] reads a table of one's
//! own.
//! A draw is one 64-bit word of the caller's: [`Scatter::around`] makes it a position near a
//! centre, [`City::postcode`] a postcode that belongs to the city. Both are integer arithmetic, so
//! the result is the same everywhere.
//! Only [`distance_metres`] uses floats, and [`Chords`] when it is made, from a pinned software
//! library.
//!
//! The module does not choose a city: weights are numbers to build a sampler from.
//! It knows zones by name only; [`Zone`](crate::Zone) makes a clock of one.
//!
//! ```
//! use mercato_patterns::geographic::{Atlas, Region, Scatter, distance_metres};
//!
//! let atlas = Atlas::world();
//! let paris = atlas.find("FR", "Paris").ok_or("no Paris")?;
//! let san_francisco = atlas.find("US", "San Francisco").ok_or("no San Francisco")?;
//! assert_eq!((paris.country().currency(), paris.region()), ("EUR", Region::Europe));
//! assert_eq!(distance_metres(paris.position(), san_francisco.position()) / 1000, 8953);
//!
//! let word = 0x0123_4567_89ab_cdef;
//! let customer = Scatter::default().around(san_francisco.position(), word);
//! assert_eq!(customer.to_string(), "37.7692,-122.4312");
//! let postcode = san_francisco.postcode(word).ok_or("no postcodes")?;
//! assert_eq!(postcode.as_str(), "94102");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod atlas;
mod city;
mod continent;
mod countries;
mod distance;
mod error;
mod position;
mod postcode;
mod row;
mod scatter;

pub use atlas::Atlas;
pub use city::City;
pub use continent::{Continent, Region};
pub use countries::Country;
pub use distance::{Chords, distance_metres};
pub use error::GeographicError;
pub use position::Position;
pub use postcode::{Postcode, Postcodes};
pub use scatter::Scatter;
