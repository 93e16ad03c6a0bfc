//! Where customers live: countries, their regions, and which postcodes each region has.
//!
//! The United States are the default; seventeen other countries are built in and any other can be configured.
//! A place is drawn as two integers, the rule and the number of a postcode in it; texts exist only once.

mod americas;
mod asia_pacific;
mod atlas;
mod config;
mod europe;
mod postcode;
mod usa;

use mercato_draw::{AliasTable, CounterHash, below};

use crate::ParamsError;
use crate::choice;
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

/// Codes of the countries that a configuration can name by their codes alone, as ISO 3166-1 alpha-3.
pub fn built_in_countries() -> impl Iterator<Item = &'static str> {
    BUILT_IN.iter().map(|country| country.code)
}

/// Countries in their shares, checked and laid out for drawing.
#[derive(Debug, Clone)]
pub(crate) struct Geography {
    countries: Box<[Nation]>,
    choice: AliasTable,
    regions: Box<[Region]>,
    rules: Box<[(u16, Rule)]>,
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
        crate::error::unique(key, configs.iter().map(|country| country.code.as_str()))?;
        let choice = choice::table(key, configs.iter().map(|country| country.weight))?;
        let (mut countries, mut regions, mut rules) = (Vec::new(), Vec::new(), Vec::new());
        for (index, config) in configs.iter().enumerate() {
            let key = format!("{key}[{index}]");
            let described = config.resolve(&key)?;
            let first_region = regions.len() as u16;
            for (region, described) in described.regions.iter().enumerate() {
                let first_rule = rules.len() as u16;
                let number = regions.len() as u16;
                let rules_of_region = described.lift(&format!("{key}.regions[{region}]"), config.letters())?;
                let postcodes = rules_of_region.iter().map(|rule| u64::from(rule.count())).sum();
                rules.extend(rules_of_region.into_iter().map(|rule| (number, rule)));
                regions.push(Region { code: described.code.clone(), country: index as u16, first_rule, postcodes });
            }
            crate::error::within(&format!("the number of postcode rules up to {key}"), rules.len() as u64, 1, 1 << 16)?;
            let weights = described.regions.iter().map(|region| region.weight);
            let choice = choice::table(&format!("{key}.regions"), weights)?;
            countries.push(Nation { code: config.code.clone(), first_region, choice });
        }
        Ok(Self { countries: countries.into(), choice, regions: regions.into(), rules: rules.into() })
    }

    /// The place at address `a` of `hash`.
    #[inline]
    pub(crate) fn draw(&self, hash: CounterHash, a: u64) -> Place {
        let country = match &*self.countries {
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
    pub(crate) fn postcode(&self, place: Place, out: &mut Vec<u8>) {
        self.rules[usize::from(place.rule)].1.append(place.postcode, out);
    }

    fn region_of(&self, rule: usize) -> &Region {
        &self.regions[usize::from(self.rules[rule].0)]
    }
}

#[cfg(test)]
mod tests;
