//! Addresses exist where they say: regions in their shares, postcodes of the region.

use std::collections::BTreeMap;

use mercato_schema::Sale;
use mercato_shop::sales::SalesConfig;
use mercato_shop::{CountryConfig, RegionConfig, built_in_countries};

use crate::drive::{self, entities, first_step};
use mercato_test_support::statistics::follows;

/// Which state has which three-digit prefixes, in the order of the prefixes, typed independently of
/// the generator's table, which is in the order of the states.
const PREFIXES: &str = "010-027 MA 028-029 RI 030-038 NH 039-049 ME 050-054 VT 055-055 MA 056-059 VT 060-069 CT \
    070-089 NJ 100-149 NY 150-196 PA 197-199 DE 200-200 DC 201-201 VA 202-205 DC 206-212 MD 214-219 MD 220-246 VA \
    247-268 WV 270-289 NC 290-299 SC 300-319 GA 320-339 FL 341-342 FL 344-344 FL 346-347 FL 349-349 FL 350-352 AL \
    354-369 AL 370-385 TN 386-397 MS 398-399 GA 400-418 KY 420-427 KY 430-459 OH 460-479 IN 480-499 MI 500-516 IA \
    520-528 IA 530-532 WI 534-535 WI 537-549 WI 550-551 MN 553-567 MN 570-577 SD 580-588 ND 590-599 MT 600-620 IL \
    622-629 IL 630-631 MO 633-641 MO 644-658 MO 660-662 KS 664-679 KS 680-681 NE 683-693 NE 700-701 LA 703-708 LA \
    710-714 LA 716-729 AR 730-731 OK 733-733 TX 734-741 OK 743-749 OK 750-770 TX 772-799 TX 800-816 CO 820-831 WY \
    832-838 ID 840-847 UT 850-853 AZ 855-857 AZ 859-860 AZ 863-865 AZ 870-871 NM 873-875 NM 877-884 NM 885-885 TX \
    889-891 NV 893-895 NV 897-898 NV 900-908 CA 910-928 CA 930-961 CA 967-968 HI 970-979 OR 980-986 WA 988-994 WA \
    995-999 AK";

/// Residents in the census of 2020, in the order of size.
const RESIDENTS: [(&str, u64); 51] = [
    ("CA", 39_538_223),
    ("TX", 29_145_505),
    ("FL", 21_538_187),
    ("NY", 20_201_249),
    ("PA", 13_002_700),
    ("IL", 12_812_508),
    ("OH", 11_799_448),
    ("GA", 10_711_908),
    ("NC", 10_439_388),
    ("MI", 10_077_331),
    ("NJ", 9_288_994),
    ("VA", 8_631_393),
    ("WA", 7_705_281),
    ("AZ", 7_151_502),
    ("MA", 7_029_917),
    ("TN", 6_910_840),
    ("IN", 6_785_528),
    ("MD", 6_177_224),
    ("MO", 6_154_913),
    ("WI", 5_893_718),
    ("CO", 5_773_714),
    ("MN", 5_706_494),
    ("SC", 5_118_425),
    ("AL", 5_024_279),
    ("LA", 4_657_757),
    ("KY", 4_505_836),
    ("OR", 4_237_256),
    ("OK", 3_959_353),
    ("CT", 3_605_944),
    ("UT", 3_271_616),
    ("IA", 3_190_369),
    ("NV", 3_104_614),
    ("AR", 3_011_524),
    ("MS", 2_961_279),
    ("KS", 2_937_880),
    ("NM", 2_117_522),
    ("NE", 1_961_504),
    ("ID", 1_839_106),
    ("WV", 1_793_716),
    ("HI", 1_455_271),
    ("NH", 1_377_529),
    ("ME", 1_362_359),
    ("RI", 1_097_379),
    ("MT", 1_084_225),
    ("DE", 989_948),
    ("SD", 886_667),
    ("ND", 779_094),
    ("AK", 733_391),
    ("DC", 689_545),
    ("VT", 643_077),
    ("WY", 576_851),
];

/// The state that a ZIP code lies in.
fn state_of(zip: &str) -> &'static str {
    let fields: Vec<&str> = PREFIXES.split_whitespace().collect();
    let covers = |range: &str| {
        let (low, high) = range.split_once('-').unwrap();
        (low..=high).contains(&&zip[..3])
    };
    fields.chunks(2).find(|pair| covers(pair[0])).map_or("nowhere", |pair| pair[1])
}

/// Code, region, postcode of the homes of `count` orders.
fn homes(config: &SalesConfig, count: u64) -> Vec<(String, String, String)> {
    let sales = drive::sales(42, config);
    let home = |sale: Sale<'_>| {
        let address = sale.shipping_address;
        (address.country.into_owned(), address.state.into_owned(), address.zip_code.into_owned())
    };
    entities(&sales, count)
        .map(|(arrival, purchase)| home(sales.record(&purchase, first_step(arrival))))
        .collect()
}

