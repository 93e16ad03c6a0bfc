//! Streams beside those that a run is counted in.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mercato_draw::Seed;
use mercato_engine::{Arrivals, Batches, Delays, Extent, Rate, Run, Schedule, World};
use mercato_test_support::toy::Toy;
use proptest::prelude::*;

const ORIGIN: i64 = 1_700_000_000_000_000;
const HOUR: i64 = 3_600_000_000;

/// Records that are arrivals and nothing else, for which nothing is drawn.
fn ticks(number: u8, substreams: Vec<Arrivals>) -> Toy {
    Toy { number, users: 1, steps: 0, topics: 1, ..Toy::new(substreams) }
}

/// Visits at three rates.
fn visits() -> Toy {
    let rate = |an_hour: u64| {
        Rate::new(an_hour * 1_000_000, Schedule::default()).map(Arrivals::Rate).unwrap()
    };
    ticks(1, vec![rate(3_000), rate(500), rate(7)])
}

/// One change a second.
fn changes() -> Toy {
    let delays =
        Delays::new(1_000_000, 1_000_000, Schedule::default()).map(Arrivals::Delays).unwrap();
    ticks(0, vec![delays])
}

fn world(seed: u64) -> World {
    World { seed: Seed::new(seed), origin: ORIGIN }
}

/// Topic, value and whether it is the first of an entity.
fn records(run: &Run) -> Vec<(u16, Vec<u8>, bool)> {
    let of = |batch: mercato_encode::Batch| {
        let record = |index: usize| {
            let stamp = &batch.spans()[index].stamp;
            assert_eq!(stamp.first, stamp.last);
            (stamp.topic, batch.value(index).to_vec(), stamp.first)
        };
        (0..batch.len()).map(record).collect::<Vec<_>>()
    };
    run.batches().unwrap().flat_map(of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_run_is_counted_without_what_is_beside(seed in any::<u64>(), arrivals in 1u64..6_000, ahead in 0usize..9) {
        let extent = Extent { arrivals: Some(arrivals), ..Extent::default() };
        let alone = Run::builder(world(seed)).extent(extent).stream(visits()).unwrap();
        let both = Run::builder(world(seed)).extent(extent).and(visits()).beside(changes()).build().unwrap();
        let (found, visits): (Vec<_>, Vec<_>) = (records(&both), records(&alone));
        prop_assert_eq!(visits.len() as u64, arrivals);
        let of_visits: Vec<_> = found.iter().filter(|record| record.0 == 0).cloned().collect();
        prop_assert_eq!(of_visits, visits, "what is beside changes nothing");
        prop_assert!(found.iter().all(|(topic, _, first)| (*topic == 0) == *first), "it is no entity of the run");
        let last = both.last_arrival().unwrap().unwrap();
        let changes = found.iter().filter(|record| record.0 == 1).count() as i64;
        // The last visit's time may be that of a change, and a change comes first then.
        prop_assert_eq!(changes, (last - ORIGIN) / 1_000_000 + 1);
        let ahead: usize = Batches::of(both.planner().unwrap().ahead(ahead)).map(|batch| batch.len()).sum();
        prop_assert_eq!(ahead, found.len());
    }

    #[test]
    fn arrivals_are_known_beforehand(seed in any::<u64>(), from in 0i64..40 * HOUR, length in 1i64..40 * HOUR) {
        let [from, to] = [ORIGIN + from, ORIGIN + from + length];
        let extent = Extent { from: Some(from), to: Some(to), ..Extent::default() };
        let run = Run::builder(world(seed)).extent(extent).and(visits()).beside(changes()).build().unwrap();
        let visits = records(&run).iter().filter(|record| record.0 == 0).count() as i64;
        let expected = run.expected_arrivals().unwrap() as i64;
        // Each end lies within a block, in which arrivals come by chance.
        prop_assert!((visits - expected).abs() < 300, "{visits} of {expected}");
        let exact = 3_507 * length / HOUR;
        prop_assert!((exact - 3..=exact).contains(&expected), "{expected} of {exact}");
    }
}

#[test]
fn what_has_nothing_else_is_not_ended_by_arrivals() {
    let extent =
        Extent { arrivals: Some(3), until: Some(ORIGIN + 60_000_000), ..Extent::default() };
    let run = |builder: mercato_engine::RunBuilder| builder.build().unwrap();
    assert_eq!(records(&run(Run::builder(world(1)).extent(extent).beside(changes()))).len(), 60);
    assert_eq!(records(&run(Run::builder(world(1)).extent(extent).and(changes()))).len(), 3);
}

#[test]
fn arrivals_by_delay_are_expected_at_the_mean_delay() {
    let until =
        |seconds: i64| Extent { until: Some(ORIGIN + seconds * 1_000_000), ..Extent::default() };
    let run = |extent| Run::builder(world(1)).extent(extent).stream(changes()).unwrap();
    assert_eq!(run(until(3_600)).expected_arrivals(), Some(3_600));
    assert_eq!(
        run(Extent { from: Some(ORIGIN + 600_000_000), ..until(3_600) }).expected_arrivals(),
        Some(3_000)
    );
    assert_eq!(run(Extent::default()).expected_arrivals(), None);
}
