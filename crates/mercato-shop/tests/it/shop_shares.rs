//! The shop follows its configuration: how much happens, by whom, when and with what.

use std::collections::BTreeMap;

use mercato_engine::{Extent, Run, Schedule, Stream};
use mercato_patterns::Zone;
use mercato_patterns::geographic::Region;
use mercato_schema::{Purchase, SessionEvent};
use mercato_shop::shop::{MarketConfig, Shop, ShopConfig, ShopParams, UserKind, UsersConfig};
use mercato_units::Weight;

use crate::drive::{ORIGIN, shop, world};
use mercato_test_support::statistics::follows;

const HOUR: i64 = 3_600_000_000;

/// One clock, flat hours, no seasons, nobody travels: nothing but sessions.
fn plain() -> ShopConfig {
    let mut config = ShopConfig { calendar: false, weather: false, ..ShopConfig::default() };
    config.regions =
        vec![MarketConfig { name: "Europe".into(), weight: 1.0, time_zone_offset: Some(0.0) }];
    config.week.hours = Some(vec![1.0; 24]);
    config.week.weekend = 1.0;
    config.users.trips = 0.0;
    config.fraud.rate = 0.0;
    config.fraud.detection.false_positive_rate = 0.0;
    config
}

fn run(config: &ShopConfig, from: i64, hours: i64) -> Run {
    let stream = Shop::new(world(9), ShopParams::new(config).unwrap(), Schedule::default());
    let extent = Extent {
        until: Some(from + hours * HOUR),
        from: Some(from),
        drain: true,
        ..Extent::default()
    };
    Run::builder(world(9)).extent(extent).stream(stream).unwrap()
}

