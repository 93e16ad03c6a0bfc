//! Which time zones show the same time, so that one lane of arrivals serves all of them.

use mercato_patterns::Zone;
use mercato_patterns::geographic::City;

/// Instants at which clocks are compared, in microseconds since 1970: each half month of 2026 at noon, and some of other
/// years, because rules have changed.
fn instants() -> impl Iterator<Item = i64> {
    const DAY: i64 = 86_400_000_000;
    const NOON: i64 = DAY / 2;
    // 2020-01-01, 2021-01-01, 2024-01-01 and so on, in days.
    let years = [18_262, 18_628, 19_723, 20_454, 21_915, 24_106];
    years.into_iter().flat_map(|first| (0..24).map(move |half| (first + half * 15 + 6) * DAY + NOON))
}

/// Cities by the clock they keep, each clock with the zone of its first city.
pub(super) fn by_clock(cities: &[&'static City]) -> Vec<(Zone, Vec<usize>)> {
    let mut names: Vec<(&str, usize)> = Vec::new();
    let mut clocks: Vec<(Vec<i32>, Zone, Vec<usize>)> = Vec::new();
    for (number, city) in cities.iter().enumerate() {
        if let Some((_, clock)) = names.iter().find(|(name, _)| *name == city.zone()) {
            clocks[*clock].2.push(number);
            continue;
        }
        // A test of the atlas sees to it that there is no zone without rules.
        let zone = Zone::iana(city.zone()).unwrap_or(Zone::UTC);
        let shown: Vec<i32> = instants().map(|at| zone.offset_seconds(at)).collect();
        let known = clocks.iter().position(|(other, ..)| *other == shown);
        let clock = known.unwrap_or_else(|| {
            clocks.push((shown, zone, Vec::new()));
            clocks.len() - 1
        });
        clocks[clock].2.push(number);
        names.push((city.zone(), clock));
    }
    clocks.into_iter().map(|(_, zone, cities)| (zone, cities)).collect()
}

#[cfg(test)]
mod tests {
    use mercato_patterns::geographic::Atlas;

    use super::*;

    #[test]
    fn cities_of_one_clock_agree_on_every_day_until_2037() {
        let cities: Vec<&City> = Atlas::world().cities().iter().collect();
        let clocks = by_clock(&cities);
        assert!((20..100).contains(&clocks.len()), "{} clocks", clocks.len());
        assert_eq!(clocks.iter().map(|(_, cities)| cities.len()).sum::<usize>(), cities.len());
        for (zone, members) in clocks {
            let mut names: Vec<&str> = members.iter().map(|city| cities[*city].zone()).collect();
            names.sort_unstable();
            names.dedup();
            for name in names {
                let own = Zone::iana(name).unwrap();
                // Twice a day from 2020 on, at hours at which clocks do not change.
                for half in 0..2 * 365 * 18 {
                    let at = (18_262 * 24 + half * 12 + 3) * 3_600_000_000;
                    assert_eq!(own.offset_seconds(at), zone.offset_seconds(at), "{name} and {zone} at {at}");
                }
            }
        }
    }
}
