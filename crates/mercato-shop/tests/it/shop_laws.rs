//! What must hold in every record of the shop: causes before effects, references that resolve,
//! prices that were listed, journeys that can be made, sessions that do not overlap, alerts of what
//! was, attacks within their window.

use mercato_draw::Seed;
use mercato_engine::{Burst, Extent, Run, Schedule, World};
use mercato_shop::shop::{
    Campaigns, ProductUpdates, Shop, ShopConfig, ShopParams, UserUpdates, UsersConfig,
};

use crate::drive::ORIGIN;
use crate::witness::{HOUR, Seen, see};

/// Sees so many hours of the whole shop: sessions, product updates and campaigns.
fn see_hours(config: &ShopConfig, schedule: Schedule, hours: i64) -> Seen {
    let world = World { seed: Seed::new(2026), origin: ORIGIN };
    let params = ShopParams::new(config).unwrap();
    let updates = ProductUpdates::new(world, &params);
    let users = UserUpdates::new(world, &params);
    let campaigns = Campaigns::new(world, &params, schedule.clone());
    let shop = Shop::new(world, params, schedule);
    let until = ORIGIN + hours * HOUR;
    let extent = Extent { until: Some(until), drain: true, ..Extent::default() };
    let run = Run::builder(world)
        .extent(extent)
        .and(shop.clone())
        .beside(users)
        .beside(updates)
        .beside(campaigns);
    see(&run.build().unwrap(), &shop, until)
}

/// Checks that there is about as much of everything as is documented, with this share of fraud.
fn is_as_much_as_documented(seen: &Seen, hours: u64, fraud: f64) {
    let near = |name: &str, found: u64, wanted: f64, off: f64| {
        assert!((found as f64 / wanted - 1.0).abs() < off, "{found} {name}, not {wanted}");
    };
    // Few hours are not the mean of a week, and fraud comes in attacks.
    let purchases = seen.purchases as f64;
    near("events", seen.events, (10.0 - 6.0 * fraud) * purchases, 0.03);
    near("frauds", seen.frauds, fraud * purchases, 0.15);
    near("frauds of attacks", seen.plots.frauds_of_attacks, 0.3 * fraud * purchases, 0.2);
    near("journeys", seen.plots.journeys, 0.2 * fraud * purchases, 0.2);
    near("other campaigns", seen.plots.others, 0.5 * fraud * purchases, 0.2);
    near("attacks", seen.plots.attacks, 0.03 * fraud * purchases, 0.25);
    near("alerts", seen.alerts, (0.8 * fraud + 0.0092 * (1.0 - fraud)) * purchases, 0.1);
    near("changes of the catalogue", seen.listings.changes, 1_000.0 * hours as f64, 0.01);
    near("deliveries", seen.listings.deliveries, 100.0 * hours as f64, 0.1);
}

/// The documented shop, a tenth of whose transactions are fraudulent.
fn full_of_fraud() -> ShopConfig {
    let mut config = ShopConfig::default();
    config.fraud.rate = 0.1;
    config
}

#[test]
fn every_record_of_the_documented_shop_is_possible() {
    let seen = see_hours(&ShopConfig::default(), Schedule::default(), 2);
    assert!(
        seen.events > 60_000 && seen.purchases > 6_000,
        "{} and {}",
        seen.events,
        seen.purchases
    );
    assert!(seen.frauds > 3 && seen.alerts > 50, "{} and {}", seen.frauds, seen.alerts);
}

#[test]
fn so_is_every_record_of_a_shop_full_of_fraud() {
    let seen = see_hours(&full_of_fraud(), Schedule::default(), 12);
    is_as_much_as_documented(&seen, 12, 0.1);
}

/// Ten million records; `.ci/run` runs it on the optimised build.
#[test]
#[ignore = "takes a minute on an optimised build"]
fn ten_million_records_are_possible() {
    let seen = see_hours(&ShopConfig::default(), Schedule::default(), 100);
    assert!(seen.records() >= 10_000_000, "{}", seen.records());
}

/// The same with a tenth of fraud; `.ci/run` runs it too.
#[test]
#[ignore = "takes a minute on an optimised build"]
fn ten_million_records_of_a_shop_full_of_fraud_are_possible() {
    let seen = see_hours(&full_of_fraud(), Schedule::default(), 105);
    assert!(seen.records() >= 10_000_000, "{}", seen.records());
    is_as_much_as_documented(&seen, 105, 0.1);
}

#[test]
fn so_is_every_record_of_a_shop_whose_few_users_travel_much_and_have_to_hurry() {
    let users = UsersConfig { total: 150, trips: 1.0, ..UsersConfig::default() };
    let mut config = ShopConfig {
        users,
        transactions: Some("150/h".parse().unwrap()),
        events_per_session: Some(9.0),
        ..ShopConfig::default()
    };
    config.fraud.rate = 0.2;
    // A flash sale twenty times as busy in the second day.
    let burst =
        Burst { from: ORIGIN + 30 * HOUR, to: ORIGIN + 33 * HOUR, factor_millionths: 20_000_000 };
    let seen = see_hours(&config, Schedule::new(vec![burst]).unwrap(), 60);
    assert!(seen.somebody_travelled(), "somebody was on a journey");
}

#[test]
fn the_calibrated_shop_is_possible_too() {
    let seen = see_hours(&ShopConfig::calibrated(), Schedule::default(), 3);
    assert!(seen.purchases > 50);
}
