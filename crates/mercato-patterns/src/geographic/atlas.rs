//! A table of cities.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::{City, GeographicError, Region, row};

/// Cities by index, in the order of the table they were read from.
///
/// The cities of [`Atlas::world`] were written down by the founders from public knowledge
/// (official statistics and encyclopaedias, populations rounded and between 2019 and 2025)
/// and compared with the `GeoNames` gazetteer, of which nothing is copied:
/// centres lie within ten kilometres of its own, but for Tokyo and Muscat, whose extent leaves a
/// choice;
/// states and the clocks of time zones are the same.
/// ZIP codes and British districts were compared with public lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Atlas {
    cities: Vec<City>,
}

impl Atlas {
    /// About five hundred cities on all inhabited continents, about two hundred of them in the
    /// United States, Canada and the United Kingdom with postcodes.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "the table is fixed, and a test reads it"
    )]
    pub fn world() -> &'static Self {
        static WORLD: OnceLock<Atlas> = OnceLock::new();
        WORLD.get_or_init(|| {
            Self::parse(include_str!("cities.csv")).expect("the table of the crate is well-formed")
        })
    }

    /// Reads cities from comma-separated text without quotes, one a line.
    ///
    /// The first line is `country,subdivision,city,latitude,longitude,zone,thousands,postcodes`.
    /// `subdivision` may be empty, and `postcodes` is unless the country is US, CA or GB;
    /// coordinates are degrees with at most four decimals; blank lines are skipped.
    /// The time zone is checked when a clock is made of it.
    ///
    /// ```
    /// use mercato_patterns::geographic::Atlas;
    ///
    /// let table = "country,subdivision,city,latitude,longitude,zone,thousands,postcodes
    /// FR,IDF,Paris,48.8566,2.3522,Europe/Paris,2133,
    /// GB,SCT,Edinburgh,55.9533,-3.1883,Europe/London,514,EH1-EH17";
    /// let atlas = Atlas::parse(table)?;
    /// assert_eq!(atlas.cities()[1].name(), "Edinburgh");
    ///
    /// let refusal = Atlas::parse(&table.replace("48.8566", "148.8566")).unwrap_err();
    /// assert_eq!(
    ///     refusal.to_string(),
    ///     "line 2: latitude \"148.8566\" is not degrees from -90 to 90 with at most four decimals"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, GeographicError> {
        let mut cities = Vec::new();
        let mut known = BTreeSet::new();
        for (index, text) in text.lines().enumerate() {
            let (line, text) = (index + 1, text.trim_end());
            if line == 1 && text != row::HEADER {
                let (column, value) = ("the head", text.to_owned());
                return Err(GeographicError::Cell { line, column, value, expected: row::HEADER });
            }
            if line == 1 || text.is_empty() {
                continue;
            }
            let city = row::city(line, text)?;
            if !known.insert((city.country.alpha2(), city.subdivision.clone(), city.name.clone())) {
                return Err(GeographicError::Duplicate { line, city: city.name });
            }
            cities.push(city);
        }
        if cities.is_empty() { Err(GeographicError::Empty) } else { Ok(Self { cities }) }
    }

    /// All cities.
    pub fn cities(&self) -> &[City] {
        &self.cities
    }

    /// The first city of a name in a country (alpha-2).
    pub fn find(&self, alpha2: &str, name: &str) -> Option<&City> {
        self.cities.iter().find(|city| city.country.alpha2() == alpha2 && city.name == name)
    }

    /// Indices of the cities in a sales region.
    pub fn in_region(&self, region: Region) -> Vec<usize> {
        self.indices(|city| city.region() == region)
    }

    fn indices(&self, keep: impl Fn(&City) -> bool) -> Vec<usize> {
        self.cities
            .iter()
            .enumerate()
            .filter(|(_, city)| keep(city))
            .map(|(index, _)| index)
            .collect()
    }
}
