//! The stream `transactions` does what document 001 says, in the proportions it should.

use std::collections::BTreeMap;

use mercato_draw::{Label, Seed, Words};
use mercato_engine::{Arrival, Stream};
use mercato_patterns::geographic::{Atlas, City, Position, distance_metres};
use mercato_schema::Transaction;
use mercato_shop::Weighted;
use mercato_shop::transactions::{Checkout, Transactions, TransactionsConfig};

use crate::drive::{self, CATEGORIES, first_step};
use mercato_test_support::statistics::{bin, follows};

const DRAWS: u64 = 200_000;

/// So many users that hardly one comes twice: what belongs to a user is drawn again and again.
const MANY_USERS: u32 = 900_000_000;

fn stream(config: &TransactionsConfig) -> Transactions {
    drive::transactions(42, config)
}

fn plain() -> Transactions {
    stream(&TransactionsConfig::default())
}

/// Entities of one substream, one a second.
fn entities(
    stream: &Transactions,
    substream: u8,
    count: u64,
) -> impl Iterator<Item = (Arrival, Checkout)> {
    let width = stream.words();
    let mut words = vec![0; 1024 * width];
    (0..count).map(move |index| {
        let (block, position) = (index / 1024, (index % 1024) as usize);
        if position == 0 {
            Seed::new(42).fill_block(
                Label::new(stream.id().purpose, substream),
                block,
                0,
                &mut words,
            );
        }
        let arrival = Arrival { substream, ..drive::arrival(index) };
        (arrival, stream.draw(arrival, &mut Words::new(&words[position * width..][..width])))
    })
}

fn records(
    stream: &Transactions,
    substream: u8,
    count: u64,
) -> impl Iterator<Item = Transaction<'_>> {
    entities(stream, substream, count)
        .map(|(arrival, checkout)| stream.record(&checkout, first_step(arrival)))
}

/// Returns whether what `outcome` sees of the records of the first substream comes by these
/// weights.
fn comes_by(
    stream: &Transactions,
    weights: &[u64],
    outcome: impl Fn(&Transaction<'_>) -> usize,
) -> bool {
    follows(records(stream, 0, DRAWS).map(|record| outcome(&record)), weights)
}

fn place_of(list: &[&str], text: &str) -> usize {
    list.iter().position(|entry| *entry == text).unwrap()
}

#[test]
fn an_entity_is_compact() {
    assert!(size_of::<Checkout>() <= 40, "{} bytes", size_of::<Checkout>());
}

#[test]
fn identifiers_have_the_documented_forms() {
    let stream = plain();
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    for substream in 0..stream.arrivals().len() as u8 {
        for record in records(&stream, substream, 2_000) {
            let (date, number) =
                record.transaction_id.strip_prefix("txn_").unwrap().split_once('_').unwrap();
            assert_eq!(date, record.timestamp.to_string()[..10].replace('-', ""));
            assert!(number.len() == 9 && digits(number), "{}", record.transaction_id);
            let user = record.user_id.strip_prefix("user_").unwrap();
            assert!(user.len() == 9 && digits(user), "{}", record.user_id);
            let (start, of) =
                record.session_id.strip_prefix("sess_").unwrap().split_once('_').unwrap();
            assert_eq!(of, format!("user{user}"));
            let browsed = record.timestamp.micros() / 1_000_000 - start.parse::<i64>().unwrap();
            assert!((30..1830).contains(&browsed), "{browsed} s");
            let category = record.category_id.strip_prefix("cat_").unwrap();
            assert!(
                record.product_id.starts_with(&format!("prod_{category}_")),
                "{}",
                record.product_id
            );
        }
    }
}

#[test]
fn the_same_product_has_the_same_name_brand_category_and_price() {
    let (stream, mut known) = (plain(), BTreeMap::new());
    for record in records(&stream, 0, 100_000) {
        let Transaction {
            product_id,
            product_name,
            category_id,
            category_name,
            subcategory,
            brand,
            price,
            ..
        } = record;
        let product = (product_name, category_id, category_name, subcategory, brand, price);
        assert_eq!(*known.entry(product_id).or_insert_with(|| product.clone()), product);
    }
    assert!(known.len() > 400, "{} products", known.len());
}

#[test]
fn the_same_user_has_the_same_home_and_device() {
    let stream = stream(&TransactionsConfig { users: 2_000, ..TransactionsConfig::default() });
    let mut known = BTreeMap::new();
    for substream in 0..stream.arrivals().len() as u8 {
        for record in records(&stream, substream, 4_000) {
            let user = (record.user_location, record.device_info);
            assert_eq!(*known.entry(record.user_id).or_insert_with(|| user.clone()), user);
        }
    }
    assert!((1_900..=2_000).contains(&known.len()), "{} users", known.len());
}

#[test]
fn categories_come_by_the_documented_weights() {
    let stream = plain();
    let category = |record: &Transaction<'_>| place_of(&CATEGORIES, &record.category_name);
    assert!(comes_by(&stream, &[25, 20, 15, 15, 10, 10, 5], category));
    assert!(
        !comes_by(&stream, &[24, 21, 15, 15, 10, 10, 5], category),
        "one percent would not be noticed"
    );
}

#[test]
fn configured_categories_come_by_their_weights() {
    let weighted = |(name, weight): (&str, u64)| Weighted { name: name.to_owned(), weight };
    let categories = [("toys", 3), ("books", 1), ("beauty", 0)].map(weighted).into();
    let stream = stream(&TransactionsConfig { categories, ..TransactionsConfig::default() });
    let category =
        |record: &Transaction<'_>| place_of(&["cat_toys", "cat_books"], &record.category_id);
    assert!(comes_by(&stream, &[3, 1], category));
    assert!(!comes_by(&stream, &[29, 11], category));
}

#[test]
fn the_first_products_of_a_category_are_the_popular_ones() {
    let stream = plain();
    let toys: BTreeMap<String, u64> = records(&stream, 0, 2_000_000)
        .filter(|record| record.category_id == "cat_toys")
        .fold(BTreeMap::new(), |mut counts, record| {
            *counts.entry(record.product_id.into_owned()).or_default() += 1;
            counts
        });
    // 1234, 1271 and so on: the first is bought as often as the eleventh twice.
    let (first, eleventh) = (toys["prod_toys_1234"] as f64, toys["prod_toys_1604"] as f64);
    assert!((first / eleventh - 2.0).abs() < 0.2, "{first} and {eleventh}");
}

#[test]
fn payment_methods_come_by_the_documented_weights_with_providers_that_fit() {
    let stream = plain();
    let method = |record: &Transaction<'_>| {
        place_of(&["credit_card", "debit_card", "paypal", "apple_pay"], &record.payment_method)
    };
    assert!(comes_by(&stream, &[60, 25, 10, 5], method));
    assert!(!comes_by(&stream, &[59, 26, 10, 5], method), "one percent would not be noticed");
    let providers: [&[&str]; 4] =
        [&["stripe", "square", "adyen"], &["stripe", "square"], &["paypal"], &["apple"]];
    for record in records(&stream, 0, 20_000) {
        assert!(providers[method(&record)].contains(&&*record.payment_provider), "{record:?}");
    }
    let by_card = |record: &Transaction<'_>| match method(record) {
        0 => place_of(providers[0], &record.payment_provider),
        _ => 3,
    };
    assert!(comes_by(&stream, &[30, 12, 18, 40], by_card));
    assert!(!comes_by(&stream, &[29, 13, 18, 40], by_card));
}

