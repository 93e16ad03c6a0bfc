//! Groups time zones with the same local time, so that one substream of arrivals serves all of
//! them.

use mercato_patterns::Zone;
use mercato_patterns::geographic::City;

/// Zones whose clocks agree with another's from 2020 to 2037, at least; a test compares them.
const SAME_AS: [(&str, &str); 122] = [
    ("Africa/Abidjan", "Atlantic/Reykjavik"),
    ("Africa/Accra", "Atlantic/Reykjavik"),
    ("Africa/Addis_Ababa", "Europe/Minsk"),
    ("Africa/Algiers", "Africa/Lagos"),
    ("Africa/Dakar", "Atlantic/Reykjavik"),
    ("Africa/Dar_es_Salaam", "Europe/Minsk"),
    ("Africa/Douala", "Africa/Lagos"),
    ("Africa/Gaborone", "Africa/Johannesburg"),
    ("Africa/Harare", "Africa/Johannesburg"),
    ("Africa/Kampala", "Europe/Minsk"),
    ("Africa/Kigali", "Africa/Johannesburg"),
    ("Africa/Kinshasa", "Africa/Lagos"),
    ("Africa/Luanda", "Africa/Lagos"),
    ("Africa/Lusaka", "Africa/Johannesburg"),
    ("Africa/Maputo", "Africa/Johannesburg"),
    ("Africa/Nairobi", "Europe/Minsk"),
    ("Africa/Tunis", "Africa/Lagos"),
    ("Africa/Windhoek", "Africa/Johannesburg"),
    ("America/Argentina/Buenos_Aires", "America/Sao_Paulo"),
    ("America/Argentina/Cordoba", "America/Sao_Paulo"),
    ("America/Argentina/Mendoza", "America/Sao_Paulo"),
    ("America/Bahia", "America/Sao_Paulo"),
    ("America/Barbados", "America/Santo_Domingo"),
    ("America/Bogota", "America/Cancun"),
    ("America/Boise", "America/Denver"),
    ("America/Caracas", "America/Santo_Domingo"),
    ("America/Costa_Rica", "America/Regina"),
    ("America/Detroit", "America/New_York"),
    ("America/Edmonton", "America/Denver"),
    ("America/El_Salvador", "America/Regina"),
    ("America/Fortaleza", "America/Sao_Paulo"),
    ("America/Guatemala", "America/Regina"),
    ("America/Guayaquil", "America/Cancun"),
    ("America/Havana", "America/New_York"),
    ("America/Indiana/Indianapolis", "America/New_York"),
    ("America/Jamaica", "America/Cancun"),
    ("America/Kentucky/Louisville", "America/New_York"),
    ("America/La_Paz", "America/Santo_Domingo"),
    ("America/Lima", "America/Cancun"),
    ("America/Managua", "America/Regina"),
    ("America/Manaus", "America/Santo_Domingo"),
    ("America/Merida", "America/Mexico_City"),
    ("America/Moncton", "America/Halifax"),
    ("America/Monterrey", "America/Mexico_City"),
    ("America/Montevideo", "America/Sao_Paulo"),
    ("America/Nassau", "America/New_York"),
    ("America/Panama", "America/Cancun"),
    ("America/Port_of_Spain", "America/Santo_Domingo"),
    ("America/Puerto_Rico", "America/Santo_Domingo"),
    ("America/Recife", "America/Sao_Paulo"),
    ("America/Tegucigalpa", "America/Regina"),
    ("America/Tijuana", "America/Los_Angeles"),
    ("America/Toronto", "America/New_York"),
    ("America/Vancouver", "America/Los_Angeles"),
    ("America/Winnipeg", "America/Chicago"),
    ("Asia/Baghdad", "Europe/Minsk"),
    ("Asia/Bahrain", "Europe/Minsk"),
    ("Asia/Baku", "Asia/Tbilisi"),
    ("Asia/Beirut", "Europe/Bucharest"),
    ("Asia/Colombo", "Asia/Kolkata"),
    ("Asia/Dubai", "Asia/Tbilisi"),
    ("Asia/Ho_Chi_Minh", "Asia/Bangkok"),
    ("Asia/Hong_Kong", "Asia/Shanghai"),
    ("Asia/Jakarta", "Asia/Bangkok"),
    ("Asia/Kuala_Lumpur", "Asia/Shanghai"),
    ("Asia/Kuwait", "Europe/Minsk"),
    ("Asia/Makassar", "Asia/Shanghai"),
    ("Asia/Manila", "Asia/Shanghai"),
    ("Asia/Muscat", "Asia/Tbilisi"),
    ("Asia/Nicosia", "Europe/Bucharest"),
    ("Asia/Phnom_Penh", "Asia/Bangkok"),
    ("Asia/Qatar", "Europe/Minsk"),
    ("Asia/Riyadh", "Europe/Minsk"),
    ("Asia/Seoul", "Asia/Tokyo"),
    ("Asia/Singapore", "Asia/Shanghai"),
    ("Asia/Taipei", "Asia/Shanghai"),
    ("Asia/Tashkent", "Asia/Karachi"),
    ("Asia/Ulaanbaatar", "Asia/Shanghai"),
    ("Asia/Vientiane", "Asia/Bangkok"),
    ("Asia/Yerevan", "Asia/Tbilisi"),
    ("Atlantic/Canary", "Europe/London"),
    ("Australia/Hobart", "Australia/Sydney"),
    ("Australia/Melbourne", "Australia/Sydney"),
    ("Australia/Perth", "Asia/Shanghai"),
    ("Europe/Amsterdam", "Europe/Berlin"),
    ("Europe/Athens", "Europe/Bucharest"),
    ("Europe/Belgrade", "Europe/Berlin"),
    ("Europe/Bratislava", "Europe/Berlin"),
    ("Europe/Brussels", "Europe/Berlin"),
    ("Europe/Budapest", "Europe/Berlin"),
    ("Europe/Chisinau", "Europe/Bucharest"),
    ("Europe/Copenhagen", "Europe/Berlin"),
    ("Europe/Dublin", "Europe/London"),
    ("Europe/Helsinki", "Europe/Bucharest"),
    ("Europe/Istanbul", "Europe/Minsk"),
    ("Europe/Kyiv", "Europe/Bucharest"),
    ("Europe/Lisbon", "Europe/London"),
    ("Europe/Ljubljana", "Europe/Berlin"),
    ("Europe/Luxembourg", "Europe/Berlin"),
    ("Europe/Madrid", "Europe/Berlin"),
    ("Europe/Malta", "Europe/Berlin"),
    ("Europe/Moscow", "Europe/Minsk"),
    ("Europe/Oslo", "Europe/Berlin"),
    ("Europe/Paris", "Europe/Berlin"),
    ("Europe/Podgorica", "Europe/Berlin"),
    ("Europe/Prague", "Europe/Berlin"),
    ("Europe/Riga", "Europe/Bucharest"),
    ("Europe/Rome", "Europe/Berlin"),
    ("Europe/Sarajevo", "Europe/Berlin"),
    ("Europe/Skopje", "Europe/Berlin"),
    ("Europe/Sofia", "Europe/Bucharest"),
    ("Europe/Stockholm", "Europe/Berlin"),
    ("Europe/Tallinn", "Europe/Bucharest"),
    ("Europe/Tirane", "Europe/Berlin"),
    ("Europe/Vienna", "Europe/Berlin"),
    ("Europe/Vilnius", "Europe/Bucharest"),
    ("Europe/Warsaw", "Europe/Berlin"),
    ("Europe/Zagreb", "Europe/Berlin"),
    ("Europe/Zurich", "Europe/Berlin"),
    ("Indian/Antananarivo", "Europe/Minsk"),
    ("Indian/Mauritius", "Asia/Tbilisi"),
    ("Pacific/Port_Moresby", "Australia/Brisbane"),
];

