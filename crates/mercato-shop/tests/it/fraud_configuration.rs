//! What a configuration may say about fraud, and how it is refused.

use std::collections::BTreeMap;

use mercato_patterns::fraud::Anomaly;
use mercato_shop::shop::{FraudConfig, FraudParams, ShopConfig, ShopParams};

/// The section as the file has it.
fn refused(section: &str) -> String {
    let config: FraudConfig = toml::from_str(section).unwrap();
    FraudParams::new(&config).unwrap_err().to_string()
}

#[test]
fn impossible_values_are_refused_with_key_value_and_bound() {
    for (section, parts) in [
        ("rate = 0.5", &["shop.fraud.rate: 0.5 is", "(0 to 0.4)"][..]),
        ("rate = -0.1", &["shop.fraud.rate: -0.1 is", "(0 to 0.4)"]),
        ("patterns = { velocity = 1.5 }", &["shop.fraud.patterns.velocity: 1.5 is", "(0 to 1)"]),
        (
            "patterns = { velocity = 0.9, time = 0.9 }",
            &["the sum of shop.fraud.patterns = 1.8", "it must be 1"],
        ),
        (
            "patterns = { velocity = 0.5, location = 0.1, amount = 0.1, time = 0.1, device = 0.1, pattern = 0.0 }",
            &["the sum of shop.fraud.patterns = 0.9", "it must be 1"],
        ),
        (
            "patterns = { velocty = 1.0 }",
            &["unknown value \"velocty\"", "did you mean \"velocity\"?"],
        ),
        (
            "detection.true_positive_rate = 1.1",
            &["shop.fraud.detection.true_positive_rate: 1.1 is", "(0 to 1)"],
        ),
        (
            "detection.false_positive_rate = -1.0",
            &["shop.fraud.detection.false_positive_rate: -1 is", "(0 to 1)"],
        ),
        ("detection.longest = '25h'", &["shop.fraud.detection.longest = 25h", "at most 24h"]),
        ("detection.latency_sigma = 0.0", &["shop.fraud.detection.latency"]),
        ("chargebacks.share = 2.0", &["shop.fraud.chargebacks.share: 2 is", "(0 to 1)"]),
        ("chargebacks.latest = '366d'", &["shop.fraud.chargebacks.latest = 366d", "at most 365d"]),
        ("chargebacks.earliest = '0s'", &["shop.fraud.chargebacks.delay"]),
    ] {
        let error = refused(section);
        for part in parts {
            assert!(error.contains(part), "{section}: {error} without {part}");
        }
    }
}

#[test]
fn what_is_possible_is_taken() {
    for section in [
        "",
        "rate = 0.0",
        "rate = 0.4",
        "patterns = { location = 1.0 }",
        "patterns = { velocity = 0.333333, time = 0.333333, device = 0.333333 }",
        "patterns = {}",
        "detection = { true_positive_rate = 0.0, false_positive_rate = 1.0 }",
        "chargebacks = { share = 1.0, latest = '365d' }",
    ] {
        let config: FraudConfig = toml::from_str(section).unwrap();
        FraudParams::new(&config).unwrap();
    }
}

#[test]
fn patterns_that_are_not_listed_share_what_the_others_leave() {
    let shares = |section: &str| {
        let fraud = FraudParams::new(&toml::from_str(section).unwrap()).unwrap();
        Anomaly::ALL.map(|anomaly| fraud.shares().of(anomaly))
    };
    assert_eq!(shares(""), [300_000, 200_000, 200_000, 100_000, 100_000, 100_000]);
    assert_eq!(shares("patterns = {}"), shares(""));
    assert_eq!(
        shares("patterns = { velocity = 0.65 }"),
        [650_000, 100_000, 100_000, 50_000, 50_000, 50_000]
    );
    assert_eq!(shares("patterns = { time = 1.0 }"), [0, 0, 0, 1_000_000, 0, 0]);
}

#[test]
fn topics_are_told_apart_and_chargebacks_are_there_where_there_are_any() {
    let mut config = ShopConfig { alerts_topic: "transactions".into(), ..ShopConfig::default() };
    assert!(ShopParams::new(&config).unwrap_err().to_string().contains("listed twice"));
    config.alerts_topic = "alarms".into();
    assert_eq!(
        config.topics(),
        ["user-events", "transactions", "product-updates", "users", "alarms", "analytics-results"]
    );
    config.chargebacks_topic = "alarms".into();
    assert_eq!(
        ShopParams::new(&config).unwrap().chargebacks_topic(),
        None,
        "nobody sends anything there"
    );
    config.fraud.chargebacks.share = 0.1;
    assert!(ShopParams::new(&config).unwrap_err().to_string().contains("listed twice"));
    config.chargebacks_topic = "late".into();
    assert_eq!(ShopParams::new(&config).unwrap().chargebacks_topic(), Some("late"));
    assert_eq!(config.fraud.patterns.len(), 6);
    let shares: BTreeMap<String, f64> = config.fraud.patterns;
    assert!((shares.values().sum::<f64>() - 1.0).abs() < 1e-9);
}
