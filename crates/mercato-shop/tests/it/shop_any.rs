//! Whatever configuration is possible, however extreme: its run does not fail, its records can be
//! read, and the laws hold.

use std::collections::BTreeMap;

use mercato_draw::Seed;
use mercato_engine::{Batches, Burst, Cursor, Extent, Format, Key, Run, Schedule, Shard, World};
use mercato_patterns::fraud::Anomaly;
use mercato_schema::{
    Chargeback, Duration, FraudAlert, Money, Purchase, Rate, SessionEvent, UserUpdate,
    duration::Unit,
};
use mercato_shop::shop::catalogue::CategoryConfig;
use mercato_shop::shop::{
    Campaigns, MarketConfig, SeasonalEventConfig, Shop, ShopConfig, ShopParams, UserUpdates,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

type Line = (Key, u16, String);

const HOUR: i64 = 3_600_000_000;
/// Records of which a case makes about so many.
const RECORDS: usize = 600;

/// A possible shop, and when and how it is run.
#[derive(Debug, Clone)]
struct Case {
    config: ShopConfig,
    world: World,
}

/// Instants in 1900, 1970, 2025, 2099 and 2500.
fn origins() -> impl Strategy<Value = i64> {
    let year = prop_oneof![Just(-70i64), Just(0), Just(55), Just(129), Just(530)];
    (year, 0i64..366 * 24 * HOUR).prop_map(|(years, within)| years * 8_766 * HOUR + within)
}

/// From one power of ten to another, each as likely.
fn magnitude(low: f64, high: f64) -> impl Strategy<Value = f64> {
    (low..=high).prop_map(|exponent| 10f64.powf(exponent))
}

fn factor() -> impl Strategy<Value = f64> {
    prop_oneof![2 => Just(0.0), 1 => Just(1000.0), 5 => magnitude(-6.0, 1.5), 4 => 0.1..10.0]
}

fn regions() -> impl Strategy<Value = Vec<MarketConfig>> {
    let names = prop::sample::subsequence(vec!["North America", "Europe", "Asia", "Others"], 1..=4);
    let weights = prop::collection::vec(magnitude(-4.0, 5.0), 4);
    let offsets = prop::collection::vec(prop::option::of(-72i32..=72), 4);
    (names, weights, offsets).prop_map(|(names, weights, offsets)| {
        let market = |((name, weight), offset): ((&str, f64), Option<i32>)| MarketConfig {
            name: name.to_owned(),
            weight,
            time_zone_offset: offset.map(|quarters| f64::from(quarters) / 4.0),
        };
        names.into_iter().zip(weights).zip(offsets).map(market).collect()
    })
}

fn seasonal_event() -> impl Strategy<Value = SeasonalEventConfig> {
    (1u32..=12, 1u32..=28, factor(), 1u32..=2_208, factor()).prop_map(
        |(month, day, multiplier, hours, lift)| SeasonalEventConfig {
            date: Some(format!("{month:02}-{day:02}")),
            multiplier: Some(multiplier),
            duration_hours: Some(hours),
            lift: Some(lift),
            categories: Some(vec!["Books".to_owned()]),
            ..SeasonalEventConfig::default()
        },
    )
}

prop_compose! {
    fn rates()(
        events in magnitude(0.0, 12.0),
        mean in prop_oneof![Just(4.0), magnitude(0.6, 3.0)],
        conversion in prop_oneof![Just(0.9), magnitude(-6.0, -0.1)],
        multiplier in prop_oneof![3 => Just(1.0), 1 => magnitude(-3.0, 3.0)],
    ) -> ShopConfig {
        ShopConfig {
            events: Rate::from_millionths_per_hour((events * 1e6) as u64),
            events_per_session: Some(mean),
            conversion: Some(conversion),
            rate_multiplier: multiplier,
            ..ShopConfig::default()
        }
    }
}

prop_compose! {
    fn busy_hours()(
        config in rates(),
        hours in prop::option::of(prop::collection::vec(factor(), 24)),
        months in prop::option::of(prop::collection::vec(factor(), 12)),
        weekend in factor(),
        sale in prop::option::of(seasonal_event()),
        (calendar, weather) in any::<(bool, bool)>(),
    ) -> ShopConfig {
        let mut config = ShopConfig { calendar, weather, ..config };
        config.week.hours = hours;
        config.week.months = months;
        config.week.weekend = weekend;
        config.seasonal_events.extend(sale.map(|sale| ("Sale".to_owned(), sale)));
        config
    }
}

prop_compose! {
    fn shops()(
        config in prop_oneof![rates(), busy_hours()],
        regions in regions(),
        users in prop_oneof![Just(1.0), Just(1e9), magnitude(0.0, 9.0)],
        (active, vip, trips) in (0.000_001..=1.0, 0.0..=1.0, 0.0..=1.0),
        categories in prop_oneof![Just(0usize), Just(1), 2usize..40, Just(1000)],
        products in prop_oneof![Just(1.0), Just(1e7), magnitude(0.0, 7.0)],
        updates in magnitude(-6.0, 7.5),
    ) -> ShopConfig {
        let mut config = ShopConfig { regions, ..config };
        config.users.total = users as u64;
        (config.users.active_ratio, config.users.vip_ratio, config.users.trips) = (active, vip, trips);
        config.users.new_ratio = (1.0 - vip) / 2.0;
        config.users.changes = 1.0 - trips;
        if categories > 0 {
            let category = |number: usize| CategoryConfig {
                price: Some([Money::from_cents(1), Money::from_cents(1 + number as i64 * 100_000)].into()),
                weight: (1 + (number as u64) * 4_000_000).into(),
                months: (number % 3 == 1).then_some([0.0; 12]),
                ..CategoryConfig::new(format!("Things {number}"))
            };
            config.catalogue.categories = (0..categories).map(category).collect();
            "Books".clone_into(&mut config.catalogue.categories[0].name);
        }
        let categories = config.catalogue.categories.len();
        config.catalogue.products = (products as u32).max(categories as u32).into();
        config.catalogue.price_updates = Rate::from_millionths_per_hour((updates * 1e6) as u64).unwrap();
        config
    }
}

/// The documented patterns, or only one.
fn patterns() -> impl Strategy<Value = BTreeMap<String, f64>> {
    let only = prop::sample::select(Anomaly::ALL.to_vec())
        .prop_map(|anomaly| BTreeMap::from([(anomaly.name().to_owned(), 1.0)]));
    prop_oneof![Just(ShopConfig::default().fraud.patterns), only]
}

prop_compose! {
    fn cases()(
        config in shops(),
        lines in 1usize..=10,
        (bounce, abandonment, removal) in (0.0..=1.0, 0.0..=0.99, 0.0..=1.0),
        (spread, sigma) in (0.0..=3.0, 0.0..=3.0),
        (page, longest) in (1u32..=600, prop_oneof![Just(60), Just(86_400), 60u32..86_400]),
        (fraud, mistaken) in (prop_oneof![Just(0.0), Just(0.001), 0.0..=0.4], prop_oneof![Just(0.0092), 0.0..=1.0]),
        (patterns, taken_back) in (patterns(), prop_oneof![Just(0.0), 0.0..=1.0]),
        origin in origins(),
        seed: u64,
    ) -> Case {
        let mut config = config;
        config.fraud.rate = fraud;
        config.fraud.patterns = patterns;
        config.fraud.detection.false_positive_rate = mistaken;
        config.fraud.chargebacks.share = taken_back;
        let sessions = &mut config.sessions;
        sessions.basket_lines = vec![1.into(); lines.min(config.catalogue.products.count() as usize)];
        sessions.quantities = vec![1.into(); 100];
        (sessions.bounce_rate, sessions.cart_abandonment, sessions.removal_rate) = (bounce, abandonment, removal);
        (sessions.spread, sessions.page_time_sigma) = (spread, sigma);
        sessions.page_time = Duration::of(page, Unit::Seconds);
        sessions.longest = Duration::of(longest, Unit::Seconds);
        Case { config, world: World { seed: Seed::new(seed), origin } }
    }
}

/// The possible ones.
fn possible() -> impl Strategy<Value = Case> {
    cases().prop_filter("a possible shop", |case| ShopParams::new(&case.config).is_ok())
}

/// How a run is made from a case.
#[derive(Debug, Clone, Default)]
struct How {
    extent: Extent,
    shard: Option<Shard>,
    schedule: Schedule,
    topics: Option<Vec<String>>,
    format: Format,
}

fn run(case: &Case, params: &ShopParams, how: How) -> Run {
    let builder = Run::builder(case.world)
        .block_len(16)
        .extent(how.extent)
        .topics(how.topics)
        .format(how.format);
    builder
        .shard(how.shard.unwrap_or(Shard::WHOLE))
        .and(Shop::new(case.world, params.clone(), how.schedule.clone()))
        .beside(UserUpdates::new(case.world, params))
        .beside(Campaigns::new(case.world, params, how.schedule))
        .build()
        .unwrap()
}

fn lines_of(batches: Batches) -> impl Iterator<Item = Line> {
    batches.flat_map(|batch| {
        let text = |index| String::from_utf8(batch.value(index).to_vec()).unwrap();
        let lines: Vec<Line> = (batch.spans().iter().enumerate())
            .map(|(index, span)| (Key::from(&span.stamp), span.stamp.topic, text(index)))
            .collect();
        lines
    })
}

fn lines(run: &Run) -> Vec<Line> {
    lines_of(run.batches().unwrap()).collect()
}

/// The time of about the last of the first records.
fn end(case: &Case, params: &ShopParams) -> i64 {
    let whole = run(case, params, How::default());
    let times: Vec<i64> =
        lines_of(whole.batches().unwrap()).take(RECORDS).map(|line| line.0.release_time).collect();
    assert_eq!(times.len(), RECORDS, "an endless run ends at {:?}: {case:?}", times.last());
    times[RECORDS - 1]
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(2026), max_global_rejects: 1 << 16, max_shrink_iters: 40, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn records_can_be_read_and_laws_hold(case in possible(), part in 0.0..1.0f64, pick: prop::sample::Index) {
        let params = ShopParams::new(&case.config).unwrap();
        let (until, origin) = (end(&case, &params), case.world.origin);
        let extent = Extent { until: Some(until), ..Extent::default() };
        let how = How { extent, ..How::default() };
        let whole = lines(&run(&case, &params, how.clone()));
        let params_topics = run(&case, &params, how.clone()).topics().to_vec();
        for (_, topic, text) in &whole {
            match params_topics[usize::from(*topic)].as_str() {
                "user-events" => drop(serde_json::from_str::<SessionEvent<'_>>(text).unwrap()),
                "transactions" => drop(serde_json::from_str::<Purchase<'_>>(text).unwrap()),
                "users" => drop(serde_json::from_str::<UserUpdate<'_>>(text).unwrap()),
                "fraud-alerts" => drop(serde_json::from_str::<FraudAlert<'_>>(text).unwrap()),
                _ => drop(serde_json::from_str::<Chargeback<'_>>(text).unwrap()),
            }
        }
        prop_assert!(whole.is_sorted_by(|a, b| a.0 < b.0));

        // A burst or a pause that is added changes nothing before it.
        let from = origin + ((until - origin) as f64 * part) as i64;
        let under_attack = params.traffic(Some("fraud_testing")).map_or(900_000, |traffic| traffic.sessions);
        for factor_millionths in [1_000_000_000, 30_000_000, under_attack, 0] {
            let burst = Burst { from, to: from + 24 * HOUR, factor_millionths };
            let schedule = Schedule::new(vec![burst]).unwrap();
            let changed = run(&case, &params, How { schedule, extent: Extent { to: Some(from), ..extent }, ..how.clone() });
            let before: Vec<Line> = whole.iter().filter(|line| line.0.release_time < from).cloned().collect();
            prop_assert_eq!(lines(&changed), before);
        }

        // Shards make up the whole.
        let of = |index| lines(&run(&case, &params, How { shard: Some(Shard::new(index, 3).unwrap()), ..how.clone() }));
        let mut merged: Vec<Line> = (0..3).flat_map(of).collect();
        merged.sort();
        prop_assert_eq!(&merged, &whole);

        // A window is what the whole has there.
        let window = Extent { from: Some(from), ..extent };
        let inside: Vec<Line> = whole.iter().filter(|line| line.0.release_time >= from).cloned().collect();
        prop_assert_eq!(lines(&run(&case, &params, How { extent: window, ..how.clone() })), inside);

        // What is left out by topic changes nothing else.
        for (number, name) in (0..).zip(&params_topics) {
            let topics = Some(vec![name.clone()]);
            let only: Vec<(Key, String)> = lines(&run(&case, &params, How { topics, ..how.clone() }))
                .into_iter().map(|(key, _, text)| (key, text)).collect();
            let expected: Vec<(Key, String)> = whole.iter().filter(|line| line.1 == number)
                .map(|(key, _, text)| (*key, text.clone())).collect();
            prop_assert_eq!(only, expected);
        }

        // Going on after any record gives the rest.
        if !whole.is_empty() {
            let resumed = run(&case, &params, how.clone());
            let last = pick.index(whole.len());
            let (mut batches, mut before) = (resumed.batches().unwrap(), 0);
            let cursor = loop {
                let batch = batches.next().unwrap();
                if last < before + batch.len() {
                    break Cursor::after(&batch.spans()[last - before].stamp, batches.lookback());
                }
                before += batch.len();
            };
            let rest: Vec<Line> = lines_of(Batches::of(resumed.resume(&cursor).unwrap())).collect();
            prop_assert_eq!(&rest, &whole[last + 1..]);
        }
        let csv = lines(&run(&case, &params, How { format: Format::Csv, ..how }));
        prop_assert_eq!(csv.len(), whole.len());
    }
}
