//! Geography: positions on the globe, near what they are called, and reached in time.

use mercato_patterns::geographic::{Atlas, Position, distance_metres};

use super::recent::Recent;
use super::{Facts, Findings, Rule, Topic};
use crate::records::Node;

/// The distance from its centre at which a place may still be called like the city.
const CITY_METRES: u32 = 100_000;
/// The distance two positions may be apart whatever the time between: both may be anywhere around
/// their city.
const NEAR_METRES: u32 = 200_000;
/// An airliner's speed in metres a second: 900 km/h.
const METRES_A_SECOND: i64 = 250;
/// More than the metres of a ten-thousandth of a degree along a meridian or the equator.
const METRES_A_UNIT: u32 = 12;

/// The place where each user last bought honestly, and the cities.
#[derive(Debug)]
pub(super) struct Geography {
    last: Recent<(i64, Position)>,
    /// The cities of the atlas, each with its subdivision, by country and name.
    cities: Recent<Vec<(&'static str, Position)>>,
    /// Room for the country and the name of a city.
    name: String,
}

impl Geography {
    pub(super) fn new(most: usize) -> Self {
        let mut cities: Recent<Vec<_>> = Recent::new(usize::MAX);
        let mut key = String::new();
        for city in Atlas::world().cities() {
            named(&mut key, city.country().alpha2(), city.name());
            cities.entry(&key).push((city.subdivision(), city.position()));
        }
        Self { last: Recent::new(most), cities, name: key }
    }

    pub(super) fn check(&mut self, facts: &Facts<'_>, findings: &mut Findings) {
        if facts.topic != Topic::TRANSACTIONS {
            return;
        }
        let Some(location) = facts.get("location") else { return };
        let degrees = |name: &str| location.get(name).and_then(Node::double);
        let (Some(latitude), Some(longitude)) = (degrees("latitude"), degrees("longitude")) else {
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
        if !facts.is_fraud {
            self.travel(facts, here, findings);
        }
    }

    fn travel(&mut self, facts: &Facts<'_>, here: Position, findings: &mut Findings) {
        let (Some(user), Some(at)) = (facts.user, facts.at) else { return };
        let Some((then, there)) = self.last.insert(user, (at, here)) else { return };
        let (metres, micros) = (metres_beyond(NEAR_METRES, there, here), (at - then).max(0));
        let reach = i64::from(NEAR_METRES).max(micros / 1_000_000 * METRES_A_SECOND);
        findings.judge(Rule::Travel, facts.place, i64::from(metres) <= reach, || {
            format!("{user} moved {} km in {} s", metres / 1_000, micros / 1_000_000)
        });
    }

    /// Judges the position by the city that country, state and name mean.
    ///
    /// The atlas does not know every city: with a state that it has no city of that name in, another
    /// city is meant, which may be anywhere.
    fn city(
        &mut self,
        facts: &Facts<'_>,
        location: Node<'_>,
        here: Position,
        findings: &mut Findings,
    ) {
        let text = |name: &str| location.get(name).and_then(Node::text);
        let (Some(country), Some(name)) = (text("country"), text("city")) else { return };
        named(&mut self.name, country, name);
        let Some(cities) = self.cities.get(&self.name) else { return };
        let state = text("state").filter(|state| !state.is_empty());
        // ISO 3166-2 has the country in front: `US-GA`.
        let state = state.map(|state| {
            state.strip_prefix(country).and_then(|rest| rest.strip_prefix('-')).unwrap_or(state)
        });
        let meant = cities
            .iter()
            .filter(|(subdivision, _)| state.is_none_or(|state| state == *subdivision));
        let nearest = meant.map(|(_, position)| metres_beyond(CITY_METRES, *position, here)).min();
        let Some(nearest) = nearest else { return };
        findings.judge(Rule::City, facts.place, nearest <= CITY_METRES, || match state {
            Some(state) => format!("{} km from {name}, {state}, {country}", nearest / 1_000),
            None => format!("{} km from {name}, {country}", nearest / 1_000),
        });
    }
}

/// Writes the key of a city into `key`.
fn named(key: &mut String, country: &str, name: &str) {
    key.clear();
    key.push_str(country);
    key.push('/');
    key.push_str(name);
}

/// The distance between two positions, or 0 if they are obviously within `near` metres: most are,
/// and sines are dear.
fn metres_beyond(near: u32, one: Position, other: Position) -> u32 {
    let apart = one.latitude_e4().abs_diff(other.latitude_e4())
        + one.longitude_e4().abs_diff(other.longitude_e4());
    if apart <= near / METRES_A_UNIT { 0 } else { distance_metres(one, other) }
}
