//! Analytics are what an independent program makes of the records of the other topics.

#![expect(clippy::panic, reason = "a record of a kind that nobody knows fails the test")]

use std::collections::BTreeMap;

use mercato_encode::Batch;
use mercato_engine::{Batches, Cursor, Extent, Key, Run, RunBuilder, Schedule, Shard};
use mercato_patterns::geographic::{Country, Region};
use mercato_shop::shop::{
    Analytics, Campaigns, ProductUpdates, Shop, ShopConfig, ShopParams, UserUpdates, UsersConfig,
};
use serde_json::Value;

use crate::drive::{CATEGORIES, ORIGIN, world};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

fn run(seed: u64, config: &ShopConfig, prepare: impl FnOnce(RunBuilder) -> RunBuilder) -> Run {
    // In the middle of a minute, so that the first windows are not whole.
    let world = mercato_engine::World { origin: ORIGIN + 17 * MINUTE + 31 * SECOND, ..world(seed) };
    let params = ShopParams::new(config).unwrap();
    let users = UserUpdates::new(world, &params);
    let (updates, analytics) = (ProductUpdates::new(world, &params), Analytics::new(&params));
    let campaigns = Campaigns::new(world, &params, Schedule::default());
    let shop = Shop::new(world, params, Schedule::default());
    prepare(Run::builder(world))
        .and(shop)
        .beside(updates)
        .beside(users)
        .beside(campaigns)
        .folded(analytics)
        .build()
        .unwrap()
}

fn hours(hours: i64) -> Extent {
    Extent { until: Some(ORIGIN + hours * HOUR), ..Extent::default() }
}

/// A record with its place and topic.
type Line = (Key, String, String);

fn lines_of<'a>(
    run: &'a Run,
    batches: impl Iterator<Item = Batch> + 'a,
) -> impl Iterator<Item = Line> + 'a {
    let line = |batch: &Batch, index: usize| {
        let stamp = &batch.spans()[index].stamp;
        let topic = run.topics()[usize::from(stamp.topic)].clone();
        (Key::from(stamp), topic, String::from_utf8(batch.value(index).to_vec()).unwrap())
    };
    batches.flat_map(move |batch| {
        (0..batch.len()).map(|index| line(&batch, index)).collect::<Vec<_>>()
    })
}

fn lines(run: &Run) -> Vec<Line> {
    lines_of(run, run.batches().unwrap()).collect()
}

/// What a record says, and what it can be counted by: category, region, device.
type Fact = (String, [Option<String>; 3]);

/// The facts of a window, and for each the number and the cents of all records that say so.
type Facts = BTreeMap<Fact, (i64, i64)>;

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn cents(value: &Value) -> i64 {
    (value.as_f64().unwrap() * 100.0).round() as i64
}

/// Everything that a record of a topic says, with its number and cents.
fn facts(topic: &str, record: &Value) -> Vec<(Fact, (i64, i64))> {
    let device = text(&record["device_info"]["device_type"]);
    let once = |what: &str, dimensions| ((what.to_owned(), dimensions), (1, 0));
    match topic {
        "user-events" => {
            let own = [text(&record["category"]), None, device.clone()];
            vec![
                once(record["event_type"].as_str().unwrap(), own),
                once("event", [None, None, device]),
            ]
        }
        "transactions" => {
            let country = record["location"]["country"].as_str().unwrap();
            let region = Country::by_alpha2(country).unwrap().region().name().to_owned();
            let of = |what: &str, category| {
                (what.to_owned(), [category, Some(region.clone()), device.clone()])
            };
            let mut facts = vec![(of("transaction", None), (1, cents(&record["total_amount"])))];
            for line in record["products"].as_array().unwrap() {
                let number = line["quantity"].as_i64().unwrap();
                facts.push((
                    of("line", text(&line["category"])),
                    (number, number * cents(&line["price"])),
                ));
            }
            facts
        }
        "product-updates" => {
            vec![once(
                record["update_type"].as_str().unwrap(),
                [text(&record["category"]), None, None],
            )]
        }
        "users" => Vec::new(),
        "fraud-alerts" => vec![once("alert", [None, None, None])],
        other => panic!("nobody knows {other}"),
    }
}

