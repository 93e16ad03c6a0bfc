//! Who lives where: users in cities, cities in time zones, a substream of arrivals for each zone.
//!
//! Users are numbered from 0 on, those of a zone together and in it those of a city, as many as
//! belong there.
//! So a user's number determines their home, no two substreams share a user, and nothing is stored
//! for any of them.

use std::ops::Range;

use mercato_draw::below;
use mercato_patterns::Zone;
use mercato_patterns::geographic::{Atlas, City};
use mercato_patterns::temporal::Week;

use super::ZoneConfig;
use super::week::week;
use crate::{ParamsError, error};

/// The countries whose postcodes the atlas knows.
pub(super) const COUNTRIES: [&str; 3] = ["US", "CA", "GB"];

/// Users of one zone begin in this many equal stretches of a table that leads to their city.
const GUIDE_BITS: u32 = 9;

/// Everybody who may buy.
#[derive(Debug, Clone)]
pub(super) struct Residents {
    /// Those of a zone together.
    pub(super) cities: Box<[&'static City]>,
    /// For each city, the first user of the next.
    ends: Box<[u32]>,
    /// One for each zone with users.
    pub(super) substreams: Box<[Substream]>,
}

/// The users of one zone.
#[derive(Debug, Clone)]
pub(super) struct Substream {
    pub(super) zone: Zone,
    /// The zone's own week, if it has one.
    pub(super) week: Option<Week>,
    pub(super) users: Range<u32>,
    /// For each stretch of a word's range, the city of the first user it leads to.
    guide: Box<[u16]>,
}

/// A zone before users are counted.
struct Place {
    zone: Zone,
    week: Option<Week>,
    weight: u64,
    cities: Vec<&'static City>,
}

impl Residents {
    /// `users` in the cities of `countries`, divided among zones by `zones`, or as cities are
    /// large.
    pub(super) fn new(
        users: u32,
        countries: &[String],
        zones: &[ZoneConfig],
    ) -> Result<Self, ParamsError> {
        error::within("transactions.users", users.into(), 1, MAX_USERS.into())?;
        let places = places(countries, zones)?;
        let weights: Vec<u64> = places.iter().map(|place| place.weight).collect();
        let shares = divided(users, &weights);
        let (mut cities, mut ends, mut substreams) = (Vec::new(), Vec::new(), Vec::new());
        for (place, users) in places.into_iter().zip(shares).filter(|(_, users)| !users.is_empty())
        {
            let weights: Vec<u64> =
                place.cities.iter().map(|city| city.population_thousands().into()).collect();
            let first = cities.len();
            ends.extend(
                divided(users.end - users.start, &weights)
                    .into_iter()
                    .map(|part| users.start + part.end),
            );
            cities.extend(place.cities);
            let guide = guide(&users, first, &ends);
            substreams.push(Substream { zone: place.zone, week: place.week, users, guide });
        }
        Ok(Self { cities: cities.into(), ends: ends.into(), substreams: substreams.into() })
    }

    /// Returns the user of a substream that one word chooses, and the index of their city.
    #[inline]
    pub(super) fn pick(&self, substream: u8, word: u64) -> (u32, u16) {
        let substream = &self.substreams[usize::from(substream)];
        let user = substream.users.start
            + below(word, (substream.users.end - substream.users.start).into()) as u32;
        let mut city = substream.guide[(word >> (u64::BITS - GUIDE_BITS)) as usize];
        while user >= self.ends[usize::from(city)] {
            city += 1;
        }
        (user, city)
    }