#[test]
fn every_zip_code_is_one_of_its_state() {
    for (country, state, zip) in homes(&SalesConfig::default(), 200_000) {
        assert_eq!((country.as_str(), zip.len()), ("USA", 5));
        assert_eq!(state_of(&zip), state, "{zip}");
    }
    assert_eq!(state_of("00537"), "nowhere", "the document's own example lies nowhere");
}

/// One region for each state, with equal shares.
fn flat_usa() -> CountryConfig {
    let region = |(code, _): &(&str, u64)| RegionConfig {
        code: (*code).to_owned(),
        weight: 1.into(),
        postcodes: vec!["#####".to_owned()],
    };
    CountryConfig { regions: RESIDENTS.iter().map(region).collect(), ..CountryConfig::new("USA") }
}

#[test]
fn states_come_by_their_residents() {
    let weights = RESIDENTS.map(|(_, residents)| residents);
    assert_eq!(weights.iter().sum::<u64>(), 331_449_281, "the apportionment total of the census");
    let index = |state: &str| RESIDENTS.iter().position(|(code, _)| *code == state).unwrap();
    let states = |config: &SalesConfig| -> Vec<usize> {
        homes(config, 200_000).iter().map(|(_, state, _)| index(state)).collect()
    };
    let census = states(&SalesConfig::default());
    assert!(follows(census.iter().copied(), &weights));
    let swapped = census.iter().map(|state| if *state < 2 { 1 - state } else { *state });
    assert!(!follows(swapped, &weights), "Texas for California would not be noticed");
    let flat = SalesConfig { countries: vec![flat_usa()], ..SalesConfig::default() };
    assert!(follows(states(&flat), &[1; 51]));
}

/// `A` for a letter, `9` for a digit.
fn shape(postcode: &str) -> String {
    let class = |c: char| match c {
        'A'..='Z' => 'A',
        '0'..='9' => '9',
        other => other,
    };
    postcode.chars().map(class).collect()
}

#[test]
fn postcodes_have_the_form_of_their_country() {
    let forms: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("USA", ["99999"].as_slice()),
        ("CAN", &["A9A 9A9"]),
        ("MEX", &["99999"]),
        ("BRA", &["99999-999"]),
        ("GBR", &["A9 9AA", "A99 9AA", "AA9 9AA", "AA99 9AA"]),
        ("FRA", &["99999"]),
        ("DEU", &["99999"]),
        ("ESP", &["99999"]),
        ("ITA", &["99999"]),
        ("NLD", &["9999 AA"]),
        ("BEL", &["9999"]),
        ("CHE", &["9999"]),
        ("AUT", &["9999"]),
        ("POL", &["99-999"]),
        ("SWE", &["999 99"]),
        ("AUS", &["9999"]),
        ("JPN", &["999-9999"]),
        ("IND", &["999999"]),
    ]);
    let countries: Vec<CountryConfig> = built_in_countries().map(CountryConfig::new).collect();
    assert_eq!(countries.len(), forms.len());
    let mut regions = BTreeMap::new();
    for (country, region, postcode) in
        homes(&SalesConfig { countries, ..SalesConfig::default() }, 200_000)
    {
        assert!(
            forms[country.as_str()].contains(&shape(&postcode).as_str()),
            "{country} {postcode}"
        );
        let known =
            regions.entry((country.clone(), postcode.clone())).or_insert_with(|| region.clone());
        assert_eq!(*known, region, "{country} {postcode} lies in two regions");
    }
}

#[test]
fn countries_come_by_their_weights() {
    let mut canada = CountryConfig::new("CAN");
    canada.weight = 3.into();
    let home = CountryConfig {
        weight: 6.into(),
        letters: Some("XY".to_owned()),
        regions: vec![RegionConfig {
            code: "N-1".into(),
            weight: 1.into(),
            postcodes: vec!["@#".into(), "7..9".into()],
        }],
        ..CountryConfig::new("ATL")
    };
    let countries = vec![CountryConfig::new("USA"), canada, home];
    let homes = homes(&SalesConfig { countries, ..SalesConfig::default() }, 50_000);
    let index = |code: &str| ["USA", "CAN", "ATL"].iter().position(|known| *known == code).unwrap();
    assert!(follows(homes.iter().map(|home| index(&home.0)), &[1, 3, 6]));
    assert!(!follows(homes.iter().map(|home| index(&home.0)), &[1, 4, 5]));
    // Postcodes of one region are equally likely, whichever rule they come from.
    let atlantis: Vec<&String> =
        homes.iter().filter(|home| home.0 == "ATL").map(|home| &home.2).collect();
    let number = |postcode: &String| match postcode.as_bytes() {
        [digit] => 20 + usize::from(digit - b'7'),
        [letter, digit] => usize::from(letter - b'X') * 10 + usize::from(digit - b'0'),
        _ => unreachable!("{postcode}"),
    };
    assert!(follows(atlantis.iter().map(|postcode| number(postcode)), &[1; 23]));
}