#[test]
fn quantities_and_discounts_come_by_their_weights() {
    let stream = plain();
    let quantity = |record: &Transaction<'_>| record.quantity as usize - 1;
    assert!(comes_by(&stream, &[70, 15, 8, 4, 3], quantity));
    assert!(!comes_by(&stream, &[69, 16, 8, 4, 3], quantity), "one percent would not be noticed");

    let discount = |record: &Transaction<'_>| record.discount_applied.units() as usize;
    let weights = |without: u64| [vec![without], vec![1; 30]].concat();
    assert!(comes_by(&stream, &weights(70), discount));
    assert!(!comes_by(&stream, &weights(60), discount), "three percent would not be noticed");
}

#[test]
fn campaigns_come_by_their_weights_and_agree_with_channel_and_referrer() {
    let stream = plain();
    let ways = TransactionsConfig::default().campaigns;
    let way = |record: &Transaction<'_>| {
        let found = &record.marketing_attribution;
        let same = |way: &mercato_shop::transactions::CampaignConfig| {
            way.campaign.as_deref() == found.campaign_id.as_deref()
                && way.channel == found.channel
                && way.referrer.as_deref() == found.referrer.as_deref()
        };
        ways.iter().position(same).unwrap()
    };
    let mut weights: Vec<u64> = ways.iter().map(|way| way.weight).collect();
    assert!(comes_by(&stream, &weights, way));
    (weights[0], weights[19]) = (weights[0] - 1, weights[19] + 1);
    assert!(!comes_by(&stream, &weights, way), "one percent would not be noticed");
    for way in &ways {
        let unpaid = ["organic", "direct", "referral"].contains(&way.channel.as_str());
        assert_eq!(way.campaign.is_none(), unpaid, "{way:?}");
        assert_eq!(way.referrer.is_none(), way.channel == "direct", "{way:?}");
    }
}

#[test]
fn devices_are_as_common_as_configured() {
    let stream = stream(&TransactionsConfig { users: MANY_USERS, ..TransactionsConfig::default() });
    let kind = |record: &Transaction<'_>| {
        place_of(&["desktop", "mobile", "tablet"], &record.device_info.kind)
    };
    assert!(comes_by(&stream, &[45, 45, 10], kind));
    assert!(!comes_by(&stream, &[46, 44, 10], kind), "one percent would not be noticed");
}

