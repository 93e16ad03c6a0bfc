//! The section `[transactions]` is read as people write it, and refused with key, value and bound.

use std::error::Error;

use mercato_shop::transactions::{TransactionsConfig, TransactionsParams};

fn read(text: &str) -> TransactionsConfig {
    toml::from_str(text).unwrap()
}

/// The message of an error and of what caused it.
fn chain(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

fn refused(text: &str) -> String {
    chain(&TransactionsParams::new(&read(text)).unwrap_err())
}

const FULL: &str = r#"
topic = "my_transactions"
rate = "500/h"
flat = false
users = 5000
countries = ["US", "GB"]
scatter_metres = 1000
categories = ["electronics", { name = "books", weight = 3 }]
quantities = [9, 1]
discounted = 0.5
max_discount = 0.1
payment_methods = [{ name = "cash", weight = 2, providers = ["till"] }, { name = "card", providers = ["stripe"] }]
devices = ["mobile"]
campaigns = [{ campaign = "spring", channel = "radio", weight = 4 }, { channel = "direct" }]

[week]
weekdays = [1, 1, 1, 1, 1, 2, 0.5]

[[zones]]
name = "Europe/London"
weight = 3

[[zones]]
name = "America/New_York"

[zones.week]
hours = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
weekdays = [1, 1, 1, 1, 1, 1, 1]
"#;

#[test]
fn nothing_given_is_what_the_document_says() {
    assert_eq!(read(""), TransactionsConfig::default());
    assert!(TransactionsParams::new(&TransactionsConfig::default()).is_ok());
}

#[test]
fn what_is_shown_reads_back() {
    for config in [read(FULL), TransactionsConfig::default()] {
        assert_eq!(read(&toml::to_string(&config).unwrap()), config);
        let json = serde_json::to_string(&config).unwrap();
        assert_eq!(serde_json::from_str::<TransactionsConfig>(&json).unwrap(), config);
    }
}

#[test]
fn a_whole_configuration_is_possible() {
    assert_eq!(TransactionsParams::new(&read(FULL)).unwrap().topic(), "my_transactions");
}

#[test]
fn a_misspelt_key_is_named() {
    for (text, part) in [
        ("zone = []", "unknown field `zone`"),
        ("week = { hour = [] }", "unknown field `hour`"),
        ("campaigns = [{ channel = 'a', wieght = 1 }]", "unknown field `wieght`"),
        (
            "payment_methods = [{ name = 'a', weight = -1, providers = [] }]",
            "-1 is out of range (0 to",
        ),
        ("quantities = [1, -1]", "-1 is out of range (0 to"),
        ("max_discount = 0.155", "expected a share from 0 to 1 with at most two decimals"),
        ("rate = 'often'", "invalid rate 'often': expected N/s, N/m, N/h or N/d"),
    ] {
        let error = toml::from_str::<TransactionsConfig>(text).unwrap_err();
        assert!(error.message().contains(part), "{text}\n{}", error.message());
    }
}

#[test]
fn an_impossible_value_is_named_with_its_bound() {
    for (text, message) in [
        (
            "topic = ''",
            "transactions.topic = \"\" is invalid: expected a topic name: 1 to 249 letters, digits, dots, hyphens and underscores",
        ),
        ("users = 0", "transactions.users: 0 is out of range (1 to 900000000)"),
        ("users = 900000001", "transactions.users: 900000001 is out of range (1 to 900000000)"),
        ("countries = []", "transactions.countries is empty"),
        ("countries = ['US', 'US']", "transactions.countries: \"US\" is listed twice"),
        (
            "countries = ['UK']",
            "transactions.countries[0]: unknown value \"UK\"; expected one of US, CA, GB",
        ),
        (
            "zones = [{ name = 'Europe/Londn' }]",
            "invalid transactions.zones[0].name: \
             unknown time zone \"Europe/Londn\": did you mean \"Europe/London\"?",
        ),
        (
            "countries = ['GB']\nzones = [{ name = 'Europe/Paris' }]",
            "transactions.zones[0].name: unknown value \"Europe/Paris\"; expected one of Europe/London",
        ),
        (
            "zones = [{ name = 'Europe/London', weight = 0 }]",
            "invalid transactions.zones: the weights sum to zero; at least one must be positive",
        ),
        (
            "zones = [{ name = 'Europe/London' }, { name = 'Europe/London' }]",
            "transactions.zones: \"Europe/London\" is listed twice",
        ),
        (
            "week = { hours = [1] }",
            "invalid transactions.week: the hours of a day: expected 24 factors, found 1",
        ),
        (
            "week = { weekdays = [1, 1, 1, 1, 1, 1, -1] }",
            "invalid transactions.week.weekdays[6]: the factor -1 is out of range (0 to 1000)",
        ),
        (
            "zones = [{ name = 'Europe/London', week = { weekdays = [0, 0, 0, 0, 0, 0, 0] } }]",
            "invalid transactions.zones[0].week: every hour of the week has the factor 0; at least one must be above 0",
        ),
        (
            "scatter_metres = 20001",
            "invalid transactions.scatter_metres: a scatter of 20001 metres is out of range (0 to 20000)",
        ),
        ("categories = []", "transactions.categories is empty"),
        (
            "categories = ['gadgets']",
            "transactions.categories[0]: unknown value \"gadgets\"; \
             expected one of electronics, clothing, books, home_garden, sports, beauty, toys",
        ),
        ("categories = ['toys', 'toys']", "transactions.categories: \"toys\" is listed twice"),
        ("quantities = []", "the length of transactions.quantities: 0 is out of range (1 to 100)"),
        ("discounted = 1.5", "transactions.discounted: 1.5 is out of range (0 to 1)"),
        ("discounted = nan", "transactions.discounted: NaN is out of range (0 to 1)"),
        (
            "max_discount = 0",
            "transactions.max_discount = 0 is invalid: it must be from 0.01 to 1; \
             to disable discounts, set discounted = 0",
        ),
        (
            "payment_methods = [{ name = 'a', providers = [] }]",
            "transactions.payment_methods[0].providers is empty",
        ),
        (
            "devices = ['watch']",
            "transactions.devices[0]: unknown value \"watch\"; expected one of desktop, mobile, tablet",
        ),
        ("campaigns = []", "the length of transactions.campaigns: 0 is out of range (1 to 65536)"),
        ("campaigns = [{ channel = '' }]", "transactions.campaigns[0].channel is empty"),
        (
            "rate = '1/h'",
            "transactions.rate = 1/h is invalid: the 27 of 100000 users in America/Whitehorse would buy less than \
             once in a thousand hours; it must be at least 3.704/h; or use fewer zones or a flat week",
        ),
    ] {
        assert_eq!(refused(text), message, "{text}");
    }
    assert!(TransactionsParams::new(&read("rate = '1/h'\nflat = true")).is_ok());
}
