//! Geography: positions on the globe, near what they are called, and reached in time.

use std::collections::BTreeMap;

use mercato_patterns::geographic::{Atlas, Position, distance_metres};
use serde_json::Value;

use super::recent::Recent;
use super::{Facts, Findings, Rule, Topic};

/// How far from its centre a place may be and still be called like the city.
const CITY_METRES: u32 = 100_000;
/// How far two positions may be apart whatever the time between: both may be anywhere around their
/// city.
const NEAR_METRES: u32 = 200_000;
/// An airliner's speed in metres a second: 900 km/h.
const METRES_A_SECOND: i64 = 250;

/// Where each user last bought honestly, and where cities are.
#[derive(Debug)]
pub(super) struct Geography {
    last: Recent<(i64, Position)>,
    /// By country and name; some names are those of several cities.
    cities: BTreeMap<(&'static str, &'static str), Vec<Position>>,
}

impl Geography {
    pub(super) fn new(most: usize) -> Self {
        let mut cities: BTreeMap<_, Vec<Position>> = BTreeMap::new();
        for city in Atlas::world().cities() {
            cities.entry((city.country().alpha2(), city.name())).or_default().push(city.position());
        }
        Self { last: Recent::new(most), cities }
    }

    pub(super) fn check(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        if facts.topic != Topic::TRANSACTIONS {
            return;
        }
        let location = &facts.value["location"];
        let (Some(latitude), Some(longitude)) =
            (location["latitude"].as_f64(), location["longitude"].as_f64())
        else {
            return;
        };
        let is_on_earth =
            (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        findings.judge(Rule::Coordinates, facts.place, is_on_earth, || {
            format!("{latitude}, {longitude}")
        });
        let unit = |degrees: f64| (degrees * 10_000.0).round() as i32;
        let Some(here) =
            Position::new(unit(latitude), unit(longitude)).ok().filter(|_| is_on_earth)
        else {
            return;
        };
        self.city(facts, location, here, findings);
        if !facts.is_fraud() {
            self.travel(facts, here, findings);
        }
    }

    fn travel(&mut self, facts: &Facts<'_>, here: Position, findings: &mut Findings) {
        let (Some(user), Some(at)) = (facts.text("user_id"), facts.at) else { return };
        let Some((then, there)) = self.last.insert(user, (at, here)) else { return };
        let (metres, micros) = (distance_metres(there, here), (at - then).max(0));
        let reach = i64::from(NEAR_METRES).max(micros / 1_000_000 * METRES_A_SECOND);
        findings.judge(Rule::Travel, facts.place, i64::from(metres) <= reach, || {
            format!("{user} moved {} km in {} s", metres / 1_000, micros / 1_000_000)
        });
    }

    fn city(&self, facts: &Facts<'_>, location: &Value, here: Position, findings: &mut Findings) {
        let (Some(country), Some(name)) = (location["country"].as_str(), location["city"].as_str())
        else {
            return;
        };
        let Some(positions) = self.cities.get(&(country, name)) else { return };
        let nearest =
            positions.iter().map(|position| distance_metres(*position, here)).min().unwrap_or(0);
        findings.judge(Rule::City, facts.place, nearest <= CITY_METRES, || {
            format!("{} km from {name}, {country}", nearest / 1_000)
        });
    }
}
