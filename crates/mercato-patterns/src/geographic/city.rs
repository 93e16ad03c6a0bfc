//! A city and what belongs to it.

use super::{Continent, Country, Position, Postcode, Postcodes, Region};

/// A city: where it is, what its codes are and how many people live there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct City {
    pub(super) country: &'static Country,
    pub(super) subdivision: String,
    pub(super) name: String,
    pub(super) position: Position,
    pub(super) zone: String,
    pub(super) population_thousands: u32,
    pub(super) postcodes: Option<Postcodes>,
}

impl City {
    /// The country.
    pub fn country(&self) -> &'static Country {
        self.country
    }

    /// The state, province, nation or region: the second part of its ISO 3166-2 code, such as `CA`
    /// for California or `SCT` for Scotland; empty where there is none.
    pub fn subdivision(&self) -> &str {
        &self.subdivision
    }

    /// The name in common English use.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The centre.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The IANA name of the time zone.
    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Inhabitants in thousands, at least 1: a weight, rounded and of no single year.
    pub fn population_thousands(&self) -> u32 {
        self.population_thousands
    }

    /// The continent.
    pub fn continent(&self) -> Continent {
        self.country.continent()
    }

    /// The sales region.
    pub fn region(&self) -> Region {
        self.country.region()
    }

    /// The postcodes, known in the United States, Canada and the United Kingdom.
    pub fn postcodes(&self) -> Option<&Postcodes> {
        self.postcodes.as_ref()
    }

    /// The postcode of one word, where postcodes are known.
    #[inline]
    pub fn postcode(&self, word: u64) -> Option<Postcode> {
        self.postcodes.as_ref().map(|postcodes| postcodes.pick(word))
    }
}