/// Cities by the clock they keep, each clock with the zone that stands for it.
pub(super) fn by_clock(cities: &[&'static City]) -> Vec<(Zone, Vec<usize>)> {
    let mut clocks: Vec<(&str, Vec<usize>)> = Vec::new();
    for (number, city) in cities.iter().enumerate() {
        let known = SAME_AS.binary_search_by_key(&city.zone(), |(zone, _)| *zone);
        let name = known.map_or(city.zone(), |row| SAME_AS[row].1);
        match clocks.iter_mut().find(|(clock, _)| *clock == name) {
            Some((_, members)) => members.push(number),
            None => clocks.push((name, vec![number])),
        }
    }
    // A test of the atlas sees to it that every zone exists.
    clocks
        .into_iter()
        .map(|(name, members)| (Zone::iana(name).unwrap_or(Zone::UTC), members))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use mercato_patterns::geographic::Atlas;

    use super::*;

    /// Returns the offsets of a zone twice a day from 2020 on, at hours without transitions.
    fn shown(zone: &str) -> Vec<i32> {
        let zone = Zone::iana(zone).unwrap();
        let hours = (0..2 * 365 * 18).map(|half| 18_262 * 24 + half * 12 + 3);
        hours.map(|hour| zone.offset_seconds(hour * 3_600_000_000)).collect()
    }

    #[test]
    fn zones_share_a_clock_if_and_only_if_they_show_the_same() {
        assert!(SAME_AS.is_sorted());
        let cities: Vec<&City> = Atlas::world().cities().iter().collect();
        let clocks = by_clock(&cities);
        assert!((20..100).contains(&clocks.len()), "{} clocks", clocks.len());
        let mut seen: BTreeMap<Vec<i32>, String> = BTreeMap::new();
        for (zone, members) in clocks {
            let clock = shown(&zone.to_string());
            let mut names: Vec<&str> = members.iter().map(|city| cities[*city].zone()).collect();
            names.dedup();
            assert!(names.iter().all(|name| shown(name) == clock), "{names:?} and {zone}");
            assert_eq!(
                seen.insert(clock, zone.to_string()),
                None,
                "{zone} shows what another shows"
            );
        }
    }
}