    /// Users of each substream.
    pub(super) fn shares(&self) -> Vec<u32> {
        self.substreams
            .iter()
            .map(|substream| substream.users.end - substream.users.start)
            .collect()
    }
}

/// As many as there are numbers of nine digits without a leading zero.
pub(super) const MAX_USERS: u32 = 900_000_000;

/// For each stretch of a word's range, the city of the first user it leads to.
fn guide(users: &Range<u32>, first: usize, ends: &[u32]) -> Box<[u16]> {
    let city_of = |stretch: u64| {
        let user = users.start
            + below(stretch << (u64::BITS - GUIDE_BITS), (users.end - users.start).into()) as u32;
        (first + ends[first..].partition_point(|end| *end <= user)) as u16
    };
    (0..1 << GUIDE_BITS).map(city_of).collect()
}

/// `users` divided in the proportion of `weights`, each part rounded so that no user is lost.
fn divided(users: u32, weights: &[u64]) -> Vec<Range<u32>> {
    let sum = weights.iter().map(|weight| u128::from(*weight)).sum::<u128>().max(1);
    let mut before = 0u128;
    let part = |weight: &u64| {
        let from = (u128::from(users) * before / sum) as u32;
        before += u128::from(*weight);
        from..(u128::from(users) * before / sum) as u32
    };
    weights.iter().map(part).collect()
}

/// The cities of `countries` by zone.
fn places(countries: &[String], zones: &[ZoneConfig]) -> Result<Vec<Place>, ParamsError> {
    let cities = cities("transactions.countries", countries)?;
    if zones.is_empty() {
        let mut names: Vec<&str> = Vec::new();
        for city in &cities {
            if !names.contains(&city.zone()) {
                names.push(city.zone());
            }
        }
        let config = |name: &str| ZoneConfig { name: name.to_owned(), weight: None, week: None };
        return names
            .into_iter()
            .map(|name| place("transactions.countries", &config(name), &cities))
            .collect();
    }
    error::unique("transactions.zones", zones.iter().map(|zone| zone.name.as_str()))?;
    let place = |(index, zone)| place(&format!("transactions.zones[{index}]"), zone, &cities);
    let places: Vec<Place> = zones.iter().enumerate().map(place).collect::<Result<_, _>>()?;
    let weights: Vec<u64> = places.iter().map(|place| place.weight).collect();
    crate::choice::table("transactions.zones", weights.into_iter())?;
    Ok(places)
}

fn place(key: &str, config: &ZoneConfig, cities: &[&'static City]) -> Result<Place, ParamsError> {
    let zone = Zone::iana(&config.name)
        .map_err(|source| ParamsError::Zone { key: format!("{key}.name"), source })?;
    let own: Vec<&City> =
        cities.iter().filter(|city| city.zone() == config.name).copied().collect();
    if own.is_empty() {
        let mut known: Vec<&str> = cities.iter().map(|city| city.zone()).collect();
        known.sort_unstable();
        known.dedup();
        let (value, known) = (config.name.clone(), known.join(", "));
        return Err(ParamsError::Unknown { key: format!("{key}.name"), value, known });
    }
    let inhabitants = own.iter().map(|city| u64::from(city.population_thousands())).sum();
    Ok(Place {
        zone,
        week: config.week.as_ref().map(|own| week(&format!("{key}.week"), own)).transpose()?,
        weight: config.weight.unwrap_or(inhabitants),
        cities: own,
    })
}

fn cities(key: &str, countries: &[String]) -> Result<Vec<&'static City>, ParamsError> {
    if countries.is_empty() {
        return Err(ParamsError::Empty { key: key.to_owned() });
    }
    error::unique(key, countries.iter().map(String::as_str))?;
    if let Some((index, unknown)) =
        countries.iter().enumerate().find(|(_, code)| !COUNTRIES.contains(&code.as_str()))
    {
        let (value, known) = (unknown.clone(), COUNTRIES.join(", "));
        return Err(ParamsError::Unknown { key: format!("{key}[{index}]"), value, known });
    }
    let lives = |city: &&City| countries.iter().any(|code| code == city.country().alpha2());
    Ok(Atlas::world().cities().iter().filter(lives).collect())
}

#[cfg(test)]
mod tests {
    use mercato_draw::CounterHash;

    use super::*;

    fn residents(users: u32) -> Residents {
        Residents::new(users, &COUNTRIES.map(str::to_owned), &[]).unwrap()
    }

    #[test]
    fn cities_are_at_least_150_and_lanes_have_users_of_their_own() {
        let residents = residents(100_000);
        assert!(residents.cities.len() >= 150);
        let mut next = 0;
        for substream in &residents.substreams {
            assert_eq!(substream.users.start, next);
            next = substream.users.end;
        }
        assert_eq!(next, 100_000);
        assert_eq!(residents.ends.last(), Some(&next));
    }

    #[test]
    fn a_user_lives_in_the_city_his_number_says() {
        for users in [1, 7, 1_000, 100_000, MAX_USERS] {
            let residents = residents(users);
            for substream in 0..residents.substreams.len() as u8 {
                let zone = residents.substreams[usize::from(substream)].users.clone();
                let hash = CounterHash::new(substream.into(), 0);
                for word in (0..2_000).map(|draw| hash.at(draw, 0)).chain([0, u64::MAX]) {
                    let (user, city) = residents.pick(substream, word);
                    assert!(zone.contains(&user));
                    assert_eq!(
                        usize::from(city),
                        residents.ends.partition_point(|end| *end <= user)
                    );
                }
            }
        }
    }

    #[test]
    fn no_user_is_lost_in_division() {
        assert_eq!(divided(10, &[1, 0, 2]), [0..3, 3..3, 3..10]);
        assert_eq!(divided(1, &[5, 5]), [0..0, 0..1]);
    }
}
