//! Homes of customers: countries, their regions, and the postcodes of each region.
//!
//! The United States are the default; seventeen other countries are built in and any other can be
//! configured.
//! A place is drawn as two integers, the rule and the number of a postcode in it; texts exist only
//! once.

mod americas;
mod asia_pacific;
mod atlas;
mod config;
mod europe;
mod postcode;
mod usa;

use mercato_draw::{AliasTable, CounterHash, below};
use mercato_encode::Out;

use crate::{ParamsError, choice, error};
use atlas::Country;
pub use config::{CountryConfig, RegionConfig};
use postcode::Rule;

/// The countries that a configuration can name by their codes alone.
const BUILT_IN: [&Country; 18] = [
    &usa::USA,
    &americas::CAN,
    &americas::MEX,
    &americas::BRA,
    &europe::GBR,
    &europe::FRA,
    &europe::DEU,
    &europe::ESP,
    &europe::ITA,
    &europe::NLD,
    &europe::BEL,
    &europe::CHE,
    &europe::AUT,
    &europe::POL,
    &europe::SWE,
    &asia_pacific::AUS,
    &asia_pacific::JPN,
    &asia_pacific::IND,
];

/// Codes of the countries that a configuration can name by their codes alone, as ISO 3166-1
/// alpha-3.
pub fn built_in_countries() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|country| country.code)
}

/// Countries in their shares, checked and laid out for drawing.
#[derive(Debug, Clone)]
pub(crate) struct Geography {
    countries: Vec<Nation>,
    choice: AliasTable,
    regions: Vec<Region>,
    rules: Vec<(u16, Rule)>,
}

#[derive(Debug, Clone)]
struct Nation {
    code: String,
    first_region: u16,
    choice: AliasTable,
}

#[derive(Debug, Clone)]
struct Region {
    code: String,
    country: u16,
    first_rule: u16,
    postcodes: u64,
}

/// A place: which rule, and which of its postcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) rule: u16,
    pub(crate) postcode: u32,
}

/// Fields of the hash from which a place is drawn.
const COUNTRY: u64 = 0;
const REGION: u64 = 1;
const POSTCODE: u64 = 2;

impl Geography {
    /// The countries listed at `key`.
    pub(crate) fn new(key: &str, configs: &[CountryConfig]) -> Result<Self, ParamsError> {
        if configs.is_empty() {
            return Err(ParamsError::Empty { key: key.to_owned() });
        }
        error::unique(key, configs.iter().map(|country| country.code.as_str()))?;
        let choice = choice::table(key, configs.iter().map(|country| country.weight))?;
        let mut geography =
            Self { countries: Vec::new(), choice, regions: Vec::new(), rules: Vec::new() };
        for (index, config) in configs.iter().enumerate() {
            geography.add(&format!("{key}[{index}]"), config)?;
        }
        Ok(geography)
    }

    /// Adds the country stated at `key`.
    fn add(&mut self, key: &str, config: &CountryConfig) -> Result<(), ParamsError> {
        let described = config.resolve(key)?;
        let (country, first_region) = (self.countries.len() as u16, self.regions.len() as u16);
        for (index, region) in described.iter().enumerate() {
            let rules = region.lift(&format!("{key}.regions[{index}]"), config.letters())?;
            let (number, first_rule) = (self.regions.len() as u16, self.rules.len() as u16);
            let postcodes = rules.iter().map(|rule| u64::from(rule.count())).sum();
            self.rules.extend(rules.into_iter().map(|rule| (number, rule)));
            self.regions.push(Region { code: region.code.clone(), country, first_rule, postcodes });
        }
        error::within(
            &format!("the number of postcode rules up to {key}"),
            self.rules.len() as u64,
            1,
            1 << 16,
        )?;
        let choice =
            choice::table(&format!("{key}.regions"), described.iter().map(|region| region.weight))?;
        self.countries.push(Nation { code: config.code.clone(), first_region, choice });
        Ok(())
    }

    /// The place at address `a` of `hash`.
    #[inline]
    pub(crate) fn draw(&self, hash: CounterHash, a: u64) -> Place {
        let country = match self.countries.as_slice() {
            [only] => only,
            several => &several[self.choice.pick(hash.at(a, COUNTRY))],
        };
        let region = usize::from(country.first_region) + country.choice.pick(hash.at(a, REGION));
        let region = &self.regions[region];
        let mut number = below(hash.at(a, POSTCODE), region.postcodes);
        let mut rule = region.first_rule;
        // Regions have a handful of rules at most, mostly one.
        loop {
            let count = u64::from(self.rules[usize::from(rule)].1.count());
            if number < count {
                return Place { rule, postcode: number as u32 };
            }
            number -= count;
            rule += 1;
        }
    }

    /// Number of rules; a place's rule is below it.
    pub(crate) fn rules(&self) -> usize {
        self.rules.len()
    }

    /// Code of the region that `rule` belongs to.
    pub(crate) fn region(&self, rule: usize) -> &str {
        &self.region_of(rule).code
    }

    /// Code of the country that `rule` belongs to.
    pub(crate) fn country(&self, rule: usize) -> &str {
        &self.countries[usize::from(self.region_of(rule).country)].code
    }

    /// Appends the postcode of a place.
    #[inline]
    pub(crate) fn postcode(&self, place: Place, out: &mut impl Out) {
        self.rules[usize::from(place.rule)].1.append(place.postcode, out);
    }

    fn region_of(&self, rule: usize) -> &Region {
        &self.regions[usize::from(self.rules[rule].0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_country_is_possible() {
        let all: Vec<CountryConfig> = built_in_countries().map(CountryConfig::new).collect();
        let geography = Geography::new("countries", &all).unwrap();
        assert_eq!(geography.countries.len(), BUILT_IN.len());
    }

    #[test]
    fn regions_of_equal_codes_and_letters_in_lower_case_are_refused() {
        let region =
            RegionConfig { code: "N".into(), weight: 1.into(), postcodes: vec!["@".into()] };
        let mut atlantis =
            CountryConfig { regions: vec![region.clone(), region], ..CountryConfig::new("ATL") };
        let refused = |country: &CountryConfig| {
            Geography::new("c", std::slice::from_ref(country)).unwrap_err().to_string()
        };
        assert_eq!(refused(&atlantis), "c[0].regions: \"N\" is listed twice");
        atlantis.letters = Some("xyz".into());
        assert_eq!(
            refused(&atlantis),
            "c[0].letters = \"xyz\" is invalid: expected a list of capitals"
        );
    }
}