/// Records by kind, and the values of each topic.
fn each(
    run: &Run,
    mut event: impl FnMut(SessionEvent<'_>),
    mut purchase: impl FnMut(Purchase<'_>),
) {
    for batch in run.batches().unwrap() {
        for (index, span) in batch.spans().iter().enumerate() {
            match span.stamp.topic {
                0 => event(serde_json::from_slice(batch.value(index)).unwrap()),
                1 => purchase(serde_json::from_slice(batch.value(index)).unwrap()),
                _ => {}
            }
        }
    }
}

fn counts(config: &ShopConfig, hours: i64) -> BTreeMap<String, u64> {
    let run = run(config, ORIGIN, hours);
    let mut counts = BTreeMap::new();
    for batch in run.batches().unwrap() {
        for span in batch.spans() {
            *counts.entry(run.kinds()[usize::from(span.stamp.kind)].clone()).or_default() += 1;
        }
    }
    counts
}

#[test]
fn a_deal_of_sessions_has_exactly_the_events_and_transactions_asked_for() {
    let counts = counts(&plain(), 4);
    let transactions = counts["transaction"];
    let events: u64 = counts.values().sum::<u64>() - transactions - counts["profile"];
    assert!(
        transactions.abs_diff(40_000) <= 40,
        "{transactions} transactions in four hours of 10,000"
    );
    assert!(events.abs_diff(400_000) <= 2_000, "{events} events in four hours of 100,000");
    assert_eq!(counts["purchase"], transactions);
    assert_eq!(counts["checkout"], transactions);
}

#[test]
fn whatever_two_rates_say_is_met() {
    let rate = |text: &str| Some(text.parse().unwrap());
    for (config, transactions, events) in [
        (
            ShopConfig { transactions: rate("2000/h"), events: rate("60000/h"), ..plain() },
            2_000,
            60_000,
        ),
        (
            ShopConfig { events: rate("50000/h"), events_per_session: Some(10.0), ..plain() },
            2_000,
            50_000,
        ),
        (
            ShopConfig { conversion: Some(0.8), events_per_session: Some(5.0), ..plain() },
            16_000,
            100_000,
        ),
        (ShopConfig { rate_multiplier: 0.1, ..plain() }, 1_000, 10_000),
    ] {
        let counts = counts(&config, 2);
        let made: u64 = counts.values().sum::<u64>() - counts["transaction"] - counts["profile"];
        assert!(
            counts["transaction"].abs_diff(2 * transactions) <= 25,
            "{} of {}",
            counts["transaction"],
            2 * transactions
        );
        assert!(made.abs_diff(2 * events) <= 2 * events / 50, "{made} of {}", 2 * events);
    }
}

/// Of so few that some clocks see nobody in a month.
#[test]
fn rare_sessions_are_as_many_as_asked_for() {
    let config =
        ShopConfig { transactions: Some("1.5/h".parse().unwrap()), ..ShopConfig::default() };
    let run = run(&config, ORIGIN, 24 * 60);
    let transactions: usize = run
        .batches()
        .unwrap()
        .map(|batch| batch.spans().iter().filter(|span| span.stamp.topic == 1).count())
        .sum();
    // The calendar's days of November and December come on top.
    assert!((2_160..4_320).contains(&transactions), "{transactions} in sixty days of 36");
}

#[test]
fn users_are_as_documented() {
    let shop = shop(
        3,
        &ShopConfig {
            users: UsersConfig { total: 100_000, ..UsersConfig::default() },
            ..ShopConfig::default()
        },
    );
    let users: Vec<_> = shop.users().all().collect();
    assert_eq!(users.len(), 70_000, "70 % are active");
    let kinds = UserKind::ALL.map(|kind| users.iter().filter(|(_, own, _)| *own == kind).count());
    assert_eq!(kinds, [3_500, 49_000, 17_500], "5 % VIPs, 70 % regular, 25 % new");
    let region = |region: Region| users.iter().filter(|(.., city)| city.region() == region).count();
    let regions = Region::ALL.map(region);
    for (found, share) in regions.into_iter().zip([45, 30, 20, 5]) {
        assert!(found.abs_diff(70_000 * share / 100) < 80, "{regions:?}");
    }
    let numbers: std::collections::BTreeSet<u32> =
        users.iter().map(|(number, ..)| *number).collect();
    assert_eq!(numbers.len(), users.len());
    assert!(numbers.iter().all(|number| *number < 100_000));
}

#[test]
fn devices_and_payments_follow_their_weights() {
    // Each user comes hardly more than once, so sessions are as independent as users.
    let config = ShopConfig {
        users: UsersConfig { total: 1_000_000_000, ..UsersConfig::default() },
        ..plain()
    };
    let (mut devices, mut payments) = (Vec::new(), Vec::new());
    let methods: Vec<String> =
        config.sessions.payment_methods.iter().map(|method| method.name.clone()).collect();
    each(
        &run(&config, ORIGIN, 4),
        |_| {},
        |purchase| {
            let kinds = ["mobile", "desktop", "tablet"];
            devices.push(
                kinds.iter().position(|kind| *kind == purchase.device_info.device_type).unwrap(),
            );
            payments.push(
                methods.iter().position(|method| *method == purchase.payment_method).unwrap(),
            );
        },
    );
    assert!(follows(devices.iter().copied(), &[50, 35, 15]));
    assert!(!follows(devices, &[48, 37, 15]), "a mutant is told apart");
    let weights: Vec<u64> =
        Weight::whole(config.sessions.payment_methods.iter().map(|method| method.weight));
    assert!(follows(payments, &weights));
}

#[test]
fn categories_follow_their_weights_where_no_season_moves_them() {
    let mut config = ShopConfig {
        users: UsersConfig { total: 1_000_000_000, ..UsersConfig::default() },
        ..plain()
    };
    for category in &mut config.catalogue.categories {
        category.months = Some([1.0; 12]);
    }
    let names: Vec<String> =
        config.catalogue.categories.iter().map(|category| category.name.clone()).collect();
    let weights: Vec<u64> =
        Weight::whole(config.catalogue.categories.iter().map(|category| category.weight));
    let mut first = Vec::new();
    each(
        &run(&config, ORIGIN, 4),
        |_| {},
        |purchase| {
            first.push(
                names.iter().position(|name| *name == purchase.products[0].category).unwrap(),
            );
        },
    );
    assert!(follows(first.iter().copied(), &weights));
    let mut mutant = weights;
    mutant.swap(0, 6);
    assert!(!follows(first, &mutant));
}

#[test]
fn hours_follow_the_week_by_local_time_across_a_change_of_clocks() {
    // From Saturday 2026-03-28 on; on Sunday clocks in Europe go forward.
    let from = 1_774_656_000_000_000;
    let market = |name: &str, time_zone_offset| MarketConfig {
        name: name.into(),
        weight: 1.0,
        time_zone_offset,
    };
    let config = ShopConfig {
        regions: vec![market("Europe", None)],
        calendar: false,
        users: UsersConfig { trips: 0.0, total: 1_000_000, ..UsersConfig::default() },
        ..ShopConfig::default()
    };
    let zones: BTreeMap<String, Zone> = mercato_patterns::geographic::Atlas::world()
        .cities()
        .iter()
        .map(|city| {
            (
                format!("{}{}", city.country().alpha2(), city.name()),
                Zone::iana(city.zone()).unwrap(),
            )
        })
        .collect();
    let mut hours = vec![0u64; 48];
    let mut local_hours = Vec::new();
    each(
        &run(&config, from, 72),
        |_| {},
        |purchase| {
            let zone = zones[&format!("{}{}", purchase.location.country, purchase.location.city)];
            // A purchase comes a minute or so after its session's beginning.
            let local = zone.local(purchase.timestamp.micros() - 60_000_000);
            if local.weekday == 6 {
                hours[usize::from(local.hour())] += 1;
                local_hours.push(usize::from(local.hour()));
            }
        },
    );
    let night: u64 = [0, 4, 5, 6, 7].iter().map(|hour| hours[*hour]).sum::<u64>() / 5;
    let day: u64 = [11, 12, 16, 17].iter().map(|hour| hours[*hour]).sum::<u64>() / 4;
    let peak: u64 = [10, 14, 19].iter().map(|hour| hours[*hour]).sum::<u64>() / 3;
    let is =
        |found: u64, expected: f64| (found as f64 / night as f64 / expected - 1.0).abs() < 0.06;
    assert!(is(day, 1.5) && is(peak, 3.0), "{night} {day} {peak}");
    // Most of Europe skips an hour on that day; where clocks show it nevertheless, few live.
    assert!(hours[2] < night * 6 / 10, "{hours:?}");
}

#[test]
fn black_friday_is_eight_times_as_busy_and_its_categories_are_wanted_more() {
    let from = 1_795_737_600_000_000; // Friday 2026-11-27
    let friday = ShopConfig { calendar: true, ..plain() };
    let share = |config: &ShopConfig| {
        let (mut all, mut lifted) = (0u64, 0u64);
        each(
            &run(config, from, 2),
            |_| {},
            |purchase| {
                all += 1;
                lifted += u64::from(
                    ["Electronics", "Clothing"].contains(&&*purchase.products[0].category),
                );
            },
        );
        (all, lifted as f64 / all as f64)
    };
    let (quiet, usual) = share(&plain());
    let (busy, wanted) = share(&friday);
    assert!((busy as f64 / quiet as f64 / 8.0 - 1.0).abs() < 0.02, "{busy} against {quiet}");
    assert!(wanted > usual + 0.08, "{wanted} against {usual}");
    let ten = ShopConfig {
        seasonal_events: toml::from_str("\"Black Friday\" = { multiplier = 10.0 }").unwrap(),
        ..friday
    };
    assert!((share(&ten).0 as f64 / quiet as f64 / 10.0 - 1.0).abs() < 0.02);
}

#[test]
fn the_calibrated_shop_has_the_published_shape() {
    let mut config = ShopConfig::calibrated();
    config.regions =
        vec![MarketConfig { name: "Europe".into(), weight: 1.0, time_zone_offset: Some(0.0) }];
    config.week = plain().week;
    config.calendar = false;
    config.users = UsersConfig { total: 1_000_000, trips: 0.0, ..UsersConfig::default() };
    let mut lengths: BTreeMap<String, u64> = BTreeMap::new();
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    let (mut lines, mut orders) = (0u64, Vec::new());
    each(
        &run(&config, ORIGIN, 6),
        |event| {
            *lengths.entry(event.session_id.to_string()).or_default() += 1;
            *kinds.entry(event.event_type.to_string()).or_default() += 1;
        },
        |purchase| {
            lines += purchase.products.len() as u64;
            orders.push(purchase.total_amount.cents());
        },
    );
    let mut sorted: Vec<u64> = lengths.into_values().collect();
    sorted.sort_unstable();
    let events: u64 = sorted.iter().sum();
    let quantile = |part: usize| sorted[sorted.len() * part / 100];
    let mean = events as f64 / sorted.len() as f64;
    assert!((mean - 17.0).abs() < 0.5, "{mean} events a session");
    assert!(
        (4..=8).contains(&quantile(50)) && (30..=48).contains(&quantile(90)),
        "{} {}",
        quantile(50),
        quantile(90)
    );
    let conversion = orders.len() as f64 / sorted.len() as f64;
    assert!((conversion / 0.032 - 1.0).abs() < 0.02, "{conversion}");
    let basket = lines as f64 / orders.len() as f64;
    assert!((1.08..1.2).contains(&basket), "{basket}");
    orders.sort_unstable();
    let median = orders[orders.len() / 2];
    assert!((8_000..12_500).contains(&median), "a median order of {median} cents");
    let sigma = (orders[orders.len() * 84 / 100] as f64 / orders[orders.len() * 16 / 100] as f64)
        .ln()
        / 2.0;
    assert!((sigma - 0.95).abs() < 0.2, "{sigma}");
}

#[test]
fn one_kind_of_record_alone_has_the_bytes_it_has_among_all() {
    let stream = shop(4, &ShopConfig::default());
    assert_eq!(stream.topics(), ["user-events", "transactions", "fraud-alerts", "users"]);
    let extent = Extent { arrivals: Some(3_000), drain: true, ..Extent::default() };
    let of = |topics: Option<&str>| {
        let names = topics.map(|name| vec![name.to_owned()]);
        Run::builder(world(4)).extent(extent).topics(names).stream(stream.clone()).unwrap()
    };
    let values = |run: &Run, name: &str| -> Vec<Vec<u8>> {
        let topic = run.topics().iter().position(|topic| topic == name).unwrap();
        run.batches()
            .unwrap()
            .flat_map(|batch| {
                let own = |index: &usize| usize::from(batch.spans()[*index].stamp.topic) == topic;
                (0..batch.len())
                    .filter(own)
                    .map(|index| batch.value(index).to_vec())
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    for name in ["user-events", "transactions", "fraud-alerts", "users"] {
        assert_eq!(values(&of(Some(name)), name), values(&of(None), name));
    }
}
