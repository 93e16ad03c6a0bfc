//! What only the engine shows of the stream `transactions`: its substreams together, and their
//! clocks.

use std::collections::BTreeSet;

use mercato_encode::Batch;
use mercato_engine::{Extent, Key, Run, RunBuilder, Schedule, Shard, World};
use mercato_patterns::Zone;
use mercato_patterns::geographic::Atlas;
use mercato_schema::{Rate, Transaction};
use mercato_shop::transactions::{
    Transactions, TransactionsConfig, TransactionsParams, ZoneConfig,
};
use proptest::prelude::*;

use crate::drive::{self, ORIGIN};
use mercato_test_support::statistics::follows;

const HOUR: i64 = 3_600_000_000;

fn run(builder: RunBuilder, config: &TransactionsConfig, world: World) -> Run {
    let params = TransactionsParams::new(config).unwrap();
    builder.stream(Transactions::new(world, params, Schedule::default())).unwrap()
}

/// Calls `see` for every record.
fn each(run: &Run, mut see: impl FnMut(i64, Transaction<'_>)) {
    let mut batches = run.batches().unwrap();
    while let Some(batch) = batches.next() {
        for (index, span) in batch.spans().iter().enumerate() {
            see(span.stamp.event_time, serde_json::from_slice(batch.value(index)).unwrap());
        }
        batches.recycle(batch);
    }
}

fn rate(per_hour: u64) -> Rate {
    Rate::from_millionths_per_hour(per_hour * 1_000_000).unwrap()
}

#[test]
fn a_million_transactions_of_all_substreams_have_numbers_of_their_own() {
    let config = TransactionsConfig { rate: rate(1_000_000), ..TransactionsConfig::default() };
    let extent = Extent { arrivals: Some(1_000_000), ..Extent::default() };
    let run = run(Run::builder(drive::world(42)).extent(extent), &config, drive::world(42));
    let mut numbers = BTreeSet::new();
    each(&run, |_, record| {
        let number = record.transaction_id.rsplit_once('_').unwrap().1.parse::<u32>().unwrap();
        assert!(numbers.insert(number), "{}", record.transaction_id);
    });
    assert_eq!(numbers.len(), 1_000_000);
}

#[test]
fn cities_have_as_many_customers_as_inhabitants() {
    let cities: Vec<_> = Atlas::world()
        .cities()
        .iter()
        .filter(|city| ["US", "CA", "GB"].contains(&city.country().alpha2()))
        .collect();
    let config = TransactionsConfig {
        flat: true,
        users: 900_000_000,
        rate: rate(300_000),
        ..TransactionsConfig::default()
    };
    let extent = Extent { arrivals: Some(300_000), ..Extent::default() };
    let run = run(Run::builder(drive::world(7)).extent(extent), &config, drive::world(7));
    let mut homes = Vec::new();
    each(&run, |_, record| {
        let place = record.user_location;
        let same = |city: &&_| -> bool {
            let city: &mercato_patterns::geographic::City = city;
            city.name() == place.city && city.subdivision() == place.state
        };
        homes.push(cities.iter().position(same).unwrap());
    });
    let mut weights: Vec<u64> =
        cities.iter().map(|city| city.population_thousands().into()).collect();
    assert!(follows(homes.iter().copied(), &weights));
    let london = cities
        .iter()
        .position(|city| city.name() == "London" && city.country().alpha2() == "GB")
        .unwrap();
    weights[london] = weights[london] * 115 / 100;
    assert!(!follows(homes, &weights), "a seventh more of London would not be noticed");
}

/// The documented multipliers, written down once more.
fn multiplier_in_hundredths(weekday: u8, hour: u8) -> u64 {
    let base = match hour {
        12 | 13 => 200,
        9..=16 => 150,
        22 | 23 | 0..=5 => 30,
        _ => 100,
    };
    if weekday >= 5 { base * 15 / 10 } else { base }
}

/// 2025-10-20T00:00:00Z, a Monday: four weeks on, clocks have gone back in London and in New York.
const AUTUMN: i64 = 1_760_918_400_000_000;
const FOUR_WEEKS: i64 = 28 * 24 * HOUR;

/// Event times of one zone's transactions in four weeks.
fn times(zone: &str, flat: bool) -> Vec<i64> {
    let zones = vec![ZoneConfig { name: zone.to_owned(), weight: None, week: None }];
    let config =
        TransactionsConfig { zones, flat, rate: rate(400), ..TransactionsConfig::default() };
    let world = World { origin: AUTUMN, ..drive::world(3) };
    let extent = Extent { until: Some(AUTUMN + FOUR_WEEKS), ..Extent::default() };
    let mut times = Vec::new();
    each(&run(Run::builder(world).extent(extent), &config, world), |at, _| times.push(at));
    times
}

/// Hour of the week on a wall of the zone, or by its offset at the beginning.
fn hour_of_week(zone: Zone, at: i64, standing: bool) -> usize {
    let at = if standing { at + i64::from(zone.offset_seconds(AUTUMN)) * 1_000_000 } else { at };
    let local = if standing { Zone::UTC.local(at) } else { zone.local(at) };
    usize::from(local.weekday) * 24 + usize::from(local.hour())
}

/// How much of four weeks each hour of the week should have.
fn expected(zone: Zone, multiplier: impl Fn(u8, u8) -> u64) -> Vec<u64> {
    let mut weights = vec![0; 168];
    // Half hours, because clocks of Newfoundland stand between two hours of others.
    for half in 0..FOUR_WEEKS / (HOUR / 2) {
        let local = zone.local(AUTUMN + half * (HOUR / 2));
        weights[usize::from(local.weekday) * 24 + usize::from(local.hour())] +=
            multiplier(local.weekday, local.hour());
    }
    weights
}

#[test]
fn hours_are_as_busy_as_documented_by_the_local_clock_also_when_it_is_set_back() {
    for name in ["America/New_York", "Europe/London", "America/St_Johns", "America/Los_Angeles"] {
        let (zone, times) = (Zone::iana(name).unwrap(), times(name, false));
        let weights = expected(zone, multiplier_in_hundredths);
        let hours = |standing| times.iter().map(move |at| hour_of_week(zone, *at, standing));
        assert!(follows(hours(false), &weights), "{name}");
        assert!(
            !follows(hours(true), &weights),
            "{name}: a clock that is not set back would not be noticed"
        );
        let weekdays_alike = expected(zone, |_, hour| multiplier_in_hundredths(0, hour));
        assert!(
            !follows(hours(false), &weekdays_alike),
            "{name}: the weekend would not be noticed"
        );
        let total: u64 = weights.iter().sum();
        // The rate is 400 an hour where the factor is 1; weights count half hours in hundredths.
        let planned = total as f64 / 200.0 * 400.0;
        assert!(
            (times.len() as f64 - planned).abs() < 100.0,
            "{name}: {} of {planned}",
            times.len()
        );
    }
}

#[test]
fn a_flat_week_has_the_same_in_every_hour() {
    let name = "America/New_York";
    let (zone, times) = (Zone::iana(name).unwrap(), times(name, true));
    let hours = || times.iter().map(|at| hour_of_week(zone, *at, false));
    assert!(follows(hours(), &expected(zone, |_, _| 1)));
    assert!(!follows(hours(), &expected(zone, multiplier_in_hundredths)));
}

/// A record with its place in the order of the run.
type Line = (Key, Vec<u8>);

fn lines(run: &Run) -> Vec<Line> {
    let line = |batch: &Batch, index: usize| {
        (Key::from(&batch.spans()[index].stamp), batch.value(index).to_vec())
    };
    run.batches()
        .unwrap()
        .flat_map(|batch| (0..batch.len()).map(|index| line(&batch, index)).collect::<Vec<_>>())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn prefixes_windows_and_shards_are_parts_of_the_whole(
        seed in any::<u64>(),
        per_hour in 500u64..5_000,
        count in 200u64..600,
        window in (0i64..10, 1i64..10),
        shards in 2u32..6,
    ) {
        let config = TransactionsConfig { rate: rate(per_hour), users: 500, ..TransactionsConfig::default() };
        let world = drive::world(seed);
        let part = |extent, shard| lines(&run(Run::builder(world).block_len(8).extent(extent).shard(shard), &config, world));
        let extent = Extent { arrivals: Some(count), ..Extent::default() };
        let whole = part(extent, Shard::WHOLE);
        prop_assert_eq!(whole.len() as u64, count);
        prop_assert!(whole.is_sorted_by_key(|line| line.0));

        let prefix = part(Extent { arrivals: Some(count / 2), ..extent }, Shard::WHOLE);
        prop_assert_eq!(&prefix[..], &whole[..(count / 2) as usize]);

        let tenth = (whole[whole.len() - 1].0.release_time - ORIGIN) / 10;
        let (from, to) = (ORIGIN + window.0 * tenth, ORIGIN + (window.0 + window.1) * tenth);
        let seen = part(Extent { from: Some(from), to: Some(to), ..extent }, Shard::WHOLE);
        let inside: Vec<Line> = whole.iter().filter(|line| (from..to).contains(&line.0.release_time)).cloned().collect();
        prop_assert_eq!(seen, inside);

        let mut merged: Vec<Line> =
            (0..shards).flat_map(|index| part(extent, Shard::new(index, shards).unwrap())).collect();
        merged.sort();
        prop_assert_eq!(merged, whole);
    }
}
