//! The section `[shop]`: the documents' examples are read, and what is impossible is refused with the key and what is possible.

use std::error::Error;

use mercato_shop::shop::{ShopConfig, ShopParams};

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
        ("regions = [{ name = 'Europe', weight = -1 }]", &["shop.regions[0].weight = -1", "from 0"]),
        ("regions = [{ name = 'Europa', weight = 1 }]", &["shop.regions[0].name = \"Europa\"", "Europe"]),
        (
            "regions = [{ name = 'Asia', weight = 1, time_zone_offset = 25 }]",
            &["shop.regions[0].time_zone_offset", "18"],
        ),
        ("regions = [{ name = 'Asia', weight = 1, time_zone_offset = 5.3 }]", &["time_zone_offset = 5.3", "quarters"]),
        ("catalogue.categories = [{ name = 'Books', price = [9.0, 1.0] }]", &["shop.catalogue.categories[0].price"]),
        (
            "catalogue.categories = ['Bokos']",
            &["shop.catalogue.categories[0].name = \"Bokos\"", "did you mean \"Books\""],
        ),
        ("users.total = 0", &["shop.users.total = 0", "from 1 to 1000000000"]),
        ("users.active_ratio = 0", &["shop.users.active_ratio = 0", "above 0"]),
        ("users = { vip_ratio = 0.8, new_ratio = 0.3 }", &["vip_ratio + shop.users.new_ratio", "at most 1"]),
        ("users.trips = 2", &["shop.users.trips = 2", "from 0 to 1"]),
        ("users.total = 3", &["shop.users.total = 3", "more users or fewer sessions"]),
        ("sessions.basket_lines = []", &["the length of shop.sessions.basket_lines = 0"]),
        ("sessions.basket_lines = [0, 0]", &["shop.sessions.basket_lines", "weights"]),
        (
            "sessions.devices = [{ name = 'phone', weight = 1 }]",
            &["shop.sessions.devices[0] = \"phone\"", "mobile, desktop, tablet"],
        ),
        ("sessions.cart_abandonment = 1", &["shop.sessions.cart_abandonment = 1", "0.99"]),
        ("sessions.longest = '10s'", &["shop.sessions.longest = 10s", "1m to 24h"]),
        ("sessions.tax_percent = 101", &["shop.sessions.tax_percent = 101", "0 to 100"]),
        ("week.hours = [1.0, 2.0]", &["the length of shop.week.hours = 2", "24"]),
        ("week.peak = -1", &["shop.week.peak", "-1"]),
        (
            "week.months = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]",
            &["shop.week.months", "above 0"],
        ),
        ("seasonal_events.'Black Fridy'.multiplier = 2.0", &["Black Fridy", "did you mean \"Black Friday\""]),
        ("seasonal_events.Sale = { date = '2024-13-01' }", &["shop.seasonal_events.\"Sale\".date"]),
        (
            "seasonal_events.Sale = { date = '2024-11-29', until = '2024-11-28' }",
            &["until", "ends on 2024-11-28 before it begins on 2024-11-29"],
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
            &["shop.catalogue.price_updates = 500/s", "times shop.rate_multiplier"],
        ),
        ("rate_multiplier = 0", &["shop.rate_multiplier = 0", "from 0.000001 to 1000"]),
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
