//! What countries can be configured, and that places are what they say.

use super::*;

#[test]
fn every_built_in_country_is_possible() {
    let all: Vec<CountryConfig> = built_in_countries().map(CountryConfig::new).collect();
    let geography = Geography::new("countries", &all).unwrap();
    assert!(geography.countries.len() >= 13);
}
