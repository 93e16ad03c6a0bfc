//! Orders on their way from pending to shipped, and what is left open.

use std::collections::BTreeMap;

use mercato_schema::Sale;
use mercato_test_support::{folder, json};

use super::order_gen;

const STATES: [&str; 4] = ["pending", "confirmed", "processing", "shipped"];

/// Seconds that an order stays in each state but the last.
const DWELL: [(i64, i64); 3] = [(10, 30), (15, 45), (20, 60)];

/// The records of each order, in the order in which they came.
fn by_order(lines: &[String]) -> BTreeMap<String, Vec<Sale<'_>>> {
    let mut orders: BTreeMap<String, Vec<Sale<'_>>> = BTreeMap::new();
    for line in lines {
        let sale: Sale<'_> = serde_json::from_str(line).unwrap();
        orders.entry(sale.order_id.to_string()).or_default().push(sale);
    }
    orders
}

#[test]
fn an_order_goes_through_four_states_and_only_status_and_time_change() {
    let lines = order_gen("--count 2000 --drain").run().lines();
    let orders = by_order(&lines);
    assert_eq!(orders.len(), 2000);
    for steps in orders.values() {
        assert!(steps.iter().map(|sale| &*sale.status).eq(STATES), "{steps:?}");
        for (pair, (least, most)) in steps.windows(2).zip(DWELL) {
            let dwell = pair[1].timestamp.micros() - pair[0].timestamp.micros();
            assert!((least * 1_000_000..=most * 1_000_000).contains(&dwell), "{steps:?}");
            let later = Sale {
                status: pair[0].status.clone(),
                timestamp: pair[0].timestamp,
                ..pair[1].clone()
            };
            assert_eq!(later, pair[0]);
        }
    }
}

#[test]
fn records_come_in_the_order_of_their_times() {
    let lines = order_gen("--count 2000 --rate 20/s --drain").run().lines();
    let times: Vec<i64> = lines
        .iter()
        .map(|line| serde_json::from_str::<Sale<'_>>(line).unwrap().timestamp.micros())
        .collect();
    assert!(times.is_sorted());
}

#[test]
fn without_drain_orders_stay_where_they_are_and_are_counted() {
    let folder = folder();
    let path = folder.path().join("run.json");
    let lines = order_gen("--count 200 --summary-json").arg(&path).run().lines();
    let orders = by_order(&lines);
    let open = orders.values().filter(|steps| steps.len() < 4).count();
    assert!(
        open > 5
            && orders.values().all(|steps| steps
                .iter()
                .map(|sale| &*sale.status)
                .eq(STATES[..steps.len()].iter().copied()))
    );
    let counts = &json(&path)["counts"];
    assert_eq!(counts["open"], open);
    assert_eq!(counts["first"], 200);
    assert_eq!(counts["last"], 200 - open);
    for state in STATES {
        let of_it = orders.values().flatten().filter(|sale| sale.status == state).count();
        assert_eq!(counts["kinds"][state], of_it, "{state}");
    }
}

#[test]
fn cancellations_are_a_matter_of_configuration() {
    let folder = folder();
    let path = folder.path().join("cancel.toml");
    let text = "[sales.lifecycle]\nstates = [\"pending\", \"shipped\", \"cancelled\"]\n\
                transitions = [\n\
                { from = \"pending\", to = \"shipped\", weight = 3, dwell = { uniform = [\"1s\", \"2s\"] } },\n\
                { from = \"pending\", to = \"cancelled\", weight = 1, dwell = { uniform = [\"1s\", \"2s\"] } },\n]\n";
    std::fs::write(&path, text).unwrap();
    let lines = order_gen("--count 4000 --drain --config").arg(&path).run().lines();
    let orders = by_order(&lines);
    let ended = |state: &str| orders.values().filter(|steps| steps[1].status == state).count();
    assert_eq!(ended("shipped") + ended("cancelled"), 4000);
    assert!((900..1100).contains(&ended("cancelled")), "{}", ended("cancelled"));
}
