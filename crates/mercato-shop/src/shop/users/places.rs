//! The cities of users: those of the shop's markets, by the clocks that they keep.

use mercato_patterns::Zone;
use mercato_patterns::geographic::{Atlas, City, Region};

use super::{MILLION, MarketConfig, config};
use crate::ParamsError;

/// Cities of markets, and after them all others.
pub(super) fn with_the_rest_of_the_world(mut cities: Vec<&'static City>) -> Box<[&'static City]> {
    let own = |city: &City| cities.iter().any(|own| std::ptr::eq(*own, city));
    let others: Vec<&'static City> =
        Atlas::world().cities().iter().filter(|city| !own(city)).collect();
    cities.extend(others);
    cities.into()
}

/// The cities of all markets, each with its part of the users.
pub(super) fn weighted_cities(
    markets: &[MarketConfig],
) -> Result<(Vec<&'static City>, Vec<u64>), ParamsError> {
    let regions = config::regions(markets)?;
    let atlas = Atlas::world();
    let (mut cities, mut weights) = (Vec::new(), Vec::new());
    for (region, share) in regions {
        let own = atlas.in_region(region).into_iter().map(|city| &atlas.cities()[city]);
        let inhabitants: u64 = own.clone().map(|city| u64::from(city.population_thousands())).sum();
        for city in own {
            cities.push(city);
            // Shares are millionths and cities have thousands of thousands, so nothing is rounded
            // to nothing.
            weights.push(
                share * MILLION * u64::from(city.population_thousands()) / inhabitants.max(1),
            );
        }
    }
    Ok((cities, weights))
}

/// Cities by clock: those of a region with a fixed offset keep that one.
pub(super) fn clocks(
    cities: &[&'static City],
    markets: &[MarketConfig],
) -> Result<Vec<(Zone, Vec<usize>)>, ParamsError> {
    let offset_of = |region: Region| markets.iter().position(|market| market.name == region.name());
    let (mut fixed, mut free) = (Vec::new(), Vec::new());
    for (number, city) in cities.iter().enumerate() {
        let market =
            offset_of(city.region()).filter(|market| markets[*market].time_zone_offset.is_some());
        match market {
            Some(market) => fixed.push((market, number)),
            None => free.push(number),
        }
    }
    let own: Vec<&City> = free.iter().map(|city| cities[*city]).collect();
    let mut clocks: Vec<(Zone, Vec<usize>)> = super::clocks::by_clock(&own)
        .into_iter()
        .map(|(zone, members)| (zone, members.into_iter().map(|city| free[city]).collect()))
        .collect();
    for (number, market) in markets.iter().enumerate() {
        if let Some(zone) = market.zone(number)? {
            let members: Vec<usize> =
                fixed.iter().filter(|(own, _)| *own == number).map(|(_, city)| *city).collect();
            clocks.push((zone, members));
        }
    }
    Ok(clocks)
}
