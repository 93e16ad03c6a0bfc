//! What must hold of every row of the table of cities.
#![cfg(feature = "geographic")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use mercato_draw::CounterHash;
use mercato_patterns::geographic::{Atlas, City, Continent, GeographicError, Region};

/// First three digits of the ZIP codes of a state (United States Postal Service, publication 65).
const ZIP_PREFIXES: [(&str, &[(u32, u32)]); 51] = [
    ("AK", &[(995, 999)]),
    ("AL", &[(350, 369)]),
    ("AR", &[(716, 729)]),
    ("AZ", &[(850, 865)]),
    ("CA", &[(900, 961)]),
    ("CO", &[(800, 816)]),
    ("CT", &[(60, 69)]),
    ("DC", &[(200, 205)]),
    ("DE", &[(197, 199)]),
    ("FL", &[(320, 349)]),
    ("GA", &[(300, 319), (398, 399)]),
    ("HI", &[(967, 968)]),
    ("IA", &[(500, 528)]),
    ("ID", &[(832, 838)]),
    ("IL", &[(600, 629)]),
    ("IN", &[(460, 479)]),
    ("KS", &[(660, 679)]),
    ("KY", &[(400, 427)]),
    ("LA", &[(700, 714)]),
    ("MA", &[(10, 27), (55, 55)]),
    ("MD", &[(206, 219)]),
    ("ME", &[(39, 49)]),
    ("MI", &[(480, 499)]),
    ("MN", &[(550, 567)]),
    ("MO", &[(630, 658)]),
    ("MS", &[(386, 397)]),
    ("MT", &[(590, 599)]),
    ("NC", &[(270, 289)]),
    ("ND", &[(580, 588)]),
    ("NE", &[(680, 693)]),
    ("NH", &[(30, 38)]),
    ("NJ", &[(70, 89)]),
    ("NM", &[(870, 884)]),
    ("NV", &[(889, 898)]),
    ("NY", &[(5, 5), (100, 149)]),
    ("OH", &[(430, 459)]),
    ("OK", &[(730, 749)]),
    ("OR", &[(970, 979)]),
    ("PA", &[(150, 196)]),
    ("RI", &[(28, 29)]),
    ("SC", &[(290, 299)]),
    ("SD", &[(570, 577)]),
    ("TN", &[(370, 385)]),
    ("TX", &[(750, 799), (885, 885)]),
    ("UT", &[(840, 847)]),
    ("VA", &[(201, 201), (220, 246)]),
    ("VT", &[(50, 59)]),
    ("WA", &[(980, 994)]),
    ("WI", &[(530, 549)]),
    ("WV", &[(247, 268)]),
    ("WY", &[(820, 831)]),
];

/// First letter of the postal codes of a province (Canada Post).
const POSTAL_DISTRICTS: [(&str, &str); 13] = [
    ("AB", "T"),
    ("BC", "V"),
    ("MB", "R"),
    ("NB", "E"),
    ("NL", "A"),
    ("NS", "B"),
    ("NT", "X"),
    ("NU", "X"),
    ("ON", "KLMNP"),
    ("PE", "C"),
    ("QC", "GHJ"),
    ("SK", "S"),
    ("YT", "Y"),
];

fn cities() -> &'static [City] {
    Atlas::world().cities()
}

fn of_country(alpha2: &str) -> Vec<&'static City> {
    cities().iter().filter(|city| city.country().alpha2() == alpha2).collect()
}

/// Two hundred postcodes of a city.
fn postcodes(city: &City) -> Vec<String> {
    let hash = CounterHash::new(7, 7);
    (0..200).map(|i| city.postcode(hash.at(i, 0)).unwrap().to_string()).collect()
}

#[test]
fn the_table_is_as_large_as_promised() {
    let with_postcodes = cities().iter().filter(|city| city.postcodes().is_some()).count();
    let countries: BTreeSet<&str> = cities().iter().map(|city| city.country().alpha2()).collect();
    assert!(with_postcodes >= 150, "{with_postcodes} cities in the US, Canada and the UK");
    assert!(cities().len() >= 300, "{} cities", cities().len());
    assert!(countries.len() >= 60, "{} countries", countries.len());
    for continent in Continent::ALL {
        assert!(
            cities().iter().filter(|city| city.continent() == continent).count() >= 10,
            "{continent:?}"
        );
    }
    let regions: usize =
        Region::ALL.into_iter().map(|region| Atlas::world().in_region(region).len()).sum();
    assert_eq!(regions, cities().len());
}

#[test]
fn the_table_is_frozen() {
    let hash = include_bytes!("../../src/geographic/cities.csv")
        .iter()
        .fold(CounterHash::new(0, 0), |hash, byte| hash.child(u64::from(*byte)));
    assert_eq!(hash.at(0, 0), 15_354_097_806_150_341_127, "another table is another data version");
}

