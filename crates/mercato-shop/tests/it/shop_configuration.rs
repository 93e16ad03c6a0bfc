//! The section `[shop]`: the documents' examples are read, and what is impossible is refused with
//! the key and what is possible.

use std::error::Error;

use crate::drive::world;
use mercato_shop::shop::{MarketConfig, ShopConfig, ShopParams, UserKind, Users, UsersConfig};

fn read(text: &str) -> ShopConfig {
    toml::from_str(text).unwrap()
}

/// The error and its causes.
fn refusal(text: &str) -> String {
    let error = ShopParams::new(&read(text)).unwrap_err();
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        message = format!("{message}: {next}");
        cause = next.source();
    }
    message
}

#[test]
fn the_documents_own_configuration_is_read() {
    let config = read(
        r#"
        [seasonal_events."Black Friday"]
        multiplier = 10.0
        [[regions]]
        name = "North America"
        weight = 0.8
        time_zone_offset = -5
        [[regions]]
        name = "Europe"
        weight = 0.2
        time_zone_offset = 1
        [users]
        total = 5000
        [catalogue]
        categories = [
            { name = "Electronics", price = [100.0, 2000.0] },
            { name = "Fashion", like = "Clothing", price = [20.0, 500.0] },
            { name = "Home", like = "Home & Garden", price = [30.0, 800.0] },
        ]
        "#,
    );
    ShopParams::new(&config).unwrap();
}

#[test]
fn the_calibrated_example_is_the_preset() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/calibrated.toml");
    let file: toml::Table = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let config: ShopConfig = file["shop"].clone().try_into().unwrap();
    assert_eq!(config, ShopConfig::calibrated());
}

#[test]
fn what_is_written_is_read_again() {
    for config in [ShopConfig::default(), ShopConfig::calibrated()] {
        let text = toml::to_string(&config).unwrap();
        assert_eq!(read(&text), config, "{text}");
    }
}

#[test]
fn impossible_values_are_refused_with_key_value_and_what_is_possible() {
    let cases = [
        (
            "transactions = '90000/h'\nevents = '100000/h'\nevents_per_session = 4",
            &["shop.conversion = 3.6", "conversion = transactions x events_per_session / events"][..],
        ),
        ("events_per_session = 1.5", &["shop.events_per_session", "at least"]),
        ("regions = []", &["shop.regions is empty"]),
        ("regions = [{ name = 'Europe', weight = 0 }]", &["shop.regions[].weight", "above 0"]),
        (
            "regions = [{ name = 'Europe', weight = -1 }]",
            &["shop.regions[0].weight: -1 is", "(0 to "],
        ),
        (
            "regions = [{ name = 'Europa', weight = 1 }]",
            &["shop.regions[0].name: unknown value \"Europa\"", "Europe"],
        ),
        (
            "regions = [{ name = 'Asia', weight = 1, time_zone_offset = 25 }]",
            &["shop.regions[0].time_zone_offset", "18"],
        ),
        (
            "regions = [{ name = 'Asia', weight = 1, time_zone_offset = 5.3 }]",
            &["time_zone_offset = 5.3", "quarters"],
        ),
        (
            "catalogue.categories = [{ name = 'Books', price = [9.0, 1.0] }]",
            &["shop.catalogue.categories[0].price"],
        ),
        (
            "catalogue.categories = ['Bokos']",
            &[
                "shop.catalogue.categories[0].name: unknown value \"Bokos\"",
                "did you mean \"Books\"",
            ],
        ),
        ("users.total = 0", &["shop.users.total: 0 is", "(1 to 1000000000)"]),
        ("users.active_ratio = 0", &["shop.users.active_ratio = 0", "above 0"]),
        (
            "users = { vip_ratio = 0.8, new_ratio = 0.3 }",
            &["vip_ratio + shop.users.new_ratio", "at most 1"],
        ),
        ("users.trips = 2", &["shop.users.trips: 2 is", "(0 to 1)"]),
        ("users.total = 3", &["shop.users.total = 3", "more users or fewer sessions"]),
        ("sessions.basket_lines = []", &["the length of shop.sessions.basket_lines: 0 is"]),
        ("sessions.basket_lines = [0, 0]", &["shop.sessions.basket_lines", "weights"]),
        (
            "sessions.devices = [{ name = 'phone', weight = 1 }]",
            &["shop.sessions.devices[0]: unknown value \"phone\"", "mobile, desktop, tablet"],
        ),
        ("sessions.cart_abandonment = 1", &["shop.sessions.cart_abandonment: 1 is", "(0 to 0.99)"]),
        ("sessions.longest = '10s'", &["shop.sessions.longest: 10s is", "(1m to 24h)"]),
        ("sessions.tax_percent = 101", &["shop.sessions.tax_percent: 101 is", "(0 to 100)"]),
        ("week.hours = [1.0, 2.0]", &["the length of shop.week.hours: 2 is", "(24 to 24)"]),
        ("week.peak = -1", &["shop.week.peak", "-1"]),
        (
            "week.months = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]",
            &["shop.week.months", "above 0"],
        ),
        (
            "seasonal_events.'Black Fridy'.multiplier = 2.0",
            &["Black Fridy", "did you mean \"Black Friday\""],
        ),
        ("seasonal_events.Sale = { date = '2024-13-01' }", &["shop.seasonal_events.\"Sale\".date"]),
        (
            "seasonal_events.Sale = { date = '2024-11-29', until = '2024-11-28' }",
            &["until", "ends on 2024-11-28 before it starts on 2024-11-29"],
        ),
        (
            "seasonal_events.Sale = { date = '11-29', multiplier = 2.0, categories = ['Electronix'] }",
            &["Electronix", "did you mean \"Electronics\""],
        ),
        ("events_topic = 'transactions'", &["listed twice"]),
        ("events_topic = 'a b'", &["shop.events_topic", "topic name"]),
        ("updates_topic = 'a b'", &["shop.updates_topic", "topic name"]),
        ("updates_topic = 'user-events'", &["listed twice"]),
        (
            "rate_multiplier = 30\n[catalogue]\nprice_updates = '500/s'",
            &["shop.catalogue.price_updates: 500/s", "times shop.rate_multiplier"],
        ),
        ("rate_multiplier = 0", &["shop.rate_multiplier: 0 is", "(0.000001 to 1000)"]),
    ];
    for (text, parts) in cases {
        let message = refusal(text);
        for part in parts {
            assert!(message.contains(part), "{text}\n{message}\nlacks {part}");
        }
    }
}

