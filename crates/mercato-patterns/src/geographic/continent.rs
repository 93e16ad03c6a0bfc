//! Continents, and the sales regions made of them.

use std::fmt;

use mercato_units::enumerated;

enumerated! {
    /// An inhabited continent.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Continent {
        /// Africa.
        Africa,
        /// Asia.
        Asia,
        /// Europe.
        Europe,
        /// North America with Central America and the Caribbean.
        NorthAmerica,
        /// Australia and the islands of the Pacific.
        Oceania,
        /// South America.
        SouthAmerica,
    }
}

impl Continent {
    /// The sales region to which the continent belongs.
    pub const fn region(self) -> Region {
        match self {
            Self::NorthAmerica => Region::NorthAmerica,
            Self::Europe => Region::Europe,
            Self::Asia => Region::Asia,
            Self::Africa | Self::Oceania | Self::SouthAmerica => Region::Others,
        }
    }
}

enumerated! {
    /// One of the four regions by which the shop counts its customers (document 004).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Region {
        /// North America with Central America and the Caribbean.
        NorthAmerica,
        /// Europe.
        Europe,
        /// Asia.
        Asia,
        /// Africa, Oceania and South America.
        Others,
    }
}

impl Region {
    /// The region's share of the customers by default, in per cent (document 004).
    pub const fn default_share_percent(self) -> u64 {
        match self {
            Self::NorthAmerica => 45,
            Self::Europe => 30,
            Self::Asia => 20,
            Self::Others => 5,
        }
    }

    /// The name as the document writes it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NorthAmerica => "North America",
            Self::Europe => "Europe",
            Self::Asia => "Asia",
            Self::Others => "Others",
        }
    }

    /// The region of a name as the document writes it.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|region| region.name() == name)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_the_documents() {
        assert_eq!(Region::ALL.map(Region::default_share_percent), [45, 30, 20, 5]);
        assert_eq!(Region::ALL.map(|region| Region::by_name(region.name())), Region::ALL.map(Some));
        assert_eq!(Region::by_name("Atlantis"), None);
    }
}