#[test]
fn every_centre_lies_in_its_country() {
    let bounds: BTreeMap<&str, Vec<i32>> = include_str!("bounds.csv")
        .lines()
        .map(|line| {
            let (country, degrees) = line.split_once(',').unwrap();
            (
                country,
                degrees.split(',').map(|degree| degree.parse::<i32>().unwrap() * 10_000).collect(),
            )
        })
        .collect();
    for city in cities() {
        let (name, position) = (city.name(), city.position());
        let [south, north, west, east] = bounds[city.country().alpha2()][..] else {
            panic!("four bounds")
        };
        assert!((south..=north).contains(&position.latitude_e4()), "{name} at {position}");
        assert!((west..=east).contains(&position.longitude_e4()), "{name} at {position}");
    }
}

#[test]
fn no_two_cities_share_a_centre() {
    let centres: BTreeSet<_> = cities().iter().map(City::position).collect();
    assert_eq!(centres.len(), cities().len());
}

#[test]
fn every_zone_is_known_and_near_the_sun() {
    use chrono::{DateTime, Offset, TimeZone};
    let january = DateTime::from_timestamp(1_767_225_600, 0).unwrap().naive_utc();
    for city in cities() {
        let zone: Tz = city.zone().parse().unwrap();
        let clock = zone.offset_from_utc_datetime(&january).fix().local_minus_utc();
        let sun = city.position().longitude_e4() / 10_000 * 240;
        // The widest gap between clock and sun among them is China's west; summer in the south adds
        // an hour.
        assert!((clock - sun).abs() <= 3 * 3600, "{}: clock {clock}, sun {sun}", city.name());
    }
}

#[test]
fn states_provinces_and_nations_are_named_where_postcodes_are() {
    let states: BTreeSet<&str> = ZIP_PREFIXES.iter().map(|(state, _)| *state).collect();
    let provinces: BTreeSet<&str> =
        POSTAL_DISTRICTS.iter().map(|(province, _)| *province).collect();
    let nations = BTreeSet::from(["ENG", "SCT", "WLS", "NIR"]);
    for (country, codes) in [("US", states), ("CA", provinces), ("GB", nations)] {
        for city in of_country(country) {
            assert!(
                codes.contains(city.subdivision()),
                "{} in {}",
                city.name(),
                city.subdivision()
            );
            assert!(city.postcodes().is_some(), "{} has no postcodes", city.name());
        }
    }
}

#[test]
fn zip_codes_belong_to_their_state() {
    for city in of_country("US") {
        let (_, prefixes) =
            ZIP_PREFIXES.iter().find(|(state, _)| *state == city.subdivision()).unwrap();
        for zip in postcodes(city) {
            let prefix: u32 = zip[..3].parse().unwrap();
            assert_eq!(zip.len(), 5);
            assert!(
                prefixes.iter().any(|(low, high)| (*low..=*high).contains(&prefix)),
                "{zip} in {}",
                city.name()
            );
        }
    }
}

#[test]
fn postal_codes_belong_to_their_province() {
    for city in of_country("CA") {
        let (_, districts) =
            POSTAL_DISTRICTS.iter().find(|(province, _)| *province == city.subdivision()).unwrap();
        for code in postcodes(city) {
            let form: String =
                code.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
            assert!(districts.contains(&form[..1]), "{code} in {}", city.name());
            assert!(form.chars().all(|c| "9 ABCEGHJKLMNPRSTVWXYZ".contains(c)), "{code}");
            let classes: String =
                form.chars().map(|c| if c.is_ascii_alphabetic() { 'A' } else { c }).collect();
            assert_eq!(classes, "A9A 9A9", "{code}");
        }
    }
}

#[test]
fn british_postcodes_have_a_district_and_a_unit() {
    for city in of_country("GB") {
        for code in postcodes(city) {
            let (district, unit) = code.split_once(' ').unwrap();
            assert!((2..=4).contains(&district.len()) && unit.len() == 3, "{code}");
            assert!(unit.chars().next().unwrap().is_ascii_digit(), "{code}");
            assert!(unit[1..].chars().all(|c| "ABDEFGHJLNPQRSTUWXYZ".contains(c)), "{code}");
        }
    }
}

#[test]
fn what_is_no_table_is_refused_with_its_place() {
    let head = "country,subdivision,city,latitude,longitude,zone,thousands,postcodes";
    let paris = "FR,IDF,Paris,48.8566,2.3522,Europe/Paris,2133,";
    let cases = [
        (
            paris.replace("FR", "XX"),
            "line 3: country \"XX\" is not an ISO 3166-1 alpha-2 code in capitals",
        ),
        (
            paris.replace("IDF", "Idf"),
            "line 3: subdivision \"Idf\" is not at most three capitals and digits",
        ),
        (paris.replace("2.3522", "2,3522"), "is not eight cells separated by commas"),
        (
            paris.replace("2133", "0"),
            "line 3: thousands \"0\" is not a whole number from 1 to 100000",
        ),
        (format!("{paris}75001"), "and empty for other countries"),
        (paris.to_owned(), "line 3: duplicate city Paris in the same country and subdivision"),
    ];
    for (row, expected) in cases {
        let refusal = Atlas::parse(&format!("{head}\n{paris}\n{row}\n")).unwrap_err().to_string();
        assert!(refusal.ends_with(expected), "{refusal}");
    }
    assert_eq!(Atlas::parse(head), Err(GeographicError::Empty));
    assert!(Atlas::parse(paris).is_err());
}