/// The value of a metric in ten-thousandths, as the page about it says, over facts of one
/// dimension's value or all.
fn metric(name: &str, facts: &Facts, only: Option<(usize, &str)>) -> Option<i64> {
    let sum = |what: &str, of: fn(&(i64, i64)) -> i64| -> i64 {
        let own = facts.iter().filter(|((said, _), _)| said == what);
        own.filter(|((_, by), _)| {
            only.is_none_or(|(dimension, value)| by[dimension].as_deref() == Some(value))
        })
        .map(|(_, amounts)| of(amounts))
        .sum()
    };
    let count = |what| sum(what, |(number, _)| *number);
    let money = |what| sum(what, |(_, cents)| *cents);
    // The nearest, halves up.
    let divided = |part: i64, whole: i64| (whole != 0).then(|| (2 * part + whole) / (2 * whole));
    Some(match name {
        "transactions" => count("transaction") * 10_000,
        "revenue" => money("line") * 100,
        "gross_revenue" => money("transaction") * 100,
        "tax" => (money("transaction") - money("line")) * 100,
        "average_order_value" => divided(money("transaction"), count("transaction"))? * 100,
        "units_sold" => count("line") * 10_000,
        "units_per_transaction" => divided(count("line") * 10_000, count("transaction"))?,
        "average_unit_price" => divided(money("line"), count("line"))? * 100,
        "user_events" => count("event") * 10_000,
        "page_views" => count("page_view") * 10_000,
        "searches" => count("search") * 10_000,
        "product_views" => count("product_view") * 10_000,
        "add_to_carts" => count("add_to_cart") * 10_000,
        "cart_removals" => count("remove_from_cart") * 10_000,
        "checkouts" => count("checkout") * 10_000,
        "view_to_cart_rate" => divided(count("add_to_cart") * 10_000, count("product_view"))?,
        "checkout_completion_rate" => divided(count("purchase") * 10_000, count("checkout"))?,
        "price_changes" => count("price_change") * 10_000,
        "fraud_alerts" => count("alert") * 10_000,
        "fraud_alert_rate" => divided(count("alert") * 10_000, count("transaction"))?,
        other => panic!("nobody knows {other}"),
    })
}

/// By what a metric is broken down: category, region, device.
fn dimensions(name: &str) -> [bool; 3] {
    match name {
        "revenue" | "units_sold" | "average_unit_price" => [true, true, true],
        "transactions"
        | "gross_revenue"
        | "tax"
        | "average_order_value"
        | "units_per_transaction" => [false, true, true],
        "searches" | "product_views" | "add_to_carts" | "cart_removals" | "view_to_cart_rate" => {
            [true, false, true]
        }
        "user_events" | "page_views" | "checkouts" | "checkout_completion_rate" => {
            [false, false, true]
        }
        "price_changes" => [true, false, false],
        "fraud_alerts" | "fraud_alert_rate" => [false; 3],
        other => panic!("nobody knows {other}"),
    }
}

fn micros(record: &Value, field: &str) -> i64 {
    let text = record[field].as_str().unwrap();
    text.parse::<mercato_schema::Timestamp>().unwrap().micros()
}

/// What a JSON number of ten-thousandths is.
fn units(value: &Value) -> Option<i64> {
    value.as_f64().map(|number| {
        let units = (number * 10_000.0).round();
        assert!(
            (units / 10_000.0).to_bits() == number.to_bits(),
            "{number} has more than four decimals"
        );
        units as i64
    })
}