/// The cities of the countries that have postcodes.
fn cities() -> Vec<&'static City> {
    Atlas::world()
        .cities()
        .iter()
        .filter(|city| ["US", "CA", "GB"].contains(&city.country().alpha2()))
        .collect()
}

fn home(record: &Transaction<'_>) -> usize {
    let place = &record.user_location;
    let same = |city: &&City| {
        city.name() == place.city
            && city.subdivision() == place.state
            && city.country().alpha2() == place.country
    };
    cities().iter().position(same).unwrap()
}

#[test]
fn places_belong_together() {
    let (stream, cities) = (plain(), cities());
    let currencies = BTreeMap::from([("US", "USD"), ("CA", "CAD"), ("GB", "GBP")]);
    for substream in 0..stream.arrivals().len() as u8 {
        let mut zones = Vec::new();
        for record in records(&stream, substream, 2_000) {
            let (place, city) = (&record.user_location, cities[home(&record)]);
            zones.push(city.zone());
            assert_eq!(record.currency, currencies[&*place.country]);
            let (north, east) = (place.latitude.units(), place.longitude.units());
            let metres = distance_metres(Position::new(north, east).unwrap(), city.position());
            assert!(metres <= 8_020, "{metres} m from {}", city.name());
            let first = place.zip_code.bytes().next().unwrap();
            assert_eq!(first.is_ascii_digit(), place.country == "US", "{}", place.zip_code);
            let length = if place.country == "US" { 5..=5 } else { 6..=8 };
            assert!(length.contains(&place.zip_code.len()), "{}", place.zip_code);
        }
        zones.dedup();
        assert_eq!(zones.len(), 1, "a substream has one zone");
    }
}

/// Eight directions from the centre of the city, moved north by so many 1e-4 degrees.
fn direction(record: &Transaction<'_>, moved: i32) -> usize {
    let (place, centre) = (&record.user_location, cities()[home(record)].position());
    let north = place.latitude.units() - centre.latitude_e4() - moved;
    // Two numbers in one scale: a degree of longitude is shorter, but a sign and a halving do not
    // see that.
    let east = place.longitude.units() - centre.longitude_e4();
    usize::from(north > 0) << 1 | usize::from(east > 0)
}

#[test]
fn users_are_scattered_evenly_around_their_city() {
    let config = TransactionsConfig { users: MANY_USERS, ..TransactionsConfig::default() };
    let stream = stream(&TransactionsConfig { countries: vec!["GB".to_owned()], ..config });
    // A point on an axis counts to one side: a width of 11 metres in 2,500.
    let drawn = |moved| {
        let off_axis = records(&stream, 0, DRAWS).filter(move |record| {
            let (place, centre) = (&record.user_location, cities()[home(record)].position());
            place.latitude.units() - centre.latitude_e4() != moved
                && place.longitude.units() != centre.longitude_e4()
        });
        follows(off_axis.map(move |record| direction(&record, moved)), &[1; 4])
    };
    assert!(drawn(0));
    assert!(!drawn(5), "fifty metres would not be noticed");
}

#[test]
fn distances_from_the_city_are_those_of_a_cloud() {
    let countries = vec!["GB".to_owned()];
    let config =
        TransactionsConfig { users: MANY_USERS, countries, ..TransactionsConfig::default() };
    let stream = stream(&config);
    let near = |record: &Transaction<'_>| {
        let (place, centre) = (&record.user_location, cities()[home(record)].position());
        let here = Position::new(place.latitude.units(), place.longitude.units()).unwrap();
        usize::from(distance_metres(here, centre) < 2_943)
    };
    // Of a round normal cloud it would be a half; a cloud of three uniforms has thinner tails, and
    // a simulation says 0.477.
    let share =
        records(&stream, 0, DRAWS).map(|record| near(&record)).sum::<usize>() as f64 / DRAWS as f64;
    assert!((0.472..0.482).contains(&share), "{share}");
    let narrow = drive::transactions(42, &TransactionsConfig { scatter_metres: 2_400, ..config });
    let share =
        records(&narrow, 0, DRAWS).map(|record| near(&record)).sum::<usize>() as f64 / DRAWS as f64;
    assert!(share > 0.482, "a hundred metres would not be noticed: {share}");
}

#[test]
fn sessions_began_at_any_second_of_half_an_hour() {
    let stream = plain();
    let browsed = |record: &Transaction<'_>| {
        let start = record.session_id[5..15].parse::<i64>().unwrap();
        record.timestamp.micros() / 1_000_000 - start
    };
    assert!(comes_by(&stream, &[1; 36], |record| bin(browsed(record), 30, 1829, 36)));
    assert!(!comes_by(&stream, &[1; 36], |record| bin(browsed(record).max(90), 30, 1829, 36)));
}