#[test]
fn unknown_keys_are_refused() {
    for text in [
        "userz = 1",
        "users.tootal = 1",
        "sessions.bounce = 0.1",
        "week.peek = 2",
        "regions = [{ name = 'Asia', weigth = 1 }]",
    ] {
        assert!(toml::from_str::<ShopConfig>(text).is_err(), "{text}");
    }
}

#[test]
fn shops_in_which_nothing_would_ever_happen_are_refused() {
    let message = refusal(
        "calendar = false\nweek.months = [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]\n\
         [seasonal_events]\nHolidays = { date = '01-20', duration_hours = 1200, multiplier = 0.0 }",
    );
    assert!(message.contains("0 throughout the year"), "{message}");
    // Factors of months count absolutely: this is a session in 40 years.
    let faint = format!("week.months = [{}]\ntransactions = '10/h'", ["0.000001"; 12].join(", "));
    assert!(refusal(&faint).contains("less than once in a hundred years"));
}

#[test]
fn what_cannot_be_counted_is_refused_and_not_cut() {
    // A thousand times the rate in a substream that counts up to a thousand million a second.
    let hours = |factor: &str| format!("week.hours = [{}]", [factor; 24].join(", "));
    let crowd = "week.weekend = 1\nevents = '1000000000/h'\nusers.total = 1000000000\n";
    let message = refusal(&format!("{crowd}{}", hours("0.000001")));
    assert!(message.contains("shop.events") && message.contains("larger factors"), "{message}");
    assert!(ShopParams::new(&read(&format!("{crowd}{}", hours("1.0")))).is_ok());
    // Nearly all bounce, so the others would have to make up for it.
    let message =
        refusal("conversion = 0.0001\nsessions = { bounce_rate = 1.0, cart_abandonment = 0.0 }");
    assert!(
        message.contains("shop.events_per_session = 4.000")
            && message.contains("at most 32767 are allowed"),
        "{message}"
    );
    let message = refusal("week = { peak = 900.0, weekend = 2.0 }");
    assert!(message.contains("shop.week.weekend = 2") && message.contains("900"), "{message}");
}

#[test]
fn few_users_are_divided_without_a_remainder() {
    for total in 1..200 {
        let config = UsersConfig {
            total,
            active_ratio: 1.0,
            vip_ratio: 0.5,
            new_ratio: 0.4,
            ..UsersConfig::default()
        };
        let users = Users::new(world(1), &config, &MarketConfig::documented()).unwrap();
        let of = |kind| users.all().filter(|(_, own, _)| *own == kind).count() as u64;
        let (vips, regulars, new) = (of(UserKind::Vip), of(UserKind::Regular), of(UserKind::New));
        assert_eq!((vips, vips + regulars + new), (total / 2, total));
        assert!(regulars.abs_diff(total / 10) <= 1, "{regulars} of {total}");
    }
}