/// Compares results with what the records before them say, one record at a time.
struct Check {
    names: [Vec<&'static str>; 3],
    /// By end and length, those that are not over.
    windows: BTreeMap<(i64, i64), Facts>,
    /// How many results have been compared, by length of the window.
    counts: BTreeMap<String, usize>,
}

impl Check {
    fn new(categories: &[&'static str]) -> Self {
        let names = [
            categories.to_vec(),
            Region::ALL.map(Region::name).to_vec(),
            vec!["mobile", "desktop", "tablet"],
        ];
        Self { names, windows: BTreeMap::new(), counts: BTreeMap::new() }
    }

    fn take(&mut self, (key, topic, text): &Line) {
        let record: Value = serde_json::from_str(text).unwrap();
        if topic == "analytics-results" {
            return self.compare(*key, text, &record);
        }
        let at = micros(&record, "timestamp");
        while self.windows.first_key_value().is_some_and(|((end, _), _)| *end <= at) {
            self.windows.pop_first();
        }
        for length in [MINUTE, HOUR] {
            let window = self.windows.entry((at - at % length + length, length)).or_default();
            for (fact, (number, cents)) in facts(topic, &record) {
                let sum = window.entry(fact).or_default();
                *sum = (sum.0 + number, sum.1 + cents);
            }
        }
    }

    fn compare(&mut self, key: Key, text: &str, result: &Value) {
        let name = result["metric_type"].as_str().unwrap();
        let [start, end] = ["window_start", "window_end"].map(|field| micros(result, field));
        let window = result["window"].as_str().unwrap();
        let length = if window == "1m" { MINUTE } else { HOUR };
        assert_eq!((end - start, key.release_time), (length, end - 1), "{text}");
        assert_eq!(micros(result, "timestamp"), end - 1_000);
        let nothing = Facts::new();
        let facts = self.windows.get(&(end, length)).unwrap_or(&nothing);
        assert_eq!(units(&result["value"]), metric(name, facts, None), "{text}");
        let breakdowns =
            ["by_category", "by_region", "by_device"].into_iter().zip(dimensions(name)).enumerate();
        for (dimension, (field, is_there)) in breakdowns {
            let found: Vec<_> = result[field]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.as_str(), units(value)))
                .collect();
            let expected: Vec<_> = self.names[dimension]
                .iter()
                .filter(|_| is_there)
                .map(|value| (*value, metric(name, facts, Some((dimension, value)))))
                .filter(|(_, value)| value.is_some())
                .collect();
            assert_eq!(found, expected, "{field} of {text}");
        }
        *self.counts.entry(window.to_owned()).or_default() += 1;
    }
}

/// Compares all results with what the other records say; how many results there are, by length of
/// the window.
fn check(lines: &[Line]) -> BTreeMap<String, usize> {
    let mut check = Check::new(&CATEGORIES);
    lines.iter().for_each(|line| check.take(line));
    check.counts
}

#[test]
fn analytics_equal_an_independent_fold_over_the_records() {
    let run = run(1, &ShopConfig::default(), |builder| builder.extent(hours(3)));
    let lines = lines(&run);
    assert!(lines.len() > 100_000, "{}", lines.len());
    // From 0:17 on; the first minute and the first hour are not whole.
    let counts = check(&lines);
    assert_eq!((counts["1m"], counts["1h"]), (8 * (43 + 120), 20 * 3));
    let results = lines
        .iter()
        .filter(|line| line.1 == "analytics-results" && line.0.release_time >= ORIGIN + HOUR)
        .count();
    assert_eq!(results, 2 * 500, "five hundred an hour are documented");
}

/// Ten million records; `.ci/run` runs it on the optimised build.
#[test]
#[ignore = "takes a minute on an optimised build"]
fn ten_million_records_add_up() {
    let extent = Extent { records: Some(10_000_000), ..Extent::default() };
    let run = run(6, &ShopConfig::default(), |builder| builder.extent(extent));
    let (mut check, mut records, mut last) = (Check::new(&CATEGORIES), 0, 0);
    for line in lines_of(&run, run.batches().unwrap()) {
        check.take(&line);
        (records, last) = (records + 1, line.0.release_time);
        assert!(check.windows.len() <= 2, "{} windows are open at a time", check.windows.len());
    }
    assert!(records >= 10_000_000, "{records}");
    let over = |length: i64| {
        usize::try_from((last + 1) / length - (ORIGIN + 17 * MINUTE) / length).unwrap()
    };
    // The last window's results may have been cut off by the number of records.
    let due = [("1m", 8 * over(MINUTE), 8), ("1h", 20 * over(HOUR), 20)];
    for (window, due, each) in due {
        let found = check.counts[window];
        assert!(found <= due && found + each > due, "{found} results of {due}, window {window}");
    }
}

fn small() -> ShopConfig {
    let users = UsersConfig { total: 2_000, ..UsersConfig::default() };
    ShopConfig {
        events: Some("3000/h".parse().unwrap()),
        events_per_session: Some(6.0),
        users,
        ..ShopConfig::default()
    }
}

#[test]
fn shards_of_a_shop_have_the_same_analytics_and_drained_sessions_are_in_none() {
    for (seed, drain) in [(2, false), (3, true)] {
        let extent = Extent { drain, ..hours(2) };
        let of = |shard| {
            lines(&run(seed, &small(), |builder| builder.block_len(16).extent(extent).shard(shard)))
        };
        let whole = of(Shard::WHOLE);
        check(&whole);
        assert!(
            whole
                .iter()
                .filter(|line| line.1 == "analytics-results")
                .all(|line| line.0.release_time < ORIGIN + 2 * HOUR)
        );
        for count in [2, 3, 7] {
            let mut merged: Vec<Line> =
                (0..count).flat_map(|index| of(Shard::new(index, count).unwrap())).collect();
            merged.sort();
            assert!(merged == whole, "{count} shards");
        }
    }
}

#[test]
fn analytics_go_on_behind_any_record_and_begin_at_any_time() {
    let run_of = |extent| run(4, &small(), |builder| builder.block_len(16).extent(extent));
    let whole_run = run_of(hours(2));
    let whole = lines(&whole_run);
    let (mut batches, mut before) = (whole_run.batches().unwrap(), 0);
    while let Some(batch) = batches.next() {
        // Once a batch, at another place in each.
        let index = before % batch.len();
        let cursor = Cursor::after(&batch.spans()[index].stamp, batches.lookback());
        let rest: Vec<Line> =
            lines_of(&whole_run, Batches::of(whole_run.resume(&cursor).unwrap())).collect();
        assert!(rest == whole[before + index + 1..], "behind {}", before + index);
        before += batch.len();
    }
    for (from, to) in [(30 * MINUTE, 31 * MINUTE), (44 * MINUTE + 7, 91 * MINUTE), (HOUR, 2 * HOUR)]
    {
        let (from, to) = (ORIGIN + from, ORIGIN + to);
        let inside: Vec<Line> = whole
            .iter()
            .filter(|line| (from..to).contains(&line.0.release_time))
            .cloned()
            .collect();
        assert!(
            lines(&run_of(Extent { from: Some(from), to: Some(to), ..hours(2) })) == inside,
            "{from} to {to}"
        );
    }
}

#[test]
fn analytics_alone_are_those_of_the_whole_run() {
    let chosen = |topics: Option<&[&str]>| {
        let topics = topics.map(|names| names.iter().map(|name| (*name).to_owned()).collect());
        lines(&run(5, &small(), |builder| builder.extent(hours(2)).topics(topics)))
    };
    let whole = chosen(None);
    for topics in [&["analytics-results"][..], &["analytics-results", "transactions"]] {
        let of_topics: Vec<Line> =
            whole.iter().filter(|line| topics.contains(&line.1.as_str())).cloned().collect();
        assert!(chosen(Some(topics)) == of_topics, "{topics:?}");
    }
}
